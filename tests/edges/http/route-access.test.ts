import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Permission, permissions, permissionsOf, type Role, roles } from '../../../src/access/permissions.ts'
import { routeAccess } from '../../../src/edges/http/route-access.ts'
import { type City, startCity } from '../city.ts'

let city: City
const cookies = new Map<Role, string>()
beforeAll(async () => {
  city = await startCity()
  for (const role of Object.keys(roles) as Role[]) {
    await city.addPerson(`one ${role}`, role)
    await city.signIn(`one ${role}`)
    cookies.set(role, city.cookie())
  }
})
afterAll(() => city.stop())

test('each permission is given to somebody, and the administrator has all', () => {
  for (const [permission, given] of Object.entries(permissions)) {
    expect(given.length, permission).toBeGreaterThan(0)
    expect(given, permission).toContain('admin')
  }
})

test('the table names the routes the server has, and no others', async () => {
  await city.signIn()
  const { body } = await city.ask('GET', '/api/openapi.json')
  const served = Object.entries(body.paths as Record<string, object>).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => method !== 'head')
      .map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  expect(Object.keys(routeAccess).sort()).toEqual(served.sort())
})

const exported = Object.keys(routeAccess).filter((route) => /^GET .*\/(export|file)(\/|$)/.test(route))

test('what gives a file is said to take data out of the city', () => {
  expect(exported.length).toBeGreaterThan(5)
  expect(exported.filter((route) => !routeAccess[route]?.takesOut)).toEqual([])
})

test('every answer that is a file leaves an audit record', async () => {
  await city.signIn()
  const files = new Set<string>()
  for (const route of Object.keys(routeAccess).filter((route) => route.startsWith('GET '))) {
    for (const query of ['', '?format=csv', '?kind=tank&format=csv&from=0&until=1']) {
      const path = route.slice(4).replaceAll(/:\w+/g, '1') + query
      const asking = new AbortController()
      const { headers } = await fetch(city.url + path, { headers: { cookie: city.cookie() }, signal: asking.signal })
      if (headers.get('content-disposition')?.startsWith('attachment')) files.add(route)
      asking.abort()
    }
  }
  expect(files.size).toBeGreaterThan(3)
  expect([...files].filter((route) => !routeAccess[route]?.takesOut)).toEqual([])
})

describe.each(Object.entries(routeAccess))('%s', (route, { needs }) => {
  const [method, pattern] = route.split(' ') as [string, string]
  // Ids that nobody has: who may pass is told that there is nothing, or what is missing, and changes nothing.
  const path = pattern.replaceAll(/:\w+/g, '999999')

  test.each([null, ...(Object.keys(roles) as Role[])])('asked by %s', async (role) => {
    // The one that would end the session the others ask with.
    if (route === 'DELETE /api/session') return
    const cookie = role === null ? '' : (cookies.get(role) as string)
    const body = method === 'GET' || method === 'DELETE' ? undefined : '{"nonsense":true}'
    const { status } = await city.ask(method, path, body, { cookie })
    if (needs === 'nothing') return
    // No session stands for a program.
    if (role === null || needs === 'token') expect(status).toBe(401)
    else if (needs === 'session' || permissionsOf(role).has(needs as Permission)) expect([401, 403]).not.toContain(status)
    else expect(status).toBe(403)
  })
})
