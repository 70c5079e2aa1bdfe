import Type, { type Static } from 'typebox'
import { type Credential, credentialTypes, deviceSorts } from '../../access/device.ts'
import type { ClaimCodeView, DeviceState, IssuedCredential } from '../devices.ts'
import { literals, nullable, time } from './schema-parts.ts'

export const DeviceIdSchema = Type.Object({ id: Type.String({ maxLength: 64 }) })
export const CredentialIdSchema = Type.Object({ id: Type.String({ maxLength: 64 }), credential: Type.Integer({ minimum: 1 }) })
export const SortSchema = literals(deviceSorts, {
  description:
    'device: speaks for the facility of its id; gateway: also for those behind it; service: another program, by its filters alone',
})
export const TypeSchema = literals(credentialTypes, {
  description: 'password: user name is the id; token: the password is expires.signature; certificate: common or alternative name is the id',
})
const FiltersSchema = (description: string) => Type.Array(Type.String({ maxLength: 256 }), { maxItems: 50, description })
const LimitsSchema = Type.Object(
  {
    rate: Type.Number({ exclusiveMinimum: 0, maximum: 10_000, description: 'messages a second in the long run' }),
    burst: Type.Integer({ minimum: 1, maximum: 100_000, description: 'messages at once after a pause' }),
  },
  { additionalProperties: false },
)
const LabelSchema = Type.String({ maxLength: 100, description: 'for people' })
const ExpiresSchema = nullable(time('until when it is good; null = for ever'))

export const DeviceInputSchema = Type.Object(
  {
    sort: Type.Optional(SortSchema),
    topics: Type.Optional(FiltersSchema('topic filters beside its own on which it may publish')),
    subscriptions: Type.Optional(FiltersSchema('topic filters beside its own commands to which it may subscribe')),
    limits: Type.Optional(nullable(LimitsSchema)),
    disabled: Type.Optional(Type.Boolean({ description: 'it may not connect; open connections end at once' })),
    note: Type.Optional(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: false },
)

export const CredentialSchema = Type.Object({
  id: Type.Integer(),
  type: TypeSchema,
  label: LabelSchema,
  created: time('when it was made'),
  expires: ExpiresSchema,
  lastUsed: nullable(time('when a device was let in by it last')),
  fingerprint: nullable(Type.String({ description: 'SHA-256 of the certificate it must be' })),
})

export const DeviceSchema = Type.Object({
  id: Type.String(),
  sort: SortSchema,
  topics: Type.Array(Type.String()),
  subscriptions: Type.Array(Type.String()),
  limits: nullable(LimitsSchema),
  disabled: Type.Boolean(),
  note: Type.String(),
  created: time('when it was registered'),
  credentials: Type.Array(CredentialSchema),
  connections: Type.Integer({ description: 'open ones' }),
  lastConnected: nullable(time('when it was let in last since the start of the service')),
  lacksCredential: Type.Boolean({ description: 'it has none that is good now' }),
  speaksFor: Type.Integer({ description: 'facilities whose reports it may send' }),
})
export type DeviceView = Static<typeof DeviceSchema>
export type CredentialView = Static<typeof CredentialSchema>

export const CredentialInputSchema = Type.Object(
  {
    type: TypeSchema,
    label: Type.Optional(LabelSchema),
    expires: Type.Optional(ExpiresSchema),
    fingerprint: Type.Optional(
      nullable(Type.String({ maxLength: 100, description: 'of a certificate: SHA-256, hex; any that names the device when absent' })),
    ),
  },
  { additionalProperties: false },
)

export const IssuedSchema = Type.Object({
  id: Type.String(),
  username: Type.String(),
  secret: nullable(Type.String({ description: 'the password, or the key of tokens in hex; told this once' })),
  credential: CredentialSchema,
})
export type IssuedView = Static<typeof IssuedSchema>

export const ClaimCodeSchema = Type.Object({
  id: Type.Integer(),
  devices: Type.Array(Type.String()),
  claimed: Type.Array(Type.String()),
  expires: time('until when it is good'),
  created: time('when it was made'),
  by: Type.String(),
})
export type ClaimView = Static<typeof ClaimCodeSchema>
export const NewClaimCodeSchema = Type.Object({
  code: Type.String({ description: 'told this once' }),
  claim: ClaimCodeSchema,
})

export const credentialView = ({ device: _, ...credential }: Credential): CredentialView => credential

export const deviceView = ({ topics, subscriptions, credentials, ...device }: DeviceState): DeviceView => ({
  ...device,
  topics: [...topics],
  subscriptions: [...subscriptions],
  credentials: credentials.map(credentialView),
})

export const issuedView = ({ credential, secret }: IssuedCredential): IssuedView => ({
  id: credential.device,
  username: credential.device,
  secret,
  credential: credentialView(credential),
})

export const claimView = ({ devices, claimed, ...claim }: ClaimCodeView): ClaimView => ({
  ...claim,
  devices: [...devices],
  claimed: [...claimed],
})
