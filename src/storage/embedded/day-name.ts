import { days } from '../../telemetry/duration.ts'

/** A UTC day as 2026-01-31; sorts by time. */
export type Day = string

/** A file of the store by its name without the ending: a day, the hours of a month as 2026-01.hours, or the days of a year as 2026.days. */
export type FileKey = string

export const dayOf = (at: number): Day => new Date(at).toISOString().slice(0, 10)
export const startOfDay = (day: Day): number => Date.parse(`${day}T00:00:00Z`)
export const endOfDay = (day: Day): number => startOfDay(day) + days(1)

/** The file with the hours of a day. */
export const hoursFileOf = (day: Day): FileKey => `${day.slice(0, 7)}.hours`
/** The file with the calendar days of a day. */
export const daysFileOf = (day: Day): FileKey => `${day.slice(0, 4)}.days`

export const isDay = (key: FileKey): boolean => !key.includes('.')

/** When the time of a file of hours or days is over, ms. */
export function endOfFile(key: FileKey): number {
  const [year = 0, month = 12] = (key.split('.')[0] as string).split('-').map(Number)
  return Date.UTC(year, month)
}

export const fileName = (key: FileKey): string => `${key}.duckdb`

/** The key of a file of that name, undefined for any other file. */
export function keyOfFile(name: string): FileKey | undefined {
  return /^(\d{4}-\d\d-\d\d|\d{4}-\d\d\.hours|\d{4}\.days)\.duckdb$/.exec(name)?.[1]
}

/** A name as SQL takes it literally. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const quotedText = (text: string): string => `'${text.replaceAll("'", "''")}'`
