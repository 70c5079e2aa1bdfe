import { io } from 'socket.io-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Scope } from '../../../src/access/scope.ts'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import type { LiveRounds } from '../../../src/edges/live/protocol.ts'
import { round } from '../../../src/facilities/round/index.ts'
import { tankKind } from '../../tank-kind.ts'
import { type City, startCity } from '../city.ts'
import { signInLimited } from '../limited.ts'

let city: City
const clients: { close(): void }[] = []
const inNorth: Scope = { districts: ['North'], domains: 'all' }

beforeEach(async () => {
  city = await startCity({ kinds: [tankKind, round] })
  city.clock.stoppedAt = Date.parse('2026-11-29T06:10+08:00')
  await city.signIn()
  city.services.putFacilities(
    ['North', 'South'].map((district) => ({ id: `T-${district}`, kind: 'tank', district, position: [121.5, 31.2] as [number, number] })),
    'test',
  )
  city.state.roster.putCrew({
    ...{ id: 'A', name: 'A', members: ['otto'], domains: 'all', districts: 'all', vehicle: '', base: null, disabled: false },
  })
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await city.stop()
})

const put = (id: string, district: string, crew: string | null = null) =>
  city.services.rounds.putPlan(
    {
      ...{ id, name: id, nameEn: '', kind: 'patrol', company: 'bureau', district: '', area: null, crew, proof: 'either', radius: 50 },
      stops: [{ key: `T-${district}`, name: '', nameEn: '', facility: `T-${district}`, position: null, readings: [] }],
      ...{ windows: [{ from: 360, to: 420 }], weekdays: [1, 2, 3, 4, 5, 6, 7], share: 1, lateAfter: 30, missedAfter: 90, disabled: false },
    },
    'admin',
    WHOLE_CITY,
  )

/** Names of plans of which somebody was told since it was asked for last. */
async function listening(cookie: string, only?: 'orders'): Promise<() => string[]> {
  const client = io(city.url, {
    ...{ transports: ['websocket'], extraHeaders: { cookie }, reconnection: false, forceNew: true },
    ...(only && { auth: { only } }),
  })
  clients.push(client)
  const told: string[] = []
  client.on('rounds', ({ plans }: LiveRounds) => told.push(...plans.map(({ plan, crew }) => `${plan} of ${crew ?? 'anybody'}`)))
  await new Promise<void>((resolve, reject) => client.once('connect', resolve).once('connect_error', reject))
  return () => told.splice(0)
}

test('whoever sees rounds is told of plans, visits and what is missed, in their part or of their crew', async () => {
  const whole = await listening(city.cookie())
  const north = await listening(await signInLimited(city, 'eva', 'operator', inNorth))
  const phone = await listening(await signInLimited(city, 'otto', 'crew', inNorth), 'orders')
  const viewer = await listening(await signInLimited(city, 'vic', 'viewer', WHOLE_CITY))
  const hear = async (wanted: readonly string[]) => {
    await expect.poll(() => whole().join()).toBe(wanted[0])
    return [north().join(), phone().join(), viewer().join()]
  }

  put('far', 'South')
  expect(await hear(['far of anybody'])).toEqual(['', '', ''])
  put('own', 'South', 'A')
  await expect.poll(() => phone().join()).toBe('own of A')
  expect([whole().join(), north().join(), viewer().join()]).toEqual(['own of A', '', ''])
  put('near', 'North')
  await expect.poll(() => north().join()).toBe('near of anybody')
  await expect.poll(() => phone().join()).toBe('near of anybody')
  expect(whole()).toEqual(['near of anybody'])

  const { id } = city.state.rounds.open().find(({ plan }) => plan === 'near') as { id: number }
  const place = { position: [121.5, 31.2] as const, accuracy: 8 }
  const claim = { id: 'claim-0000000000000', round: id, stop: 'T-North', at: city.now(), code: null, place, readings: [], note: '' }
  await city.services.rounds.checkIn([claim], 'eva', () => true)
  await expect.poll(() => north().join()).toBe('near of anybody')
  expect(whole()).toEqual(['near of anybody'])

  phone()
  city.clock.stoppedAt = Date.parse('2026-11-29T08:31+08:00')
  city.services.rounds.tick()
  await expect.poll(() => phone().join()).toBe('own of A')
  expect(whole().sort()).toEqual(['far of anybody', 'own of A'])
  expect([north(), viewer()]).toEqual([[], []])
  city.services.rounds.tick()
  city.services.rounds.removePlan('near', 'admin', WHOLE_CITY)
  await expect.poll(() => north().join()).toBe('near of anybody')
  expect(whole()).toEqual(['near of anybody'])
})
