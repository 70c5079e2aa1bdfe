import { afterAll, beforeAll, expect, test } from 'vitest'
import { passwordProblem } from '../../../src/edges/http/password.ts'
import { type City, PASSWORD, startCity } from '../city.ts'

let city: City
const LI = { name: 'li.na', password: 'green lamps all the way' }

beforeAll(async () => {
  city = await startCity()
  await city.signIn()
})
afterAll(() => city.stop())

test.each([
  ['eleven chars', /^A password must not/],
  ['too short', /at least 12 characters/],
  ['abababababababab', /5 different/],
  ['灯灯灯灯路路路路口口口口', /5 different/],
])('the password %s is refused', (password, problem) => {
  expect(passwordProblem(password, 'eleven')).toMatch(problem)
})
test('words of any script are good passwords', () => {
  expect(passwordProblem('北区路灯夜里都亮着没有坏', 'li')).toBeNull()
})

test('a second person gets an account, and it is audited without the password', async () => {
  expect((await city.ask('POST', '/api/accounts', { ...LI, password: 'short' })).body).toMatchObject({
    status: 400,
    code: 'invalid-request',
  })
  expect((await city.ask('POST', '/api/accounts', { ...LI, name: 'li na' })).body.detail).toMatch(/name must match pattern/)
  expect((await city.ask('POST', '/api/accounts', LI)).body).toEqual({ name: LI.name, role: 'admin' })
  for (const name of ['LI.NA', 'Admin', 'system'])
    expect((await city.ask('POST', '/api/accounts', { ...LI, name })).body).toMatchObject({ status: 409, code: 'action-refused' })
  expect((await city.ask('GET', '/api/accounts')).body).toEqual({
    accounts: [
      { name: 'admin', role: 'admin' },
      { name: 'li.na', role: 'admin' },
    ],
  })
  const trail = (await city.ask('GET', '/api/audit')).body.items
  expect(trail[0]).toMatchObject({ by: 'admin', action: 'create-account', subject: 'li.na' })
  expect(JSON.stringify(trail)).not.toContain(LI.password)
})

test('a password is changed by somebody who knows their own; other sessions of the account end', async () => {
  const password = 'another one, quite long'
  const set = (own: string) => city.ask('PUT', `/api/accounts/${LI.name}/password`, { password, own })
  expect((await city.signIn(LI.name, LI.password)).status).toBe(200)
  const elsewhere = city.cookie()
  await city.signIn(LI.name, LI.password)
  expect((await set(PASSWORD)).body).toMatchObject({ status: 403, code: 'not-allowed' })
  expect((await set(LI.password)).status).toBe(204)
  expect((await city.ask('GET', '/api/session')).status).toBe(200)
  expect((await city.ask('GET', '/api/session', undefined, { cookie: elsewhere })).status).toBe(401)
  expect((await city.signIn(LI.name, LI.password)).status).toBe(401)
  expect((await city.signIn(LI.name, password)).status).toBe(200)
})

test('nobody removes their own account; sessions of a removed one end', async () => {
  const theirs = city.cookie()
  await city.signIn()
  expect((await city.ask('DELETE', '/api/accounts/admin')).body).toMatchObject({ status: 409, code: 'action-refused' })
  expect((await city.ask('DELETE', '/api/accounts/nobody')).status).toBe(404)
  expect((await city.ask('GET', '/api/session', undefined, { cookie: theirs })).status).toBe(200)
  expect((await city.ask('DELETE', `/api/accounts/${LI.name}`)).status).toBe(204)
  expect((await city.ask('GET', '/api/session', undefined, { cookie: theirs })).status).toBe(401)
  expect((await city.signIn(LI.name, 'another one, quite long')).status).toBe(401)
  expect(city.state.users()).toHaveLength(1)
})
