import type { WallFacility } from '../live/live-state.ts'

export type Found =
  | { type: 'district'; district: string }
  | { type: 'road'; road: string; district: string }
  | { type: 'facility'; facility: Sought }

export type Sought = Pick<WallFacility, 'id' | 'name' | 'road' | 'district' | 'position'>

/** Those of each sort that are told. */
const MOST = 8

/** Districts, roads and facilities in whose names or ids the words stand; those that begin with them first, the whole id before all. */
export function findPlaces(text: string, facilities: readonly Sought[]): Found[] {
  const words = text.trim().toLowerCase()
  if (words === '') return []
  const districts = new Set<string>()
  const roads = new Map<string, { road: string; district: string }>()
  const exact: Sought[] = []
  const first: Sought[] = []
  const others: Sought[] = []
  for (const facility of facilities) {
    const { id, name, road, district } = facility
    if (district.toLowerCase().includes(words)) districts.add(district)
    if (road.toLowerCase().includes(words)) roads.set(`${district}\n${road}`, { road, district })
    const own = id.toLowerCase()
    if (own === words) exact.push(facility)
    else if (own.startsWith(words)) first.push(facility)
    else if (own.includes(words) || name.toLowerCase().includes(words)) others.push(facility)
  }
  return [
    ...exact.map((facility): Found => ({ type: 'facility', facility })),
    ...[...districts].slice(0, MOST).map((district): Found => ({ type: 'district', district })),
    ...[...roads.values()].slice(0, MOST).map((road): Found => ({ type: 'road', ...road })),
    ...[...first, ...others].slice(0, MOST).map((facility): Found => ({ type: 'facility', facility })),
  ]
}
