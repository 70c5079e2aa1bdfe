import Type, { type Static } from 'typebox'
import { profileDialects } from '../../telemetry/device-profile.ts'
import { rejectionReasons } from '../../telemetry/rejection.ts'
import { CommandValueSchema } from './command-schemas.ts'
import { words } from './schema-parts.ts'
import { literals, nullable, TextSchema, time, ValueSchema } from './schemas.ts'

/** Shapes of device profiles and bindings. */
const name = (description: string) =>
  Type.String({ pattern: '^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$', minLength: 1, maxLength: 64, description })
const shortText = (description: string, minLength = 0) => Type.String({ minLength, maxLength: 300, description })
const MappedValueSchema = Type.Union([Type.Number(), Type.Boolean(), Type.String({ maxLength: 300 })])

export const ProfileIdSchema = Type.Object({ id: Type.String({ maxLength: 64 }) })
export const DialectSchema = literals(profileDialects)

const FieldMappingSchema = Type.Object(
  {
    field: shortText(
      'JSON pointer such as /temperature, name of a Sparkplug metric, or $rssi, $snr, $gateways, $battery, $margin of a LoRaWAN link',
    ),
    point: shortText('of the kind', 1),
    unit: Type.Optional(shortText('what the device measures in; the unit of the point when absent')),
    scale: Type.Optional(Type.Number({ description: 'value = raw * scale + offset' })),
    offset: Type.Optional(Type.Number()),
    enum: Type.Optional(
      Type.Record(Type.String({ maxLength: 300 }), MappedValueSchema, {
        minProperties: 1,
        maxProperties: 200,
        description: 'raw value as text to value, before scale and unit; what stands here nowhere is refused',
      }),
    ),
  },
  { additionalProperties: false },
)

const statusWords = Type.Array(Type.String({ maxLength: 300 }), { maxItems: 20 })
const TopicMappingSchema = Type.Object(
  {
    pattern: shortText('MQTT filter with named captures of one level: site/{site}/lamp/{id}/state; # may stand at the end', 1),
    facility: Type.Optional(
      shortText('the capture that is the id of the facility; absent: bindings tell it of all captures joined by /', 1),
    ),
    payload: literals(['json', 'cbor', 'bare'] as const, { description: 'bare: one value by itself, at the field ""' }),
    reports: Type.Optional(shortText('pointer to an array of reports; the other pointers are then of one report')),
    time: Type.Optional(
      Type.Object(
        { field: shortText('JSON pointer'), format: literals(['ms', 's', 'iso'] as const) },
        { additionalProperties: false, description: 'when it was measured; when it came in, where this is absent' },
      ),
    ),
    status: Type.Optional(
      Type.Object(
        { field: shortText('JSON pointer'), online: statusWords, offline: statusWords },
        { additionalProperties: false, description: 'values, as text, that say that the link is up or down' },
      ),
    ),
  },
  { additionalProperties: false, description: 'of plain topics' },
)

const RawValueSchema = Type.Union([Type.Number(), Type.String({ maxLength: 300 }), Type.Boolean()])
const CommandMappingSchema = Type.Object(
  {
    command: shortText('as the kind names it', 1),
    when: Type.Optional(Type.Union([Type.Number(), Type.String({ maxLength: 64 })], { description: 'only with this value' })),
    write: Type.Optional(RawValueSchema),
    scale: Type.Optional(Type.Number({ description: 'raw = value * scale + offset' })),
    offset: Type.Optional(Type.Number()),
    answerWithin: Type.Optional(
      Type.Integer({ minimum: 5, maximum: 86_400, description: 's, until it must answer, or show the effect where it gives no answer' }),
    ),
    metric: Type.Optional(shortText('Sparkplug: the metric that is written', 1)),
    downlink: Type.Optional(
      Type.Object(
        {
          fPort: Type.Integer({ minimum: 1, maximum: 223 }),
          bytes: Type.Optional(Type.String({ maxLength: 484, description: 'in hex; those of encodeDownlink of the codec when absent' })),
          confirmed: Type.Optional(Type.Boolean({ default: true })),
        },
        { additionalProperties: false, description: 'of LoRaWAN' },
      ),
    ),
    message: Type.Optional(
      Type.Object(
        {
          topic: shortText('with the captures of the pattern', 1),
          payload: Type.String({ maxLength: 2000, description: 'with {value}, {id} and {expires} (ms since 1970)' }),
        },
        { additionalProperties: false, description: 'of plain topics' },
      ),
    ),
  },
  { additionalProperties: false, description: 'the first that fits counts' },
)

const profileFields = {
  title: words('what people call it'),
  dialect: DialectSchema,
  kind: Type.String({ maxLength: 64, description: 'the kind of facility whose points it gives' }),
  codec: nullable(Type.String({ maxLength: 64, description: 'id of a payload codec; null: values that the network server decoded' })),
  fields: Type.Array(FieldMappingSchema, { maxItems: 300 }),
  topics: Type.Optional(TopicMappingSchema),
  commands: Type.Optional(Type.Array(CommandMappingSchema, { maxItems: 100, description: 'how its devices are told what to do' })),
}
export const ProfileInputSchema = Type.Object(profileFields, { additionalProperties: false })
export const ProfileSchema = Type.Object({
  id: Type.String(),
  ...profileFields,
  by: Type.String(),
  at: time('of the last change'),
  devices: Type.Integer({ description: 'bound with it' }),
})
export type ProfileView = Static<typeof ProfileSchema>
export const NewProfileIdSchema = Type.Object({ id: name('stands in addresses and audit records') })

