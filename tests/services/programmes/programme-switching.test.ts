import { afterAll, beforeAll, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { lagOf, STAGGER } from '../../../src/control/switching-table.ts'
import { lightCabinet } from '../../../src/facilities/light-cabinet/index.ts'
import { unarmed } from '../../../src/services/control/command-desk.ts'
import { type CommandMessage, decodeCommand } from '../../../src/telemetry/codecs/command-messages.ts'
import { days, hours, minutes, seconds } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../../edges/city.ts'

const noon = Date.parse('2026-12-10T13:00+08:00')
let city: City

beforeAll(async () => {
  city = await startCity({ kinds: [lightCabinet] })
  city.clock.stoppedAt = noon
  const cabinet = (id: string, alone: number) =>
    ({ id, kind: 'light-cabinet', position: [114.6, 37.9] as [number, number], rated: { 'runs-alone': alone, circuits: 2 } }) as const
  city.services.putFacilities([cabinet('LC-1', 0), cabinet('LC-2', 0), cabinet('LC-3', 1)], 'test')
})
afterAll(() => city.stop())

/** Second by second; what was told of whom, and when. */
function pass(ms: number): { id: string; at: number; message: CommandMessage }[] {
  const told: { id: string; at: number; message: CommandMessage }[] = []
  for (const end = city.now() + ms; city.now() < end; ) {
    city.clock.stoppedAt = city.now() + seconds(1)
    city.lighting.tick()
    city.commands.tick()
    for (const { topic, payload } of city.published.splice(0)) {
      const message = topic.endsWith('/commands') ? decodeCommand(Buffer.from(payload)) : undefined
      if (message) told.push({ id: topic.split('/')[2] as string, at: city.now(), message })
    }
  }
  return told
}
const report = (id: string, values: object) =>
  city.publishRaw(`facilities/light-cabinet/${id}/telemetry`, Buffer.from(JSON.stringify({ at: city.now(), values })))
const off = { 'circuit-1-contactor': false, 'circuit-2-contactor': false, mode: 'auto' }

test('a cabinet that cannot run alone is told at the times of its programme, circuit by circuit', () => {
  for (const id of ['LC-1', 'LC-2', 'LC-3']) report(id, off)
  const from = noon + minutes(2)
  const override = { query: 'kind=light-cabinet', level: 100, programme: null, from, until: from + hours(1), reason: 'event' }
  city.services.programmes.addOverride(override, 'test', WHOLE_CITY)
  const told = pass(minutes(4)).filter(({ at }) => at < from + minutes(2))
  const first = (id: string, circuit: number) => told.find((one) => one.id === id && one.message.value === circuit)
  for (const id of ['LC-1', 'LC-2']) {
    expect(first(id, 1)?.message.command).toBe('circuit-on')
    for (const circuit of [1, 2]) {
      const late = (first(id, circuit)?.at as number) - (from + lagOf(id) + (circuit - 1) * STAGGER)
      expect(late).toBeGreaterThanOrEqual(0)
      expect(late).toBeLessThanOrEqual(seconds(1))
    }
  }
  expect(told.some(({ id }) => id === 'LC-3')).toBe(false)
  expect(city.state.auditTrail({ limit: 100 }).items.some(({ by, detail }) => by === 'clock' && detail.startsWith('circuit-on 1'))).toBe(
    true,
  )
})

test('and once only; what somebody holds by a command is left alone when it ends', () => {
  report('LC-1', { 'circuit-1-contactor': true, 'circuit-2-contactor': true, mode: 'remote' })
  report('LC-2', { 'circuit-1-contactor': true, 'circuit-2-contactor': true, mode: 'remote' })
  // What was not answered is over by then.
  pass(minutes(5))
  expect(pass(minutes(2))).toEqual([])
  city.commands.book.change(() =>
    city.commands.begin({
      ...{ id: 'by-hand', command: 'circuit-on', value: 1, purpose: 'direct', by: 'Otto', account: 'Otto', reason: 'works', order: null },
      ...{ ends: null, until: null, ...unarmed, facilities: ['LC-1'] },
    }),
  )
  pass(minutes(5))
  const ends = pass(minutes(50)).filter(({ message }) => message.command === 'circuit-off')
  expect([...new Set(ends.map(({ id, message }) => `${id} ${message.value}`))].toSorted()).toEqual(['LC-1 2', 'LC-2 1', 'LC-2 2'])
  const refused = city.commands.book.history('LC-1', 10).find(({ command }) => command.command === 'circuit-off' && command.value === 1)
  expect(refused?.target).toMatchObject({ state: 'refused', problem: 'held' })
})

const lit = { query: 'kind=light-cabinet', level: 100, programme: null, reason: 'event' }
const beLit = () => {
  const override = { ...lit, from: city.now(), until: city.now() + hours(3) }
  return city.services.programmes.addOverride(override, 'test', WHOLE_CITY).id
}
const switchedOn = (told: ReturnType<typeof pass>) =>
  [...new Set(told.filter(({ message }) => message.command === 'circuit-on').map(({ id, message }) => `${id} ${message.value}`))].sort()

test('what somebody held for a time is switched as the programme says when it is given back, however late', () => {
  report('LC-1', off)
  report('LC-2', off)
  const id = beLit()
  pass(minutes(3))
  report('LC-1', { 'circuit-1-contactor': true, 'circuit-2-contactor': true })
  report('LC-2', { 'circuit-1-contactor': true, 'circuit-2-contactor': true })
  pass(minutes(5))
  city.commands.book.change(() =>
    city.commands.begin({
      ...{ id: 'held-off', command: 'circuit-off', value: 2, purpose: 'direct', by: 'Otto', account: 'Otto', reason: 'works', order: null },
      ...{ ends: null, until: city.now() + minutes(40), ...unarmed, facilities: ['LC-1'] },
    }),
  )
  pass(seconds(10))
  report('LC-1', { 'circuit-2-contactor': false })
  expect(switchedOn(pass(minutes(38)))).toEqual([])
  expect(switchedOn(pass(minutes(5)))).toEqual(['LC-1 2'])
  report('LC-1', { 'circuit-2-contactor': true })
  city.services.programmes.endOverride(id, 'over', 'test', WHOLE_CITY)
  pass(minutes(5))
})

test('no circuit is switched on where a crew is at work, until it has left', () => {
  report('LC-1', off)
  report('LC-2', off)
  const crew = { id: 'A', name: 'A', members: ['eva'], districts: 'all', domains: 'all', vehicle: '', base: null, disabled: false } as const
  city.state.roster.putCrew(crew)
  const { orders } = city.services
  const { id: order } = orders.create(
    { facilities: ['LC-2'], class: 'ordinary', title: { zh: '检修', en: 'Works' }, note: '' },
    WHOLE_CITY,
    'admin',
  )
  orders.dispatch({ id: order, version: 0 }, ['A'], minutes(10), 'admin')
  for (const type of ['accept', 'arrive'] as const) orders.act([{ id: `${type}-${order}`, order, at: city.now(), type }], 'A', 'eva')
  const id = beLit()
  expect(switchedOn(pass(minutes(40)))).toEqual(['LC-1 2'])
  orders.close({ id: order }, 'left', 'admin')
  expect(switchedOn(pass(minutes(2)))).toEqual(['LC-2 1', 'LC-2 2'])
  city.services.programmes.endOverride(id, 'over', 'test', WHOLE_CITY)
})

test('what failed is told again once the cabinet was heard, after longer and longer pauses', () => {
  city.clock.stoppedAt = noon + days(1)
  report('LC-1', off)
  report('LC-2', off)
  const id = beLit()
  // Somebody holds its first circuit.
  const toldOf = (told: ReturnType<typeof pass>, cabinet: string) =>
    [...new Set(told.filter((one) => one.id === cabinet && one.message.command === 'circuit-on').map(({ message }) => message.id))].length
  expect(toldOf(pass(minutes(4)), 'LC-1')).toBe(1)
  // Not heard, it is not told.
  expect(toldOf(pass(minutes(20)), 'LC-1')).toBe(0)
  report('LC-1', off)
  report('LC-2', { 'circuit-1-contactor': true, 'circuit-2-contactor': true })
  const again = pass(minutes(5))
  expect([toldOf(again, 'LC-1'), toldOf(again, 'LC-2')]).toEqual([1, 0])
  // Ten minutes after the second failure, then twenty.
  const later = Array.from({ length: 40 }, () => {
    report('LC-1', off)
    return pass(minutes(1)).filter((one) => one.id === 'LC-1')
  })
  const firsts = [...Map.groupBy(later.flat(), ({ message }) => message.id).values()].map((some) => some[0]?.at as number)
  expect(firsts).toHaveLength(2)
  expect((firsts[1] as number) - (firsts[0] as number)).toBeGreaterThanOrEqual(minutes(20))
  report('LC-1', { 'circuit-1-contactor': true, 'circuit-2-contactor': true })
  expect(toldOf(pass(hours(1)), 'LC-1')).toBe(0)
  city.services.programmes.endOverride(id, 'over', 'test', WHOLE_CITY)
})

test('a circuit that changes after it was switched is left to whoever changed it, and one that is run on site until it is not', () => {
  city.clock.stoppedAt = noon + days(2)
  report('LC-1', off)
  report('LC-2', { ...off, mode: 'manual' })
  const id = beLit()
  let told: ReturnType<typeof pass> = []
  while (told.length === 0) told = pass(seconds(1)).filter((one) => one.id === 'LC-1')
  pass(seconds(1))
  report('LC-1', { 'circuit-1-contactor': true, 'circuit-2-contactor': true })
  pass(minutes(2))
  expect(city.commands.book.history('LC-1', 1)[0]?.target.state).toBe('effect-seen')
  report('LC-1', { 'circuit-2-contactor': false })
  expect(switchedOn(pass(minutes(45)))).toEqual([])
  report('LC-2', { mode: 'auto' })
  expect(switchedOn(pass(minutes(1)))).toEqual(['LC-2 1', 'LC-2 2'])
  city.services.programmes.endOverride(id, 'over', 'test', WHOLE_CITY)
})
