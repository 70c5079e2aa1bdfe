import Type from 'typebox'
import { may } from '../../../access/person.ts'
import { LamplighterError } from '../../../errors.ts'
import type { Accounts } from '../accounts.ts'
import { type Api, personOf, signedIn } from '../api.ts'
import type { Session } from '../session.ts'

const NameSchema = Type.String({
  pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N}._-]{0,63}$',
  description: 'letters of any script, digits, dot, dash, underscore; at most 64',
})
const PasswordSchema = Type.String({ maxLength: 1000, description: 'at least 12 characters, 5 of them different, without the name' })
const AccountSchema = Type.Object({ name: Type.String(), role: Type.String({ description: 'admin: may do everything' }) })
const NameInAddressSchema = Type.Object({ name: Type.String({ maxLength: 100 }) })

/** Each hash costs a tenth of a second. */
const config = { rateLimit: { max: 30, timeWindow: '1 minute' } }

/** Who may sign in. */
export function accountRoutes(app: Api, accounts: Accounts): void {
  app.get(
    '/api/accounts',
    {
      schema: {
        tags: ['session'],
        summary: 'All accounts, by name',
        response: { 200: Type.Object({ accounts: Type.Array(AccountSchema) }) },
      },
    },
    () => ({ accounts: accounts.list() }),
  )
  app.post(
    '/api/accounts',
    {
      config,
      schema: {
        tags: ['session'],
        summary: 'Add an account for another person',
        body: Type.Object({ name: NameSchema, password: PasswordSchema }, { additionalProperties: false }),
        response: { 200: AccountSchema },
      },
    },
    (request) => accounts.create(request.body.name, request.body.password, signedIn(request)),
  )
  app.delete(
    '/api/accounts/:name',
    {
      schema: {
        tags: ['session'],
        summary: "Remove somebody else's account; its sessions end",
        params: NameInAddressSchema,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) => {
      accounts.remove(request.params.name, signedIn(request))
      reply.code(204)
      return null
    },
  )
  app.put(
    '/api/accounts/:name/password',
    {
      config,
      schema: {
        tags: ['session'],
        summary: 'Give an account another password; its other sessions end',
        params: NameInAddressSchema,
        body: Type.Object(
          { password: PasswordSchema, own: Type.String({ maxLength: 1000, description: 'password of the person who asks' }) },
          { additionalProperties: false },
        ),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { password, own } = request.body
      const person = personOf(request)
      if (request.params.name !== person.name && !may(person, 'account.manage')) {
        throw new LamplighterError('not-allowed', "Another person's password is set by an administrator.")
      }
      await accounts.setPassword(request.params.name, password, own, request.session as Session, request.ip)
      reply.code(204)
      return null
    },
  )
}
