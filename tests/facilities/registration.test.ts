import { describe, expect, test } from 'vitest'
import { defineFacilityKind } from '../../src/facilities/facility-kind.ts'
import { type Facility, Plant } from '../../src/facilities/plant.ts'
import { checkRegistrations, checkRemoval, describeFacilities, type Registration } from '../../src/facilities/registration.ts'
import { digital, text } from '../../src/telemetry/point.ts'
import { tankKind } from '../tank-kind.ts'

const closed = digital(text('Contactor', '接触器'), text('open', '分'), text('closed', '合'))
const feederKind = defineFacilityKind({
  key: 'feeder',
  domain: 'cabinets',
  title: text('Feeder', '馈线'),
  rated: { circuits: 2 },
  points: { first: closed, second: closed },
  circuits: ['first', 'second'],
  rules: () => ({}),
  panel: { gauges: ['first'], trends: [['first']], headline: 'first' },
  simulation: { period: 1000, faults: {}, create: () => () => ({ first: true, second: true }) },
})
const kinds = new Map([tankKind, feederKind].map((kind) => [kind.key, kind]))

function plantOf(...registrations: Registration[]): Plant {
  const plant = new Plant()
  describeFacilities(registrations, plant, kinds).forEach((description, i) => {
    plant.put({ ...description, number: i + 1, kind: kinds.get(description.kind) ?? tankKind })
  })
  return plant
}

const tank = (id: string, more: Partial<Registration> = {}): Registration => ({ id, kind: 'tank', ...more })
const feeder = (id: string, more: Partial<Registration> = {}): Registration => ({ id, kind: 'feeder', ...more })
const problems = (registrations: Registration[], plant = new Plant()) =>
  checkRegistrations(registrations, plant, kinds).problems.map(({ index, id, problem }) => `${index} ${id} ${problem}`)

describe('registrations', () => {
  test('that fit together are taken whatever their order', () => {
    expect(problems([tank('T-1', { fedBy: 'F-1', circuit: 2 }), feeder('F-1', { fedBy: 'F-0' }), feeder('F-0')])).toEqual([])
  })

  test('with rated values that put a limit beyond all readings are refused, unless it was so before', () => {
    const beyond = '0 T-1 by its rated values high of high is 11, and Level can only be 0 to 10 m'
    expect(problems([tank('T-1', { rated: { height: 10 } })])).toEqual([])
    expect(problems([tank('T-1', { rated: { height: 11 } })])).toEqual([beyond])
    const plant = plantOf(tank('T-1'))
    plant.put({ ...(plant.get('T-1') as Facility), rated: { height: 11 } })
    expect(problems([tank('T-1', { name: 'Old tank' })], plant)).toEqual([])
    expect(problems([tank('T-1', { rated: { height: 10.5 } })], plant)).toHaveLength(1)
  })

  test('are refused with all their problems at once', () => {
    const given = [
      tank('a b'),
      tank('T-1', { fedBy: 'F-9' }),
      tank('T-2', { fedBy: 'F-1', circuit: 3 }),
      tank('T-3', { fedBy: 'T-2', circuit: 1 }),
      tank('T-4', { circuit: 1 }),
      tank('T-5', { gateway: 'T-5' }),
      tank('T-6', { rated: { height: -1, width: 2 } }),
      tank('T-7', { rated: { height: Number.NaN } }),
      tank('T-8', { fedBy: 'T-8' }),
      feeder('F-1', { kind: 'castle' }),
      tank('T-4'),
    ]
    expect(problems(given, plantOf(feeder('F-1')))).toEqual([
      '0 a b an id has 1 to 64 letters, digits, dots, dashes or underscores',
      '1 T-1 fedBy F-9 is not another registered facility',
      '2 T-2 circuit 3 of F-1: a feeder has circuits 1 to 2',
      '3 T-3 circuit 1 of T-2: a tank has no circuits; leave circuit out',
      '4 T-4 hangs on circuit 1 of nothing; say which facility feeds it, as fedBy',
      '5 T-5 is named as its own gateway; a facility that reports for itself has none',
      '6 T-6 rated height is -1; give a number from 0 up',
      '6 T-6 unknown rated value width; a tank has height',
      '7 T-7 rated height is NaN; give a number from 0 up',
      '8 T-8 fedBy T-8 is not another registered facility',
      '9 F-1 unknown kind castle; known are tank, feeder',
      '10 T-4 the same id is given more than once',
    ])
    expect(() => describeFacilities(given, new Plant(), kinds)).toThrow(/Nothing was registered: facility 1 \(a b\): an id has/)
  })

  test('that close a ring with what stands are refused, and told once', () => {
    const plant = plantOf(feeder('A'), feeder('B', { fedBy: 'A' }), feeder('C', { fedBy: 'B' }))
    expect(problems([feeder('A', { fedBy: 'C' })], plant)).toEqual(['0 A feeds itself: A is fed by C is fed by B is fed by A'])
    expect(problems([feeder('X', { fedBy: 'Y' }), feeder('Y', { fedBy: 'X' }), tank('T', { fedBy: 'X' })])).toHaveLength(1)
    expect(problems([feeder('A', { fedBy: 'C' }), feeder('B', { fedBy: null })], plant)).toEqual([])
  })

  test('of one that stands with an old slip may change everything else', () => {
    const plant = plantOf(feeder('F'), tank('T', { fedBy: 'F', circuit: 1 }))
    plant.remove('F')
    expect(problems([tank('T', { name: 'renamed' })], plant)).toEqual([])
    expect(problems([tank('T', { circuit: 2 })], plant)).toEqual(['0 T fedBy F is not another registered facility'])
  })

  test('of a whole city are checked at once', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => feeder(`F-${i}`, i > 0 ? { fedBy: `F-${i - 1}` } : {}))
    const started = performance.now()
    expect(problems(chain)).toEqual([])
    // Following each one's chain to its end would take two hundred million steps.
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

test('a facility that feeds others is not removed', () => {
  const plant = plantOf(feeder('F'), ...['1', '2', '3', '4'].map((id) => tank(id, { fedBy: 'F' })))
  expect(() => checkRemoval(plant.get('F') as never, plant)).toThrow(/F feeds 4 facilities \(1, 2, 3, …\)\. Give them another fedBy/)
  for (const id of ['1', '2', '3', '4']) plant.remove(id)
  expect(() => checkRemoval(plant.get('F') as never, plant)).not.toThrow()
})
