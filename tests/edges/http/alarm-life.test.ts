import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AlarmPolicySchema } from '../../../src/edges/http/alarm-schemas.ts'
import { minutes, seconds } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

let city: City
const WANG = '王伟'

beforeAll(async () => {
  city = await startCity()
  await city.signIn()
  const facilities = ['T-1', 'T-2', 'T-3'].map((id) => ({ id, kind: 'tank' }))
  expect((await city.ask('POST', '/api/facilities', { facilities })).status).toBe(200)
  await city.addPerson(WANG, 'operator')
  city.tick()
})
afterAll(() => city.stop())

/** Time passes as it does in a running program. */
function wait(length: number): void {
  for (let passed = 0; passed < length; passed += seconds(10)) {
    city.clock.ahead += Math.min(seconds(10), length - passed)
    city.tick()
  }
}

async function alarmOf(facility: string, rule: string) {
  return (await city.ask('GET', `/api/alarms?facility=${facility}&rule=${rule}`)).body.items[0]
}

test('who silences a console, and what it sounded for, is on record', async () => {
  const { status, body } = await city.ask('POST', '/api/sound-silences', {
    alarms: Array.from({ length: 22 }, (_, i) => i + 1),
    linkLost: true,
  })
  expect(status).toBe(200)
  const [entry] = (await city.ask('GET', '/api/audit')).body.items
  expect(entry).toMatchObject({ by: 'admin', action: 'silence-sound', subject: new Date(body.until).toISOString() })
  expect(entry.detail).toMatch(/^alarms 1, 2, .*20 and 2 more; link lost$/)
  expect(body.until - entry.at).toBe(minutes(2))
})

test('silences are no more than people press, since each is a record for ever', async () => {
  const before = (await city.ask('GET', '/api/audit?action=silence-sound&limit=100')).body.items.length
  const silence = () => city.ask('POST', '/api/sound-silences', { alarms: [], linkLost: true })
  const statuses = await Promise.all(Array.from({ length: 80 }, async () => (await silence()).status))
  expect(new Set(statuses)).toEqual(new Set([200, 429]))
  expect((await city.ask('GET', '/api/audit?action=silence-sound&limit=100')).body.items.length - before).toBeLessThanOrEqual(60)
})

test('two people reset what protects lives', async () => {
  city.report('T-3', { valve: true, level: 1.5 })
  city.report('T-3', { valve: false })
  const { id } = await alarmOf('T-3', 'left-open')
  const reset = () => city.ask('POST', `/api/alarms/${id}/reset`)
  await city.ask('POST', `/api/alarms/${id}/acknowledge`, {})
  expect((await reset()).body).toMatchObject({ state: 'latched', resetRequest: { by: 'admin' }, ended: null })
  expect((await reset()).body).toMatchObject({ code: 'action-refused', detail: expect.stringMatching(/another person must confirm/) })
  wait(minutes(10))
  expect((await alarmOf('T-3', 'left-open')).resetRequest).toBeNull()
  expect((await reset()).body.resetRequest).toMatchObject({ by: 'admin' })
  await city.signIn(WANG)
  expect((await reset()).body).toMatchObject({ state: 'normal', latched: false, resetRequest: null, ended: expect.any(Number) })
  await city.signIn()
  const steps = (await city.ask('GET', `/api/alarms/${id}/record?limit=4`)).body.items
  expect(steps.map(({ type, by }: { type: string; by: string | null }) => [type, by])).toEqual([
    ['reset', WANG],
    ['request-reset', 'admin'],
    ['expire-reset', null],
    ['request-reset', 'admin'],
  ])
  const audit = (await city.ask('GET', '/api/audit')).body.items.filter(({ action }: { action: string }) => /reset/.test(action))
  expect(audit.map(({ action, by }: { action: string; by: string }) => [action, by])).toEqual([
    ['reset', WANG],
    ['request-reset', 'admin'],
    ['request-reset', 'admin'],
  ])
})

