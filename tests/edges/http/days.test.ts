import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CompletenessSchema, DailyTotalsSchema, KindCompletenessSchema } from '../../../src/edges/http/day-schemas.ts'
import { hours, minutes, seconds } from '../../../src/telemetry/duration.ts'
import { tankKind } from '../../tank-kind.ts'
import { type City, startCity } from '../city.ts'

/** A midnight of the city. */
const midnight = Date.parse('2026-03-09T16:00:00Z')
let city: City

/** Tanks registered at 8:20, within an hour, looked at at noon: one that reports as it should, one that stops at 10:10, one never heard. */
beforeAll(async () => {
  city = await startCity({ kinds: [tankKind, { ...tankKind, key: 'service', reportsItself: true }] })
  city.clock.stoppedAt = midnight + hours(8) + minutes(20)
  await city.signIn()
  const facilities = ['T-1', 'T-2', 'T-3', 'T-4'].map((id) => ({ id, kind: 'tank', name: `Tank ${id}` }))
  facilities.push({ id: 'self', kind: 'service', name: 'The service' })
  expect((await city.ask('POST', '/api/facilities', { facilities })).status).toBe(200)
  for (let at = midnight + hours(8) + minutes(20); at < midnight + hours(12); at += seconds(20)) {
    city.clock.stoppedAt = at
    city.report('T-1', { level: 4, valve: true }, at)
    if (at < midnight + hours(10) + minutes(10)) city.report('T-2', { level: at < midnight + hours(9) + minutes(15) ? 2 : 4 }, at)
  }
  city.clock.stoppedAt = midnight + hours(12)
  await city.signIn()
  const mode = { mode: 'out-of-service', reason: 'being built' }
  expect((await city.ask('PUT', '/api/facilities/T-4/mode', mode)).status).toBe(200)
}, 60_000)
afterAll(() => city.stop())

const range = 'from=2026-03-09&to=2026-03-10'
type Item = {
  facility: string
  point: string
  expected: number
  received: number
  share: number | null
  days: { date: string; share: number | null }[]
}
const lines = (items: Item[]) => items.map(({ facility, point, expected, received, share }) => [facility, point, expected, received, share])

test('many facilities are ranked by their main point, the least complete first, in pages; who is out of service owes nothing', async () => {
  const { body } = await city.ask('GET', `/api/completeness?kind=tank&${range}`)
  expect(Value.Errors(CompletenessSchema, body)).toEqual([])
  expect(lines(body.items)).toEqual([
    ['T-3', 'level', 660, 0, 0],
    ['T-2', 'level', 660, 330, 0.5],
    ['T-1', 'level', 660, 660, 1],
  ])
  expect(body.all).toEqual({ expected: 1980, received: 990, share: 0.5 })
  expect(body.items[1].days.map(({ date, share }: Item['days'][number]) => [date, share])).toEqual([
    ['2026-03-09', null],
    ['2026-03-10', 0.5],
  ])
  const second = (await city.ask('GET', `/api/completeness?query=id%3DT-*&${range}&limit=1&after=1`)).body
  expect([second.items.map(({ facility }: Item) => facility), second.next, second.total]).toEqual([['T-2'], 2, 3])
})

test('one facility is told by all points that it has ever reported', async () => {
  const told = async (facility: string, more = '') =>
    lines((await city.ask('GET', `/api/completeness?facility=${facility}&${range}${more}`)).body.items)
  expect(await told('T-1')).toEqual([
    ['T-1', 'level', 660, 660, 1],
    ['T-1', 'valve', 660, 660, 1],
  ])
  expect(await told('T-2')).toEqual([['T-2', 'level', 660, 330, 0.5]])
  expect(await told('T-2', '&points=valve')).toEqual([['T-2', 'valve', 0, 0, null]])
})

test('the service itself is none of the city, and told when it is asked for', async () => {
  const told = async (query: string) =>
    (await city.ask('GET', `/api/completeness?${range}${query}`)).body.items.map(({ facility }: Item) => facility)
  expect(await told('')).toEqual(['T-3', 'T-2', 'T-1'])
  expect(await told('&kind=service')).toEqual(['self'])
})

test('kinds are summed up', async () => {
  const { body } = await city.ask('GET', '/api/completeness/kinds?to=2026-03-10')
  expect(Value.Errors(KindCompletenessSchema, body)).toEqual([])
  expect(body).toMatchObject({
    from: '2026-03-04',
    kinds: [{ kind: 'tank', facilities: 3, silent: 1, expected: 1980, received: 990, share: 0.5 }],
  })
})

test('figures of each day come with what was received of it', async () => {
  const { body } = await city.ask('GET', `/api/daily-totals?facility=T-2&${range}`)
  expect(Value.Errors(DailyTotalsSchema, body)).toEqual([])
  expect(body.days).toEqual([
    { date: '2026-03-09', from: midnight - hours(24), to: midnight },
    { date: '2026-03-10', from: midnight, to: midnight + hours(24) },
  ])
  const nothing = { total: null, min: null, max: null, mean: null, last: null, expected: 0, received: 0, share: null }
  const half = { total: 3, min: 2, max: 4, mean: 3, last: 4, expected: 660, received: 330, share: 0.5 }
  expect(body.points).toEqual([
    {
      ...{ point: 'level', figure: 'mean', unit: 'm' },
      days: [
        { date: '2026-03-09', ...nothing },
        { date: '2026-03-10', ...half },
      ],
    },
  ])
})

test('more than fits an answer is refused with what to do', async () => {
  const facilities = Array.from({ length: 200 }, (_, i) => ({ id: `X-${i}`, kind: 'tank' }))
  expect((await city.ask('POST', '/api/facilities', { facilities })).status).toBe(200)
  const { status, body } = await city.ask('GET', '/api/completeness?from=2025-03-01&to=2026-03-10&points=level,valve')
  expect([status, body.detail]).toEqual([
    400,
    expect.stringMatching(/375 days of 406 points are too much.*fewer days, points or facilities/),
  ])
})

test('all the days there are get refused at once, not after their calendar was built', async () => {
  const all = 'from=0001-01-01&to=9999-12-31'
  for (const path of ['/api/daily-totals?facility=T-1&', '/api/completeness?kind=tank&', '/api/completeness/kinds?']) {
    const { status, body } = await city.ask('GET', path + all)
    expect([status, body.detail]).toEqual([400, expect.stringMatching(/^3652059 days are too many/)])
  }
})
