import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shownTimes, strangeZone } from '../../dashboards/console/src/city-time.ts'
import { hours } from '../../src/telemetry/duration.ts'

const zones = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC'] as const
const wall = (at: number, timeZone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at)
/** Far from the weekends on which clocks are set. */
const JULY = Date.UTC(2026, 6, 1)

describe('times as the clock of the city shows them', () => {
  test.each(zones.flatMap((city) => zones.map((own) => [city, own] as const)))('of %s on a computer in %s', (city, own) => {
    const times = Array.from({ length: 80 }, (_, i) => JULY + i * hours(0.5))
    const shown = shownTimes(times, city, own)
    expect(shown.map((at) => wall(at, own))).toEqual(times.map((at) => wall(at, city)))
  })

  test('rise, also while one of the clocks is set', () => {
    const zone = fc.constantFrom(...zones)
    fc.assert(
      fc.property(zone, zone, fc.integer({ min: 0, max: 365 * 24 }), (city, own, hour) => {
        const shown = shownTimes(
          Array.from({ length: 96 }, (_, i) => Date.UTC(2026, 0, 1) + hours(hour + i / 4)),
          city,
          own,
        )
        expect(shown).toEqual(shown.toSorted((a, b) => a - b))
      }),
    )
  })
})

test('a computer is strange when its clock shows another time, whatever its zone is called', () => {
  expect(strangeZone(JULY, 'Asia/Shanghai', 'Asia/Singapore')).toBeNull()
  expect(strangeZone(JULY, 'Asia/Shanghai', 'Europe/Berlin')).toBe('Europe/Berlin')
})
