import { describe, expect, test } from 'vitest'
import { shareOn } from '../../dashboards/console/src/facility/bar-scale.ts'
import { freshnessOf, skewOf } from '../../dashboards/console/src/facility/freshness.ts'
import { neighbourOf } from '../../dashboards/console/src/facility/list-memory.ts'
import { placeAlarms } from '../../dashboards/console/src/mimic/place-alarms.ts'
import type { AlarmView, LatestView } from '../../src/edges/http/schemas.ts'
import { kindView } from '../../src/edges/http/views.ts'
import { pumpStation } from '../../src/facilities/pump-station/index.ts'

const kind = kindView(pumpStation)
const elements = kind.panel.mimic!.elements
const alarm = (rule: string, ruleType = 'limit') => ({ rule, evidence: { ruleType } }) as AlarmView
const latest = (point: string, good: boolean): LatestView => ({ point, value: 1, at: 1000, good })
const placesOf = (alarms: AlarmView[], known: LatestView[] = []) => {
  const { byElement, elsewhere } = placeAlarms(elements, alarms, kind.rules, new Map(known.map((one) => [one.point, one])))
  return [...[...byElement].map(([key, own]) => [key, own.map(({ rule }) => rule)]), ['', elsewhere.map(({ rule }) => rule)]]
}

describe('where alarms stand in a picture', () => {
  test('at the element that shows the first point that raised them, in the order given', () => {
    expect(placesOf([alarm('vibration-trip'), alarm('overflow'), alarm('vibration-high')])).toEqual([
      ['pump', ['vibration-trip', 'vibration-high']],
      ['well', ['overflow']],
      ['', []],
    ])
  })

  test('what the motor current tells of a pump stands at the pump', () => {
    expect(placesOf([alarm('dry-running')])).toEqual([
      ['pump', ['dry-running']],
      ['', []],
    ])
  })

  test('an impossible value by the point that has one, silence nowhere', () => {
    expect(
      placesOf(
        [alarm('sensor-fault', 'sensor-fault'), alarm('communication-loss', 'silence')],
        [latest('flow', true), latest('chlorine', false)],
      ),
    ).toEqual([
      ['chlorine', ['sensor-fault']],
      ['', ['communication-loss']],
    ])
  })
})

test('a value is as old as our clock says, whatever the clock of its device', () => {
  const skew = skewOf({ clockSkew: -60_000 })
  expect(freshnessOf(latest('flow', true), 31_000, 0, 30_000)).toEqual({ age: 30_000, isOld: false, isBad: false })
  expect(freshnessOf(latest('flow', false), 91_001, skew, 30_000)).toEqual({ age: 30_001, isOld: true, isBad: true })
  expect(freshnessOf(undefined, 0, 0, 30_000)).toEqual({ age: null, isOld: false, isBad: false })
  expect(skewOf({ clockSkew: 9_000 })).toBe(0)
})

test('the neighbours of a facility are those of the list it was opened from, else the others', () => {
  const list = { path: '/facilities', ids: ['B', 'A', 'C'] }
  expect([neighbourOf('A', 1, () => [], list), neighbourOf('A', -1, () => [], list), neighbourOf('C', 1, () => [], list)]).toEqual([
    'C',
    'B',
    undefined,
  ])
  expect(neighbourOf('Y', 1, () => ['X', 'Y', 'Z'], list)).toBe('Z')
  expect(neighbourOf('Q', 1, () => ['X'], null)).toBeUndefined()
})

test('a bar ends where its scale ends', () => {
  expect([-1, 0, 5, 10, 20].map((value) => shareOn([0, 10], value))).toEqual([0, 0, 0.5, 1, 1])
})
