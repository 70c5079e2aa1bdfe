import { io } from 'socket.io-client'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serverEventSchemas } from '../../../src/edges/live/event-schemas.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeAll(async () => {
  city = await startCity()
  await city.signIn()
  await city.ask('POST', '/api/facilities', { facilities: [{ id: 'T-1', kind: 'tank' }] })
})
afterAll(() => city.stop())

test('what goes out over the live socket is what the documents say', async () => {
  const client = io(city.url, { transports: ['websocket'], extraHeaders: { cookie: city.cookie() }, reconnection: false })
  const seen = new Map<string, unknown[]>()
  client.onAny((event: string, ...given: unknown[]) => seen.set(event, given))
  try {
    await new Promise<void>((resolve, reject) => client.once('connect', resolve).once('connect_error', reject))
    client.emit('watch', 'T-1')
    await expect.poll(() => seen.has('readings')).toBe(true)
    city.report('T-1', { level: 0.01 })
    await expect.poll(() => [...seen.keys()].sort()).toEqual(['delta', 'emergencies', 'heartbeat', 'readings'])
    await expect.poll(() => (seen.get('readings')![0] as { readings: unknown[] }).readings.length).toBeGreaterThan(0)
    for (const event of ['delta', 'emergencies', 'heartbeat', 'readings'] as const) {
      const [given] = seen.get(event)!
      expect([...Value.Errors(serverEventSchemas[event], given)], event).toEqual([])
    }
    expect((seen.get('delta')![0] as { states: Uint8Array }).states).toHaveLength(4)
  } finally {
    client.close()
  }
})
