import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CalendarDay, calendarDays } from '../../src/control/calendar-day.ts'
import { utcOffsets } from '../../src/control/local-time.ts'
import { calendarOrigin, foldIntoBuckets } from '../../src/storage/bucket-series.ts'
import { dailyTotals } from '../../src/storage/daily-totals.ts'
import { gridOfDays, increaseOf } from '../../src/storage/day-fold.ts'
import { hours, minutes } from '../../src/telemetry/duration.ts'
import { analog, digital, type Point, text } from '../../src/telemetry/point.ts'

const berlin = utcOffsets('Europe/Berlin')
const origin = calendarOrigin(berlin)
const name = text('a', 'b')
const energy = analog(name, 'kWh', [0, 1e6], { counter: 'running' })
const today = analog(name, 't', [0, 1e6], { counter: 'today' })
const power = analog(name, 'W', [0, 1e6])
const level = analog(name, 'm', [0, 10])

type Sample = readonly [at: number, value: number]

const seriesOf = (samples: readonly Sample[]) => ({
  facility: 'F',
  point: 'p',
  at: samples.map(([at]) => at),
  value: samples.map(([, value]) => value),
  good: samples.map(() => true),
})

function totals(point: Point, days: readonly CalendarDay[], samples: readonly Sample[], interval = minutes(15)) {
  const grid = gridOfDays(days, origin)
  return dailyTotals(foldIntoBuckets(seriesOf(samples), grid), days, { point, length: grid.length, interval })
}

const day = calendarDays('2026-03-10', '2026-03-10', berlin)
const midnight = day[0]?.from as number
const at = (hour: number, value: number): Sample => [midnight + hours(hour), value]

describe('the increase of a counter', () => {
  test.each<[what: string, samples: Sample[], increase: number]>([
    ['goes on from the last value before the day', [at(-0.5, 100), at(1, 101), at(23.9, 140)], 40],
    ['begins with the first value where none is known before', [at(1, 101), at(23.9, 140)], 39],
    ['does not count what comes after the day', [at(-0.5, 100), at(23, 140), at(24, 150)], 40],
    ['goes on after a reset', [at(-0.5, 100), at(1, 110), at(2.2, 112), at(2.5, 0), at(3.1, 5)], 17],
    ['goes on from the reading of another meter', [at(-0.5, 100), at(1, 110), at(5, 7000), at(6, 7001)], 6901],
    ['counts nothing for a smaller reading of another meter', [at(-0.5, 9000), at(1, 9010), at(5, 700), at(6, 701)], 11],
    ['rolls over', [at(-0.5, 99_998), at(1.1, 99_999), at(1.4, 0), at(2, 3)], 4],
    ['knows a dip that is made up at once as a misreading', [at(-0.5, 100), at(1, 101), at(1.3, 0), at(1.6, 102)], 2],
    ['is nothing while it stands', [at(-0.5, 100), at(1, 100), at(20, 100)], 0],
  ])('%s', (_, samples, increase) => {
    expect(totals(energy, day, samples)[0]?.total).toBe(increase)
  })

  test('is that of the raw values, whatever is reset, as long as no more than one reset falls into an hour', () => {
    const rises = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 60 })
    const property = fc.property(rises, fc.array(fc.nat(59), { maxLength: 5 }), (byHour, resets) => {
      const samples: Sample[] = [[midnight - hours(1), 100_000]]
      let [value, risen] = [100_000, 0]
      byHour.forEach((own, hour) => {
        const resetAt = resets.includes(hour) && value > 100 ? own.length >> 1 : -1
        own.forEach((rise, i) => {
          if (i === resetAt) value = 0
          else {
            value += rise
            risen += rise
          }
          samples.push([midnight + hours(hour) + minutes(7 * i), value])
        })
      })
      const folded = foldIntoBuckets(seriesOf(samples), { length: hours(1), origin })
      expect(increaseOf(folded, 1, folded.at.length, 100_000)).toBe(risen)
    })
    fc.assert(property)
  })

  test('of a counter of today is what it says at the end of the day, although yesterday still stands at midnight', () => {
    const samples: Sample[] = [at(-1, 480), at(0, 500), at(0.1, 0), at(5, 20), at(23.9, 300)]
    expect(totals(today, day, samples)[0]?.total).toBe(300)
    // Heard first at noon, or set back by a restart.
    expect(totals(today, day, [at(12, 150), at(20, 250)])[0]?.total).toBe(250)
    expect(totals(today, day, [at(1, 0), at(6, 100), at(12.2, 150), at(12.4, 0), at(20, 30)])[0]?.total).toBe(180)
  })
})

