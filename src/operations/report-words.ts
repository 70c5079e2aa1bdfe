import { dateOf } from '../control/calendar-day.ts'
import type { Priority } from '../detection/rule.ts'
import type { Text } from '../telemetry/point.ts'
import type { ReportCell, ReportColumn, ReportFigure, ReportPeriod } from './duty-report.ts'

/** By which clock and in which language a report is read. */
export interface ReportClock {
  utcOffset: (at: number) => number
}
export interface ReportReader extends ReportClock {
  language: 'zh' | 'en'
}

const MINUTE = 60_000

/** A time of the city to the minute, such as 2026-03-01 20:00. */
export const timeText = (at: number, { utcOffset }: ReportClock): string =>
  new Date(at + utcOffset(at)).toISOString().slice(0, 16).replace('T', ' ')

/** A length of time in days, hours and minutes, at most two of them. */
export function lengthText(length: number, language: 'zh' | 'en'): string {
  const all = Math.round(length / MINUTE)
  const [d, h, min] = [Math.floor(all / 1440), Math.floor((all % 1440) / 60), all % 60]
  const units = language === 'zh' ? (['天', '小时', '分'] as const) : (['d', 'h', 'min'] as const)
  const parts = [d, h, min].map((count, i) => ({ count, unit: units[i] as string }))
  const first = parts.findIndex(({ count }) => count > 0)
  if (first < 0) return length > 0 && length < MINUTE / 2 ? (language === 'zh' ? '不足 1 分' : 'under 1 min') : `0 ${units[2]}`
  return parts
    .slice(first, first + 2)
    .filter(({ count }) => count > 0)
    .map(({ count, unit }) => `${count} ${unit}`)
    .join(' ')
}

/** A cell as people read it, without the unit of its column. */
export function cellText(
  cell: ReportCell,
  { digits = 0, format }: Pick<ReportColumn, 'digits' | 'format' | 'title'>,
  reader: ReportReader,
): string {
  if (cell === null) return '–'
  if (typeof cell === 'object') return cell[reader.language]
  if (typeof cell === 'string') return cell
  switch (format) {
    case 'time':
      return timeText(cell, reader)
    case 'length':
      return lengthText(cell, reader.language)
    case 'share':
      return `${numberText(100 * cell, digits)} %`
    default:
      return numberText(cell, digits)
  }
}

const numberText = (value: number, digits: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** Whether a figure misses its target; one without a value or a target does not. */
export function isMissed({ value, target }: Pick<ReportFigure, 'value' | 'target'>): boolean {
  if (value === null || !target) return false
  return 'atLeast' in target ? value < target.atLeast : value > target.atMost
}

/** What a report is about: a date, a month, or a date with the name of the shift. */
export function spanText(
  { period, from, to, shiftName }: { period: ReportPeriod; from: number; to: number; shiftName: string },
  reader: ReportReader,
): string {
  const date = dateOf(from, reader.utcOffset)
  switch (period) {
    case 'month':
      return date.slice(0, 7)
    case 'day':
      return date
    case 'shift':
      return `${date} ${shiftName} ${timeText(from, reader).slice(11)}–${timeText(to, reader).slice(11)}`.replace(/ +/g, ' ')
  }
}

/** How urgent an alarm is, in words for paper. */
export const priorityTitles: Readonly<Record<Priority, Text>> = {
  critical: { en: 'Critical', zh: '紧急' },
  high: { en: 'High', zh: '高' },
  medium: { en: 'Medium', zh: '中' },
  low: { en: 'Low', zh: '低' },
}
