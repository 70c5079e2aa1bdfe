import { days } from '../../telemetry/duration.ts'

/** A UTC day as 2026-01-31; sorts by time. */
export type Day = string

export const dayOf = (at: number): Day => new Date(at).toISOString().slice(0, 10)
export const startOfDay = (day: Day): number => Date.parse(`${day}T00:00:00Z`)
export const endOfDay = (day: Day): number => startOfDay(day) + days(1)

export const dayFileName = (day: Day): string => `${day}.duckdb`

/** The day of a file of that name, undefined for any other file. */
export function dayOfFile(name: string): Day | undefined {
  return /^(\d{4}-\d\d-\d\d)\.duckdb$/.exec(name)?.[1]
}

/** A name as SQL takes it literally. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const quotedText = (text: string): string => `'${text.replaceAll("'", "''")}'`
