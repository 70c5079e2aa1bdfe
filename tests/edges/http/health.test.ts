import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HealthSchema } from '../../../src/edges/http/routes/health.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeAll(async () => {
  city = await startCity()
})
afterAll(() => city.stop())

test('the health of the service is for those who look after it, and for the whole of it', async () => {
  await city.addPerson('otto', 'operator')
  await city.addPerson('east', 'engineer', { districts: ['East'], domains: 'all' })
  await city.addPerson('eva', 'engineer')
  const statuses: Record<string, number> = {}
  for (const name of ['otto', 'east', 'eva']) {
    await city.signIn(name)
    statuses[name] = (await city.ask('GET', '/api/health')).status
  }
  expect(statuses).toEqual({ otto: 403, east: 403, eva: 200 })
})

test('it is told by parts, with why the service is not ready', async () => {
  await city.signIn()
  city.problems.push('Readings cannot be stored: gone')
  const { status, body } = await city.ask('GET', '/api/health')
  city.problems.length = 0
  expect(status).toBe(200)
  expect(Value.Errors(HealthSchema, body)).toEqual([])
  expect(body).toMatchObject({ facility: null, problems: ['Readings cannot be stored: gone'] })
  expect(body.parts.map(({ key }: { key: string }) => key)).toContain('database')
})

test('it answers while the time series cannot be read or written', async () => {
  const { write, buckets, range } = city.telemetry
  const away = () => Promise.reject(new Error('away'))
  Object.assign(city.telemetry, { write: away, buckets: away, range: away })
  await city.signIn()
  expect((await city.ask('GET', '/api/health')).status).toBe(200)
  Object.assign(city.telemetry, { write, buckets, range })
})
