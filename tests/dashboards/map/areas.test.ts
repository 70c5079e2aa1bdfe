import { describe, expect, it } from 'vitest'
import { AreaCounts } from '../../../dashboards/console/src/map/area-counts.ts'
import { findPlaces } from '../../../dashboards/console/src/map/find-places.ts'

const facilities = [
  { number: 0, id: 'SL-1', name: 'First lamp', district: 'West', road: 'Long Road', position: null },
  { number: 1, id: 'SL-10', name: 'Tenth lamp', district: 'West', road: 'Long Road', position: null },
  { number: 5, id: 'LC-1', name: '裕华路控制柜', district: 'West', road: 'Cross Road', position: null },
  { number: 3, id: 'PS-1', name: 'Pumps', district: 'East', road: 'Cross Road', position: null },
]

describe('districts and roads', () => {
  it('are counted by state, in order of names', () => {
    const areas = new AreaCounts(facilities, 3)
    const plain = areas.count(Uint8Array.of(0, 2, 0, 1, 0, 2)).map(({ name, counts, total, roads }) => ({
      ...{ name, counts: [...counts], total },
      roads: roads.map((road) => [road.name, [...road.counts], road.total]),
    }))
    expect(plain).toEqual([
      { name: 'East', counts: [0, 1, 0], total: 1, roads: [['Cross Road', [0, 1, 0], 1]] },
      { name: 'West', counts: [1, 0, 2], total: 3, roads: [['Cross Road', [0, 0, 1], 1], ['Long Road', [1, 0, 1], 2]] }, // biome-ignore format: one line
    ])
    // A facility that the states do not know yet is as in the first of them.
    expect(areas.count(new Uint8Array()).map(({ counts }) => [...counts])).toEqual([[1, 0, 0], [3, 0, 0]]) // biome-ignore format: one line
  })
})

describe('what is searched for', () => {
  const found = (text: string) =>
    findPlaces(text, facilities).map((place) =>
      place.type === 'facility' ? place.facility.id : place.type === 'road' ? `${place.road}, ${place.district}` : place.district,
    )

  it('is a facility by its whole id first, then districts, roads, and facilities by parts of id and name', () => {
    expect(found('sl-1')).toEqual(['SL-1', 'SL-10'])
    expect(found('1')).toEqual(['SL-1', 'SL-10', 'LC-1', 'PS-1'])
    expect(found('控制')).toEqual(['LC-1'])
    expect(found('WEST')).toEqual(['West'])
    expect(found('cross')).toEqual(['Cross Road, West', 'Cross Road, East'])
    expect(found('  ')).toEqual([])
    expect(found('nothing of that name')).toEqual([])
  })
})
