import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { type PlotStep, sampleAfter, stepOf } from '../../dashboards/console/src/plots/plot-steps.ts'
import { pointsOf } from '../../dashboards/console/src/readings/choice.ts'
import { dayCsv } from '../../dashboards/console/src/readings/day-csv.ts'

test('the address chooses points that the kind has, each once, and no more than can be told apart', () => {
  const read = (address: string, known = ['flow', 'power', 'speed']) => pointsOf(new URLSearchParams(address), known, 'power')
  expect(read('')).toEqual(['power'])
  expect(read('points=flow,flow,wind,speed')).toEqual(['flow', 'speed'])
  expect(read('points=wind')).toEqual(['power'])
  const many = Array.from({ length: 20 }, (_, i) => `p${i}`)
  expect(read(`points=${many.join()}`, many)).toHaveLength(12)
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
