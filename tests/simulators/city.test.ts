import { expect, test } from 'vitest'
import { CITY_CENTRE, generateCity } from '../../simulators/city.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { variantsOf } from '../../simulators/variants.ts'
import { facilityKinds, kindByKey } from '../../src/facilities/index.ts'

const city = generateCity({ seed: 'lamplighter' })
const byId = new Map(city.map((facility) => [facility.id, facility]))
const ofKind = (kind: string) => city.filter((facility) => facility.kind === kind)

function metres([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): number {
  return Math.hypot((x1 - x2) * Math.cos((y1 * Math.PI) / 180), y1 - y2) * 111_320
}

test('has every kind of a city in every variant, each id once, and can be registered', () => {
  expect(byId.size).toBe(city.length)
  for (const kind of facilityKinds.filter((kind) => !kind.reportsItself)) {
    for (const { key, rated } of variantsOf(kind)) {
      const those = ofKind(kind.key).filter((facility) => Object.entries(rated).every(([name, value]) => facility.rated[name] === value))
      expect(those.length, `${kind.key} ${key}`).toBeGreaterThan(0)
    }
  }
  expect(['street-light', 'light-cabinet', 'gateway', 'pump-station'].map((kind) => ofKind(kind).length)).toEqual([2000, 40, 14, 12])
  expect(simulatedFacilities(city, kindByKey)).toHaveLength(city.length)
  const small = { pumpStations: 0, gasStations: 1, sewagePlants: 0, wastePlants: 0, gateways: 1 }
  expect(generateCity({ seed: 'x', lamps: 7, cabinets: 3, ...small })).toHaveLength(12)
})

test('every lamp hangs on a circuit of a cabinet that stands near it, and reports through it or its gateway', () => {
  const gateways = new Set<string>()
  for (const { fedBy, gateway, circuit, position } of ofKind('street-light')) {
    const cabinet = byId.get(fedBy ?? '')!
    expect(cabinet.kind).toBe('light-cabinet')
    expect(circuit).toBeGreaterThanOrEqual(1)
    expect(circuit).toBeLessThanOrEqual(cabinet.rated.circuits!)
    expect(metres(position, cabinet.position)).toBeLessThan(600)
    gateways.add(byId.get(gateway ?? '')!.kind)
    if (gateway !== fedBy) expect(byId.get(gateway!)!.fedBy).toBe(fedBy)
  }
  expect(gateways).toEqual(new Set(['light-cabinet', 'gateway']))
})

test('what a cabinet is rated for agrees with the lamps on it', () => {
  for (const { id, rated } of ofKind('light-cabinet')) {
    for (let circuit = 1; circuit <= rated.circuits!; circuit++) {
      const lamps = ofKind('street-light').filter((lamp) => lamp.fedBy === id && lamp.circuit === circuit)
      const amps = lamps.reduce((sum, lamp) => sum + lamp.rated.power! / 220 / 0.95, 0)
      expect(Math.abs(amps / rated['circuit-current']! - 1), `${id} ${circuit}`).toBeLessThan(0.15)
    }
  }
})

test('is described as people look for it', () => {
  for (const { id, name, nameEn, district, road, owner } of city) {
    expect(name, id).toMatch(/\p{Script=Han}/u)
    for (const described of [nameEn, district, road, owner]) expect(described, id).not.toBe('')
  }
  expect(new Set(ofKind('street-light').map(({ roadClass }) => roadClass))).toEqual(new Set(['main', 'secondary', 'branch', 'landscape']))
  expect(new Set(city.map(({ keyArea }) => keyArea))).toEqual(new Set([true, false]))
})

test('no two facilities stand at one place, and all lie in the city', () => {
  expect(new Set(city.map(({ position }) => position.join())).size).toBe(city.length)
  for (const { position } of city) expect(metres(position, CITY_CENTRE)).toBeLessThan(8000)
})

test('the same seed gives the same city', () => {
  expect(generateCity({ seed: 'lamplighter' })).toEqual(city)
  expect(generateCity({ seed: 'other' })).not.toEqual(city)
})
