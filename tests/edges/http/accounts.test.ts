import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { passwordProblem } from '../../../src/edges/http/password.ts'
import { days, hours } from '../../../src/telemetry/duration.ts'
import { type City, PASSWORD, startCity } from '../city.ts'

let city: City
const NORTH = { districts: ['North'], domains: ['lighting'] }
const CHOSEN = 'green lamps all the way'

beforeAll(async () => {
  city = await startCity({ trustedProxies: ['127.0.0.1'] })
})
beforeEach(() => city.signIn())
afterAll(() => city.stop())

const ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => city.ask(method, path, body, headers)
const actions = (limit = 3) => city.state.auditTrail({ limit }).items.map(({ by, action, subject }) => `${by} ${action} ${subject}`)

describe('passwords', () => {
  test.each([
    ['eleven chars', /^A password must not/],
    ['too short', /at least 12 characters/],
    ['abababababababab', /5 different/],
    ['灯灯灯灯路路路路口口口口', /5 different/],
    ['password123456', /tried first/],
    ['P@ssw0rd!2024', /tried first/],
    ['qwertyuiop123', /tried first/],
    ['Welcome2024!!', /tried first/],
    ['1qaz2wsx3edc', /tried first/],
    ['abcde1abcde1', /tried first/],
    ['lamplighter2026', /tried first/],
    ['admin admin user', /tried first/],
  ])('%s is refused', (password, problem) => {
    expect(passwordProblem(password, 'eleven')).toMatch(problem)
  })
  test.each(['北区路灯夜里都亮着没有坏', 'monday rain on copper roofs', 'xK9mQ2vTzzRw', PASSWORD])('%s is good', (password) => {
    expect(passwordProblem(password, 'li')).toBeNull()
  })
})

describe('invitations', () => {
  test('a person comes in by a link that is good once, chooses the password, and has role and scope', async () => {
    const made = await ask('POST', '/api/accounts', { name: 'li.na', displayName: '李娜', role: 'operator', scope: NORTH })
    expect(made.body.account).toMatchObject({ name: 'li.na', displayName: '李娜', role: 'operator', scope: NORTH, hasPassword: false })
    const { token } = made.body.invitation
    expect(JSON.stringify(city.state.auditTrail({ limit: 10 }))).not.toContain(token)
    expect(city.state.people.invitation(token)).toBeUndefined()
    expect(actions(2)).toEqual(['admin invite li.na', 'admin create-account li.na'])
    expect((await city.signIn('li.na', '')).status).toBe(401)

    const nobody = { cookie: '' }
    const look = await ask('POST', '/api/invitations/look', { token }, nobody)
    expect(look.body).toEqual({ name: 'li.na', displayName: '李娜', role: 'operator', purpose: 'invitation' })
    const accept = (password?: string) => ask('POST', '/api/invitations/accept', { token, password }, nobody)
    for (const weak of [undefined, 'short', 'li.na is my name', '李娜的长长密码是这个啊啊啊'])
      expect([weak, (await accept(weak)).body.code]).toEqual([weak, 'invalid-request'])
    const accepted = await accept(CHOSEN)
    expect(accepted.body).toMatchObject({ name: 'li.na', role: 'operator', scope: NORTH })
    expect(accepted.headers.get('set-cookie')).toMatch(/lamplighter-session=/)
    expect((await accept(CHOSEN)).body).toMatchObject({ status: 404, code: 'not-found' })
    expect((await city.signIn('li.na', CHOSEN)).status).toBe(200)
    expect((await ask('GET', '/api/accounts')).status).toBe(403)
  })

  test('a link ends after 72 hours, and when another one is made', async () => {
    const first = (await ask('POST', '/api/accounts', { name: 'wang', role: 'viewer' })).body.invitation.token
    const second = (await ask('POST', '/api/accounts/wang/invitation')).body.token
    const look = async (token: string) => (await ask('POST', '/api/invitations/look', { token }, { cookie: '' })).status
    expect([await look(first), await look(second)]).toEqual([404, 200])
    city.clock.ahead += hours(72)
    expect(await look(second)).toBe(404)
  })

  test('a forgotten password is reset by a link; no administrator learns it, and old sessions end', async () => {
    await city.addPerson('zhao', 'viewer')
    await city.signIn('zhao')
    const theirs = city.cookie()
    await city.signIn()
    const { token, purpose } = (await ask('POST', '/api/accounts/zhao/invitation')).body
    expect(purpose).toBe('reset')
    expect((await ask('GET', '/api/session', undefined, { cookie: theirs })).status).toBe(200)
    expect((await ask('POST', '/api/invitations/accept', { token, password: CHOSEN }, { cookie: '' })).status).toBe(200)
    expect((await ask('GET', '/api/session', undefined, { cookie: theirs })).status).toBe(401)
    expect((await city.signIn('zhao')).status).toBe(401)
    expect((await city.signIn('zhao', CHOSEN)).status).toBe(200)
  })
})

