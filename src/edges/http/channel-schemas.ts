import Type, { type Static } from 'typebox'
import type { ChannelType } from '../../dispatch/channel.ts'
import { channelTypes } from '../../dispatch/channel-input.ts'
import { literals, nullable, TextSchema, time } from './schema-parts.ts'

const text = (description: string, maxLength = 500) => Type.Optional(Type.String({ maxLength, description }))
const secret = (description: string) => text(`${description}; never told, as before when absent`)
const listed = (description: string) => Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 50, description }))

/** Which fields count depends on the type; the service says in words what is missing. */
const SettingsSchema = Type.Object(
  {
    type: literals(Object.keys(channelTypes) as ChannelType[]),
    host: text('mail: the SMTP server'),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    security: Type.Optional(literals(['tls', 'starttls', 'none'] as const)),
    user: text('mail, alertmanager'),
    password: secret('mail, alertmanager'),
    from: text('mail: address of the sender'),
    to: listed('mail: addresses'),
    url: text('where to send; a secret of robots, never told again', 2000),
    secret: secret('webhook, dingtalk, feishu: what messages are signed with'),
    method: Type.Optional(literals(['POST', 'GET'] as const)),
    contentType: text('sms', 100),
    body: text('sms: what is sent, with {{number}} and {{text}}', 5000),
    header: secret('sms: such as Authorization: Bearer …'),
    numbers: listed('sms: telephone numbers'),
    topic: text('mqtt: begins with lamplighter/notices/', 200),
  },
  { additionalProperties: false },
)
const some = (description: string) =>
  Type.Union([Type.Literal('all'), Type.Array(Type.String({ maxLength: 100 }), { maxItems: 500 })], { description })
const shown = {
  name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  settings: SettingsSchema,
  language: literals(['zh', 'en'] as const),
  types: some('what is sent, such as order.offered'),
  districts: some('of which districts'),
  domains: some('of which domains'),
  template: nullable(
    Type.String({ minLength: 1, maxLength: 2000, description: 'words instead of the usual ones, with {{title}} and others' }),
  ),
  limits: Type.Object(
    {
      perMinute: Type.Integer({ minimum: 1, maximum: 600, description: 'messages in a minute' }),
      digestAbove: Type.Integer({ minimum: 1, maximum: 1000, description: 'when more wait, they go out as one' }),
    },
    { additionalProperties: false },
  ),
  disabled: Type.Boolean(),
}
export const ChannelInputSchema = Type.Object(shown, { additionalProperties: false })
export const ChannelIdSchema = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$', description: 'small letters, digits, dashes' }),
})
const count = Type.Integer()
export const ChannelSchema = Type.Object({
  id: Type.String(),
  ...shown,
  secrets: Type.Array(Type.String(), { description: 'names of the secrets that are set' }),
  address: Type.String({ description: 'where it goes, in few words' }),
  counts: Type.Object({ waiting: count, delivered: count, dead: count }, { description: 'of the messages that are kept, 90 days' }),
  problem: nullable(Type.String({ description: 'why the newest of those that were given up within a day was' })),
})
export const TrialSchema = Type.Object({
  works: Type.Boolean(),
  problem: nullable(Type.String({ description: 'what the other side said' })),
})

export const DeliveryStateSchema = literals(['waiting', 'delivered', 'dead'] as const, {
  description: 'dead: given up, after a day or because the other side will never take it',
})
export const DeliverySchema = Type.Object({
  id: Type.Integer(),
  target: Type.String({ description: 'id of a channel, or push: and an account' }),
  notice: Type.Integer(),
  urgent: Type.Boolean(),
  created: time('when it was made, or sent again by hand'),
  state: DeliveryStateSchema,
  attempts: Type.Integer(),
  notBefore: time('of one that waits: when it is tried again'),
  delivered: nullable(time('when it was taken')),
  problem: Type.String({ description: 'what went wrong last' }),
  told: nullable(
    Type.Object({ at: time('of what happened'), type: Type.String(), title: TextSchema, text: TextSchema, path: Type.String() }),
  ),
})
export const DeliveryPageSchema = Type.Object({ items: Type.Array(DeliverySchema), next: nullable(Type.Integer()) })

export const SubscriptionSchema = Type.Object(
  {
    endpoint: Type.String({ minLength: 1, maxLength: 1000 }),
    p256dh: Type.String({ pattern: '^[A-Za-z0-9_-]{80,100}$', description: 'base64url' }),
    auth: Type.String({ pattern: '^[A-Za-z0-9_-]{20,30}$', description: 'base64url' }),
    language: literals(['zh', 'en'] as const),
  },
  { additionalProperties: false },
)
export type ChannelInputBody = Static<typeof ChannelInputSchema>
