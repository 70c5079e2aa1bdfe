import { afterAll, beforeAll, expect, test } from 'vitest'
import { minutes } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

let city: City

beforeAll(async () => {
  city = await startCity()
  await city.signIn()
  city.clock.stoppedAt = Date.parse('2026-03-01T12:00:00Z')
  const fed = (id: string) => ({ id, kind: 'tank', fedBy: 'T-0' })
  const facilities = [{ id: 'T-0', kind: 'tank' }, fed('T-1'), fed('T-2'), fed('T-3'), { id: 'T-9', kind: 'tank' }]
  expect((await city.ask('POST', '/api/facilities', { facilities })).status).toBe(200)
  for (const { id } of facilities) city.report(id, { level: 4 })
  // All fall silent but the one that stands alone.
  city.clock.ahead += minutes(0.5)
  city.tick()
  city.report('T-9', { level: 4 })
  for (let i = 0; i < 40; i++) {
    city.clock.ahead += 1000
    city.tick()
  }
})
afterAll(() => city.stop())

test('one alarm stands for itself and says whom it affects; those it explains are listed under it', async () => {
  const { items } = (await city.ask('GET', '/api/alarms?live=true')).body
  const standing = items.filter((alarm: { state: string }) => alarm.state !== 'suppressed-by-design')
  expect(standing).toMatchObject([{ facility: 'T-0', rule: 'silence', state: 'unacknowledged', affects: 3, suppressed: null }])
  const cause = standing[0].id
  const under = (await city.ask('GET', `/api/alarms?suppressedBy=${cause}`)).body.items
  expect(under.map((alarm: { facility: string }) => alarm.facility).sort()).toEqual(['T-1', 'T-2', 'T-3'])
  expect(under[0].suppressed).toMatchObject({ cause: 'supply', by: cause, until: null })
  const affected = (await city.ask('GET', `/api/alarms/${cause}/affected?limit=2`)).body
  expect(affected).toMatchObject({ items: [{ id: 'T-1', state: 'no-report' }, { id: 'T-2' }], total: 3 })
  expect((await city.ask('GET', `/api/alarms/${cause}/affected?limit=2&after=${affected.next}`)).body.items).toMatchObject([{ id: 'T-3' }])
  expect((await city.ask('GET', '/api/alarms/999/affected')).status).toBe(404)
})

test('what hangs on the dead and was not heard since shows as without report, and is well when it is heard', async () => {
  const stateOf = async (id: string) => (await city.ask('GET', `/api/facilities/${id}`)).body.state
  expect(await stateOf('T-1')).toBe('no-report')
  city.report('T-1', { level: 4 })
  expect(await stateOf('T-1')).toBe('normal')
})

test('what is suppressed is no load: it is in the snapshot and not in the timeline', async () => {
  const snapshot = async () => (await city.ask('GET', '/api/snapshot')).body
  await expect.poll(async () => (await snapshot()).alarms.length).toBe(3)
  const { timeline } = await snapshot()
  expect(timeline.reduce((sum: number, bucket: { low: number }) => sum + bucket.low, 0)).toBe(1)
})

test('work on the feeder explains what hangs on it, until the work is done and the grace time over', async () => {
  city.report('T-0', { level: 4 })
  for (const id of ['T-1', 'T-2']) city.report(id, { level: 4 })
  await city.ask('PUT', '/api/facilities/T-0/mode', { mode: 'maintenance', reason: 'new pump' })
  const of3 = async () => (await city.ask('GET', '/api/alarms?facility=T-3&live=true')).body.items
  expect(await of3()).toMatchObject([{ state: 'suppressed-by-design', suppressed: { cause: 'mode', by: null } }])
  await city.ask('PUT', '/api/facilities/T-0/mode', { mode: 'auto', reason: 'done' })
  const [{ suppressed }] = await of3()
  const over = suppressed.until - (city.clock.stoppedAt as number)
  // In steps, since a jump of the clock is a pause in which nobody listened, and renews the grace time.
  while (city.clock.ahead <= over) {
    city.clock.ahead += 10_000
    city.report('T-0', { level: 4 })
    city.tick()
  }
  expect(await of3()).toMatchObject([{ state: 'unacknowledged', suppressed: null }])
})
