import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import type { Api } from '../../../src/edges/http/api.ts'
import { auditRequests } from '../../../src/edges/http/audit-requests.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'

test('of two requests of one person at once, the record of the one does not stand for the other', async () => {
  const state = openStateStore(':memory:')
  const app = Fastify() as unknown as Api
  app.decorateRequest('person')
  app.addHook('onRequest', async (request) => {
    request.person = { name: 'li', role: 'engineer', scope: WHOLE_CITY, permissions: new Set() } as unknown as typeof request.person
  })
  auditRequests(app, state, () => 1)
  let arrived = () => {}
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const isThere = new Promise<void>((resolve) => {
    arrived = resolve
  })
  app.post('/silent', async () => {
    arrived()
    await held
    return {}
  })
  app.post('/telling', async () => {
    await Promise.resolve()
    state.audit({ at: 1, by: 'li', action: 'tell', subject: '', detail: '' })
    return {}
  })
  const silent = app.inject({ method: 'POST', url: '/silent', payload: { some: 'body' } })
  await isThere
  expect((await app.inject({ method: 'POST', url: '/telling', payload: { some: 'body' } })).statusCode).toBe(200)
  release()
  expect((await silent).statusCode).toBe(200)
  const told = state.auditTrail({ by: 'li', limit: 10 }).items.map(({ action, subject }) => `${action} ${subject}`.trim())
  expect(told).toEqual(['request POST /silent', 'tell'])
  await app.close()
})
