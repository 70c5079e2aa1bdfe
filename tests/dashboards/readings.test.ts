import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { addressOf, bucketsFor, type Choice, choiceOf, moved, timeOf } from '../../dashboards/console/src/readings/choice.ts'
import { dayCsv } from '../../dashboards/console/src/readings/day-csv.ts'
import { historyData } from '../../dashboards/console/src/readings/history-data.ts'
import { type PlotStep, sampleAfter, stepOf } from '../../dashboards/console/src/readings/plot-steps.ts'
import { utcOffsets } from '../../src/control/local-time.ts'
import { days, hours } from '../../src/telemetry/duration.ts'

const known = ['flow', 'power', 'speed', 'a', 'b', 'c', 'd']
const read = (address: string) => choiceOf(new URLSearchParams(address), known, 'power')
const offset = utcOffsets('America/New_York')
/** Winter time up to 8 March 2026, summer time after it. */
const local = (year: number, month: number, day: number, hour = 0) =>
  Date.UTC(year, month - 1, day, hour + (month > 3 || (month === 3 && day > 8) ? 4 : 5))
const noon = local(2026, 3, 10, 12)

describe('what the address chooses', () => {
  test.each<[address: string, choice: Choice]>([
    ['', { points: ['power'], span: 'day', since: null, until: null }],
    ['points=flow,power&span=year', { points: ['flow', 'power'], span: 'year', since: null, until: null }],
    ['points=flow,flow,wind&span=century', { points: ['flow'], span: 'day', since: null, until: null }],
    ['points=flow,power,speed,a,b,c,d', { points: ['flow', 'power', 'speed', 'a', 'b', 'c'], span: 'day', since: null, until: null }],
    ['span=week&until=2026-03-01', { points: ['power'], span: 'week', since: null, until: '2026-03-01' }],
    ['span=dates&since=2026-03-01&until=2026-03-03', { points: ['power'], span: 'dates', since: '2026-03-01', until: '2026-03-03' }],
    ['span=dates&since=2026-03-05&until=2026-03-03', { points: ['power'], span: 'day', since: null, until: '2026-03-03' }],
    ['span=week&until=2026-02-30', { points: ['power'], span: 'week', since: null, until: null }],
    ['span=toString&until=soon', { points: ['power'], span: 'day', since: null, until: null }],
  ])('%j', (address, choice) => {
    expect(read(address)).toEqual(choice)
    const parameters = Object.entries(addressOf(choice)).filter((entry): entry is [string, string] => entry[1] !== null)
    expect(read(new URLSearchParams(parameters).toString())).toEqual(choice)
  })
})

describe('the time shown', () => {
  test.each<[address: string, from: number, to: number]>([
    ['span=day', noon - hours(24), noon],
    ['span=year', noon - days(365), noon],
    ['span=week&until=2026-03-01', local(2026, 3, 2) - days(7), local(2026, 3, 2)],
    ['span=dates&since=2026-03-01&until=2026-03-03', local(2026, 3, 1), local(2026, 3, 4)],
    ['span=dates&since=2026-03-09&until=2026-03-31', local(2026, 3, 9), noon],
  ])('of %s', (address, from, to) => {
    expect(timeOf(read(address), noon, offset)).toEqual({ from, to })
  })

  test('moves by its own length, to and fro, and no further than now', () => {
    const earlier = moved(read('span=week'), -1, noon, offset)
    expect(earlier.until).toBe('2026-03-03')
    expect(moved(earlier, -1, noon, offset).until).toBe('2026-02-24')
    expect(moved(moved(earlier, -1, noon, offset), 1, noon, offset).until).toBe('2026-03-03')
    expect(moved(earlier, 1, noon, offset).until).toBeNull()
    const dates = read('span=dates&since=2026-02-27&until=2026-03-01')
    expect(moved(dates, -1, noon, offset)).toMatchObject({ since: '2026-02-24', until: '2026-02-26' })
    expect(moved(dates, 1, noon, offset)).toMatchObject({ since: '2026-03-02', until: '2026-03-04' })
  })

  test('has a column of the screen for each bucket, or a day where days are as narrow as that', () => {
    expect(bucketsFor({ from: 0, to: days(7) }, 1300)).toBe(1200)
    expect(bucketsFor({ from: 0, to: days(30) }, 900)).toBe(900)
    expect(bucketsFor({ from: 0, to: days(365) }, 900)).toBe(366)
    expect(bucketsFor({ from: 0, to: days(4000) }, 900)).toBe(900)
  })
})

