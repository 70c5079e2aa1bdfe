import { describe, expect, test } from 'vitest'
import { figureRows } from '../../dashboards/console/src/orders/figures-csv.ts'
import { boundsOf, readTime } from '../../dashboards/console/src/orders/figures-time.ts'
import type { FiguresOfView, OrderFiguresView } from '../../src/edges/http/order-schemas.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const china = () => 8 * HOUR

describe('the time of the figures', () => {
  const read = (text: string) => readTime(new URLSearchParams(text))
  test('is a range up to now, or the last 30 days', () => {
    expect(boundsOf(read('range=7d'), 100 * DAY, china)).toEqual({ from: 93 * DAY, to: 100 * DAY })
    for (const text of ['', 'range=toString', 'from=2026-03-01']) expect(boundsOf(read(text), 100 * DAY, china)?.from).toBe(70 * DAY)
  })
  test('or whole days of the city, the last one included, also where its clock is set', () => {
    const from = Date.parse('2026-03-01T00:00+08:00')
    expect(boundsOf(read('from=2026-03-01&to=2026-03-02'), 0, china)).toEqual({ from, to: from + 2 * DAY })
    const set = Date.parse('2026-03-29T01:00Z')
    const rome = (at: number) => (at < set ? HOUR : 2 * HOUR)
    expect(boundsOf(read('from=2026-03-29&to=2026-03-29'), 0, rome)).toEqual({
      from: Date.parse('2026-03-28T23:00Z'),
      to: Date.parse('2026-03-29T22:00Z'),
    })
  })
  test.each(['from=2026-03-02&to=2026-03-01', 'from=2026-02-30&to=2026-03-01', 'from=x&to=y', 'from=2024-01-01&to=2026-01-01'])(
    'is none by %s',
    (text) => expect(boundsOf(read(text), 0, china)).toBeNull(),
  )
})

test('figures as rows say how many each counts, in minutes and per cent', () => {
  const span = (count: number, median: number | null, p90: number | null) => ({ count, median, p90 })
  const own: Omit<FiguresOfView, 'key'> = {
    ...{ made: 7, closed: 4, accept: span(5, 90_000, 600_000), arrive: span(0, null, null), repair: span(4, 3_600_000, 7_200_000) },
    ...{ repaired: 4, inTime: { due: 3, inTime: 2, share: 2 / 3 }, tried: 4, firstTime: 0.75, relapses: 1 },
  }
  const figures: OrderFiguresView = {
    ...{ from: 0, to: 1, all: own, leftOut: 0, complete: true, crews: [], origins: [], districts: [{ key: '', ...own }] },
    classes: [{ key: 'danger', ...own }],
  }
  const names = { columns: ['a', 'b'], all: 'all', groups: { classes: 'class', crews: 'crew', districts: 'district', origins: 'origin' } }
  const cells = [7, 4, 5, 1.5, 10, 0, null, null, 4, 60, 120, 3, 2, 66.7, 4, 75, 1]
  expect(figureRows(figures, names, (group, key) => `${group} ${key}`)).toEqual([
    ['a', 'b'],
    ['all', '', ...cells],
    ['class', 'classes danger', ...cells],
    ['district', 'districts ', ...cells],
  ])
})