describe('accounts', () => {
  test.each(['LI.NA', 'Admin', 'system', 'li na', 'key:x', 'Claim', 'device:t-1', ''])('the name %j is refused', async (name) => {
    await city.addPerson('li.na', 'operator')
    const { status } = await ask('POST', '/api/accounts', { name, role: 'viewer' })
    expect([400, 409]).toContain(status)
  })

  test('another role, scope or state counts at once: the sessions end', async () => {
    const change = { displayName: '', role: 'viewer', scope: WHOLE_CITY, disabled: false }
    for (const other of [{ role: 'dispatcher' }, { scope: NORTH }, { disabled: true }]) {
      await city.addPerson('sun', 'viewer')
      await city.signIn('sun')
      const theirs = city.cookie()
      await city.signIn()
      expect((await ask('PUT', '/api/accounts/sun', { ...change, displayName: 'Sun' })).status).toBe(200)
      expect((await ask('GET', '/api/session', undefined, { cookie: theirs })).status).toBe(200)
      expect((await ask('PUT', '/api/accounts/sun', { ...change, ...other })).body).toMatchObject(other)
      expect((await ask('GET', '/api/session', undefined, { cookie: theirs })).status).toBe(401)
    }
    expect((await city.signIn('sun')).status).toBe(401)
    expect(actions(20)).toContain('admin change-account sun')
  })

  test('an administrator is responsible for the whole city', async () => {
    expect((await ask('POST', '/api/accounts', { name: 'half', role: 'admin', scope: NORTH })).body.code).toBe('invalid-request')
  })

  test('nobody changes what they themselves are, and the last administrator who can sign in stays', async () => {
    const demoted = { displayName: '', role: 'viewer', scope: WHOLE_CITY, disabled: false }
    for (const [method, path, body] of [
      ['PUT', '/api/accounts/admin', demoted],
      ['PUT', '/api/accounts/admin', { ...demoted, role: 'admin', disabled: true }],
      ['DELETE', '/api/accounts/admin', undefined],
      ['DELETE', '/api/accounts/admin/second-factor', undefined],
    ] as const)
      expect((await ask(method, path, body)).body).toMatchObject({ status: 409, code: 'action-refused' })
    expect((await ask('DELETE', '/api/accounts/nobody')).status).toBe(404)

    await city.addPerson('second', 'admin')
    await city.signIn('second')
    expect((await ask('PUT', '/api/accounts/admin', demoted)).status).toBe(200)
    await city.signIn('second')
    expect((await ask('PUT', '/api/accounts/admin', { ...demoted, role: 'admin' })).status).toBe(200)
    await city.signIn()
    expect((await ask('DELETE', '/api/accounts/second')).status).toBe(204)
    expect((await city.signIn('second')).status).toBe(401)
  })

  test('a password is changed by who knows it; other sessions of the account end', async () => {
    await city.addPerson('qian', 'viewer')
    await city.signIn('qian')
    const elsewhere = city.cookie()
    await city.signIn('qian')
    const set = (own: string, password: string) => ask('PUT', '/api/own/password', { own, password })
    expect((await set('wrong', CHOSEN)).body).toMatchObject({ status: 403, code: 'not-allowed' })
    expect((await set(PASSWORD, 'password1234')).body.code).toBe('invalid-request')
    expect((await set(PASSWORD, CHOSEN)).status).toBe(204)
    expect((await ask('GET', '/api/session')).status).toBe(200)
    expect((await ask('GET', '/api/session', undefined, { cookie: elsewhere })).status).toBe(401)
    expect((await city.signIn('qian')).status).toBe(401)
    expect((await city.signIn('qian', CHOSEN)).status).toBe(200)
  })
})

