import type { LampOnRowView } from '../../../../../src/edges/http/lamp-on-schemas.ts'
import type { LampGrouping } from '../../../../../src/edges/lamp-on-rates.ts'
import type { RoadClass } from '../../../../../src/facilities/plant.ts'
import { p } from '../../texts/plant.ts'
import { c } from '../../texts/select.ts'
import { quoted } from './query-text.ts'

/** What lamps that are taken together are called. */
export function rateTitle(by: LampGrouping, key: string): string {
  if (by === 'key-area') return c().keyAreas[key] ?? key
  if (by === 'class' && key !== '') return p().roadClasses[key as RoadClass] ?? key
  return key === '' ? c().noName : key
}

/** The facility query that finds the lamps of a row. */
export const rateQuery = (by: LampGrouping, key: string): string =>
  `kind=street-light ${by === 'key-area' ? 'keyArea' : by === 'class' ? 'roadClass' : by}=${key && quoted(key)}`

/** Worst first: those that miss their target by most lamps, then those of which nobody knows, then the others; by name where equal. */
export function byNeed(a: LampOnRowView, b: LampOnRowView): number {
  const rank = { missed: 0, open: 1, met: 2, none: 3 }
  return (
    rank[a.verdict] - rank[b.verdict] || (a.rate ?? 2) - (b.rate ?? 2) || (a.margin ?? 0) - (b.margin ?? 0) || a.key.localeCompare(b.key)
  )
}