test('a request that lapsed while the program stood still confirms nothing, and the audit trail says so', async () => {
  city.report('T-3', { valve: true })
  city.report('T-3', { valve: false })
  const { id } = await alarmOf('T-3', 'left-open')
  await city.ask('POST', `/api/alarms/${id}/acknowledge`, {})
  await city.ask('POST', `/api/alarms/${id}/reset`)
  city.clock.ahead += minutes(11)
  await city.signIn(WANG)
  expect((await city.ask('POST', `/api/alarms/${id}/reset`)).body).toMatchObject({ state: 'latched', resetRequest: { by: WANG } })
  await city.signIn()
  const [last] = (await city.ask('GET', '/api/audit')).body.items.filter(({ action }: { action: string }) => /reset/.test(action))
  expect(last).toMatchObject({ action: 'request-reset', by: WANG })
  expect((await city.ask('POST', `/api/alarms/${id}/reset`)).body).toMatchObject({ state: 'normal', ended: expect.any(Number) })
})

test('a facility goes for good only when what protects lives is over, and reset by two; what nobody hears is no obstacle', async () => {
  await city.ask('POST', '/api/facilities', { facilities: [{ id: 'T-8', kind: 'tank' }] })
  city.report('T-8', { valve: true, level: 1.5 })
  const remove = async () => (await city.ask('DELETE', '/api/facilities/T-8')).body?.detail
  await city.ask('PUT', '/api/facilities/T-8/mode', { mode: 'out-of-service', reason: 'works' })
  expect(await remove()).toMatch(
    /^T-8 has alarms that protect lives \(left-open is active\)\. Make the place safe first; .* two people reset/,
  )
  city.report('T-8', { valve: false, level: 1.5 })
  const { id } = await alarmOf('T-8', 'left-open')
  await city.ask('POST', `/api/alarms/${id}/acknowledge`, {})
  expect(await remove()).toMatch(/left-open is to be reset/)
  expect(await alarmOf('T-8', 'left-open')).toMatchObject({ ended: null, latched: true })
  await city.ask('POST', `/api/alarms/${id}/reset`)
  await city.signIn(WANG)
  await city.ask('POST', `/api/alarms/${id}/reset`)
  await city.signIn()
  wait(minutes(2))
  expect(await alarmOf('T-8', 'silence')).toMatchObject({ active: true })
  expect((await city.ask('DELETE', '/api/facilities/T-8')).status).toBe(204)
})

describe('what people must say', () => {
  test.each([
    ['POST', '/api/alarms/1/comment', { text: ' \t' }, 'text'],
    ['POST', '/api/alarms/1/shelve', { minutes: 5, reason: '   ' }, 'reason'],
    ['PUT', '/api/facilities/T-1/mode', { mode: 'maintenance', reason: '　' }, 'reason'],
    ['PUT', '/api/overrides', { scope: { facility: 'T-1' }, rule: 'high', changes: { priority: 'low' }, reason: '\n' }, 'reason'],
    ['DELETE', '/api/overrides/1?reason=%20', undefined, 'reason'],
  ] as const)('%s %s: blanks are refused', async (method, path, body, field) => {
    const { status, body: problem } = await city.ask(method, path, body)
    expect([status, problem.detail]).toEqual([400, expect.stringContaining(`${field} is blank; say it in words`)])
  })
})

describe('an action on an alarm as it was seen', () => {
  test('is refused when the fault came back since, and says so; what people did meanwhile is no obstacle', async () => {
    city.report('T-1', { level: 9 })
    const { id, version } = await alarmOf('T-1', 'high')
    const comment = await city.ask('POST', `/api/alarms/${id}/comment`, { text: 'on the way', version })
    expect(comment.body.version).toBe(version + 1)
    city.report('T-1', { level: 4 })
    expect((await city.ask('POST', `/api/alarms/${id}/comment`, { text: 'it is gone', version })).status).toBe(200)
    city.report('T-1', { level: 9 })
    const late = await city.ask('POST', '/api/alarms/acknowledge', { alarms: [{ id, version }] })
    expect([late.status, late.body.code, late.body.detail]).toEqual([
      409,
      'alarm-changed',
      expect.stringMatching(`^Alarm ${id} has changed since you saw it: its fault came back at .*Look at it again`),
    ])
    expect((await alarmOf('T-1', 'high')).acknowledged).toBeNull()
    expect((await city.ask('POST', `/api/alarms/${id}/acknowledge`, { version: 99 })).body.detail).toMatch(/no version 99 yet/)
    const seen = await alarmOf('T-1', 'high')
    expect((await city.ask('POST', '/api/alarms/acknowledge', { alarms: [{ id, version: seen.version }] })).status).toBe(200)
    expect((await city.ask('POST', '/api/alarms/acknowledge', { alarms: [{ id, version: seen.version }] })).status).toBe(200)
  })

  test('is refused when it is more urgent by now', async () => {
    city.report('T-2', { level: 9 })
    const { id, version, priority } = await alarmOf('T-2', 'high')
    wait(minutes(15))
    const { status, body } = await city.ask('POST', `/api/alarms/${id}/shelve`, { minutes: 5, reason: 'works', version })
    expect([status, body.code, body.detail]).toEqual([
      409,
      'alarm-changed',
      expect.stringMatching(`it is critical now, it was ${priority}`),
    ])
  })

  test.each([[{}], [{ ids: [1], alarms: [{ id: 1 }] }]])('needs ids or alarms: %j', async (body) => {
    expect((await city.ask('POST', '/api/alarms/acknowledge', body)).body.detail).toMatch(/either ids or alarms/)
  })
})

