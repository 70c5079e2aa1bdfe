import { io } from 'socket.io-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import type { LiveEmergencies } from '../../../src/edges/live/protocol.ts'
import type { EmergencyPlan } from '../../../src/operations/emergency-plan.ts'
import { type City, startCity } from '../city.ts'
import { signInLimited } from '../limited.ts'

let city: City
const clients: { close(): void }[] = []
const actor = { by: 'admin', session: null, scope: WHOLE_CITY }
const planOf = (district: string): EmergencyPlan => ({
  ...{ id: district, name: district, nameEn: '', kind: 'other', area: `district=${district}`, priorities: [], measuresWithin: 60 },
  ...{ light: null, rounds: null, duty: [], contacts: [], instructions: '' },
  checklist: [{ key: 'look', text: 'Look', owner: '', within: null }],
})

beforeEach(async () => {
  city = await startCity()
  await city.signIn()
  city.services.putFacilities(
    ['North', 'South'].map((district) => ({ id: `T-${district}`, kind: 'tank', district })),
    'test',
  )
  for (const district of ['North', 'South']) city.services.emergencyPlans.put(planOf(district), 0, 'admin', WHOLE_CITY)
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await city.stop()
})

const activate = (plan: string) => {
  const { emergencyPlans } = city.services
  return emergencyPlans.activate(emergencyPlans.arm(plan, { drill: false, reason: 'x' }, actor).token, actor).id
}
/** What somebody was told last of active plans, and of orders. */
async function listening(cookie: string) {
  const client = io(city.url, { transports: ['websocket'], extraHeaders: { cookie }, reconnection: false, forceNew: true })
  clients.push(client)
  const told: { names: string[] | null; done: number; measures: unknown[] } = { names: null, done: 0, measures: [] }
  client.on('emergencies', ({ emergencies }: LiveEmergencies) => {
    told.names = emergencies.map(({ name }) => name)
    told.done = emergencies.reduce((sum, { done }) => sum + done, 0)
  })
  client.on('orders', ({ orders }: { orders: { measures: unknown }[] }) => told.measures.push(...orders.map(({ measures }) => measures)))
  await expect.poll(() => told.names).not.toBeNull()
  return told
}

test('everybody is told of the plans of their part as they connect, as plans begin, move on and end', async () => {
  const first = activate('South')
  const [whole, north] = [
    await listening(city.cookie()),
    await listening(await signInLimited(city, 'eva', 'operator', { districts: ['North'], domains: 'all' })),
  ]
  expect([whole.names, north.names]).toEqual([['South'], []])
  const second = activate('North')
  await expect.poll(() => [whole.names, north.names]).toEqual([['South', 'North'], ['North']])
  city.services.emergencyPlans.doItem(second, 'look', true, '', actor)
  await expect.poll(() => [whole.done, north.done]).toEqual([1, 1])
  for (const id of [first, second]) city.services.emergencyPlans.end(id, 'over', actor)
  await expect.poll(() => [whole.names, north.names]).toEqual([[], []])
})

test('who sees an order is told of the clock that a plan sets it, and when that is gone', async () => {
  city.report('T-North', { level: 9 })
  city.report('T-South', { level: 9 })
  const told = await listening(city.cookie())
  const id = activate('North')
  await expect.poll(() => told.measures).toMatchObject([{ activation: id, plan: 'North' }])
  city.services.emergencyPlans.end(id, 'over', actor)
  await expect.poll(() => told.measures).toMatchObject([{ activation: id }, null])
})
