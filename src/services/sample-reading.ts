import type { PointSamples, Sample } from '../alarms/alarm-samples.ts'
import type { BucketSeries, RawSeries, SeriesQuery, TelemetryStore } from '../storage/telemetry-store.ts'
import { days, minutes } from '../telemetry/duration.ts'

/** Device times read at once; 50 a second over a quarter of an hour. */
const MOST_READ = 50_000
/** How far back a rare reporter's last value is looked for, and in what steps. */
const LOOK_BACK = days(1)
const STEP = minutes(15)

export interface Window {
  /** ms, inclusive. */
  from: number
  activated: number
  /** ms, exclusive. */
  to: number
}

/** What was found in one window. */
export interface Looked {
  from: number
  to: number
  series: ReadonlyMap<string, PointSamples>
  /** Times at which any of the points was reported. */
  reports: number[]
}

/** One facility. */
type Source = Pick<SeriesQuery, 'facilities' | 'kind' | 'points'>
type Telemetry = Pick<TelemetryStore, 'range' | 'buckets'>

/**
 * What the points of one facility said in several windows, by one query over all of them. Where a window of a point in `anchored` begins
 * with nothing, the last value of the day before comes along.
 */
export async function lookAround(
  telemetry: Telemetry,
  source: Source,
  windows: readonly Window[],
  anchored: readonly string[],
): Promise<Looked[]> {
  if (source.points.length === 0) return windows.map(({ from, to }) => ({ from, to, series: new Map(), reports: [] }))
  const first = Math.min(...windows.map(({ from }) => from))
  const found = await telemetry.range({ ...source, from: first, to: Math.max(...windows.map(({ to }) => to)) }, MOST_READ)
  const isQuiet = ({ at }: RawSeries) => windows.some(({ from, activated }) => !at.some((time) => time <= activated && time >= from))
  const quiet = found.filter((series) => anchored.includes(series.point) && isQuiet(series)).map(({ point }) => point)
  const earlier = quiet.length > 0 ? await lastBefore(telemetry, { ...source, points: quiet }, first) : new Map<string, Sample>()
  return windows.map((window) => ({
    from: window.from,
    to: window.to,
    series: new Map(found.map((series) => [series.point, within(series, window, earlier.get(series.point))])),
    reports: [...new Set(found.flatMap(({ at }) => at.filter((time) => time >= window.from && time < window.to)))].sort((a, b) => a - b),
  }))
}

function within({ point, at, value, good }: RawSeries, { from, activated, to }: Window, earlier: Sample | undefined): PointSamples {
  const start = at.findIndex((time) => time >= from)
  const begin = start < 0 ? at.length : start
  const after = at.findIndex((time) => time >= to)
  const end = after < 0 ? at.length : after
  const isQuiet = begin === end || (at[begin] as number) > activated
  const last = begin - 1
  const known = last >= 0 ? { at: at[last] as number, value: value[last] as number, good: good[last] as boolean } : earlier
  return {
    point,
    before: isQuiet ? (known ?? null) : null,
    at: at.slice(begin, end),
    value: value.slice(begin, end),
    good: good.slice(begin, end),
  }
}

/** The newest value of each point before `end`: folded on the store to find where it lies, then read there. */
async function lastBefore(telemetry: Telemetry, source: Source, end: number): Promise<Map<string, Sample>> {
  const found = new Map<string, Sample>()
  // Buckets end where the window begins, so that none holds values of both.
  const folded = await telemetry.buckets({ ...source, from: end - LOOK_BACK, to: end }, { length: STEP, origin: end })
  for (const [start, points] of byNewest(folded)) {
    const range = { ...source, points, from: start, to: start + STEP }
    for (const { point, at, value, good } of await telemetry.range(range, MOST_READ)) {
      const last = at.length - 1
      if (last >= 0) found.set(point, { at: at[last] as number, value: value[last] as number, good: good[last] as boolean })
    }
  }
  return found
}

/** Points by the start of their newest bucket; a device tells most of its points at once, so these are few. */
function byNewest(folded: readonly BucketSeries[]): Map<number, string[]> {
  const starts = new Map<number, string[]>()
  for (const { point, at } of folded) {
    const newest = at.at(-1)
    if (newest === undefined) continue
    const points = starts.get(newest)
    if (points) points.push(point)
    else starts.set(newest, [point])
  }
  return starts
}
