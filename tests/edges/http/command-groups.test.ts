import { afterAll, beforeAll, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import type { CommandView } from '../../../src/edges/http/command-schemas.ts'
import { lightCabinet } from '../../../src/facilities/light-cabinet/index.ts'
import { streetLight } from '../../../src/facilities/street-light/index.ts'
import { type City, startCity } from '../city.ts'
import { type Seat, seatOf } from '../commanding.ts'
import { signInLimited } from '../limited.ts'

const LAMPS = 400
const FEEDERS = 4
let city: City
let ada: Seat

beforeAll(async () => {
  city = await startCity({ kinds: [streetLight, lightCabinet] })
  city.clock.stoppedAt = Date.now()
  const cabinets = Array.from({ length: FEEDERS }, (_, i) => ({ id: `LC-${i}`, kind: 'light-cabinet', district: 'North' }))
  const lamps = Array.from({ length: LAMPS }, (_, i) => ({
    ...{ id: `SL-${i}`, kind: 'street-light', district: i < 10 ? 'North' : 'South', fedBy: `LC-${i % FEEDERS}`, circuit: 1 },
  }))
  city.services.putFacilities([...cabinets, ...lamps, { id: 'SL-alone', kind: 'street-light', district: 'North' }], 'admin')
  ada = await seatOf(city, await signInLimited(city, 'ada', 'operator', WHOLE_CITY))
})
afterAll(() => city.stop())

const STEP = 100
/** Lets time pass as the program does, and gives what went out with its time. */
function run(ms: number): { at: number; lamp: string }[] {
  const gone: { at: number; lamp: string }[] = []
  const take = () => {
    for (const { topic } of city.published.splice(0)) gone.push({ at: city.now(), lamp: topic.split('/')[2] as string })
  }
  take()
  for (let passed = 0; passed < ms; passed += STEP) {
    city.clock.stoppedAt = (city.clock.stoppedAt as number) + STEP
    city.commands.sendOn()
    take()
  }
  return gone
}
const feederOf = (lamp: string) => city.services.plant.get(lamp)?.fedBy
const answer = (lamp: string, id: string) =>
  city.services.commands.answered(
    `facilities/street-light/${lamp}/acknowledgements`,
    Buffer.from(JSON.stringify({ id, done: true })),
    () => {},
  )

test('a group goes out at the pace of its feeders, one lamp does not wait behind it, and it is stopped with what has not gone', async () => {
  const told: CommandView[] = []
  ada.socket.on('commands', ({ commands }: { commands: CommandView[] }) => told.push(...commands))
  const { body } = await ada.command('a-group-of-lamps-0001', 'on', 'kind=street-light fedBy=*')
  expect(body).toMatchObject({ total: LAMPS, query: 'kind=street-light fedBy=*' })
  const gone = run(2000)
  for (const { at: from } of gone) {
    for (let feeder = 0; feeder < FEEDERS; feeder++) {
      const during = gone.filter(({ at, lamp }) => at >= from && at < from + 1000 && feederOf(lamp) === `LC-${feeder}`)
      expect(during.length).toBeLessThanOrEqual(25)
    }
  }
  expect(gone.length).toBeGreaterThanOrEqual(FEEDERS * (5 + 2 * 20) - FEEDERS)
  expect(gone.length).toBeLessThan(LAMPS)
  // A single one goes at once.
  const { body: single } = await ada.command('a-single-lamp-000001', 'on', ['SL-alone'])
  expect(single.counts).toEqual({ sent: 1 })
  run(STEP)
  answer('SL-0', body.id)
  const stopped = (await ada.ask('POST', `/api/commands/${body.id}/cancel`, { reason: 'enough' })).body as CommandView
  expect(stopped.counts).toEqual({ confirmed: 1, sent: expect.any(Number), cancelled: expect.any(Number) })
  expect(run(3000).filter(({ lamp }) => !gone.some((one) => one.lamp === lamp))).toEqual([])
  const { items } = (await ada.ask('GET', `/api/commands/${body.id}/targets?state=cancelled&limit=1000`)).body
  expect(items).toHaveLength(stopped.counts.cancelled as number)
  // A console is told of its progress by a count, not by thousands of lines.
  await expect.poll(() => told.findLast(({ id }) => id === body.id)?.counts.cancelled).toBe(stopped.counts.cancelled)
  expect(told.every(({ targets }) => targets.length <= 50)).toBe(true)
})

test('a large group has longer to be sent, and nobody who sees a part of the city is told of the rest', async () => {
  const sol = await seatOf(city, await signInLimited(city, 'sol', 'operator', { districts: ['North'], domains: 'all' }))
  const { token, ready, sendingTakes } = (
    await ada.ask('POST', '/api/commands/arm', { command: 'off', query: 'kind=street-light fedBy=*', console: ada.console() })
  ).body
  expect(sendingTakes).toBe(((LAMPS / FEEDERS - 5) / 20) * 1000)
  const { body } = await ada.ask('POST', '/api/commands', { id: 'a-group-of-lamps-0002', token, count: ready, console: ada.console() })
  expect(body.expires - body.at).toBe(60_000 + 2 * sendingTakes)
  expect(new Set(run(sendingTakes + 1000).map(({ lamp }) => lamp)).size).toBe(LAMPS)
  const [listed] = (await sol.ask('GET', '/api/commands')).body.items
  expect(listed).toMatchObject({ id: body.id, total: 10, elsewhere: LAMPS - 10, counts: { sent: 10 } })
  expect(listed.targets).toHaveLength(10)
  expect((await sol.ask('GET', `/api/commands/${body.id}/targets?limit=1000`)).body.items).toHaveLength(10)
  expect((await sol.ask('POST', `/api/commands/${body.id}/cancel`, {})).status).toBe(403)
  city.clock.stoppedAt = (city.clock.stoppedAt as number) + 60_000
  city.tick()
  const done = (await ada.ask('GET', `/api/commands/${body.id}`)).body as CommandView
  expect(done.counts).toEqual({ failed: LAMPS })
})
