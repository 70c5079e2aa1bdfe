import type { SettingInForce } from '../config.ts'
import type { Priority } from '../detection/rule.ts'

/** `look`: somebody should look at it by day; `bad`: it keeps the service from its work; `unused`: it is not turned on. */
export const conditions = ['ok', 'look', 'bad', 'unknown', 'unused'] as const
export type Condition = (typeof conditions)[number]

/** What a value is measured in; `point`: the unit of the point of the kind `server` that the measure is named by. */
export const measureUnits = ['point', 'count', 'bytes', 'ms', 'days', 'time', 'text', 'yes-no'] as const
export type MeasureUnit = (typeof measureUnits)[number]

export interface HealthMeasure {
  key: string
  unit: MeasureUnit
  /** Null where nobody knows. */
  value: number | boolean | string | null
  condition: Condition
  /** What it may be at most or at least, in the unit of the value; null where it has no limit. */
  limit: { high: number } | { low: number } | null
  /** Rule of the kind `server` that says what it means and what to do; null where none does. */
  rule: string | null
}

export const healthParts = [
  'broker',
  'journal',
  'detection',
  'database',
  'state',
  'disk',
  'process',
  'consoles',
  'certificates',
  'clock',
  'brokers',
  'codecs',
  'channels',
] as const
export type HealthPartKey = (typeof healthParts)[number]

/** One part of the service: as well as the worst of its measures. */
export interface HealthPart {
  key: HealthPartKey
  condition: Condition
  measures: HealthMeasure[]
  /** What the part says itself, such as the last error of the database. */
  notes: string[]
}

/** An alarm of the service about itself that has not ended. */
export interface OwnAlarm {
  id: number
  rule: string
  priority: Priority
  /** ms since 1970 */
  raised: number
  active: boolean
  acknowledged: boolean
}

/** How it stands with the service itself. Times are ms since 1970. */
export interface Health {
  at: number
  condition: Condition
  parts: HealthPart[]
  /** Why the service is not ready, in words; empty when it is. */
  problems: string[]
  alarms: OwnAlarm[]
  /** The facility as which the service reports itself; null when it does not. */
  facility: string | null
  version: string
  /** Of the program that runs it. */
  runtime: string
  started: number
  settings: SettingInForce[]
}

/** Consoles that have a live connection. */
export interface ConsoleFigures {
  connected: number
  most: number
  /** They have more to take than a second brings. */
  behind: number
  /** Dropped in the last hour because they did not keep up; each began again from a snapshot. */
  dropped: number
}
