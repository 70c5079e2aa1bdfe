import { afterEach, describe, expect, test } from 'vitest'
import { cityDate, strangeZone } from '../../dashboards/console/src/city-time.ts'
import { formatClock, formatFull, formatHour, formatWhen } from '../../dashboards/console/src/format.ts'
import { type Session, session } from '../../dashboards/console/src/live/api.ts'
import { hours } from '../../src/telemetry/duration.ts'

const JULY = Date.UTC(2026, 6, 1)
const zones = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC'] as const

afterEach(() => {
  session.value = undefined
})

describe.each(zones)('times of a city in %s', (timeZone) => {
  test('are the same on every computer', () => {
    session.value = { timeZone } as Session
    const wall = (at: number, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(at)
    for (let at = JULY; at < JULY + hours(48); at += hours(0.5)) {
      expect(formatClock(at)).toBe(wall(at, { timeStyle: 'medium' }))
      expect(formatHour(at)).toBe(wall(at, { timeStyle: 'short' }))
      expect(formatFull(at)).toBe(wall(at, { dateStyle: 'short', timeStyle: 'short' }).replace(',', ''))
      expect(cityDate(at)).toBe(new Intl.DateTimeFormat('sv', { timeZone }).format(at))
    }
  })
})

test('the day is left out for what happened on the present day of the city', () => {
  session.value = { timeZone: 'Asia/Shanghai' } as Session
  const midnight = Date.UTC(2026, 6, 1, 16)
  expect(formatWhen(midnight, midnight + hours(1))).toBe('00:00:00')
  expect(formatWhen(midnight - 1000, midnight + hours(1))).toBe('01/07 23:59')
})

test('a computer is strange when its clock shows another time, whatever its zone is called', () => {
  expect(strangeZone(JULY, 'Asia/Shanghai', 'Asia/Singapore')).toBeNull()
  expect(strangeZone(JULY, 'Asia/Shanghai', 'Europe/Berlin')).toBe('Europe/Berlin')
})
