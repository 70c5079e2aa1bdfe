import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HeartbeatsSchema, type HeartbeatView } from '../../../src/edges/http/heartbeat-schemas.ts'
import { minutes, seconds } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

const INTERVAL = seconds(20)
let city: City
beforeAll(async () => {
  city = await startCity()
  await city.signIn()
  city.clock.stoppedAt = Date.parse('2026-03-20T04:00:00Z')
  const facilities = ['T-1', 'T-2', 'T-3'].map((id) => ({ id, kind: 'tank' }))
  expect((await city.ask('POST', '/api/facilities', { facilities })).status).toBe(200)
})
afterAll(() => city.stop())

const pass = (time: number) => {
  city.clock.ahead += time
}
const statesOf = async (id: string, query = '') => {
  const { body } = await city.ask('GET', `/api/facilities/${id}/heartbeats${query}`)
  expect([...Value.Errors(HeartbeatsSchema, body)]).toEqual([])
  expect(body.interval).toBe(INTERVAL)
  return body.cells.map(({ state }: HeartbeatView) => state)
}

test('reports that came, that are missing, and that came from what was kept', async () => {
  for (let i = 0; i < 10; i++) {
    pass(INTERVAL)
    if (i !== 4 && i !== 5) city.report('T-1', { level: 4 + i / 100 })
  }
  expect(await statesOf('T-1')).toEqual([...Array(4).fill('came'), 'missing', 'missing', ...Array(4).fill('came')])
  expect(await statesOf('T-1', '?limit=3')).toEqual(['came', 'came', 'came'])
  const gap = city.now() - 4 * INTERVAL
  pass(minutes(10))
  city.report('T-1', { level: 4 }, gap)
  const cells = await statesOf('T-1', '?limit=240')
  expect(cells.slice(0, 7)).toEqual(['came', 'came', 'came', 'came', 'missing', 'history', 'came'])
  expect(new Set(cells.slice(10))).toEqual(new Set(['missing']))
})

test('a facility that has only just been registered misses nothing, and no more than is asked for is told', async () => {
  expect((await statesOf('T-2', '?limit=5')).length).toBeLessThanOrEqual(5)
  expect((await city.ask('GET', '/api/facilities/T-2/heartbeats?limit=241')).status).toBe(400)
  expect((await city.ask('POST', '/api/facilities', { facilities: [{ id: 'T-9', kind: 'tank' }] })).status).toBe(200)
  expect(await statesOf('T-9')).toEqual([])
})
