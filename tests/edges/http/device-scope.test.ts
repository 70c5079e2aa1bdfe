import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Scope } from '../../../src/access/scope.ts'
import { type City, startCity } from '../city.ts'
import { signInLimited } from '../limited.ts'

const SCOPE: Scope = { districts: ['A'], domains: 'all' }

let city: City
let admin = ''
let eva = ''
const asAdmin = (method: string, path: string, body?: unknown) => city.ask(method, path, body, { cookie: admin })
const asEva = (method: string, path: string, body?: unknown) => city.ask(method, path, body, { cookie: eva })
const tank = (id: string, district: string, more: object = {}) => ({ id, kind: 'tank', district, ...more })
const register = async (ask: typeof asEva, ...facilities: object[]) => (await ask('POST', '/api/facilities', { facilities })).status
const credential = async (ask: typeof asEva, id: string) =>
  (await ask('POST', `/api/devices/${id}/credentials`, { type: 'password' })).status
const device = async (id: string, input: object = {}) => expect((await asAdmin('PUT', `/api/devices/${id}`, input)).status).toBe(200)
const records = (action: string) =>
  city.state.auditTrail({ action, limit: 100 }).items.map(({ by, subject, detail }) => ({ by, subject, detail }))

beforeAll(async () => {
  city = await startCity()
  await city.signIn()
  admin = city.cookie()
  eva = await signInLimited(city, 'eva', 'engineer', SCOPE)
  expect(await register(asAdmin, tank('A-1', 'A'), tank('B-1', 'B'), tank('B-2', 'B', { gateway: 'lcu' }))).toBe(200)
})
afterAll(() => city.stop())

describe('who is limited to a district', () => {
  test.each([
    ['another program', 'bms', { sort: 'service', topics: ['facilities/+/+/telemetry'] }],
    ['a gateway that is no facility', 'gwx', { sort: 'gateway' }],
  ])('gets %s by no facility of its id', async (_, id, input) => {
    await device(id, input)
    expect([(await asEva('GET', `/api/devices/${id}`)).status, await credential(asEva, id)]).toEqual([404, 404])
    expect(await register(asEva, tank(id, 'A'))).toBe(403)
    expect(await register(asAdmin, tank(id, 'A'))).toBe(200)
    if (id === 'bms') expect([(await asEva('GET', '/api/devices/bms')).status, await credential(asEva, 'bms')]).toEqual([404, 404])
  })

  test('registers no facility as the gateway of others elsewhere', async () => {
    expect(await register(asEva, tank('lcu', 'A'))).toBe(403)
    expect(await register(asAdmin, tank('lcu', 'A'))).toBe(200)
    expect((await asEva('PUT', '/api/devices/lcu', {})).status).toBe(404)
  })

  test('has no gateway that speaks for others elsewhere, nor its codes; who makes it so is told by the audit trail', async () => {
    expect(await register(asAdmin, tank('gwa', 'A'), tank('A-3', 'A', { gateway: 'gwa' }))).toBe(200)
    expect([(await asEva('PUT', '/api/devices/gwa', {})).status, await credential(asEva, 'gwa')]).toEqual([200, 200])
    const { code } = (await asEva('POST', '/api/claim-codes', { devices: ['gwa'], hours: 1 })).body
    expect(await register(asAdmin, tank('A-4', 'A', { gateway: 'gwa' }))).toBe(200)
    expect(records('widen-device')).toEqual([])
    expect(await register(asAdmin, tank('B-3', 'B', { gateway: 'gwa' }), tank('B-4', 'B', { gateway: 'gwa' }))).toBe(200)
    expect(records('widen-device')).toEqual([
      { by: 'admin', subject: 'device gwa', detail: expect.stringMatching(/B-3 \(B, .*1 credential/) },
    ])
    expect([(await asEva('GET', '/api/devices/gwa')).status, await credential(asEva, 'gwa')]).toEqual([404, 404])
    expect((await asEva('GET', '/api/devices')).body.items.map(({ id }: { id: string }) => id)).not.toContain('gwa')
    expect((await asEva('GET', '/api/devices/gwa/diagnosis')).status).toBe(200)
    expect((await city.ask('POST', '/api/claims', { code, id: 'gwa' })).status).toBe(403)
    expect((await asAdmin('GET', '/api/devices/gwa')).body.credentials).toHaveLength(1)
  })

  test('has no device with topics of others', async () => {
    await device('A-1', { topics: ['spBv1.0/City/#'] })
    expect([(await asEva('GET', '/api/devices/A-1')).status, await credential(asEva, 'A-1')]).toEqual([404, 404])
    await device('A-1', { topics: [] })
    expect(await credential(asEva, 'A-1')).toBe(200)
  })

  test('inherits neither the device nor the readings of a facility elsewhere that was removed', async () => {
    await device('B-1')
    expect(await credential(asAdmin, 'B-1')).toBe(200)
    const { code } = (await asAdmin('POST', '/api/claim-codes', { devices: ['B-1'], hours: 1 })).body
    expect((await asAdmin('DELETE', '/api/facilities/B-1?reason=gone')).status).toBe(204)
    expect((await asAdmin('GET', '/api/devices/B-1')).status).toBe(404)
    expect(records('remove-device')).toEqual([{ by: 'admin', subject: 'device B-1', detail: 'with its facility' }])
    expect(await register(asEva, tank('B-1', 'A'))).toBe(403)
    expect(await register(asAdmin, tank('B-1', 'B'))).toBe(200)
    expect((await city.ask('POST', '/api/claims', { code, id: 'B-1' })).status).toBe(403)
  })

  test('may register her own again under its id', async () => {
    expect(await register(asEva, tank('A-9', 'A'))).toBe(200)
    expect((await asEva('PUT', '/api/devices/A-9', {})).status).toBe(200)
    expect((await asEva('DELETE', '/api/facilities/A-9?reason=gone')).status).toBe(204)
    expect(await register(asEva, tank('A-9', 'A'))).toBe(200)
  })
})

test('a gateway that comes to speak for another district by an import is told by the audit trail', async () => {
  expect(await register(asAdmin, tank('gwi', 'A'))).toBe(200)
  await device('gwi', { sort: 'gateway' })
  const content = 'id,kind,district,gateway\nW-1,tank,A,gwi\nW-2,tank,B,gwi\n'
  const { body } = await city.ask('POST', '/api/imports', content, { cookie: admin, 'content-type': 'text/csv' })
  const reached = async (state: string) => {
    for (let tries = 0; tries < 500; tries++) {
      if ((await asAdmin('GET', `/api/imports/${body.id}`)).body.state === state) return
      await pause(10)
    }
    expect.fail(`the import was never ${state}`)
  }
  await reached('checked')
  expect((await asAdmin('POST', `/api/imports/${body.id}/commit`)).status).toBe(202)
  await reached('committed')
  const told = records('widen-device').filter(({ subject }) => subject === 'device gwi')
  expect(told).toEqual([{ by: 'admin', subject: 'device gwi', detail: expect.stringMatching(/^speaks for W-2 \(B, /) }])
})