test('a live alarm follows a change of its rule at once, and whoever saw it before is told so', async () => {
  city.report('T-1', { level: 9 })
  const { id, version, basePriority } = await alarmOf('T-1', 'high')
  const override = { scope: { facility: 'T-1' }, rule: 'high', changes: { priority: 'low' }, reason: 'is pumped out at night' }
  expect((await city.ask('PUT', '/api/overrides', override)).status).toBe(200)
  expect(await alarmOf('T-1', 'high')).toMatchObject({ priority: 'low', basePriority: 'low', active: true })
  const { body } = await city.ask('POST', `/api/alarms/${id}/comment`, { text: 'x', version })
  expect([body.code, body.detail]).toEqual(['alarm-changed', expect.stringMatching(`it is low now, it was ${basePriority}`)])
  expect((await city.ask('GET', `/api/alarms/${id}/record?limit=1`)).body.items).toMatchObject([{ type: 'prioritise', priority: 'low' }])
})

describe('the alarm policy', () => {
  test('counts at once, and the change is audited', async () => {
    const { body: policy } = await city.ask('GET', '/api/alarm-policy')
    expect(Value.Errors(AlarmPolicySchema, policy)).toEqual([])
    const changed = { ...policy, longestShelving: { ...policy.longestShelving, critical: 30, high: 30 } }
    expect((await city.ask('PUT', '/api/alarm-policy', { policy: changed })).body.detail).toMatch(/missing field reason/)
    expect((await city.ask('PUT', '/api/alarm-policy', { policy: changed, reason: 'flood season' })).body).toEqual(changed)
    expect((await city.ask('GET', '/api/alarm-policy')).body).toEqual(changed)
    expect(city.state.alarmPolicy()).toMatchObject({ policy: changed, since: expect.any(Number) })
    const { id } = await alarmOf('T-2', 'high')
    const shelve = (length: number) => city.ask('POST', `/api/alarms/${id}/shelve`, { minutes: length, reason: 'works' })
    expect((await shelve(31)).body).toMatchObject({ code: 'action-refused', detail: expect.stringMatching(/30 minutes at most/) })
    expect((await shelve(30)).body.state).toBe('shelved')
    const [, entry] = (await city.ask('GET', '/api/audit?limit=2')).body.items
    expect(entry).toMatchObject({ action: 'set-alarm-policy', by: 'admin', detail: expect.stringMatching(/flood season$/) })
  })

  test.each([
    [{ longestShelving: { critical: 0, high: 1, medium: 1, low: 1 } }, /longestShelving\.critical must be >= 1/],
    [{ reminders: { critical: 5, high: 5, medium: 5 } }, /missing field low in policy\.reminders/],
    [{ floods: { operators: 1, begin: 5, end: 6 } }, /ends below 5 at most/],
    [{ volume: 11 }, /unknown field volume in policy/],
  ])('%j is refused', async (more, detail) => {
    const policy = { ...(await city.ask('GET', '/api/alarm-policy')).body, ...more }
    const answer = await city.ask('PUT', '/api/alarm-policy', { policy, reason: 'x' })
    expect([answer.status, answer.body.detail]).toEqual([400, expect.stringMatching(detail)])
  })
})