describe('the integral of a rate', () => {
  const every = (interval: number, value: (hour: number) => number, [first] = day): Sample[] =>
    Array.from({ length: Math.floor(((first?.to ?? 0) - (first?.from ?? 0)) / interval) }, (_, i) => [
      (first?.from ?? 0) + i * interval,
      value((i * interval) / hours(1)),
    ])

  test.each<[what: string, samples: Sample[], interval: number, total: number]>([
    ['is power times time', every(minutes(15), () => 120), minutes(15), 2.88],
    ['counts a lamp as long as it burns', every(minutes(15), (hour) => (hour < 6 ? 120 : Number.NaN)).slice(0, 24), minutes(15), 0.72],
    ['takes one late report in an hour for none missing', every(minutes(15), () => 120).filter((_, i) => i % 8 !== 3), minutes(15), 2.88],
    ['leaves out what was not read', every(minutes(15), () => 120).slice(0, 40), minutes(15), 1.2],
    ['is no larger where changes are reported too', every(minutes(5), () => 120), minutes(15), 2.88],
    ['is that of one that reports every two hours', every(hours(2), () => 120), hours(2), 2.88],
    ['does not lose what comes out of step', [0.1, 1.9, 4.1, 5.9].map((hour) => at(hour, 1000)), hours(2), 8],
    ['counts no time twice', every(minutes(1), () => 1000).slice(0, 60), hours(1), 2],
    ['is at most that of the day', every(minutes(20), () => 1000), hours(2), 24],
  ])('%s', (_, samples, interval, total) => {
    expect(totals(power, day, samples, interval)[0]?.total).toBeCloseTo(total, 10)
  })

  test.each([
    ['2026-03-29', 23],
    ['2026-10-25', 25],
  ])('over %s is that of %i hours', (date, length) => {
    const days = calendarDays(date, date, berlin)
    expect(
      totals(
        power,
        days,
        every(minutes(15), () => 1000, days),
      )[0]?.total,
    ).toBeCloseTo(length, 10)
  })

  test('is the sum over the raw values of value times interval', () => {
    const property = fc.property(fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 96, maxLength: 96 }), (values) => {
      const samples = values.map((value, i): Sample => [midnight + i * minutes(15), value])
      const sum = values.reduce((before, value) => before + value / 4 / 1000, 0)
      expect(totals(power, day, samples)[0]?.total).toBeCloseTo(sum, 8)
    })
    fc.assert(property, { numRuns: 30 })
  })
})

test('days are folded apart; one without values has no figures', () => {
  const days = calendarDays('2026-03-09', '2026-03-11', berlin)
  const found = totals(level, days, [at(-24, 1), at(-1, 3), at(24, 5), at(24.5, 8), at(25, 5)])
  expect(found).toEqual([
    { date: '2026-03-09', total: 2, min: 1, max: 3, mean: 2, last: 3 },
    { date: '2026-03-11', total: 6, min: 5, max: 8, mean: 6, last: 5 },
  ])
})

test('a switch has the share of values at which it was on', () => {
  expect(totals(digital(name, name, name), day, [at(1, 0), at(2, 1), at(3, 1), at(4, 1)])[0]).toMatchObject({ total: 0.75, last: 1 })
})
