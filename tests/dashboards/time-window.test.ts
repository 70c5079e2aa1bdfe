import { describe, expect, test } from 'vitest'
import {
  addressOf,
  fixed,
  LONGEST,
  nextSpan,
  panned,
  SHORTEST,
  shareOf,
  shownTime,
  spanText,
  surroundings,
  type TimeWindow,
  windowOf,
  zoomed,
} from '../../dashboards/console/src/time/time-window.ts'
import { wallText, wallTime } from '../../dashboards/console/src/time/wall-time.ts'
import { utcOffsets } from '../../src/control/local-time.ts'
import { days, hours, minutes } from '../../src/telemetry/duration.ts'

const now = Date.UTC(2026, 2, 10, 12)
const live = (length: number): TimeWindow => ({ length, end: null })
const read = (text: string) => windowOf(new URLSearchParams(text), hours(1))

describe('the time in the address', () => {
  test.each([
    ['', live(hours(1))],
    ['span=15m', live(minutes(15))],
    ['span=365d', live(days(365))],
    ['span=90m', live(minutes(90))],
    ['span=0m', live(hours(1))],
    ['span=99999d', live(hours(1))],
    ['span=toString', live(hours(1))],
    ['from=1000000&to=4600000', { length: hours(1), end: 4_600_000 }],
    ['from=1000000&to=4600000&span=7d', { length: hours(1), end: 4_600_000 }],
    ['from=4600000&to=1000000', live(hours(1))],
    ['from=1000000&to=1000001', live(hours(1))],
    ['from=soon&to=later&span=6h', live(hours(6))],
  ])('reads %s', (text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  test.each([live(minutes(15)), live(minutes(90)), live(days(365)), { length: minutes(7), end: now }])(
    'reads what it wrote: %o',
    (window) => {
      const told = Object.entries(addressOf(window)).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))
      expect(windowOf(new URLSearchParams(told), hours(1))).toEqual(window)
    },
  )

  test('says a length in the largest unit that fits', () => {
    expect([minutes(90), hours(48), days(45)].map(spanText)).toEqual(['90m', '2d', '45d'])
  })
})

describe('moving the window', () => {
  test('pans by half a window; live becomes fixed, and stays as it is towards the future', () => {
    expect(panned(live(hours(2)), -1, now)).toEqual({ length: hours(2), end: now - hours(1) })
    expect(panned(live(hours(2)), 1, now)).toEqual(live(hours(2)))
    expect(panned({ length: hours(2), end: now - hours(5) }, 1, now).end).toBe(now - hours(4))
  })

  test('ends now at the latest, and stays fixed there', () => {
    expect(panned({ length: hours(2), end: now - minutes(10) }, 1, now)).toEqual({ length: hours(2), end: now })
    expect(zoomed({ length: hours(2), end: now - minutes(10) }, 2, now)).toEqual({ length: hours(4), end: now })
  })

  test('zooms around the middle of a fixed window, and up to now in a live one', () => {
    expect(zoomed({ length: hours(4), end: now - hours(10) }, 0.5, now)).toEqual({ length: hours(2), end: now - hours(11) })
    expect(zoomed(live(hours(4)), 2, now)).toEqual(live(hours(8)))
  })

  test('keeps to the shortest and the longest', () => {
    expect(zoomed(live(SHORTEST), 0.5, now).length).toBe(SHORTEST)
    expect(zoomed(live(LONGEST), 2, now).length).toBe(LONGEST)
    expect(fixed(now, now + 1000)).toEqual({ length: SHORTEST, end: now + 500 + SHORTEST / 2 })
  })

  test('takes a part in either direction', () => {
    expect(fixed(now, now - hours(1))).toEqual({ length: hours(1), end: now })
  })

  test('goes from span to span', () => {
    expect([nextSpan(hours(1), 1), nextSpan(hours(2), -1), nextSpan(days(365), 1), nextSpan(minutes(15), -1)]).toEqual([
      hours(6),
      hours(1),
      days(365),
      minutes(15),
    ])
  })

  test('the strip around it is five times as long and does not go beyond now', () => {
    expect(surroundings(live(hours(1)), now)).toEqual({ from: now - hours(5), to: now })
    expect(surroundings({ length: hours(1), end: now - hours(30) }, now)).toEqual({ from: now - hours(33), to: now - hours(28) })
    const strip = surroundings({ length: hours(1), end: now - hours(1) }, now)
    expect(strip).toEqual({ from: now - hours(5), to: now })
    expect(shareOf(now - hours(1), strip)).toBeCloseTo(0.8)
    expect(shareOf(now + hours(1), strip)).toBe(1)
  })

  test('a live window follows the clock', () => {
    expect(shownTime(live(hours(1)), now)).toEqual({ from: now - hours(1), to: now })
  })
})

describe('the clock of the city', () => {
  const berlin = utcOffsets('Europe/Berlin')

  test.each([
    ['2026-01-15T12:30', Date.UTC(2026, 0, 15, 11, 30)],
    ['2026-07-15T12:30', Date.UTC(2026, 6, 15, 10, 30)],
    // Shown twice.
    ['2026-10-25T02:30', Date.UTC(2026, 9, 25, 0, 30)],
    // Skipped.
    ['2026-03-29T02:30', Date.UTC(2026, 2, 29, 1, 30)],
    ['2026-02-30T12:00', null],
    ['tomorrow', null],
  ])('%s', (text, at) => {
    expect(wallTime(text, berlin)).toBe(at)
  })

  test('writes what it reads', () => {
    expect(wallText(wallTime('2026-07-15T12:30', berlin) as number, berlin)).toBe('2026-07-15T12:30')
  })
})
