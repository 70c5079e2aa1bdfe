import { afterAll, beforeAll, expect, test } from 'vitest'
import { SampleKeeper } from '../../../src/services/sample-keeper.ts'
import { minutes, seconds } from '../../../src/telemetry/duration.ts'
import { tankKind } from '../../tank-kind.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeAll(async () => {
  city = await startCity()
  await city.signIn()
  await city.ask('POST', '/api/facilities', { facilities: [{ id: 'T-1', kind: 'tank' }] })
})
afterAll(() => city.stop())

test('the samples of an alarm are pending until they are frozen, one occurrence at a time or all', async () => {
  const { services, state } = city
  const at = city.now()
  city.report('T-1', { level: 4 }, at - seconds(30))
  city.report('T-1', { level: 9 }, at)
  const [alarm] = services.liveAlarms()
  const path = `/api/alarms/${alarm?.id}/samples`
  const window = { activated: at, from: at - minutes(10), to: at + minutes(5) }
  const pending = { ...window, state: 'pending', due: at + minutes(5) + seconds(30), tries: 0, reason: null, points: [], reports: null }
  expect((await city.ask('GET', path)).body).toEqual({ items: [pending] })
  const { telemetry } = services
  const keeper = new SampleKeeper({ state, telemetry, kinds: new Map([['tank', tankKind]]), position: () => 0, storedThrough: () => 0 })
  await keeper.tick(pending.due)
  const frozen = (await city.ask('GET', `${path}?activated=${at}&limit=1`)).body
  const level = { point: 'level', before: null, at: [at - seconds(30), at], value: [4, 9], good: [true, true] }
  expect(frozen).toEqual({ items: [{ ...pending, state: 'frozen', points: [level] }] })
  expect((await city.ask('GET', `${path}?activated=1`)).body).toEqual({ items: [] })
  expect(await city.ask('GET', '/api/alarms/99/samples')).toMatchObject({ status: 404 })
})
