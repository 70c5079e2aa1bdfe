import { kinds } from '../live/live.ts'
import type { WallFacility } from '../live/live-state.ts'

/** What citizens may name: what stands in the street and gives light, or feeds what does. */
export function isPublic({ kind }: Pick<WallFacility, 'kind'>): boolean {
  const view = kinds.value.get(kind)
  return view !== undefined && (view.light || view.domain === 'lighting' || view.domain === 'cabinets')
}
