import type { Reading, Report } from './report.ts'

/** The newest reading of each point of one facility, by device time. Arrays are indexed like the kind's point table. */
export interface Latest {
  /** NaN while the point is absent or its newest value was impossible. */
  readonly values: Float64Array
  /** Device times, ms; NaN before the first reading. */
  readonly times: Float64Array
  /** The impossible value of each point whose newest one was; null while there is none, which is nearly always. */
  bad: Map<number, number> | null
}

export function createLatest(points: number): Latest {
  const unknown = () => new Float64Array(points).fill(Number.NaN)
  return { values: unknown(), times: unknown(), bad: null }
}

/** What became of a report's readings; `stored` are those the time series needs (fresh and late ones). */
export interface Admission {
  fresh: number
  late: number
  duplicate: number
  stored: Reading[]
}

/**
 * Admits a report: idempotent by (facility, point, device time), and a late reading never moves `latest` back. What a person enters for a
 * time once more with another value corrects it.
 * A repetition of an older reading is admitted as late; stores keep one row per device time.
 */
export function admit(latest: Latest, report: Report): Admission {
  let fresh = 0
  let late = 0
  let duplicate = 0
  for (const reading of report.readings) {
    const newest = latest.times[reading.point] as number
    if (newest === report.at && !(report.entered && isOther(latest, reading))) duplicate++
    else if (newest > report.at) late++
    else {
      fresh++
      take(latest, reading, report.at)
    }
  }
  const stored = duplicate === 0 ? report.readings : report.readings.filter((reading, i) => isFirst(latest, report, reading, i))
  return { fresh, late, duplicate, stored: fresh + late === 0 ? [] : stored }
}

function isOther(latest: Latest, { point, value, quality }: Reading): boolean {
  return value !== (quality === 'good' ? latest.values[point] : latest.bad?.get(point))
}

/** With some duplicates and some new readings at one time, a reading counts when its value is the one that was taken. */
function isFirst(latest: Latest, report: Report, reading: Reading, index: number): boolean {
  if (latest.times[reading.point] !== report.at) return true
  return !isOther(latest, reading) && report.readings.findIndex((r) => r.point === reading.point) === index
}

function take(latest: Latest, { point, value, quality }: Reading, at: number): void {
  latest.times[point] = at
  if (quality === 'good') {
    latest.values[point] = value
    if (latest.bad?.delete(point) && latest.bad.size === 0) latest.bad = null
  } else {
    latest.values[point] = Number.NaN
    latest.bad ??= new Map()
    latest.bad.set(point, value)
  }
}
