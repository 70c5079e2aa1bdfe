import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { LamplighterError } from '../../../errors.ts'
import { type Api, personOf } from '../api.ts'
import type { People } from '../people/people.ts'
import {
  CodeSchema,
  KeyIdSchema,
  KeySchema,
  NewKeySchema,
  OwnPasswordSchema,
  OwnSchema,
  PasswordSchema,
  RecoveryCodesSchema,
  SessionKeySchema,
} from '../people-schemas.ts'
import { accountView, keyView, sessionViews } from '../people-views.ts'
import type { Session } from '../session.ts'

/** Each hash costs a tenth of a second. */
const config = { rateLimit: { max: 30, timeWindow: '1 minute' } }
const none = { 204: Type.Null() }
const OwnBodySchema = Type.Object({ own: OwnPasswordSchema }, { additionalProperties: false })

/** What people see and change of their own account. No key comes so far, so there is always a session. */
export function ownRoutes(app: Api, people: People): void {
  const { accounts, sessions, signIn, secondFactors, keys } = people
  const sessionOf = (request: FastifyRequest) => request.session as Session
  const client = ({ ip, headers }: FastifyRequest) => ({ address: ip, userAgent: headers['user-agent'] ?? '' })
  const demandPassword = async (request: FastifyRequest, own: string) => {
    if (await signIn.isPasswordOf(sessionOf(request), own, client(request))) return
    throw new LamplighterError('not-allowed', 'Your own password is wrong. Give it again; nothing was changed.')
  }
  const demandCode = (request: FastifyRequest, code: string) => {
    if (signIn.isCodeOf(sessionOf(request), code, client(request))) return
    throw new LamplighterError('not-allowed', 'The code is wrong, or was used before. Wait for the next one; nothing was changed.')
  }

  app.get(
    '/api/own',
    { schema: { tags: ['people'], summary: 'Your account, sessions and keys', response: { 200: OwnSchema } } },
    (request) => {
      const { user, key } = sessionOf(request)
      return {
        account: accountView(accounts.known(user), people),
        secondFactor: secondFactors.of(user),
        sessions: sessionViews(sessions.list(user), key),
        keys: keys.list(user).map(keyView),
      }
    },
  )
  app.put(
    '/api/own/password',
    {
      config,
      schema: {
        tags: ['people'],
        summary: 'Change your password; your other sessions end',
        body: Type.Object({ own: OwnPasswordSchema, password: PasswordSchema }, { additionalProperties: false }),
        response: none,
      },
    },
    async (request, reply) => {
      await demandPassword(request, request.body.own)
      await accounts.setPassword(sessionOf(request), request.body.password)
      reply.code(204)
      return null
    },
  )

  app.post(
    '/api/own/second-factor',
    {
      config,
      schema: {
        tags: ['people'],
        summary: 'A new secret for an authenticator app; counts once a code of it is given',
        body: OwnBodySchema,
        response: { 200: Type.Object({ secret: Type.String(), uri: Type.String({ description: 'otpauth:, for a QR code' }) }) },
      },
    },
    async (request) => {
      await demandPassword(request, request.body.own)
      return secondFactors.begin(sessionOf(request).user)
    },
  )
  app.put(
    '/api/own/second-factor',
    {
      config,
      schema: {
        tags: ['people'],
        summary: 'Put the shown secret into use by a code of it; your other sessions end',
        body: Type.Object({ code: CodeSchema }, { additionalProperties: false }),
        response: { 200: RecoveryCodesSchema },
      },
    },
    (request) => {
      const { user, key } = sessionOf(request)
      const recoveryCodes = secondFactors.confirm(user, request.body.code)
      sessions.endAllOf(user, user, key)
      return { recoveryCodes }
    },
  )
  app.post(
    '/api/own/second-factor/remove',
    {
      config,
      schema: {
        tags: ['people'],
        summary: 'Do without a second factor, where none is demanded',
        body: Type.Object({ code: CodeSchema }, { additionalProperties: false }),
        response: none,
      },
    },
    (request, reply) => {
      const { user, role } = sessionOf(request)
      if (sessions.isSecondFactorDemanded(role)) {
        throw new LamplighterError('action-refused', 'Your role demands a second factor. Set up another one in its place.')
      }
      demandCode(request, request.body.code)
      secondFactors.remove(user, user)
      reply.code(204)
      return null
    },
  )
  app.post(
    '/api/own/recovery-codes',
    {
      config,
      schema: {
        tags: ['people'],
        summary: 'New recovery codes; all others end',
        body: Type.Object({ code: CodeSchema }, { additionalProperties: false }),
        response: { 200: RecoveryCodesSchema },
      },
    },
    (request) => {
      demandCode(request, request.body.code)
      return { recoveryCodes: secondFactors.renewRecovery(sessionOf(request).user) }
    },
  )

  app.delete(
    '/api/own/sessions',
    { schema: { tags: ['people'], summary: 'Sign out everywhere else', response: none } },
    (request, reply) => {
      const { user, key } = sessionOf(request)
      sessions.endAllOf(user, user, key)
      reply.code(204)
      return null
    },
  )
  app.delete(
    '/api/own/sessions/:key',
    { schema: { tags: ['people'], summary: 'End one of your sessions', params: SessionKeySchema, response: none } },
    (request, reply) => {
      const { user } = sessionOf(request)
      if (!sessions.endOne(user, request.params.key, user)) throw new LamplighterError('not-found', 'You have no such session.')
      reply.code(204)
      return null
    },
  )

  app.post(
    '/api/own/keys',
    {
      config,
      schema: {
        tags: ['people'],
        summary: 'Make an API key, which may do at most what you may; `token` is shown once',
        body: NewKeySchema,
        response: { 200: Type.Object({ token: Type.String(), key: KeySchema }) },
      },
    },
    async (request) => {
      const person = personOf(request)
      const { own, ...given } = request.body
      await demandPassword(request, own)
      const { token, key } = keys.make({ ...given, scope: given.scope ?? person.scope }, person)
      return { token, key: keyView(key) }
    },
  )
  app.delete(
    '/api/own/keys/:id',
    { schema: { tags: ['people'], summary: 'Revoke one of your API keys', params: KeyIdSchema, response: none } },
    (request, reply) => {
      const { user } = sessionOf(request)
      keys.revoke(user, request.params.id, user)
      reply.code(204)
      return null
    },
  )
}