test('who must choose another password does nothing else first', async () => {
  await city.addPerson('given', 'operator')
  const user = city.state.people.user('given')
  city.state.people.putUser({ ...(user as NonNullable<typeof user>), mustChange: true })
  await city.signIn('given')
  expect((await ask('GET', '/api/session')).body.owes).toBe('password')
  expect((await ask('GET', '/api/snapshot')).body.code).toBe('not-allowed')
  expect((await ask('PUT', '/api/own/password', { own: PASSWORD, password: CHOSEN })).status).toBe(204)
  expect((await ask('GET', '/api/session')).body.owes).toBeNull()
  expect((await ask('GET', '/api/snapshot')).status).toBe(200)
})

describe('sessions and walls', () => {
  test('people see where they are signed in and end what is not theirs; administrators those of others', async () => {
    await city.addPerson('zhou', 'viewer')
    await city.signIn('zhou')
    const first = city.cookie()
    await city.signIn('zhou')
    const { sessions } = (await ask('GET', '/api/own')).body
    expect(sessions.map((session: { current: boolean }) => session.current).sort()).toEqual([false, true])
    expect(sessions[0]).toMatchObject({ address: expect.stringMatching(/^10\./), userAgent: expect.stringMatching(/\w/), lasting: false })
    const other = sessions.find((session: { current: boolean }) => !session.current).key
    expect((await ask('DELETE', `/api/own/sessions/${city.state.people.sessionsOf('admin')[0]?.tokenHash}`)).status).toBe(404)
    expect((await ask('DELETE', `/api/own/sessions/${other}`)).status).toBe(204)
    expect((await ask('GET', '/api/session', undefined, { cookie: first })).status).toBe(401)
    const second = city.cookie()
    await city.signIn()
    const listed = (await ask('GET', '/api/accounts/zhou/sessions')).body.sessions
    expect(listed).toHaveLength(1)
    expect((await ask('DELETE', `/api/accounts/zhou/sessions/${listed[0].key}`)).status).toBe(204)
    expect((await ask('GET', '/api/session', undefined, { cookie: second })).status).toBe(401)
    expect(actions(1)).toEqual(['admin session-ended zhou'])
  })

  test('a wall is signed in by a link without a password, for 90 days after it was last seen, and may only look', async () => {
    const { token } = (await ask('POST', '/api/accounts', { name: 'hall', role: 'wall' })).body.invitation
    const accepted = await ask('POST', '/api/invitations/accept', { token }, { cookie: '' })
    expect(accepted.body).toMatchObject({ name: 'hall', role: 'wall', owes: null })
    const cookie = accepted.headers.getSetCookie()[0]?.split(';', 1)[0] as string
    const asWall = (method: string, path: string, body?: unknown) => ask(method, path, body, { cookie })
    for (const passed of [days(80), days(80)]) {
      city.clock.ahead += passed
      const { status, headers } = await asWall('GET', '/api/session')
      expect([status, headers.get('set-cookie')]).toEqual([200, expect.stringMatching(/Max-Age=34560000/)])
    }
    expect((await asWall('GET', '/api/snapshot')).status).toBe(200)
    expect((await asWall('POST', '/api/alarms/1/comment', { text: 'x' })).status).toBe(403)
    expect((await asWall('PUT', '/api/own/password', {})).status).toBe(403)
    await city.signIn()
    const screens = (await ask('GET', '/api/accounts/hall/sessions')).body.sessions
    expect(screens).toMatchObject([{ lasting: true }])
    await city.signIn('hall')
    expect((await city.signIn('hall', '')).status).toBe(401)
    city.clock.ahead += days(91)
    expect((await asWall('GET', '/api/session')).status).toBe(401)
  })
})
