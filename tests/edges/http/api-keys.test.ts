import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { days } from '../../../src/telemetry/duration.ts'
import { type City, PASSWORD, startCity } from '../city.ts'

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
  return city.ask('POST', '/api/own/keys', { own: PASSWORD, name: `key-${++serial}`, role: 'engineer', days: 30, ...given })
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
    expect((await byKey(token, 'POST', '/api/own/keys', { own: PASSWORD, name: 'child', role: 'viewer', days: 1 })).status).toBe(403)
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

test('making one takes the password, so that an open console gives nobody a key', async () => {
  const { body } = await make({ own: 'not the password at all' })
  expect(body.code).toBe('not-allowed')
  expect((await make({ own: undefined })).status).toBe(400)
})

test('a password that is reset ends the keys; one that is changed by its owner, or an account that rests, does not', async () => {
  await city.addPerson('mei', 'operator')
  const { token } = (await make({ role: 'operator' }, 'mei')).body
  const works = () => byKey(token, 'GET', '/api/kinds').then(({ status }) => status)
  expect((await city.ask('PUT', '/api/own/password', { own: PASSWORD, password: 'nine herons over water' })).status).toBe(204)
  expect(await works()).toBe(200)
  await city.signIn()
  const account = { displayName: '', role: 'operator', scope: WHOLE_CITY }
  await city.ask('PUT', '/api/accounts/mei', { ...account, disabled: true })
  expect(await works()).toBe(401)
  await city.ask('PUT', '/api/accounts/mei', { ...account, disabled: false })
  expect(await works()).toBe(200)
  const { token: link } = (await city.ask('POST', '/api/accounts/mei/invitation')).body
  expect(await works()).toBe(200)
  const accepted = await city.ask('POST', '/api/invitations/accept', { token: link, password: 'ten cranes over water' }, { cookie: '' })
  expect([accepted.status, await works()]).toEqual([200, 401])
  expect(city.state.auditTrail({ limit: 5 }).items.map(({ by, action, detail }) => [by, action, detail])).toContainEqual([
    ...['mei', 'revoke-key', 'with the password'],
  ])
})

test('wrong keys wait by address and come into the trail in sums; a right one from there never waits', async () => {
  const { token } = (await make()).body
  const headers = { 'x-forwarded-for': '203.0.113.77' }
  const failures = () => city.state.auditTrail({ limit: 1000 }).items.filter(({ action }) => action === 'key-failed')
  const before = failures().length
  city.clock.stoppedAt = Date.now()
  const statuses: number[] = []
  for (let i = 0; i < 60; i++) statuses.push((await byKey(`lamplighter_made-up-${i}`, 'GET', '/api/kinds', undefined, headers)).status)
  expect(statuses).toEqual([...Array(15).fill(401), ...Array(45).fill(429)])
  expect(failures().length - before).toBeLessThanOrEqual(10)
  expect(failures()[0]).toMatchObject({ by: 'unknown', subject: 'unknown key', detail: expect.stringMatching(/^from 203\.0\.113\.77/) })
  expect((await byKey(token, 'GET', '/api/kinds', undefined, headers)).status).toBe(200)
  expect((await byKey('lamplighter_other', 'GET', '/api/kinds', undefined, { 'x-forwarded-for': '203.0.113.78' })).status).toBe(401)
  city.clock.stoppedAt = null
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
