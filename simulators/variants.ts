import type { FacilityKind } from '../src/facilities/facility-kind.ts'
import type { Text } from '../src/telemetry/point.ts'

export interface KindVariant {
  /** Empty where the kind has no variants: then it is its only one. */
  key: string
  title: Text
  /** The rated values that make it one. */
  rated: Readonly<Record<string, number>>
}

/** The sorts of a kind, at least one. */
export function variantsOf({ variants, title }: FacilityKind): KindVariant[] {
  const own = Object.entries(variants).map(([key, variant]) => ({
    key,
    title: variant.title,
    rated: variant.rated as Record<string, number>,
  }))
  return own.length > 0 ? own : [{ key: '', title, rated: {} }]
}
