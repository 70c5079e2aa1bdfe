import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { days } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

let city: City
let serial = 0
beforeAll(async () => {
  city = await startCity({ trustedProxies: ['127.0.0.1'] })
  await city.addPerson('li', 'engineer')
})
afterAll(() => city.stop())

const NORTH = { districts: ['North'], domains: 'all' }
async function make(given: object = {}, owner = 'li') {
  await city.signIn(owner)
  return city.ask('POST', '/api/own/keys', { name: `key-${++serial}`, role: 'engineer', days: 30, ...given })
}
/** As a program does: without a cookie and, unlike a browser, from a strange origin or none. */
const byKey = (token: string, method: string, path: string, body?: unknown, headers = {}) =>
  city.ask(method, path, body, { cookie: '', authorization: `Bearer ${token}`, ...headers })

test('a key acts for a program, under its own name, without cookie and origin', async () => {
  const { token, key } = (await make({ name: 'registry' })).body
  expect(token).toMatch(/^lamplighter_[A-Za-z0-9_-]{43}$/)
  expect(key).toMatchObject({ name: 'registry', owner: 'li', role: 'engineer', scope: WHOLE_CITY, lastUsed: null })
  expect(JSON.stringify(city.state.people.apiKeys())).not.toContain(token)
  const body = { facilities: [{ id: 'K1', kind: 'tank' }] }
  const headers = { origin: 'https://elsewhere.example' }
  expect((await byKey(token, 'POST', '/api/facilities', body, headers)).status).toBe(200)
  expect(city.state.auditTrail({ limit: 1 }).items[0]).toMatchObject({ by: 'key:registry' })
  expect((await city.ask('GET', '/api/own')).body.keys).toMatchObject([{ name: 'registry', lastUsed: expect.any(Number) }])
})

test('a cookie besides does not widen what the key may', async () => {
  const { token } = (await make({ role: 'viewer' })).body
  await city.signIn()
  expect((await city.ask('GET', '/api/accounts', undefined, { authorization: `Bearer ${token}` })).status).toBe(403)
})

describe('a key may do at most what its maker may', () => {
  test.each([
    ['another role', { role: 'dispatcher' }],
    ['accounts', { role: 'admin' }],
    ['no end', { days: 10_000 }],
    ['no name', { name: '' }],
  ])('%s is refused', async (_, given) => {
    expect([400, 409]).toContain((await make(given)).status)
  })

  test('not even an administrator makes one for accounts, and none changes passwords or makes keys', async () => {
    expect((await make({ role: 'admin' }, 'admin')).status).toBe(409)
    const { token } = (await make()).body
    expect((await byKey(token, 'GET', '/api/accounts')).status).toBe(403)
    expect((await byKey(token, 'GET', '/api/own')).status).toBe(403)
    expect((await byKey(token, 'POST', '/api/own/keys', { name: 'child', role: 'viewer', days: 1 })).status).toBe(403)
  })

  test('it has at most the scope, and stops when its maker may do less or is gone', async () => {
    await city.addPerson('north', 'operator', { districts: ['North'], domains: 'all' })
    expect((await make({ role: 'operator', scope: WHOLE_CITY }, 'north')).status).toBe(409)
    const { token, key } = (await make({ role: 'operator' }, 'north')).body
    expect(key.scope).toEqual(NORTH)
    expect((await byKey(token, 'GET', '/api/kinds')).status).toBe(200)
    await city.signIn()
    const change = { displayName: '', role: 'operator', scope: NORTH, disabled: false }
    for (const less of [{ role: 'viewer' }, { scope: { ...NORTH, domains: ['lighting'] } }, { disabled: true }]) {
      await city.ask('PUT', '/api/accounts/north', { ...change, ...less })
      expect([less, (await byKey(token, 'GET', '/api/kinds')).status]).toEqual([less, 401])
      await city.ask('PUT', '/api/accounts/north', change)
      expect((await byKey(token, 'GET', '/api/kinds')).status).toBe(200)
    }
    expect((await city.ask('DELETE', '/api/accounts/north')).status).toBe(204)
    await city.addPerson('north', 'operator', WHOLE_CITY)
    expect((await byKey(token, 'GET', '/api/kinds')).status).toBe(401)
  })
})

test('keys end by time and by being revoked; their names are never taken again', async () => {
  const first = (await make({ name: 'first', days: 1 })).body
  const second = (await make({ name: 'second' })).body
  expect((await city.ask('DELETE', `/api/own/keys/${second.key.id}`)).status).toBe(204)
  expect((await byKey(second.token, 'GET', '/api/kinds')).body).toMatchObject({ status: 401, code: 'not-signed-in' })
  expect((await make({ name: 'Second' })).body.code).toBe('action-refused')
  city.clock.ahead += days(1)
  expect((await byKey(first.token, 'GET', '/api/kinds')).status).toBe(401)
  expect((await byKey('lamplighter_made-up', 'GET', '/api/kinds')).status).toBe(401)
  await city.signIn()
  expect((await city.ask('DELETE', `/api/accounts/li/keys/${first.key.id}`)).status).toBe(204)
  expect(city.state.auditTrail({ limit: 1 }).items[0]).toMatchObject({ by: 'admin', action: 'revoke-key', subject: 'key:first' })
})

test('a key that asks too often has to wait; live connections are not for keys', async () => {
  const { token } = (await make()).body
  city.clock.stoppedAt = Date.UTC(2027, 0, 1)
  await city.signIn('li')
  const { token: fresh } = (await make({ name: 'busy', days: 300 })).body
  const statuses = new Map<number, number>()
  for (let i = 0; i < 605; i++) {
    const { status } = await byKey(fresh, 'GET', '/api/kinds')
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  expect([...statuses]).toEqual([
    [200, 600],
    [429, 5],
  ])
  const live = await fetch(`${city.url}/socket.io/?EIO=4&transport=polling`, { headers: { authorization: `Bearer ${token}` } })
  expect(live.status).toBe(403)
})
