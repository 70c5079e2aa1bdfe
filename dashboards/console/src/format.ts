import type { PointView } from '../../../src/edges/http/schemas.ts'
import { formatNumber } from '../../shared/format.ts'
import { say, t } from './settings.ts'

export * from '../../shared/format.ts'

type AnyValue = number | boolean | string | null | undefined

/** A value as an operator reads it, without its unit. */
export function formatValue(point: PointView | undefined, value: AnyValue): string {
  if (value === null || value === undefined) return '–'
  if (point?.type === 'boolean') {
    const title = point.states[value === true || value === 1 ? 1 : 0]?.title
    return title ? say(title) : value ? t().yes : t().no
  }
  if (point?.type === 'state') {
    const state = typeof value === 'number' ? point.states[value] : point.states.find(({ key }) => key === value)
    return state ? say(state.title) : String(value)
  }
  if (typeof value === 'number') return formatNumber(value, point?.digits ?? (Number.isInteger(value) ? 0 : 2))
  return String(value)
}

export function formatWithUnit(point: PointView | undefined, value: AnyValue): string {
  const text = formatValue(point, value)
  return point?.unit && point.unit !== '1' && text !== '–' ? `${text} ${point.unit}` : text
}
