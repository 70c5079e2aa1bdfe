import { days, hours, minutes } from '../../telemetry/duration.ts'
import { offsetOf } from '../bucket-series.ts'
import type { Grid } from '../telemetry-store.ts'
import { quoted } from './day-name.ts'

/** Roll-ups the store keeps: what was read in a minute, an hour or a calendar day of the city. */
export type Resolution = 'minute' | 'hour' | 'day'

export const lengthOf: Readonly<Record<Resolution, number>> = { minute: minutes(1), hour: hours(1), day: days(1) }

/** The table of a kind's roll-ups. */
export const rolledTable = (kind: string, resolution: Resolution): string => `${kind}@${resolution}`

/** The kind whose rows a table holds, and whether they are raw or how they are rolled up. */
export function contentsOf(table: string): { kind: string; resolution: Resolution | 'raw' } {
  const at = table.lastIndexOf('@')
  return at < 0 ? { kind: table, resolution: 'raw' } : { kind: table.slice(0, at), resolution: table.slice(at + 1) as Resolution }
}

/** Whether buckets of a grid are made of whole roll-ups that begin `offset` ms behind the UTC day. */
export const isMadeOf = ({ length, origin }: Grid, resolution: Resolution, offset: number): boolean =>
  length % lengthOf[resolution] === 0 && offsetOf(origin - offset, lengthOf[resolution]) === 0

const PARTS = ['min', 'max', 'sum', 'last', 'count'] as const
/** An SQL expression for each. */
export type Parts = Readonly<Record<(typeof PARTS)[number], string>>

/** Columns of a point's roll-ups. */
export const rolledColumns = (point: string): string[] => PARTS.map((part) => `${point}@${part}`)

/** Points of which there are roll-ups in a table of these columns. */
export const rolledPoints = (columns: readonly string[]): string[] =>
  columns.flatMap((column) => (column.endsWith('@last') ? [column.slice(0, -'@last'.length)] : []))

/** What a row of roll-ups says of a point. What follows from the last value and the count is not stored, so that rare and steady values cost little. */
export function rolledParts(point: string): Parts {
  const [min, max, sum, last, count] = rolledColumns(point).map(quoted) as [string, string, string, string, string]
  return { min: `coalesce(${min}, ${last})`, max: `coalesce(${max}, ${last})`, sum: `coalesce(${sum}, ${last} * ${count})`, last, count }
}

/** What is stored of folded values, in the order of `rolledColumns`. */
export const storedParts = ({ min, max, sum, last, count }: Parts): string[] => [
  `CASE WHEN ${min} <> ${last} THEN ${min} END`,
  `CASE WHEN ${max} <> ${last} THEN ${max} END`,
  `CASE WHEN ${sum} <> ${last} * ${count} THEN ${sum} END`,
  ...[last, count],
]

/** Raw values folded. */
export const foldRaw = (value: string): Parts => ({
  min: `min(${value})`,
  max: `max(${value})`,
  sum: `sum(${value})`,
  last: `arg_max(${value}, "@at")`,
  count: `nullif(count(${value}), 0)::DOUBLE`,
})

/** Roll-ups folded. */
export const foldRolled = ({ min, max, sum, last, count }: Parts, at = '"@at"'): Parts => ({
  min: `min(${min})`,
  max: `max(${max})`,
  sum: `sum(${sum})`,
  last: `arg_max(${last}, ${at})`,
  count: `sum(${count})`,
})

/** In a fixed order, under names with a number. */
export const partsAs = (parts: Parts, i: number): string[] => PARTS.map((part) => `${parts[part]} AS ${partNames(i)[part]}`)
export const partNames = (i: number): Parts =>
  Object.fromEntries(PARTS.map((part) => [part, `${part}_${i}`])) as Record<(typeof PARTS)[number], string>
