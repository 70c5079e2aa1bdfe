import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SecondFactors } from '../../../src/edges/http/people/second-factor.ts'
import { days, minutes, seconds } from '../../../src/telemetry/duration.ts'
import { type City, PASSWORD, startCity } from '../city.ts'

let city: City
beforeAll(async () => {
  city = await startCity({ trustedProxies: ['127.0.0.1'], secondFactor: { required: true, grace: days(7) } })
  city.clock.stoppedAt = Date.UTC(2026, 0, 1)
})
afterAll(() => city.stop())

const ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => city.ask(method, path, body, headers)
const codeOf = (secret: string, ahead = 0) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: city.now() + ahead })

/** Signs a new person in and gives them a second factor. */
async function enrol(name: string) {
  await city.addPerson(name, 'engineer')
  await city.signIn(name)
  const { secret, uri } = (await ask('POST', '/api/own/second-factor', { own: PASSWORD })).body
  const { recoveryCodes } = (await ask('PUT', '/api/own/second-factor', { code: codeOf(secret) })).body
  city.clock.ahead += seconds(90)
  return { secret, uri, recoveryCodes }
}
async function firstStep(name: string): Promise<string> {
  const answer = (await (await city.signIn(name)).json()) as { pending?: string }
  expect(answer).toEqual({ pending: expect.stringMatching(/^.{43}$/), expires: city.now() + minutes(5) })
  return answer.pending as string
}
let asked = 0
const secondStep = (pending: string, code: string) =>
  ask('POST', '/api/session/code', { pending, code }, { cookie: '', 'x-forwarded-for': `10.1.0.${++asked}` })

test('codes are those of RFC 6238, appendix B, cut to six digits', async () => {
  const { uri } = await enrol('rfc')
  expect(uri).toMatch(/^otpauth:\/\/totp\/Lamplighter:rfc\?issuer=Lamplighter&secret=[A-Z2-7]{32}&algorithm=SHA1&digits=6&period=30$/)
  const secret = Secret.fromLatin1('12345678901234567890').base32
  const factor = city.state.people.secondFactor('rfc')
  const second = new SecondFactors(city.state, () => clock)
  let clock = 0
  for (const [at, code] of [
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
  ] as const) {
    city.state.people.putSecondFactor({ ...(factor as NonNullable<typeof factor>), secret, lastStep: 0 })
    clock = seconds(at)
    expect([at, second.takes('rfc', code), second.takes('rfc', code)]).toEqual([at, true, false])
  }
})

describe('signing in takes two steps', () => {
  test('the password alone gives no session; the code does, once, within a step of the clock', async () => {
    const { secret } = await enrol('two')
    const pending = await firstStep('two')
    expect((await ask('GET', '/api/snapshot', undefined, { cookie: '' })).status).toBe(401)
    expect((await secondStep(pending, codeOf(secret, seconds(61)))).status).toBe(401)
    const code = codeOf(secret, seconds(30))
    expect((await secondStep(pending, code)).body).toMatchObject({ name: 'two', owes: null, secondFactorDue: null })
    // The same pending sign-in, the same code in another one, and an earlier code of the window.
    expect((await secondStep(pending, codeOf(secret, seconds(60)))).status).toBe(401)
    const again = await firstStep('two')
    expect((await secondStep(again, code)).status).toBe(401)
    expect((await secondStep(again, codeOf(secret))).status).toBe(401)
    city.clock.ahead += seconds(60)
    expect((await secondStep(again, codeOf(secret))).status).toBe(200)
  })

  test('the first step is forgotten after five minutes, and when the password or the account changes', async () => {
    const { secret } = await enrol('late')
    const pending = await firstStep('late')
    city.clock.ahead += minutes(5) + 1
    expect((await secondStep(pending, codeOf(secret))).body).toMatchObject({
      code: 'not-signed-in',
      detail: expect.stringMatching(/too long ago/),
    })
    const other = await firstStep('late')
    const user = city.state.people.user('late')
    city.state.people.putUser({ ...(user as NonNullable<typeof user>), disabled: true })
    expect((await secondStep(other, codeOf(secret))).status).toBe(401)
  })

  test('codes are guessed as slowly as passwords', async () => {
    const { secret } = await enrol('guessed')
    const pending = await firstStep('guessed')
    const statuses: number[] = []
    for (let i = 0; i < 7; i++) statuses.push((await secondStep(pending, '000000')).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
    expect((await secondStep(pending, codeOf(secret))).status).toBe(429)
    city.clock.ahead += seconds(2)
    expect((await secondStep(pending, codeOf(secret))).status).toBe(200)
  })

  test('a recovery code is good once in place of a code', async () => {
    const { secret, recoveryCodes } = await enrol('lost')
    expect(recoveryCodes).toHaveLength(10)
    expect(new Set(recoveryCodes).size).toBe(10)
    for (const code of recoveryCodes) expect(code).toMatch(/^[a-km-z2-9]{4}-[a-km-z2-9]{4}-[a-km-z2-9]{4}$/)
    expect(JSON.stringify(city.state.people.secondFactor('lost'))).not.toContain(recoveryCodes[0].replaceAll('-', ''))
    expect((await secondStep(await firstStep('lost'), recoveryCodes[0].toUpperCase())).status).toBe(200)
    expect((await secondStep(await firstStep('lost'), recoveryCodes[0])).status).toBe(401)
    const answer = await secondStep(await firstStep('lost'), recoveryCodes[1])
    const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0] as string
    expect((await ask('GET', '/api/own', undefined, { cookie })).body.secondFactor).toMatchObject({ recoveryCodes: 8 })
    const renewed = (await ask('POST', '/api/own/recovery-codes', { code: codeOf(secret) }, { cookie })).body.recoveryCodes
    expect(renewed).toHaveLength(10)
    expect((await secondStep(await firstStep('lost'), recoveryCodes[2])).status).toBe(401)
    expect((await secondStep(await firstStep('lost'), renewed[2])).status).toBe(200)
  })
})

