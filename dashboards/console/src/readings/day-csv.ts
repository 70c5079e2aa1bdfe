import type { DailyTotalsView } from '../../../../src/edges/http/day-schemas.ts'
import { type Cell, csvText } from '../csv-text.ts'

const figures = ['total', 'min', 'max', 'mean', 'last', 'expected', 'received', 'share'] as const

/** The days that are shown as CSV (RFC 4180), with a mark that lets Excel read it as UTF-8. One line per day and point, figures in full. */
export function dayCsv({ facility, points }: DailyTotalsView, unitOf: (point: string) => string): string {
  const rows: Cell[][] = points.flatMap(({ point, figure, unit, days }) =>
    days.map((day) => [facility, day.date, point, figure, unit, unitOf(point), ...figures.map((name) => day[name])]),
  )
  const head: Cell[] = ['facility', 'date', 'point', 'figure', 'total unit', 'unit', ...figures]
  return csvText([head, ...rows])
}
