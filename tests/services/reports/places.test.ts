import { expect, test } from 'vitest'
import { metresBetween } from '../../../src/dispatch/repair-queue.ts'
import { Plant } from '../../../src/facilities/plant.ts'
import { streetLight } from '../../../src/facilities/street-light/index.ts'
import { Places } from '../../../src/services/reports/places.ts'

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
  return { places: new Places(plant), positions }
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
