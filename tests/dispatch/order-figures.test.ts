import { describe, expect, test } from 'vitest'
import { newOrder, type Order } from '../../src/dispatch/order.ts'
import { figuresBy, figuresByClass, orderFigures } from '../../src/dispatch/order-figures.ts'

const order = (more: Partial<Order>): Order => ({
  ...newOrder({
    ...{ origin: 'alarm', class: 'ordinary', title: { zh: '灯灭', en: 'Lamp out' }, facilities: ['SL-1'], alarms: [], reports: [] },
    ...{
      group: 'g',
      district: 'North',
      domain: 'lighting',
      keyArea: false,
      created: 1000,
      createdBy: 'rule',
      arriveBy: 2000,
      repairBy: 3000,
    },
  }),
  ...more,
})
const repaired = (at: number, more: Partial<Order> = {}): Order =>
  order({ state: 'closed', closed: at, repair: { at, by: 'Eva', cause: '', minutes: 1, parts: [] }, ...more })

describe('figures of orders', () => {
  test('tell how many were mended, how soon, and for good', () => {
    const times = { dispatched: 1100, accepted: 1200, setOut: null, arrived: 1500, begun: null }
    const figures = orderFigures([repaired(2000, { times }), repaired(4000), repaired(3000, { relapses: 2 }), order({ relapses: 1 })], 2500)
    expect(figures).toEqual({
      ...{ made: 4, closed: 3, repaired: 3, relapses: 3, tried: 4, firstTime: 0.5, inTime: { due: 3, inTime: 2, share: 2 / 3 } },
      accept: { count: 1, median: 200, p90: 200 },
      arrive: { count: 1, median: 500, p90: 500 },
      repair: { count: 3, median: 2000, p90: 3000 },
    })
  })
  test('of one that came back, only the time since then counts', () => {
    const figures = orderFigures([repaired(90_400, { relapses: 1, opened: 90_000 })], 100_000)
    expect(figures.repair).toEqual({ count: 1, median: 400, p90: 400 })
  })
  test('nine of ten lie at or below the p90', () => {
    const figures = orderFigures(
      Array.from({ length: 20 }, (_, i) => repaired(1001 + i)),
      2500,
    )
    expect([figures.repair.median, figures.repair.p90]).toEqual([10.5, 18])
  })
  test('of nothing there are none', () => {
    expect(orderFigures([], 0)).toMatchObject({ made: 0, tried: 0, firstTime: null, repair: { count: 0, median: null, p90: null } })
  })
  test('in time is what was mended by then; what is not due yet, or needed no repair, does not count', () => {
    const orders = [
      repaired(3000),
      repaired(3001),
      order({ repairBy: 5001 }),
      order({ repairBy: 5000 }),
      order({ state: 'closed', closed: 4000 }),
    ]
    expect(orderFigures(orders, 5000).inTime).toEqual({ due: 3, inTime: 1, share: 1 / 3 })
    const [danger, severe, ordinary] = figuresByClass(orders, 5000)
    expect([danger, severe, ordinary].map((one) => [one?.key, one?.made, one?.inTime.due, one?.inTime.share])).toEqual([
      ['danger', 0, 0, null],
      ['severe', 0, 0, null],
      ['ordinary', 5, 3, 1 / 3],
    ])
  })
  test('are told by what orders share', () => {
    const held = (crew: string) => order({ holder: { crew, person: 'Eva' } })
    expect(
      figuresBy([held('B'), held('A'), held('B'), order({})], ({ holder }) => holder?.crew, 0).map(({ key, made }) => [key, made]),
    ).toEqual([
      ['A', 1],
      ['B', 2],
    ])
  })
})
