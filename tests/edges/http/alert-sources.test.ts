import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { usualAlertSource } from '../../../src/facilities/external-system/alert-source.ts'
import { externalSystem } from '../../../src/facilities/external-system/index.ts'
import { tankKind } from '../../tank-kind.ts'
import { type City, startCity } from '../city.ts'

const MINUTE = 60_000
const set = { ...usualAlertSource, name: '机房监控', most: 3 }

let city: City
let token = ''
let admin = ''
let sources = 0
/** Each test has a source of its own. */
let id = ''

const ask = (method: string, path: string, body?: unknown) => city.ask(method, path, body, { cookie: admin })
const alert = (n: number, more: object = {}) => ({
  ...{ status: 'firing', fingerprint: n.toString(16).padStart(16, '0'), startsAt: new Date(city.now() - 1000).toISOString() },
  labels: { alertname: `Alert${n}`, severity: 'warning' },
  annotations: { summary: `It is ${n}` },
  ...more,
})
const over = (n: number) => alert(n, { status: 'resolved', endsAt: new Date(city.now()).toISOString() })
const watchdog = () => alert(999, { labels: { alertname: 'Watchdog', severity: 'none' } })
const send = (alerts: unknown[], more: object = {}, authorization = `Bearer ${token}`) =>
  city.ask(
    'POST',
    `/api/alertmanager/${id}`,
    { version: '4', groupKey: '{}', receiver: 'lamps', alerts, ...more },
    { authorization, cookie: '' },
  )
const alarms = async () => (await ask('GET', `/api/alarms?facility=${id}`)).body.items
const states = async () =>
  (await alarms()).map(({ rule, state }: { rule: string; state: string }) => `${rule.replace(/:0+/, ':')} ${state}`).sort()

beforeAll(async () => {
  city = await startCity({ kinds: [tankKind, externalSystem] })
  await city.signIn()
  admin = city.cookie()
})
afterAll(() => city.stop())
beforeEach(async () => {
  id = `source-${++sources}`
  expect((await ask('PUT', `/api/alert-sources/${id}`, set)).status).toBe(200)
  token = (await ask('POST', `/api/alert-sources/${id}/token`)).body.token
})

describe('a source', () => {
  test('is a facility of its own, and its token is told once and stored as a hash', async () => {
    expect(city.services.plant.get(id)).toMatchObject({ kind: externalSystem, name: '机房监控', rated: { 'heartbeat-minutes': 10 } })
    const { items } = (await ask('GET', '/api/alert-sources')).body
    expect(items.find((one: { id: string }) => one.id === id)).toMatchObject({ ...set, token: { by: 'admin' }, lastHeard: null, active: 0 })
    expect(JSON.stringify([items, city.state.alertSources.all()])).not.toContain(token)
    expect((await ask('PUT', '/api/alert-sources/T-1x', set)).status).toBe(400)
  })
  test('is let in by its token as bearer or password, and by nothing else, which the audit trail tells', async () => {
    const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
    for (const right of [`Bearer ${token}`, `bearer ${token}`, basic(id, token)]) expect((await send([], {}, right)).status).toBe(200)
    for (const wrong of ['', `Bearer ${token}x`, basic('other', token), basic(id, ''), 'Bearer'])
      expect((await send([], {}, wrong)).status).toBe(401)
    expect((await send([], {}, 'Bearer x')).headers.get('www-authenticate')).toContain('Bearer')
    // Nor for anything else.
    expect((await city.ask('GET', '/api/alarms', undefined, { authorization: `Bearer ${token}`, cookie: '' })).status).toBe(401)
    const audited = city.state.auditTrail({ action: 'source-refused', limit: 100 }).items
    expect(audited.some(({ subject }) => subject === `source:${id}`)).toBe(true)
  })
  test('has another token when that is rotated, and none when it is revoked; both are audited', async () => {
    const before = token
    token = (await ask('POST', `/api/alert-sources/${id}/token`)).body.token
    expect([(await send([], {}, `Bearer ${before}`)).status, (await send([])).status]).toEqual([401, 200])
    expect((await ask('DELETE', `/api/alert-sources/${id}/token`)).status).toBe(204)
    expect((await send([])).status).toBe(401)
    const actions = city.state.auditTrail({ subject: `source:${id}`, by: 'admin', limit: 10 }).items.map(({ action }) => action)
    expect(actions).toEqual(['revoke-source-token', 'rotate-source-token', 'make-source-token', 'put-source'])
  })
  test('is removed with its alarms once its facility is out of service', async () => {
    await send([alert(1)])
    expect((await ask('DELETE', `/api/alert-sources/${id}`)).status).toBe(409)
    expect((await ask('PUT', `/api/facilities/${id}/mode`, { mode: 'out-of-service', reason: 'gone' })).status).toBe(200)
    expect((await ask('DELETE', `/api/alert-sources/${id}`)).status).toBe(204)
    expect([city.services.plant.get(id), (await send([])).status]).toEqual([undefined, 401])
    expect((await alarms()).filter(({ ended }: { ended: number | null }) => ended === null)).toEqual([])
  })
  test('may not take the place of a facility', async () => {
    await ask('POST', '/api/facilities', { facilities: [{ id: 't-9', kind: 'tank', name: 'Tank' }] })
    expect((await ask('PUT', '/api/alert-sources/t-9', set)).status).toBe(409)
  })
})

