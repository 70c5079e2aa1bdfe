import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashPassword, randomPassword, verifyPassword } from '../../../src/edges/http/password.ts'
import { ensureAdmin } from '../../../src/edges/http/session.ts'
import { LoginLimits } from '../../../src/edges/login-limits.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'
import { hours, minutes } from '../../../src/telemetry/duration.ts'
import { type City, PASSWORD, startCity } from '../city.ts'

describe('passwords', () => {
  test('a hash is a PHC string of scrypt with its own salt', async () => {
    const [a, b] = await Promise.all([hashPassword('secret'), hashPassword('secret')])
    expect(a).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(a).not.toBe(b)
    expect(await verifyPassword('secret', a)).toBe(true)
    expect(await verifyPassword('Secret', a)).toBe(false)
    expect(await verifyPassword('secret', undefined)).toBe(false)
  })

  test('more sign-ins at once than the queue takes are refused', async () => {
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => verifyPassword('x', '$scrypt$ln=4,r=8,p=1$AAAA$AAAA')))
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused).toHaveLength(8)
    expect(refused[0]).toMatchObject({ reason: { code: 'too-many-requests' } })
  })

  test('random passwords are long and differ', () => {
    expect(new Set(Array.from({ length: 100 }, randomPassword)).size).toBe(100)
    expect(randomPassword()).toMatch(/^[A-Za-z2-9]{20}$/)
  })

  test('the first start makes an administrator, later ones do not', async () => {
    const state = openStateStore(':memory:')
    const made = await ensureAdmin(state, 1)
    expect(made).toEqual({ name: 'admin', password: expect.stringMatching(/^.{20}$/) })
    expect(await verifyPassword(made?.password as string, state.people.user('admin')?.passwordHash ?? undefined)).toBe(true)
    expect(await ensureAdmin(state, 2, 'other')).toBeNull()
    expect(JSON.stringify(state.auditTrail({ limit: 10 }))).not.toContain(made?.password)
    state.close()
  })
})

test('waits grow with failures, end at five minutes, and are forgotten', () => {
  const limits = new LoginLimits(2)
  const waits = Array.from({ length: 20 }, () => {
    limits.tried('admin', 0)
    return limits.wait('admin', 0)
  })
  expect(waits.slice(0, 5)).toEqual([0, 1000, 2000, 4000, 8000])
  expect(waits.at(-1)).toBe(minutes(5))
  expect([limits.wait('admin', minutes(5)), limits.wait('other', 0), limits.wait('admin', -hours(2))]).toEqual([0, 0, minutes(5)])
  limits.succeeded('admin')
  expect(limits.wait('admin', 0)).toBe(0)
})

describe('sessions', () => {
  let city: City
  beforeAll(async () => {
    city = await startCity()
  })
  afterAll(() => city.stop())

  test('the cookie is out of reach of scripts and other sites, and is stored nowhere', async () => {
    const response = await city.signIn()
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ name: 'admin' })
    const cookie = response.headers.get('set-cookie') as string
    expect(cookie).toMatch(/^lamplighter-session=[A-Za-z0-9_-]{43}; /)
    for (const flag of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(flag)
    expect(cookie).not.toContain('Secure')
    expect(city.state.people.session(city.cookie().split('=')[1] as string)).toBeUndefined()
  })

  test('over TLS it is bound to the host', async () => {
    const secure = await startCity({ secureCookies: true })
    const response = await secure.signIn()
    expect(response.headers.get('set-cookie')).toMatch(/^__Host-lamplighter-session=.*Secure/)
    expect(response.headers.get('strict-transport-security')).toBeTruthy()
    await secure.stop()
  })

  test('signing out ends it on the server', async () => {
    await city.signIn()
    expect((await city.ask('GET', '/api/session')).body).toMatchObject({
      name: 'admin',
      expires: expect.any(Number),
      timeZone: 'Asia/Shanghai',
    })
    expect((await city.ask('DELETE', '/api/session')).status).toBe(204)
    expect((await city.ask('GET', '/api/session')).status).toBe(401)
    expect((await city.ask('DELETE', '/api/session')).status).toBe(204)
  })

  test('it ends after half an hour without activity, and after twelve hours with it', async () => {
    await city.signIn()
    city.clock.ahead += minutes(29)
    expect((await city.ask('GET', '/api/session')).status).toBe(200)
    city.clock.ahead += minutes(29)
    expect((await city.ask('GET', '/api/session')).status).toBe(200)
    city.clock.ahead += minutes(31)
    expect((await city.ask('GET', '/api/session')).status).toBe(401)
    await city.signIn()
    for (let i = 0; i < 24; i++) {
      expect((await city.ask('GET', '/api/session')).status, `after ${i} half hours`).toBe(200)
      city.clock.ahead += minutes(29.9)
    }
    city.clock.ahead += minutes(10)
    expect((await city.ask('GET', '/api/session')).status).toBe(401)
  })

  test('a crew stays signed in while its phone sleeps, for twelve hours all in all', async () => {
    await city.addPerson('Anna', 'crew')
    await city.signIn('Anna')
    city.clock.ahead += hours(11)
    // Somebody who signs in clears away what has ended; hers has not.
    const anna = city.cookie()
    await city.signIn()
    const ask = () => city.ask('GET', '/api/session', undefined, { cookie: anna })
    expect((await ask()).status).toBe(200)
    city.clock.ahead += hours(1.1)
    expect((await ask()).status).toBe(401)
  })

  test('requests of pages of other sites change nothing', async () => {
    await city.signIn()
    const body = { facilities: [{ id: 'X', kind: 'tank' }] }
    for (const origin of ['https://evil.example', 'null', `${city.url}.evil.example`]) {
      const { status, body: answer } = await city.ask('POST', '/api/facilities', body, { origin })
      expect([origin, status, answer.code]).toEqual([origin, 403, 'not-allowed'])
    }
    expect(city.services.plant.size).toBe(0)
    expect((await city.ask('POST', '/api/facilities', body, { origin: city.url })).status).toBe(200)
    expect(
      (await city.ask('POST', '/api/facilities', 'facilities=1', { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(415)
    expect((await city.ask('POST', '/api/facilities', '{}', { 'content-type': 'text/plain' })).status).toBe(415)
  })

  test('guessing is slowed down until even the right password must wait, the same for unknown names', async () => {
    city.clock.stoppedAt = Date.now()
    for (const name of ['admin', 'nobody']) {
      const statuses: number[] = []
      for (let i = 0; i < 6; i++) statuses.push((await city.signIn(name, `guess ${i}`)).status)
      expect([name, ...statuses]).toEqual([name, 401, 401, 401, 401, 401, 429])
    }
    const locked = await city.signIn('admin', PASSWORD)
    expect(await locked.json()).toMatchObject({ code: 'too-many-requests', detail: expect.stringMatching(/Try again in \d+ s/) })
    city.clock.ahead += minutes(6)
    expect((await city.signIn('admin', PASSWORD)).status).toBe(200)
    const actions = city.state.auditTrail({ limit: 100 }).items.map(({ action }) => action)
    expect(actions.filter((action) => action === 'sign-in-failed')).toHaveLength(10)
    city.clock.stoppedAt = null
  })
})
