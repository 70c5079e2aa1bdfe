import { expect, test } from 'vitest'
import { CITY_CENTRE } from '../../simulators/city.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import { defineFacilityKind } from '../../src/facilities/facility-kind.ts'
import type { Registration } from '../../src/facilities/registration.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { analog, digital, text } from '../../src/telemetry/point.ts'

const title = text('x', 'x')
const shared = { domain: 'lighting', title, rules: () => ({}) } as const

/** Feeds two circuits; each lamp costs 2 V, more the farther it is. */
const feeder = defineFacilityKind({
  ...shared,
  key: 'feeder',
  rated: {},
  points: { amps: analog(title, 'A', [0, 100]), first: digital(title, title, title), second: digital(title, title, title) },
  circuits: ['first', 'second'],
  panel: { gauges: [], trends: [], headline: 'amps' },
  simulation: {
    period: minutes(1),
    faults: {
      cut: { title, raises: ['sensor-fault'], within: 1 },
      open: { title, raises: ['sensor-fault'], within: 1 },
    },
    create(_facility, _random, grid) {
      grid.feeds((circuit, along, _at, { fault }) => {
        const isOn = fault('cut') === 0 && !(circuit === 1 && fault('open') > 0)
        return { isOn, voltage: isOn ? 230 - 10 * along : 0 }
      })
      return ({ at, fault }) => {
        if (fault('cut') > 0) return null
        return { amps: grid.loads(1).reduce((sum, load) => sum + load(at), 0), first: fault('open') === 0, second: true }
      }
    },
  },
})

const lamp = defineFacilityKind({
  ...shared,
  key: 'lamp',
  rated: {},
  points: { voltage: analog(title, 'V', [0, 300]) },
  panel: { gauges: [], trends: [], headline: 'voltage' },
  simulation: {
    period: minutes(5),
    faults: { dark: { title, raises: ['sensor-fault'], within: 1 } },
    create(_facility, _random, grid) {
      grid.draws((_at, { fault }) => (fault('dark') > 0 ? 0 : 1))
      return ({ at }) => {
        const supply = grid.supply(at)
        return supply && !supply.isOn ? null : { voltage: supply?.voltage ?? 0 }
      }
    },
  },
})

const start = Date.parse('2026-03-01T12:00:00Z')
const kinds = new Map([feeder, lamp].map((kind) => [kind.key, kind]))
const at = (metres: number): [number, number] => [CITY_CENTRE[0], CITY_CENTRE[1] + metres / 111_320]
const fed = { kind: 'lamp', fedBy: 'F' }
const registrations: Registration[] = [
  { id: 'F', kind: 'feeder', position: at(0) },
  { ...fed, id: 'far', circuit: 1, position: at(300) },
  { ...fed, id: 'near', circuit: 1, position: at(10) },
  { ...fed, id: 'middle', circuit: 1, position: at(-100) },
  { ...fed, id: 'other', circuit: 2, position: at(20) },
  { id: 'alone', kind: 'lamp' },
]
const fleetOf = (given: readonly Registration[] = registrations) =>
  new Fleet({
    facilities: simulatedFacilities(given, kinds),
    seed: 's',
    world: createWorld({ position: CITY_CENTRE, seed: 's' }),
    start,
  })
const inject = (fleet: Fleet, facility: string, fault: string, length: number) =>
  fleet.inject({ where: `id=${facility}`, fault, after: 0, for: length, size: 1 })
const latest = (fleet: Fleet, until: number) =>
  Object.fromEntries(fleet.step(until).map(({ facility, values }) => [facility.id, Object.values(values)[0]]))

test('voltage falls along the circuit by distance, and what hangs on nothing is not fed', () => {
  expect(latest(fleetOf(), start + minutes(6))).toEqual({ F: 3, near: 230, middle: 225, far: 220, other: 230, alone: 0 })
})

test('without positions the order is that of registration', () => {
  const fleet = fleetOf(registrations.map((registration) => ({ ...registration, position: null })))
  expect(latest(fleet, start + minutes(6))).toMatchObject({ far: 230, near: 225, middle: 220 })
})

test('a feeder sees at once what its loads draw, with their faults', () => {
  const fleet = fleetOf()
  fleet.step(start + minutes(6))
  inject(fleet, 'near', 'dark', minutes(10))
  expect(fleet.step(start + minutes(7)).find(({ facility }) => facility.id === 'F')?.values).toMatchObject({ amps: 2 })
})

test('an open circuit silences those on it; they report soon after it is closed, each at its own moment', () => {
  const fleet = fleetOf()
  fleet.step(start + minutes(1))
  inject(fleet, 'F', 'open', minutes(20))
  const dark = fleet.step(start + minutes(21) - 1).map(({ facility }) => facility.id)
  expect(new Set(dark)).toEqual(new Set(['F', 'other', 'alone']))
  const back = fleet.step(start + minutes(21) + seconds(8)).filter(({ facility }) => facility.circuit === 1)
  expect(new Set(back.map(({ facility }) => facility.id))).toEqual(new Set(['near', 'middle', 'far']))
  const first = ['near', 'middle', 'far'].map((id) => back.find(({ facility }) => facility.id === id)!.at - start - minutes(21))
  expect(new Set(first).size).toBe(3)
  for (const delay of first) expect(delay).toBeGreaterThanOrEqual(seconds(2))
})

test('what reports through a silent facility is not heard, and is heard soon after it is back', () => {
  const fleet = fleetOf([
    { id: 'F', kind: 'feeder' },
    { id: 'behind', kind: 'lamp', gateway: 'F' },
    { id: 'elsewhere', kind: 'lamp', gateway: 'not simulated' },
  ])
  fleet.step(start + minutes(1))
  inject(fleet, 'F', 'cut', minutes(10))
  const during = fleet.step(start + minutes(11) - 1)
  expect(new Set(during.map(({ facility }) => facility.id))).toEqual(new Set(['elsewhere']))
  const after = fleet.step(start + minutes(11) + seconds(8)).map(({ facility }) => facility.id)
  expect(after).toContain('F')
  expect(after).toContain('behind')
})
