import { guardFormula } from '../../../../src/edges/exchange/formula-guard.ts'
import type { DailyTotalsView } from '../../../../src/edges/http/day-schemas.ts'

type Cell = string | number | null

const cellText = (cell: Cell) => {
  const text = typeof cell === 'string' ? guardFormula(cell) : cell === null ? '' : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const figures = ['total', 'min', 'max', 'mean', 'last', 'expected', 'received', 'share'] as const

/** The days that are shown as CSV (RFC 4180), with a mark that lets Excel read it as UTF-8. One line per day and point, figures in full. */
export function dayCsv({ facility, points }: DailyTotalsView, unitOf: (point: string) => string): string {
  const rows: Cell[][] = points.flatMap(({ point, figure, unit, days }) =>
    days.map((day) => [facility, day.date, point, figure, unit, unitOf(point), ...figures.map((name) => day[name])]),
  )
  const head: Cell[] = ['facility', 'date', 'point', 'figure', 'total unit', 'unit', ...figures]
  return `\uFEFF${[head, ...rows].map((row) => `${row.map(cellText).join(',')}\r\n`).join('')}`
}
