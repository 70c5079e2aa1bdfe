import { expect, test } from 'vitest'
import { generateCity } from '../../simulators/city.ts'

const city = generateCity({ seed: 'lamplighter' })
const byId = new Map(city.map((facility) => [facility.id, facility]))

function metres([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): number {
  return Math.hypot((x1 - x2) * Math.cos((y1 * Math.PI) / 180), y1 - y2) * 111_320
}

test('has the wanted number of each kind, each id once', () => {
  expect(city).toHaveLength(2056)
  expect(byId.size).toBe(2056)
  const count = (kind: string) => city.filter((facility) => facility.kind === kind).length
  expect(['street-light', 'light-cabinet', 'pump-station', 'gas-station'].map(count)).toEqual([2000, 40, 12, 4])
  expect(generateCity({ seed: 'x', lamps: 7, cabinets: 3, pumpStations: 0, gasStations: 1 })).toHaveLength(11)
})

test('every lamp hangs on a cabinet that stands near it', () => {
  for (const { kind, fedBy, gateway, position } of city.filter(({ kind }) => kind === 'street-light')) {
    const cabinet = byId.get(fedBy ?? '')
    expect(cabinet?.kind, kind).toBe('light-cabinet')
    expect(gateway).toBe(fedBy)
    expect(metres(position, cabinet!.position)).toBeLessThan(600)
  }
})

test('no two facilities stand at one place, and all lie in the city', () => {
  expect(new Set(city.map(({ position }) => position.join())).size).toBe(city.length)
  for (const { position } of city) expect(metres(position, [114.6, 37.9])).toBeLessThan(8000)
})

test('the same seed gives the same city', () => {
  expect(generateCity({ seed: 'lamplighter' })).toEqual(city)
  expect(generateCity({ seed: 'other' })).not.toEqual(city)
})
