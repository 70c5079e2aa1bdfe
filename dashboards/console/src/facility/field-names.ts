import type { FacilityVersionView, FacilityView, KindView } from '../../../../src/edges/http/schemas.ts'
import { formatNumber } from '../format.ts'
import { kinds } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { p } from '../texts/plant.ts'

export { nameOf } from './name-of.ts'

type FieldValue = FacilityVersionView['changes'][number]['after']

export const ratedName = (name: string): string => p().rated[name]?.[0] ?? name
export const ratedUnit = (name: string): string => p().rated[name]?.[1] ?? ''

/** As people call a field: `rated.power`, `label.pole` and plain ones. */
export function fieldName(field: string): string {
  if (field.startsWith('rated.')) return ratedName(field.slice(6))
  if (field.startsWith('label.')) return `${p().fields.labels}: ${field.slice(6)}`
  return p().fields[field as keyof ReturnType<typeof p>['fields']] ?? field
}

/** A field's value in words. */
export function fieldValue(field: string, value: FieldValue): string {
  if (value === null || value === '') return p().none
  if (Array.isArray(value)) return value.map((degrees) => formatNumber(degrees, 5)).join(', ')
  if (typeof value === 'boolean') return value ? t().yes : t().no
  if (typeof value === 'number') return `${trimmed(value)} ${field.startsWith('rated.') ? ratedUnit(field.slice(6)) : ''}`.trim()
  if (field === 'mode') return t().modes[value as FacilityView['mode']] ?? value
  if (field === 'roadClass') return p().roadClasses[value as keyof ReturnType<typeof p>['roadClasses']] ?? value
  const kind = field === 'kind' ? kinds.value.get(value) : undefined
  return kind ? say(kind.title) : value
}

/** A number with the digits it has. */
export const trimmed = (value: number): string => formatNumber(value, Math.min(6, (String(value).split('.')[1] ?? '').length))

/** The variant whose rated values the facility has; undefined when it has none of them, or the kind no variants. */
export function variantOf(kind: KindView, rated: Readonly<Record<string, number>>): KindView['variants'][number] | undefined {
  const all = { ...kind.rated, ...rated }
  return kind.variants.find((variant) => Object.entries(variant.rated).every(([name, value]) => all[name] === value))
}
