import fc from 'fast-check'
import { expect, test } from 'vitest'
import { solarElevation } from '../../src/control/astronomical-clock.ts'
import { duskToDawn, LIGHTING_ELEVATION, lightingProgrammes } from '../../src/control/lighting-programme.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'

const city = [114.6, 37.9] as const

test('a night in the plain: on after sunset, off before sunrise, both in the same step', () => {
  const evening = duskToDawn(city, Date.parse('2026-04-10T20:00:00+08:00'))
  const night = duskToDawn(city, Date.parse('2026-04-11T03:00:00+08:00'))
  expect(evening.level).toBe(1)
  // Sun 4 degrees down: 19:10 and 05:34 there and then (NOAA solar calculator, sunset 18:52, sunrise 05:56).
  expect(Math.abs(evening.from - Date.parse('2026-04-10T19:11:00+08:00'))).toBeLessThan(minutes(4))
  expect(Math.abs(evening.until - Date.parse('2026-04-11T05:35:00+08:00'))).toBeLessThan(minutes(4))
  expect(night).toEqual(evening)
  expect(duskToDawn(city, Date.parse('2026-04-10T12:00:00+08:00'))).toMatchObject({ level: 0, until: evening.from })
})

test('at any place and time the step holds the moment, and the level follows the sun', () => {
  fc.assert(
    fc.property(
      fc.record({
        at: fc.integer({ min: 0, max: 4e12 }),
        longitude: fc.double({ min: -180, max: 180, noNaN: true }),
        latitude: fc.double({ min: -80, max: 80, noNaN: true }),
      }),
      ({ at, longitude, latitude }) => {
        const step = duskToDawn([longitude, latitude], at)
        expect(step.from).toBeLessThanOrEqual(at)
        expect(step.until).toBeGreaterThan(at)
        const elevation = solarElevation(at, [longitude, latitude])
        if (Math.abs(elevation - LIGHTING_ELEVATION) > 0.3) expect(step.level).toBe(elevation < LIGHTING_ELEVATION ? 1 : 0)
      },
    ),
    { numRuns: 2000 },
  )
})

test('a facility without a place has no programme; one with a place keeps its step until it ends', () => {
  const programme = lightingProgrammes()
  expect(programme({ position: null }, 0)).toBeUndefined()
  const noon = Date.parse('2026-04-10T12:00:00+08:00')
  const day = programme({ position: city }, noon)
  expect(programme({ position: city }, noon + hours(1))).toBe(day)
  expect(programme({ position: city }, day!.until + seconds(1))?.level).toBe(1)
})