export const TrialInputSchema = Type.Object(
  {
    profile: Type.Object({ id: Type.Optional(Type.String({ maxLength: 64 })), ...profileFields }, { additionalProperties: false }),
    topic: Type.String({ maxLength: 1000 }),
    payload: Type.String({ maxLength: 48_000 }),
    encoding: Type.Optional(literals(['text', 'hex', 'base64'] as const, { default: 'text', description: 'how `payload` is written' })),
  },
  { additionalProperties: false },
)

const RejectionSchema = Type.Object({
  reason: literals(Object.keys(rejectionReasons) as (keyof typeof rejectionReasons)[]),
  help: Type.String(),
  detail: Type.String(),
})
export const TrialSchema = Type.Object({
  event: nullable(
    Type.Object({
      server: Type.String(),
      event: Type.String(),
      devEui: Type.String(),
      at: time('by the best clock there is'),
      fPort: Type.Integer(),
      fCnt: Type.Integer(),
      signal: nullable(
        Type.Object({
          gateway: Type.String(),
          rssi: nullable(Type.Number({ description: 'dBm' })),
          snr: nullable(Type.Number({ description: 'dB' })),
        }),
      ),
      gateways: Type.Integer(),
      battery: nullable(Type.Number({ description: '%' })),
      margin: nullable(Type.Number({ description: 'dB' })),
    }),
  ),
  address: nullable(Type.String({ description: 'of the device, as it is bound' })),
  fields: Type.Array(
    Type.Object({
      field: Type.String(),
      raw: Type.String({ description: 'cut short' }),
      point: nullable(Type.String({ description: 'null: not mapped, so it is ignored' })),
      value: ValueSchema,
    }),
    { description: 'of the first report; those that are mapped stand first' },
  ),
  messages: Type.Array(Type.Object({ topic: Type.String(), payload: Type.String() }), {
    description: 'what it says in the native dialect, of a facility called trial',
  }),
  rejections: Type.Array(RejectionSchema),
  warnings: Type.Array(Type.String(), { description: 'of the codec' }),
})
export type TrialView = Static<typeof TrialSchema>

export const CommandTrialInputSchema = Type.Object(
  {
    profile: Type.Object({ id: Type.Optional(Type.String({ maxLength: 64 })), ...profileFields }, { additionalProperties: false }),
    address: shortText('of the device, as it is or would be bound; of topics that name the facility, its id', 1),
    command: shortText('as the kind names it', 1),
    value: Type.Optional(CommandValueSchema),
  },
  { additionalProperties: false },
)
const bytes = { hex: Type.String(), text: nullable(Type.String({ description: 'the same, where they are text' })) }
export const CommandTrialSchema = Type.Object({
  line: nullable(Type.Integer({ description: 'of the profile, from 0: the one that fits' })),
  message: nullable(
    Type.Object({
      source: nullable(Type.String({ description: 'by which broker; null while the device has not been heard' })),
      topic: Type.String(),
      ...bytes,
      qos: nullable(Type.Integer()),
    }),
  ),
  downlink: nullable(
    Type.Object(
      { fPort: Type.Integer(), hex: Type.String(), confirmed: Type.Boolean() },
      { description: 'of LoRaWAN: what the device gets' },
    ),
  ),
  why: nullable(TextSchema),
  answers: nullable(Type.Boolean({ description: 'whether it is acknowledged; else telemetry alone tells' })),
  answerWithin: nullable(Type.Integer({ description: 'ms after sending: the answer, or the effect where there is no answer' })),
  effectWithin: Type.Integer({ description: 'ms after the answer: telemetry shows the effect' }),
})
export type CommandTrialView = Static<typeof CommandTrialSchema>

export const BindingInputSchema = Type.Object(
  {
    dialect: DialectSchema,
    address: shortText('DevEUI; group/node or group/node/device; what a pattern captures, joined by /', 1),
    facility: Type.String({ minLength: 1, maxLength: 64 }),
    profile: Type.String({ minLength: 1, maxLength: 64 }),
  },
  { additionalProperties: false },
)
export const BindingKeySchema = Type.Object(
  { dialect: DialectSchema, address: shortText('as it is listed', 1), profile: Type.String({ minLength: 1, maxLength: 64 }) },
  { additionalProperties: false },
)
export const BindingSchema = Type.Object({
  id: Type.Integer(),
  dialect: DialectSchema,
  address: Type.String(),
  facility: Type.String(),
  profile: Type.String(),
  by: Type.String(),
  at: time('of the last change'),
  problem: nullable(Type.String({ description: 'why it does not count' })),
})
export const UnboundSchema = Type.Object({
  dialect: DialectSchema,
  address: Type.String(),
  profile: nullable(Type.String({ description: 'of plain topics: the profile whose pattern took the topic' })),
  first: time('of the first message since the start'),
  last: time('of the newest'),
  messages: Type.Integer(),
  topic: Type.String(),
  hex: Type.String({ description: 'first bytes of the newest payload' }),
  text: nullable(Type.String({ description: 'the same, where they are text' })),
})
