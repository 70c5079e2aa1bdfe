import Type, { type TSchema } from 'typebox'
import { CommandSchema } from '../http/command-schemas.ts'
import { EmergencySchema } from '../http/emergency-schemas.ts'
import { FloodNowSchema } from '../http/flood-schemas.ts'
import { LightChangeSchema } from '../http/light-change-schemas.ts'
import { hashDescription } from '../http/live-schemas.ts'
import { OrderSchema } from '../http/order-schemas.ts'
import { ReportSchema } from '../http/report-schemas.ts'
import { AlarmSchema, nullable } from '../http/schemas.ts'
import { facilityStates } from './facility-states.ts'
import type { ClientEvents, ServerEvents } from './protocol.ts'

const epoch = Type.String({ description: 'names this run of the server; another one asks for a new snapshot' })
const seq = Type.Integer({ description: 'grows by one with each delta; a gap asks for a new snapshot' })

const codesText = facilityStates.map((state, code) => `${code} ${state}`).join(', ')
/** Goes as an attachment of bytes. */
const packedStates = Type.Refine(
  Type.Unsafe<Uint8Array | ArrayBuffer>({
    contentMediaType: 'application/octet-stream',
    description: `changed states, four bytes each: a little-endian number, of which the upper 24 bits are the facility's and the lower 8 the state: ${codesText}`,
  }),
  (value) => value instanceof Uint8Array,
)

/** What the server sends over socket.io, by event; null for those that say nothing more than their name. */
export const serverEventSchemas = {
  delta: Type.Object({
    epoch,
    seq,
    alarms: Type.Array(AlarmSchema, { description: 'new or changed ones; one with `ended` set leaves the list' }),
    states: nullable(packedStates),
    plant: nullable(Type.String({ description: 'version of the facilities (GET /api/plant) from here on; null while it stays' })),
  }),
  heartbeat: Type.Object({
    epoch,
    seq,
    hash: Type.Integer({ description: hashDescription }),
    at: Type.Number({ description: 'time of the server, ms since 1970' }),
    rate: Type.Number({ description: 'new alarms in the last 10 minutes' }),
    messagesPerSecond: Type.Number(),
    flood: nullable(FloodNowSchema),
  }),
  readings: Type.Object({
    facility: Type.String(),
    readings: Type.Array(
      Type.Tuple([
        Type.String({ description: 'point' }),
        Type.Union([Type.Number(), Type.Boolean(), Type.String()], { description: 'value' }),
        Type.Number({ description: 'device time, ms since 1970' }),
        Type.Boolean({ description: 'good' }),
      ]),
    ),
  }),
  orders: Type.Object({
    orders: Type.Array(OrderSchema, { description: 'new or changed ones, whole' }),
    gone: Type.Array(Type.Integer(), { description: 'those that one saw through the own crew alone, which has them no more' }),
  }),
  reports: Type.Object({ reports: Type.Array(ReportSchema, { description: 'new or changed ones, without contacts' }) }),
  commands: Type.Object({ commands: Type.Array(CommandSchema, { description: 'new ones, and those that moved on' }) }),
  programmes: Type.Object({
    version: Type.Integer({ description: 'of what is configured; overrides and downloads may have moved while it stays' }),
  }),
  'light-changes': Type.Object({
    changes: Type.Array(LightChangeSchema, { description: 'new ones, and those of which something became' }),
  }),
  emergencies: Type.Object({ emergencies: Type.Array(EmergencySchema, { description: 'all that are active, the oldest first' }) }),
  rounds: Type.Object({
    plans: Type.Array(Type.Object({ plan: Type.String(), crew: nullable(Type.String({ description: 'who walks it; null: anybody' })) }), {
      description: 'those of whose rounds something is otherwise, or that were changed themselves',
    }),
  }),
  'signed-out': null,
} satisfies Record<keyof ServerEvents, TSchema | null>

/** What a client sends. */
export const clientEventSchemas = {
  watch: Type.Union([Type.String({ maxLength: 64 }), Type.Null()], {
    description: 'id of the facility whose readings are wanted, or null; replaces the one before',
  }),
} satisfies Record<keyof ClientEvents, TSchema>
