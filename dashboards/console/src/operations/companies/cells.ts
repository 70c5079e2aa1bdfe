import type { Verdict } from '../../../../../src/operations/company-view.ts'
import { formatDuration, formatNumber, formatWhen } from '../../format.ts'
import { serverNow } from '../../live/live.ts'
import { say } from '../../settings.ts'
import type { CompanyTableAnswer } from './companies-api.ts'

type Cell = CompanyTableAnswer['rows'][number]['cells'][number]
type Column = Pick<CompanyTableAnswer['columns'][number], 'unit' | 'digits' | 'format'>

/** A value as a table shows it, without its unit; a dash where nobody knows. */
export function cellText(cell: Cell, { digits = 0, format = 'number' }: Column): string {
  if (cell === null) return '–'
  if (typeof cell === 'string') return cell
  if (typeof cell === 'object') return say(cell)
  if (format === 'share') return `${formatNumber(100 * cell, digits)} %`
  if (format === 'time') return formatWhen(cell, serverNow.peek())
  return format === 'length' ? formatDuration(cell) : formatNumber(cell, digits)
}

/** The same with its unit. */
export function valueText(cell: Cell, column: Column): string {
  const text = cellText(cell, column)
  return column.unit && cell !== null ? `${text} ${column.unit}` : text
}

/** A sign beside the word, for those who see no colour. */
export const verdictSigns: Readonly<Record<Verdict, string>> = { good: '✓', near: '△', bad: '▲', unknown: '?', none: '' }

/** Whether a figure misses its target. */
export function isMissed(value: number | null, target: { atLeast: number } | { atMost: number } | undefined): boolean {
  if (value === null || target === undefined) return false
  return 'atLeast' in target ? value < target.atLeast : value > target.atMost
}
