import { describe, expect, test } from 'vitest'
import { lightingProgrammes } from '../../src/control/lighting-programme.ts'
import { lightCabinet } from '../../src/facilities/light-cabinet/index.ts'
import type { Facility } from '../../src/facilities/plant.ts'
import { streetLight } from '../../src/facilities/street-light/index.ts'
import { dueSpans, usualInterval } from '../../src/services/due-reports.ts'
import { days, hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { tankKind } from '../tank-kind.ts'

describe('how often a facility reports', () => {
  test.each([
    ['as rated where nothing was learned', Number.NaN, minutes(15)],
    ['as rated where that is about what was learned', minutes(12), minutes(15)],
    ['as learned where it is set to report more often', minutes(1), minutes(1)],
    ['as learned where it is set to report less often', minutes(30), minutes(30)],
  ])('%s', (_, learned, interval) => {
    expect(usualInterval({ kind: streetLight, rated: {} }, learned)).toBe(interval)
  })

  test('follows its own rated interval, or the time its silence takes', () => {
    expect(usualInterval({ kind: streetLight, rated: { 'report-interval': 60 } }, Number.NaN)).toBe(minutes(1))
    expect(usualInterval({ kind: tankKind, rated: {} }, Number.NaN)).toBe(seconds(20))
  })
})

describe('when reports are due', () => {
  const cabinet = { kind: lightCabinet, position: [114.5, 38] as const } as unknown as Facility
  const noon = Date.parse('2026-03-20T04:00:00Z')
  const span = { from: noon, to: noon + days(2) }
  const programme = lightingProgrammes()

  test('always, where nothing switches the circuit', () => {
    expect(dueSpans(undefined, programme, span)).toEqual([span])
    expect(dueSpans({ kind: tankKind } as unknown as Facility, programme, span)).toEqual([span])
  })

  test('always, where nobody knows the programme of the feeder', () => {
    expect(dueSpans({ kind: lightCabinet, position: null } as unknown as Facility, programme, span)).toEqual([span])
  })

  test('from dusk to dawn behind a cabinet, cut at the ends of the time', () => {
    const nights = dueSpans(cabinet, programme, span)
    expect(nights).toHaveLength(2)
    for (const { from, to } of nights) {
      expect((to - from) / hours(1)).toBeCloseTo(11.3, 0)
      expect(programme(cabinet, (from + to) / 2)?.level).toBe(1)
    }
    const midnight = (nights[0]!.from + nights[0]!.to) / 2
    expect(dueSpans(cabinet, programme, { from: midnight, to: midnight + hours(1) })).toEqual([{ from: midnight, to: midnight + hours(1) }])
  })
})
