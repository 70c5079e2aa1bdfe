import type { HealthMeasure } from '../../../../src/edges/health.ts'
import type { PointView } from '../../../../src/edges/http/schemas.ts'
import { formatDuration, formatNumber, formatWhen, formatWithUnit } from '../format.ts'
import { formatBytes } from '../format-measures.ts'
import { kinds } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { h } from '../texts/health.ts'

const SERVER = 'server'
const SECOND = 1000
const MINUTE = 60_000

const pointOf = (key: string): PointView | undefined => kinds.value.get(SERVER)?.points.find((point) => point.key === key)
export const ruleOf = (key: string) => kinds.value.get(SERVER)?.rules.find((rule) => rule.key === key)

/** Short spans in the unit people compare them in, long ones as everywhere. */
export function formatSpan(ms: number): string {
  const size = Math.abs(ms)
  if (size < SECOND) return `${formatNumber(ms)} ms`
  if (size < MINUTE) return `${formatNumber(ms / SECOND, 1)} s`
  return `${ms < 0 ? '−' : ''}${formatDuration(size)}`
}

export function nameOf({ key, unit }: HealthMeasure): string {
  const point = unit === 'point' ? pointOf(key) : undefined
  return point ? say(point.title) : (h().measures[key] ?? key)
}

/** A number in the unit of a measure. */
export function quantity({ key, unit }: Pick<HealthMeasure, 'key' | 'unit'>, value: number): string {
  if (unit === 'point') return formatWithUnit(pointOf(key), value)
  if (unit === 'bytes') return formatBytes(value)
  if (unit === 'ms') return formatSpan(value)
  return formatNumber(value)
}

export function valueText(measure: HealthMeasure, now: number): string {
  const { key, unit, value, condition } = measure
  if (value === null) return key === 'days-left' && condition === 'ok' ? h().noGrowth : '–'
  if (unit === 'point' && typeof value === 'boolean') return formatWithUnit(pointOf(key), value)
  if (typeof value === 'boolean') return value ? t().yes : t().no
  if (typeof value === 'string') return value
  if (unit === 'time') return formatWhen(value, now)
  if (key === 'last-write') return h().ago(formatSpan(value))
  return quantity(measure, value)
}

/** What it may be, in words; empty where it has no limit, and where none at all is right, which needs no word. */
export function limitText(measure: HealthMeasure): string {
  const { limit } = measure
  if (!limit || ('high' in limit && limit.high === 0)) return ''
  return 'high' in limit ? h().atMost(quantity(measure, limit.high)) : h().atLeast(quantity(measure, limit.low))
}
