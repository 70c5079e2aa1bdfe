import Type from 'typebox'
import { WHOLE_CITY } from '../../../access/scope.ts'
import { LamplighterError } from '../../../errors.ts'
import { type Api, signedIn } from '../api.ts'
import type { People } from '../people/people.ts'
import {
  AccountChangeSchema,
  AccountNameSchema,
  AccountSchema,
  InvitationSchema,
  KeyIdSchema,
  KeySchema,
  NewAccountSchema,
  SessionKeySchema,
  SessionListSchema,
} from '../people-schemas.ts'
import { accountView, keyView, sessionViews } from '../people-views.ts'

const params = AccountNameSchema
const none = { 204: Type.Null() }

/** Who may sign in, as administrators see it. */
export function accountRoutes(app: Api, people: People): void {
  const { accounts, sessions, secondFactors, keys } = people

  app.get(
    '/api/accounts',
    {
      schema: {
        tags: ['people'],
        summary: 'All accounts, by name',
        response: { 200: Type.Object({ accounts: Type.Array(AccountSchema) }) },
      },
    },
    () => ({ accounts: accounts.list().map((user) => accountView(user, people)) }),
  )
  app.post(
    '/api/accounts',
    {
      schema: {
        tags: ['people'],
        summary: 'Add an account for another person, or a wall; answers with the link to pass on',
        body: NewAccountSchema,
        response: { 200: Type.Object({ account: AccountSchema, invitation: InvitationSchema }) },
      },
    },
    (request) => {
      const { name, displayName = '', role, scope = WHOLE_CITY } = request.body
      const { user, invitation } = accounts.create(name, { displayName, role, scope }, signedIn(request))
      return { account: accountView(user, people), invitation }
    },
  )
  app.put(
    '/api/accounts/:name',
    {
      schema: {
        tags: ['people'],
        summary: 'Change what an account is for; its sessions end where it may do other things now',
        params,
        body: AccountChangeSchema,
        response: { 200: AccountSchema },
      },
    },
    (request) => accountView(accounts.change(request.params.name, request.body, signedIn(request)), people),
  )
  app.delete(
    '/api/accounts/:name',
    { schema: { tags: ['people'], summary: "Remove somebody else's account; its sessions and keys end", params, response: none } },
    (request, reply) => {
      accounts.remove(request.params.name, signedIn(request))
      reply.code(204)
      return null
    },
  )
  app.post(
    '/api/accounts/:name/invitation',
    {
      schema: {
        tags: ['people'],
        summary: 'A new link by which the person chooses a password, or one more screen of a wall is signed in; earlier links end',
        params,
        response: { 200: InvitationSchema },
      },
    },
    (request) => accounts.invite(request.params.name, signedIn(request)),
  )
  app.delete(
    '/api/accounts/:name/second-factor',
    {
      schema: {
        tags: ['people'],
        summary: "Remove somebody else's second factor, whose telephone is gone; their sessions and keys end",
        params,
        response: none,
      },
    },
    (request, reply) => {
      const { name } = accounts.known(request.params.name)
      const by = signedIn(request)
      if (name === by) throw new LamplighterError('action-refused', 'Your own second factor is changed on your own page.')
      // Whoever has the telephone may have made keys.
      keys.revokeAll(name, by, 'with the second factor')
      secondFactors.remove(name, by)
      sessions.endAllOf(name, by)
      reply.code(204)
      return null
    },
  )
  app.get(
    '/api/accounts/:name/sessions',
    {
      schema: {
        tags: ['people'],
        summary: 'Where somebody is signed in',
        params,
        response: { 200: Type.Object({ sessions: SessionListSchema }) },
      },
    },
    (request) => ({ sessions: sessionViews(sessions.list(accounts.known(request.params.name).name), request.session?.key) }),
  )
  app.delete(
    '/api/accounts/:name/sessions',
    { schema: { tags: ['people'], summary: 'Sign somebody out everywhere', params, response: none } },
    (request, reply) => {
      sessions.endAllOf(accounts.known(request.params.name).name, signedIn(request), request.session?.key)
      reply.code(204)
      return null
    },
  )
  app.delete(
    '/api/accounts/:name/sessions/:key',
    {
      schema: {
        tags: ['people'],
        summary: 'End one session of somebody',
        params: Type.Object({ ...AccountNameSchema.properties, ...SessionKeySchema.properties }),
        response: none,
      },
    },
    (request, reply) => {
      const { name, key } = request.params
      if (!sessions.endOne(name, key, signedIn(request))) throw new LamplighterError('not-found', `${name} has no such session.`)
      reply.code(204)
      return null
    },
  )
  app.get(
    '/api/accounts/:name/keys',
    {
      schema: {
        tags: ['people'],
        summary: 'The API keys somebody made',
        params,
        response: { 200: Type.Object({ keys: Type.Array(KeySchema) }) },
      },
    },
    (request) => ({ keys: keys.list(accounts.known(request.params.name).name).map(keyView) }),
  )
  app.delete(
    '/api/accounts/:name/keys/:id',
    {
      schema: {
        tags: ['people'],
        summary: "Revoke somebody's API key",
        params: Type.Object({ ...AccountNameSchema.properties, ...KeyIdSchema.properties }),
        response: none,
      },
    },
    (request, reply) => {
      keys.revoke(request.params.name, request.params.id, signedIn(request))
      reply.code(204)
      return null
    },
  )
}