describe('who must have one', () => {
  test('those whose role demands it may do without for a week, then do nothing but set it up', async () => {
    await city.addPerson('engineer', 'engineer')
    await city.signIn('engineer')
    const { body } = await ask('GET', '/api/session')
    expect(body).toMatchObject({ owes: null, secondFactorDue: city.now() + days(7) })
    expect((await ask('GET', '/api/snapshot')).status).toBe(200)
    city.clock.ahead += days(7)
    await city.signIn('engineer')
    expect((await ask('GET', '/api/session')).body.owes).toBe('second-factor')
    for (const [method, path, given] of [
      ['GET', '/api/snapshot', undefined],
      ['POST', '/api/own/keys', { own: PASSWORD, name: 'around', role: 'engineer', days: 5 }],
    ] as const)
      expect([path, (await ask(method, path, given)).body.code]).toEqual([path, 'not-allowed'])
    const socket = await fetch(`${city.url}/socket.io/?EIO=4&transport=polling`, { headers: { cookie: city.cookie() } })
    expect(socket.status).toBe(403)

    const { secret } = (await ask('POST', '/api/own/second-factor', { own: PASSWORD })).body
    expect((await ask('PUT', '/api/own/second-factor', { code: '123' })).body.code).toBe('action-refused')
    expect((await ask('PUT', '/api/own/second-factor', { code: codeOf(secret) })).status).toBe(200)
    expect((await ask('GET', '/api/snapshot')).status).toBe(200)
    expect((await ask('POST', '/api/own/second-factor/remove', { code: codeOf(secret, seconds(30)) })).body.code).toBe('action-refused')
  })

  test('keys of who lacks it cannot be made, and those there are rest until it is there', async () => {
    await city.addPerson('early', 'operator')
    await city.signIn('early')
    const key = (name: string, role: string) => ask('POST', '/api/own/keys', { own: PASSWORD, name, role, days: 366 })
    const { token } = (await key('early', 'operator')).body
    const works = () => ask('GET', '/api/kinds', undefined, { cookie: '', authorization: `Bearer ${token}` }).then(({ status }) => status)
    expect(await works()).toBe(200)
    const user = city.state.people.user('early') as NonNullable<ReturnType<typeof city.state.people.user>>
    city.state.people.putUser({ ...user, role: 'dispatcher' })
    await city.signIn('early')
    expect((await ask('GET', '/api/session')).body.owes).toBe(null)
    expect([await works(), (await key('around', 'dispatcher')).body.code]).toEqual([401, 'not-allowed'])
    const { secret } = (await ask('POST', '/api/own/second-factor', { own: PASSWORD })).body
    await ask('PUT', '/api/own/second-factor', { code: codeOf(secret) })
    expect([await works(), (await key('now', 'dispatcher')).status]).toEqual([200, 200])
    const whole = city.state.people.user('early') as typeof user
    city.state.people.putUser({ ...whole, mustChange: true })
    expect(await works()).toBe(401)
    city.state.people.putUser(whole)
    expect(await works()).toBe(200)
    await city.signIn()
    expect((await ask('DELETE', '/api/accounts/early/second-factor')).status).toBe(204)
    expect(city.state.people.apiKeys('early').map(({ revoked }) => revoked !== null)).toEqual([true, true])
  })

  test('others are not asked, and may have one and give it up again', async () => {
    await city.addPerson('viewer', 'viewer')
    await city.signIn('viewer')
    expect((await ask('GET', '/api/session')).body).toMatchObject({ owes: null, secondFactorDue: null })
    const { secret } = (await ask('POST', '/api/own/second-factor', { own: PASSWORD })).body
    await ask('PUT', '/api/own/second-factor', { code: codeOf(secret) })
    expect((await ask('POST', '/api/own/second-factor/remove', { code: codeOf(secret) })).status).toBe(403)
    city.clock.ahead += seconds(30)
    expect((await ask('POST', '/api/own/second-factor/remove', { code: codeOf(secret) })).status).toBe(204)
    expect((await (await city.signIn('viewer')).json()) as object).toMatchObject({ name: 'viewer' })
  })

  test('an administrator resets one whose telephone is gone; that is audited, and the sessions end', async () => {
    const { secret } = await enrol('reset')
    const answer = await secondStep(await firstStep('reset'), codeOf(secret))
    const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0] as string
    await city.signIn()
    expect((await ask('DELETE', '/api/accounts/reset/second-factor')).status).toBe(204)
    expect((await ask('GET', '/api/session', undefined, { cookie })).status).toBe(401)
    const trail = city.state.auditTrail({ limit: 5 }).items.map(({ by, action, subject }) => `${by} ${action} ${subject}`)
    expect(trail).toContain('admin remove-second-factor reset')
    expect((await (await city.signIn('reset')).json()) as object).toMatchObject({ name: 'reset', owes: null })
  })
})