describe('what it sends', () => {
  test('becomes alarms in its words and as urgent as it says; what stands, is repeated or is over is told as that', async () => {
    const critical = alert(2, { labels: { alertname: 'Alert2', severity: 'critical', instance: 'db-1' } })
    expect((await send([alert(1), critical])).body).toEqual({ changed: 2, leftOut: 0 })
    const [first] = (await alarms()).filter(({ rule }: { rule: string }) => rule.startsWith('alert-critical'))
    expect(first).toMatchObject({
      priority: 'critical',
      state: 'unacknowledged',
      texts: { title: { en: 'Alert2: It is 2', zh: 'Alert2: It is 2' } },
    })
    expect(first.texts.cause.en).toBe('instance=db-1')
    expect((await send([alert(1), critical], { status: 'firing', unheard: [{}] })).body).toEqual({ changed: 0, leftOut: 0 })
    expect((await send([over(1)])).body.changed).toBe(1)
    expect(await states()).toEqual(['alert-critical:2 unacknowledged', 'alert-medium:1 rtn-unacknowledged'])
    await send([alert(1)])
    expect(await states()).toEqual(['alert-critical:2 unacknowledged', 'alert-medium:1 unacknowledged'])
  })
  test('becomes no more alarms than it may have; the rest is counted, and that is an alarm', async () => {
    expect((await send([1, 2, 3, 4, 5].map((n) => alert(n)))).body).toEqual({ changed: 3, leftOut: 2 })
    expect(await states()).toEqual(
      ['alert-medium:1', 'alert-medium:2', 'alert-medium:3', 'too-many-alerts'].map((one) => `${one} unacknowledged`),
    )
    for (const { id: one } of await alarms()) await ask('POST', `/api/alarms/${one}/acknowledge`, {})
    await send([over(1), over(5)])
    expect((await send([alert(4)])).body).toEqual({ changed: 1, leftOut: 0 })
    const { items } = (await ask('GET', '/api/alert-sources')).body
    expect(items.find((one: { id: string }) => one.id === id)).toMatchObject({ active: 3, leftOut: 0 })
    expect((await alarms()).filter(({ active }: { active: boolean }) => active)).toHaveLength(3)
    await send([alert(4)], { truncatedAlerts: 7 })
    expect(
      (await alarms()).find(({ rule, active }: { rule: string; active: boolean }) => active && rule === 'too-many-alerts'),
    ).toBeDefined()
  })
  test('may be 10,000 alerts at once; what cannot be read at all counts as left out, so that it is missed by nobody', async () => {
    const flood = Array.from({ length: 9_999 }, (_, n) => alert(n + 1000, { annotations: { description: 'x'.repeat(500) } }))
    expect((await send([...flood, alert(1, { labels: { alertname: 'Late', severity: 'critical' } })])).body).toEqual({
      changed: 3,
      leftOut: 9_997,
    })
    expect((await states()).at(0)).toBe('alert-critical:1 unacknowledged')
    const other = `${id}-b`
    await ask('PUT', `/api/alert-sources/${other}`, set)
    token = (await ask('POST', `/api/alert-sources/${other}/token`)).body.token
    id = other
    const leftOut = async () => (await ask('GET', '/api/alert-sources')).body.items.find((one: { id: string }) => one.id === other).leftOut
    expect((await send([], {}, 'Bearer x')).status).toBe(401)
    expect(await leftOut()).toBe(0)
    const refused = [await send([], { version: '5' }), await send([alert(1, { annotations: { description: 'x'.repeat(17 * 1_048_576) } })])]
    expect([...refused.map(({ status }) => status), await leftOut()]).toEqual([400, 413, 1])
  })
  test('stops with its heartbeat: then the system is silent, until it is heard again', async () => {
    const missing = async () =>
      (await alarms()).filter(({ rule, active }: { rule: string; active: boolean }) => active && rule === 'heartbeat-missing').length
    await send([watchdog()])
    const pass = (minutes: number) => {
      for (let i = 0; i < 2 * minutes; i++) {
        city.clock.ahead += MINUTE / 2
        city.externalSystems.report()
      }
    }
    pass(9)
    // Other alerts are no sign that all is well.
    await send([alert(1)])
    expect(await missing()).toBe(0)
    pass(2)
    expect(await missing()).toBe(1)
    await send([watchdog()])
    expect([await missing(), await states()]).toEqual([0, ['alert-medium:1 unacknowledged', 'heartbeat-missing rtn-unacknowledged']])
    pass(11)
    expect(await missing()).toBe(1)
    await ask('PUT', `/api/alert-sources/${id}`, { ...set, heartbeat: null })
    expect(await missing()).toBe(0)
  })
  test('is refused when it is none of its own', async () => {
    for (const body of [{ version: '3', alerts: [] }, { version: '4' }, { version: '4', alerts: [{ ...alert(1), fingerprint: '../x' }] }]) {
      const { status } = await city.ask('POST', `/api/alertmanager/${id}`, body, { authorization: `Bearer ${token}`, cookie: '' })
      expect(status).toBe(400)
    }
    const long = await send([alert(1, { annotations: { summary: 'x'.repeat(17 * 1_048_576) } })])
    expect(long.status).toBe(413)
    city.services.removeFacility(id, 'admin', { districts: 'all', domains: 'all' })
    expect((await send([alert(1)])).status).toBe(404)
  })
  test('faster than it may is to be sent again', async () => {
    const answers = await Promise.all(Array.from({ length: 230 }, () => send([])))
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(200)
    expect(answers.find(({ status }) => status !== 200)).toMatchObject({ status: 503, body: { code: 'busy' } })
  })
})
