import { afterAll, beforeAll, expect, test } from 'vitest'
import { tankKind } from '../../tank-kind.ts'
import { type City, startCity } from '../city.ts'
import { signInLimited } from '../limited.ts'

let city: City
beforeAll(async () => {
  city = await startCity({ kinds: [tankKind, { ...tankKind, key: 'service', reportsItself: true }] })
  city.services.putFacilities(
    [
      { id: 'own', kind: 'service' },
      { id: 'A-1', kind: 'tank', district: 'A' },
    ],
    'test',
  )
})
afterAll(() => city.stop())

test('who is limited to a part of the city sees the service and does not take it out of service, which silences its alarms for all', async () => {
  await signInLimited(city, 'eva', 'operator', { districts: ['A'], domains: 'all' })
  const change = { mode: 'out-of-service', reason: 'quiet' }
  expect((await city.ask('GET', '/api/facilities/own')).status).toBe(200)
  expect((await city.ask('PUT', '/api/facilities/own/mode', change)).status).toBe(403)
  const { body } = await city.ask('PUT', '/api/facilities/mode', { ...change, facilities: ['own', 'A-1'] })
  expect(body.results).toEqual([
    { facility: 'own', outcome: 'unknown' },
    { facility: 'A-1', outcome: 'changed' },
  ])
  await city.addPerson('otto', 'operator')
  await city.signIn('otto')
  expect((await city.ask('PUT', '/api/facilities/own/mode', change)).body.mode).toBe('out-of-service')
})
