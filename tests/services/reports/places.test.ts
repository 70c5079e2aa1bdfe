import { expect, test } from 'vitest'
import { metresBetween } from '../../../src/dispatch/repair-queue.ts'
import { type Facility, Plant } from '../../../src/facilities/plant.ts'
import { streetLight } from '../../../src/facilities/street-light/index.ts'
import { Places } from '../../../src/services/reports/places.ts'
import { minutes } from '../../../src/telemetry/duration.ts'
import { tankKind } from '../../tank-kind.ts'

type Position = [number, number]

/** Lamps 140 m apart, on a grid of 21 x 21 around a place. */
function gridAround([lon, lat]: Position): { places: Places; positions: Position[] } {
  const plant = new Plant()
  const positions = Array.from(
    { length: 21 * 21 },
    (_, i): Position => [lon + ((i % 21) - 10) / 630, lat + (Math.floor(i / 21) - 10) / 800],
  )
  positions.forEach((position, number) => {
    plant.put({
      ...{ id: `SL-${number}`, number, kind: streetLight, name: '', nameEn: '', district: '', road: '', roadClass: null, keyArea: false },
      ...{ owner: '', position, fedBy: null, circuit: null, gateway: null, labels: {}, rated: {}, mode: 'auto' },
    })
  })
  return { places: new Places(plant, () => 0), positions }
}

// Sums of degrees at these places fall short of, or beyond, the edge of a square of 0.01 degrees.
test.each<Position>([
  [114.60101, 37.9],
  [114.6, 37.895],
  [121.29, 31.07],
  [-0.004, 51.48],
  [-58.38, -34.6],
])('around %d, %d each place within 500 m is found once, nearest first', (...position) => {
  const { places, positions } = gridAround(position)
  const found = places.near(position).map(({ position: its }) => metresBetween(position, its as Position))
  expect(found).toEqual(found.toSorted((a, b) => a - b))
  expect(found.length).toBe(positions.filter((its) => metresBetween(position, its) <= 500).length)
})

/** About 111 m to the north each. */
const lamp = (number: number, more: Partial<Facility> = {}): Facility => ({
  ...{
    id: `SL-${number}`,
    number,
    kind: streetLight,
    name: '',
    nameEn: '',
    district: '',
    road: 'Quay Road',
    roadClass: null,
    keyArea: false,
  },
  ...{
    owner: '',
    position: [121.5, 31.1995 + number / 1000],
    fedBy: null,
    circuit: null,
    gateway: null,
    labels: {},
    rated: {},
    mode: 'auto',
  },
  ...more,
})
const ids = (list: readonly Facility[]) => list.map(({ id }) => id)

test('places are found across the squares of the index, as they are now, and new ones within a minute', () => {
  let now = 0
  const plant = new Plant()
  const places = new Places(plant, () => now)
  for (let n = 0; n < 10; n++) plant.put(lamp(n))
  plant.put(lamp(20, { kind: tankKind }))
  plant.put(lamp(21, { position: null, road: '' }))
  // On both sides of 31.2, where a square ends.
  expect(ids(places.near([121.5, 31.2001]))).toEqual(['SL-1', 'SL-0', 'SL-2', 'SL-3', 'SL-4', 'SL-5'])
  expect(places.near([121.5, 31.3])).toEqual([])
  expect(ids(places.on('  quay '))).toEqual(Array.from({ length: 10 }, (_, n) => `SL-${n}`))
  plant.remove('SL-1')
  plant.put(lamp(2, { name: 'Renamed' }))
  plant.put(lamp(11))
  expect(places.near([121.5, 31.2001]).map(({ id, name }) => id + name)).toEqual(['SL-0', 'SL-2Renamed', 'SL-3', 'SL-4', 'SL-5'])
  expect(ids(places.on('quay'))).not.toContain('SL-11')
  now += minutes(1)
  expect(ids(places.on('quay'))).toContain('SL-11')
})

test('at most 60 are told', () => {
  const plant = new Plant()
  for (let n = 0; n < 100; n++) plant.put(lamp(n, { position: [121.5, 31.2 + n / 1e5] }))
  const places = new Places(plant, () => 0)
  expect([places.near([121.5, 31.2]).length, places.on('quay').length]).toEqual([60, 60])
})
