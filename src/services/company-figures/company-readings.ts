import type { Detection } from '../../detection/state.ts'
import type { Facility } from '../../facilities/plant.ts'
import type { Slots } from '../../operations/slots.ts'
import type { BucketSeries } from '../../storage/telemetry-store.ts'
import { hours } from '../../telemetry/duration.ts'
import type { ServiceParts } from '../parts.ts'

/** Buckets of one question, so that nobody else waits for its answer long. */
const MOST_AT_ONCE = 60_000

export type ReadingParts = Pick<ServiceParts, 'detector' | 'telemetry' | 'gridOrigin' | 'now'>

/** A time in equal parts, ms. */
export interface Parts {
  from: number
  length: number
  count: number
}

/** What points said in equal parts of a time; what the store does not hold is NaN. */
export interface SlotReadings {
  mean(facility: Facility, point: string): Slots
  least(facility: Facility, point: string): Slots
  greatest(facility: Facility, point: string): Slots
  last(facility: Facility, point: string): Slots
}

/** The parts of a time that have begun, counted from the grid on which the store folds. */
export function partsOf(from: number, to: number, length: number, origin: number): Parts {
  const first = Math.floor((from - origin) / length)
  return { from: origin + first * length, length, count: Math.max(0, Math.ceil((to - origin) / length) - first) }
}

/** Reads points of facilities of one kind. */
export async function slotReadings(
  { telemetry, gridOrigin }: Pick<ReadingParts, 'telemetry' | 'gridOrigin'>,
  facilities: readonly Facility[],
  points: readonly string[],
  parts: Parts,
): Promise<SlotReadings> {
  const found = new Map<string, BucketSeries>()
  const size = Math.max(1, Math.floor(MOST_AT_ONCE / Math.max(1, points.length * parts.count)))
  const kind = facilities[0]?.kind.key
  for (let i = 0; kind !== undefined && parts.count > 0 && i < facilities.length; i += size) {
    const some = facilities.slice(i, i + size).map(({ id }) => id)
    const answer = await telemetry.buckets(
      { kind, facilities: some, points, from: parts.from, to: parts.from + parts.count * parts.length },
      { length: parts.length, origin: gridOrigin },
    )
    for (const series of answer) found.set(`${series.facility}\n${series.point}`, series)
  }
  const spread =
    (of: (series: BucketSeries) => readonly number[]) =>
    ({ id }: Facility, point: string): Slots => {
      const values = new Float64Array(parts.count).fill(Number.NaN)
      const series = found.get(`${id}\n${point}`)
      if (series) for (const [i, at] of series.at.entries()) values[Math.round((at - parts.from) / parts.length)] = of(series)[i] as number
      return values
    }
  return {
    mean: spread(({ mean }) => mean),
    least: spread(({ min }) => min),
    greatest: spread(({ max }) => max),
    last: spread(({ last }) => last),
  }
}

/** What a point said last: NaN and null where it said nothing, or nothing possible. */
export interface LatestReading {
  value: number
  at: number | null
  /** The facility has been silent for longer since than its silence takes. */
  isOld: boolean
}

const NOTHING: LatestReading = { value: Number.NaN, at: null, isOld: true }

/** By our clock, as old as it is. */
export function latestReading({ detector, now }: Pick<ReadingParts, 'detector' | 'now'>, facility: Facility, point: string): LatestReading {
  const state = detector.state(facility.number)
  const index = facility.kind.table.index.get(point)
  if (!state || index === undefined || Number.isNaN(state.values[index] as number)) return NOTHING
  const taken = state.times[index] as number
  // Results of samples are dated by the city's clock, whatever that of the facility shows.
  const at = state.layout.samples.has(index) ? taken : state.trueTime(taken)
  return { value: state.values[index] as number, at, isOld: isOld(state, at, now()) }
}

/** Where silence is not judged a reading of an hour ago is old. */
const isOld = ({ patience }: Detection, at: number, now: number) => now - at > (Number.isFinite(patience) ? patience : hours(1))

/** NaN where it is too old to be what is now. */
export const presentValue = (reading: LatestReading | undefined): number => (reading && !reading.isOld ? reading.value : Number.NaN)

/** The newest of several times. */
export function newest(times: Iterable<number | null>): number | null {
  let found: number | null = null
  for (const at of times) if (at !== null && !(found !== null && found >= at)) found = at
  return found
}
