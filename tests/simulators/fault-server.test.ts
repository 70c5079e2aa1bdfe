import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveFaults } from '../../simulators/fault-server.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { createWorld } from '../../simulators/world.ts'
import { tanks } from './fixtures.ts'

const start = Date.parse('2026-03-01T12:00:00Z')
const fleet = new Fleet({ facilities: tanks(250), seed: 's', world: createWorld({ position: [114, 38], seed: 's' }), start })
let server: Awaited<ReturnType<typeof serveFaults>>
beforeAll(async () => {
  server = await serveFaults(fleet, 0)
})
afterAll(() => server.close())

const call = async (path: string, method = 'GET', body?: unknown) => {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(`${server.url}${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  return { status: response.status, type: response.headers.get('content-type') ?? '', body: await response.json() }
}

test('lists facilities and what can go wrong with them, in pages', async () => {
  const { body } = await call('/?limit=10&offset=245')
  expect(body.total).toBe(250)
  expect(body.facilities).toHaveLength(5)
  expect(body.usage.join()).toContain(`${server.url}/faults`)
  expect(Object.keys(body.faultsByKind.tank)).toEqual(['overfull', 'silent', 'high'])
})

test('injects, lists and removes', async () => {
  const made = await call('/faults', 'POST', { facility: 'T-24?', fault: 'overfull', for: '5min', size: 0.5 })
  expect(made.status).toBe(201)
  expect(made.body.total).toBe(10)
  expect(made.body.faults[0]).toMatchObject({ facility: 'T-240', start: '2026-03-01T12:00:00.000Z', end: '2026-03-01T12:05:00.000Z' })
  expect(fleet.faults.size('T-240', 'overfull', start + 1)).toBe(0.5)
  const query = await call('/faults', 'POST', { where: 'kind=tank id=T-2,T-3', fault: 'silent' })
  expect(query.body.faults.map(({ facility }: { facility: string }) => facility)).toEqual(['T-2', 'T-3'])
  for (const { id } of query.body.faults) await call(`/faults/${id}`, 'DELETE')
  expect((await call('/faults?limit=3')).body).toMatchObject({ total: 10, faults: { length: 3 } })
  const { id } = made.body.faults[0]
  expect((await call(`/faults/${id}`, 'DELETE')).body).toMatchObject({ id, facility: 'T-240' })
  expect((await call(`/faults/${id}`, 'DELETE')).status).toBe(404)
})

test.each([
  ['unknown facility', 'POST', '/faults', { facility: 'X', fault: 'overfull' }, 400, 'no facility matches id='],
  ['unknown fault', 'POST', '/faults', { facility: 'T-1', fault: 'x' }, 400, 'overfull, silent'],
  ['wrong time', 'POST', '/faults', { facility: 'T-1', fault: 'silent', for: 'long' }, 400, 'time like 20s'],
  ['wrong size', 'POST', '/faults', { facility: 'T-1', fault: 'silent', size: -1 }, 400, 'size'],
  ['nothing', 'POST', '/faults', {}, 400, 'fault'],
  ['nowhere', 'POST', '/faults', { fault: 'silent' }, 400, 'where'],
  ['a bad query', 'POST', '/faults', { where: 'colour=red', fault: 'silent' }, 400, 'colour'],
  ['unknown path', 'GET', '/x', undefined, 404, 'GET /faults'],
])('answers with a problem: %s', async (_name, method, path, body, status, detail) => {
  const answer = await call(path, method, body)
  expect(answer).toMatchObject({ status, body: { status, detail: expect.stringContaining(detail) } })
  expect(answer.type).toContain('application/problem+json')
})

test('answers only to names of this machine', async () => {
  const status = await new Promise((resolve, reject) => {
    request(`${server.url}/faults`, { headers: { host: 'evil.example' } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })
  expect(status).toBe(403)
})
