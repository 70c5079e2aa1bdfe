import { offsetOf } from '../bucket-series.ts'
import type { Grid } from '../telemetry-store.ts'

export const identifier = (name: string) => `"${name.replace(/["\\]/g, '\\$&')}"`
export const literal = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`

/** Facilities that one statement names at most. */
export const FACILITIES_PER_STATEMENT = 100

/** Folds of a point in an hour, as fields of a roll-up. */
const FOLDS = ['min', 'max', 'sum', 'count', 'last'] as const
const rollupField = (point: string, fold: string) => identifier(`${point}.${fold}`)

export interface Span {
  from: number
  to: number
}

/** The first and the last time that InfluxDB, which counts nanoseconds in 64 bits, knows, ms. */
const KNOWN = { from: -9_223_372_036_000, to: 9_223_372_036_000 }

/** The part of a time that InfluxDB knows, in whole ms; never empty, which it refuses. */
export function knownSpan({ from, to }: Span): Span {
  const first = Math.min(Math.max(Math.ceil(from), KNOWN.from), KNOWN.to - 1)
  return { from: first, to: Math.min(Math.max(Math.ceil(to), KNOWN.from + 1), KNOWN.to) }
}

export const within = (span: Span) => {
  const { from, to } = knownSpan(span)
  return `time >= ${from}ms AND time < ${to}ms`
}
const ofFacilities = (facilities: readonly string[]) => `(${facilities.map((id) => `"facility" = ${literal(id)}`).join(' OR ')})`
const inTime = ({ length, origin }: Grid) => `time(${length}ms, ${offsetOf(origin, length)}ms)`

export function rawStatement(measurement: string, column: string, facilities: readonly string[], span: Span, limit: number): string {
  return `SELECT ${identifier(column)} FROM ${measurement} WHERE ${ofFacilities(facilities)} AND ${within(span)} GROUP BY "facility" ORDER BY time ASC LIMIT ${limit}`
}

/** min, max, sum, count and last of a point, in that order, for each bucket and facility; from raw values or from their roll-ups. */
export function foldStatement(
  measurement: string,
  { point, rolledUp }: { point: string; rolledUp: boolean },
  facilities: readonly string[],
  span: Span,
  grid: Grid,
): string {
  const folds = FOLDS.map((fold) => {
    if (!rolledUp) return `${fold}(${identifier(point)})`
    return `${fold === 'count' ? 'sum' : fold}(${rollupField(point, fold)})`
  })
  return `SELECT ${folds.join(', ')} FROM ${measurement} WHERE ${ofFacilities(facilities)} AND ${within(span)} GROUP BY ${inTime(grid)}, "facility" fill(none)`
}

/** Folds hours of raw values of a point into roll-ups, of some facilities or, null, of all; doing it again changes nothing. */
export function rollUpStatement(
  into: string,
  measurement: string,
  point: string,
  facilities: readonly string[] | null,
  span: Span,
  grid: Grid,
): string {
  const folds = FOLDS.map((fold) => `${fold}(${identifier(point)}) AS ${rollupField(point, fold)}`)
  const some = facilities ? `${ofFacilities(facilities)} AND ` : ''
  return `SELECT ${folds.join(', ')} INTO ${into} FROM ${measurement} WHERE ${some}${within(span)} GROUP BY ${inTime(grid)}, "facility" fill(none)`
}

/** The newest row of each facility. */
export const newestRowsStatement = (measurement: string, since: number): string =>
  `SELECT * FROM ${measurement} WHERE time >= ${Math.ceil(since)}ms GROUP BY "facility" ORDER BY time DESC LIMIT 1`

/** The newest value of a column of some facilities or, null, of all. */
export function newestStatement(measurement: string, column: string, facilities: readonly string[] | null, since: number): string {
  const some = facilities ? `${ofFacilities(facilities)} AND ` : ''
  return `SELECT last(${identifier(column)}) FROM ${measurement} WHERE ${some}time >= ${Math.ceil(since)}ms GROUP BY "facility"`
}
