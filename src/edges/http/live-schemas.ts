import Type, { type Static, type TSchema } from 'typebox'
import { facilityStates } from '../live/facility-states.ts'
import { FloodNowSchema } from './flood-schemas.ts'
import { nullable, time } from './schema-parts.ts'
import { AlarmSchema, RoadClassSchema } from './schemas.ts'

/** Shapes of what a console starts from. */
const codesText = facilityStates.map((state, code) => `${code} ${state}`).join(', ')

export const snapshotReasons = ['start', 'gap', 'restart', 'hash'] as const
/** Why a console asks: it starts, it missed a delta, the server is another one, or it showed something else than the server. */
export type SnapshotReason = (typeof snapshotReasons)[number]

export const hashDescription =
  'of what is shown: 32 bits, the exclusive or over live alarms (id, version, state) and states that are not normal; as counted by shown-hash.ts'

/** What the wall shows, at one point of the delta sequence; the facilities themselves are GET /api/plant. */
export const SnapshotSchema = Type.Object({
  epoch: Type.String(),
  seq: Type.Integer(),
  at: time('server time'),
  hash: Type.Integer({ description: hashDescription }),
  plant: Type.String({ description: 'version of the facilities it fits: GET /api/plant' }),
  states: Type.String({ contentEncoding: 'base64', description: `a byte for each facility number from 0: ${codesText}` }),
  alarms: Type.Array(AlarmSchema, { description: 'all live alarms' }),
  flood: nullable(FloodNowSchema),
  timeline: Type.Array(
    Type.Object({
      at: time('start of the 15 minutes'),
      critical: Type.Integer(),
      high: Type.Integer(),
      medium: Type.Integer(),
      low: Type.Integer(),
    }),
    { description: 'alarms raised per 15 minutes over the last 24 h' },
  ),
})
export type Snapshot = Static<typeof SnapshotSchema>

/** A value for each facility; `of` names its place in `values`. */
export interface Column<T> {
  values: T[]
  of: number[]
}
const column = <T extends TSchema>(value: T, description: string) =>
  Type.Object({ values: Type.Array(value), of: Type.Array(Type.Integer()) }, { description })
const degrees = (what: string) =>
  Type.Array(nullable(Type.Integer()), { description: `${what}, millionths of a degree; null when not measured` })

export const PlantSchema = Type.Object(
  {
    version: Type.String({ description: 'the same while nothing of it changes; also the ETag' }),
    numbers: Type.Array(Type.Tuple([Type.Integer(), Type.Integer()]), { description: 'runs of numbers: the first, and how many' }),
    ids: Type.Array(Type.String()),
    names: Type.Array(Type.String()),
    longitudes: degrees('WGS84 longitude'),
    latitudes: degrees('WGS84 latitude'),
    kind: column(Type.String(), 'key of the kind'),
    district: column(Type.String(), 'district'),
    road: column(Type.String(), 'road'),
    roadClass: column(nullable(RoadClassSchema), 'class of the road'),
    keyArea: column(Type.Boolean(), 'stands where a fault matters most'),
    fedBy: column(nullable(Type.String()), 'id of what feeds it'),
    circuit: column(nullable(Type.Integer()), 'circuit it hangs on'),
    gateway: column(nullable(Type.String()), 'id of what reports for it'),
  },
  { description: 'columns of the same length and order, one place for each facility; of a value that many share its place in `values`' },
)
export type PlantColumns = Static<typeof PlantSchema>
