import Type, { type Static } from 'typebox'
import { type Role, roles } from '../../access/permissions.ts'
import type { Scope } from '../../access/scope.ts'
import { type Domain, domains } from '../../facilities/facility-kind.ts'
import { KEY_DAYS } from './people/api-keys.ts'
import { ScopeSchema, SessionSchema } from './schemas.ts'

const time = (description: string) => Type.Number({ description: `${description}, ms since 1970` })
const timeOrNull = (description: string) => Type.Union([time(description), Type.Null()])
const RoleSchema = Type.Unsafe<Role>(Type.String({ enum: Object.keys(roles) }))
const GivenScopeSchema = Type.Unsafe<Scope>(
  Type.Object(
    {
      districts: Type.Union([
        Type.Literal('all'),
        Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 200 }),
      ]),
      domains: Type.Union([
        Type.Literal('all'),
        Type.Array(Type.Unsafe<Domain>(Type.String({ enum: Object.keys(domains) })), { minItems: 1, maxItems: 20 }),
      ]),
    },
    { additionalProperties: false },
  ),
)
const DisplayNameSchema = Type.String({ maxLength: 100, description: 'as others call them; may be empty' })
export const PasswordSchema = Type.String({ maxLength: 1000, description: 'at least 12 characters, 5 of them different, without the name' })
export const OwnPasswordSchema = Type.String({ maxLength: 1000, description: 'of the person who asks' })
export const CodeSchema = Type.String({ maxLength: 40, description: 'six digits of the app, or a recovery code' })
const TokenSchema = Type.String({ maxLength: 100 })
const name = {
  pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N}._-]{0,63}$',
  description: 'letters of any script, digits, dot, dash, underscore; at most 64',
}

export const CodeAwaitedSchema = Type.Object({
  pending: Type.String({ description: 'to be sent with the code to /api/session/code' }),
  expires: time('end'),
})
export const SignInAnswerSchema = Type.Union([SessionSchema, CodeAwaitedSchema], {
  description: 'the session, or what the code is to be sent with',
})
export const CodeStepSchema = Type.Object({ pending: TokenSchema, code: CodeSchema }, { additionalProperties: false })

export const AccountSchema = Type.Object({
  name: Type.String(),
  displayName: Type.String(),
  role: Type.String(),
  scope: ScopeSchema,
  disabled: Type.Boolean(),
  created: time('when it was made; 0 where nobody said'),
  createdBy: Type.String(),
  hasPassword: Type.Boolean({ description: 'false until the person has used the invitation' }),
  lastSignIn: timeOrNull('when somebody signed in last'),
  secondFactor: Type.Boolean(),
  secondFactorDemanded: Type.Boolean(),
  invitation: Type.Union([Type.Object({ purpose: Type.String(), expires: time('end') }), Type.Null()]),
  sessions: Type.Integer(),
  keys: Type.Integer(),
})
export type AccountView = Static<typeof AccountSchema>
export const InvitationSchema = Type.Object({
  token: Type.String({ description: 'shown once; the link is /invitation#TOKEN' }),
  purpose: Type.String({ description: 'invitation or reset' }),
  expires: time('end'),
})
export type InvitationView = Static<typeof InvitationSchema>
export const NewAccountSchema = Type.Object(
  { name: Type.String(name), displayName: Type.Optional(DisplayNameSchema), role: RoleSchema, scope: Type.Optional(GivenScopeSchema) },
  { additionalProperties: false },
)
export const AccountChangeSchema = Type.Object(
  { displayName: DisplayNameSchema, role: RoleSchema, scope: GivenScopeSchema, disabled: Type.Boolean() },
  { additionalProperties: false },
)
export const AccountNameSchema = Type.Object({ name: Type.String({ maxLength: 100 }) })

export const SessionListSchema = Type.Array(
  Type.Object({
    key: Type.String({ description: 'names it and gives no access' }),
    created: time('when it was begun'),
    lastSeen: time('when it was used last, to a minute'),
    lasting: Type.Boolean({ description: 'of a wall' }),
    address: Type.String(),
    userAgent: Type.String(),
    current: Type.Boolean({ description: 'the one that asks' }),
  }),
)
export type SessionListView = Static<typeof SessionListSchema>
export const SessionKeySchema = Type.Object({ key: Type.String({ maxLength: 100 }) })

export const KeySchema = Type.Object({
  id: Type.Integer(),
  name: Type.String({ description: 'the audit trail calls it key:NAME' }),
  owner: Type.String(),
  role: Type.String(),
  scope: ScopeSchema,
  created: time('when it was made'),
  expires: time('end'),
  lastUsed: timeOrNull('when it was used last, to a minute'),
})
export type KeyView = Static<typeof KeySchema>
export const NewKeySchema = Type.Object(
  {
    own: OwnPasswordSchema,
    name: Type.String(name),
    role: RoleSchema,
    scope: Type.Optional(GivenScopeSchema),
    days: Type.Integer({ minimum: 1, maximum: KEY_DAYS, description: 'until it ends' }),
  },
  { additionalProperties: false },
)
export const KeyIdSchema = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

export const OwnSchema = Type.Object({
  account: AccountSchema,
  /** Null without one. */
  secondFactor: Type.Union([Type.Object({ since: time('when it was set up'), recoveryCodes: Type.Integer() }), Type.Null()]),
  sessions: SessionListSchema,
  keys: Type.Array(KeySchema),
})
export type OwnView = Static<typeof OwnSchema>
export const RecoveryCodesSchema = Type.Object({
  recoveryCodes: Type.Array(Type.String(), { description: 'shown once; each is good once in place of a code' }),
})

export const InvitationTokenSchema = Type.Object({ token: TokenSchema }, { additionalProperties: false })
export const InvitedSchema = Type.Object({ name: Type.String(), displayName: Type.String(), role: Type.String(), purpose: Type.String() })
export type InvitedView = Static<typeof InvitedSchema>
export const AcceptSchema = Type.Object({ token: TokenSchema, password: Type.Optional(PasswordSchema) }, { additionalProperties: false })