test('keys go from sample to sample of a plot, past gaps and no further than its ends', () => {
  const mean = [1, null, 3, undefined, 5, 6]
  const data = { times: mean.map((_, i) => i), curves: [{ point: 'flow', mean, min: mean, max: mean }] }
  const go = (from: number | null, key: string) => sampleAfter(data, from, stepOf(key) as PlotStep)
  expect([go(null, 'ArrowLeft'), go(5, 'ArrowLeft'), go(4, 'ArrowLeft'), go(2, 'ArrowLeft'), go(0, 'ArrowLeft')]).toEqual([5, 4, 2, 0, 0])
  expect([go(0, 'ArrowRight'), go(5, 'ArrowRight'), go(5, 'Home'), go(0, 'End'), go(5, 'PageDown')]).toEqual([2, 5, 0, 5, 0])
  expect(stepOf('a')).toBeNull()
  expect(sampleAfter({ times: [1], curves: [{ point: 'flow', mean: [null], min: [null], max: [null] }] }, null, 1)).toBeNull()
})

const sums = { expected: 96, received: 48, share: 0.5 }
const day = { total: 2.88, min: 0, max: 120.5, mean: 120, last: 1e-7, ...sums }

test('days are written as CSV that comes back as it was, and that no spreadsheet runs', () => {
  const text = dayCsv(
    {
      ...{ facility: '=HYPERLINK("x")', timeZone: 'UTC', days: [] },
      points: [
        {
          ...{ point: 'power', figure: 'integral', unit: 'kWh' },
          days: [
            { date: '2026-03-10', ...day },
            { date: '2026-03-11', ...day, total: null, min: null, max: null, mean: null, last: null, share: null },
          ],
        },
      ],
    },
    () => 'W, "rated"',
  )
  expect(text.startsWith('\uFEFF')).toBe(true)
  const [head, first, second] = parse(text, { bom: true }) as string[][]
  expect(head).toContain('share')
  expect(first).toEqual(
    ['\'=HYPERLINK("x")', '2026-03-10', 'power', 'integral', 'kWh', 'W, "rated"', 2.88, 0, 120.5, 120, 1e-7, 96, 48, 0.5].map(String),
  )
  expect(second?.slice(6)).toEqual(['', '', '', '', '', '96', '48', ''])
})

test('an answer of several series is drawn on common times, each with its own gaps', () => {
  const at = Array.from({ length: 12 }, (_, i) => i * 1000)
  const column = (values: (number | null)[]) => ({
    min: values,
    max: values,
    mean: values,
    last: values,
    count: values.map((v) => Number(v !== null)),
  })
  const all = at.map((_, i) => i)
  const gap = at.map((_, i) => (i > 2 && i < 9 ? null : i))
  const { times, curves } = historyData(
    {
      from: 0,
      to: 12_000,
      bucket: 1000,
      first: 0,
      at,
      series: [
        { facility: 'F', point: 'a', ...column(all) },
        { facility: 'F', point: 'b', ...column(gap) },
      ],
    },
    ['a', 'b'],
    new Set(['b']),
  )
  expect(times).toHaveLength(13)
  expect(curves[0]?.mean.filter((value) => value !== undefined)).toEqual(all)
  expect(curves[1]?.mean.filter((value) => value !== undefined)).toEqual([0, 1, 2, null, 9, 10, 11])
})
