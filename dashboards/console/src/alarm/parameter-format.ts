import type { PointView } from '../../../../src/edges/http/schemas.ts'
import { formatDuration, formatNumber, formatWithUnit } from '../format.ts'

/** What a parameter or figure measures, where it is not the rule's first point. */
const durations = new Set(['period', 'window', 'shift', 'settling', 'short', 'long', 'limit', 'pause', 'warming'])
const shares = new Set(['share', 'coverage', 'leastFlow', 'rise', 'fall', 'steady', 'missing'])
const counts = new Set([
  'n',
  'm',
  'most',
  'events',
  'samples',
  'readings',
  'spreads',
  'days',
  'nights',
  'lamps',
  'lampsOut',
  'calm',
  'sigmas',
  'distance',
  'distanceLimit',
])
const units: Readonly<Record<string, string>> = {
  minVoltage: 'V',
  skew: 's',
  dimmedTo: '%',
  gas: '%LEL',
  inletBelow: 'MPa',
  coldUpTo: '°C',
  lamp: 'A',
  tank: 'L',
  waiting: 't',
  shortfall: 't',
  leftOver: 't',
}

export type ParameterSort = 'duration' | 'share' | 'count' | 'value'

export function sortOf(name: string): ParameterSort {
  if (durations.has(name)) return 'duration'
  if (shares.has(name) || name.endsWith('Share')) return 'share'
  return counts.has(name) ? 'count' : 'value'
}

/** Unit of a parameter that is no length of time, as a person writes it. */
export function unitOf(name: string, point: PointView | undefined): string {
  const sort = sortOf(name)
  if (sort === 'share') return '%'
  if (sort !== 'value') return ''
  const unit = units[name] ?? (point?.unit === '1' ? '' : (point?.unit ?? ''))
  return name === 'perMinute' ? `${unit} / min`.trim() : unit
}

/** A rule's parameter or figure: times as durations, shares in percent, the others in their own unit or that of the rule's point. */
export function formatParameter(name: string, value: number, point: PointView | undefined): string {
  const sort = sortOf(name)
  if (sort === 'duration') return formatDuration(value)
  if (sort === 'share') return `${formatNumber(value * 100, decimals(value * 100))} %`
  if (sort === 'count') return formatNumber(value, decimals(value))
  if (units[name] || name === 'perMinute') return `${formatNumber(value, decimals(value))} ${unitOf(name, point)}`.trim()
  return formatWithUnit(point, value)
}

/** As many as the number has, at most three. */
const decimals = (value: number) => Math.min(3, (String(Number(value.toFixed(3))).split('.')[1] ?? '').length)
