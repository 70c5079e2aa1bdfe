import type { UtcOffset } from '../city-time.ts'
import { type Cell, csvText } from '../csv-text.ts'
import { offsetText } from '../time/range-format.ts'
import type { ShownTime } from '../time/time-window.ts'
import type { History } from './history.ts'
import type { Line } from './plot-model.ts'

const columns = ['facility', 'point', 'unit', 'time', 'city time', 'min', 'mean', 'max', 'last', 'count', 'quality'] as const

export interface PlotCsv extends ShownTime {
  title: string
  history: History
  lines: readonly Line[]
  isLive: boolean
  /** Of the city, and what it is ahead of UTC. */
  zone: string
  offset: UtcOffset
  /** Ms since 1970, and who. */
  made: number
  by: string
}

/** By the clock of the city, with what it is ahead of UTC. */
function cityIso(at: number, offset: UtcOffset): string {
  const ahead = offset(at)
  return `${new Date(at + ahead).toISOString().slice(0, -1)}${offsetText(ahead)}`
}

function qualityOf(flagged: number, count: number, isCounted: boolean): string {
  if (!isCounted) return 'not counted'
  if (flagged === 0) return 'good'
  return count > 0 ? `good, ${flagged} flagged` : `${flagged} flagged`
}

/**
 * Exactly the buckets that are shown, one line each, oldest first within a series, behind lines that say what they are. `time` is the start
 * of a bucket in UTC; `count` leaves out values that were flagged impossible, which `quality` counts.
 */
export function plotCsv({ title, history, lines, from, to, isLive, zone, offset, made, by }: PlotCsv): string {
  const head: Cell[][] = [
    ['# what', title],
    ['# from', cityIso(from, offset)],
    ['# to', cityIso(to, offset)],
    ['# window', isLive ? 'live' : 'fixed'],
    ['# time zone', zone],
    ['# bucket, seconds', history.bucket / 1000],
    ['# made', cityIso(made, offset), by],
  ]
  const rows = lines.flatMap(({ facility, point }): Cell[][] => {
    const series = history.series.find((one) => one.facility === facility && one.point === point.key)
    if (!series) return []
    const flagged = new Map(series.flagged.map(({ at, count }) => [at, count]))
    const places = new Map(series.at.map((at, i) => [at, i]))
    const times = [...new Set([...series.at, ...flagged.keys()])].sort((a, b) => a - b)
    return times.map((at) => {
      const i = places.get(at)
      const value = (column: readonly number[]): number | null => (i === undefined ? null : (column[i] as number))
      const count = value(series.count) ?? 0
      const { min, mean, max, last } = series
      return [
        ...[facility, point.key, point.unit, new Date(at).toISOString(), cityIso(at, offset)],
        ...[min, mean, max, last].map(value),
        count,
        qualityOf(flagged.get(at) ?? 0, count, history.isFlagged),
      ]
    })
  })
  return csvText([...head, [...columns], ...rows])
}

/** A name that says what a file is of and of when; `kind` its extension. */
export function fileName(title: string, { from, to }: ShownTime, offset: UtcOffset, kind: string): string {
  const stamp = (at: number) => new Date(at + offset(at)).toISOString().slice(0, 16).replace(':', '')
  const plain = title
    .replaceAll(/[\\/:*?"<>|\s]+/g, ' ')
    .trim()
    .slice(0, 80)
  return `${plain} ${stamp(from)} ${stamp(to)}.${kind}`
}
