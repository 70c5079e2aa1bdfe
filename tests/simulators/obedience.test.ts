import { expect, test } from 'vitest'
import { CITY_CENTRE } from '../../simulators/city.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { clientsOf } from '../../simulators/messages.ts'
import { parseObedience } from '../../simulators/obedience.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'

const noon = Date.parse('2026-03-02T12:00:00+08:00')
const world = createWorld({ position: CITY_CENTRE, seed: 's' })
const lamp = { kind: 'street-light' }
const facilities = simulatedFacilities(
  [
    { ...lamp, id: 'SL-1' },
    { ...lamp, id: 'SL-2', gateway: 'GW-1' },
    { id: 'LC-1', kind: 'light-cabinet' },
    { ...lamp, id: 'SL-3', fedBy: 'LC-1', circuit: 1 },
  ],
  kindByKey,
)
function started() {
  const fleet = new Fleet({ facilities, seed: 's', world, start: noon })
  fleet.step(noon + minutes(10))
  return fleet
}
let ids = 0
const tell = (
  fleet: Fleet,
  facility: string,
  command: string,
  more: { value?: number; until?: number; id?: string; now?: number } = {},
) => {
  const { value = null, until = null, id = `c${++ids}`, now = fleet.now } = more
  return fleet.command(facility, { id, command, value, at: fleet.now, expires: fleet.now + seconds(30), until }, now, (at) => at)
}
const levels = (fleet: Fleet, id: string, until: number) =>
  fleet.step(until).flatMap(({ facility, values }) => (facility.id === id ? [[values['dim-command'], values.control]] : []))

test('a lamp does what it is told and reports it at once, until its time is over', () => {
  const fleet = started()
  expect(tell(fleet, 'SL-1', 'dim', { value: 40, until: fleet.now + minutes(2) })).toMatchObject({ done: true, facility: 'SL-1' })
  expect(levels(fleet, 'SL-1', fleet.now + seconds(1))).toEqual([[40, 'command']])
  expect(levels(fleet, 'SL-1', fleet.now + minutes(3)).at(-1)).toEqual([0, 'programme'])
})

test('the same command again is answered again and not done again', () => {
  const fleet = started()
  const first = tell(fleet, 'SL-1', 'on', { id: 'twice' })
  tell(fleet, 'SL-1', 'off')
  expect(tell(fleet, 'SL-1', 'on', { id: 'twice' })).toEqual(first)
  expect(levels(fleet, 'SL-1', fleet.now + seconds(1))).toEqual([[0, 'command']])
})

test('a command that came too late is not done, and one that makes no sense is refused', () => {
  const fleet = started()
  expect(tell(fleet, 'SL-1', 'on', { now: fleet.now + seconds(30) })).toBeNull()
  expect(tell(fleet, 'SL-1', 'explode')).toMatchObject({ done: false })
  expect(tell(fleet, 'SL-1', 'dim', { value: 400 })).toMatchObject({ done: false })
  expect(tell(fleet, 'SL-9', 'on')).toBeNull()
  expect(levels(fleet, 'SL-1', fleet.now + minutes(6)).every(([level]) => level === 0)).toBe(true)
})

test('devices can be taught to refuse, to be silent, and to do nothing', () => {
  const fleet = started()
  const taught = (how: string) => {
    const { obedience, where } = parseObedience(how)
    expect(fleet.teach(where, obedience)).toBe(1)
    return tell(fleet, 'SL-1', 'on')?.done
  }
  expect(taught('refuses where id=SL-1')).toBe(false)
  expect(taught('silent where id=SL-1')).toBeUndefined()
  expect(taught('idle where id=SL-1')).toBe(true)
  expect(levels(fleet, 'SL-1', fleet.now + minutes(6)).every(([level]) => level === 0)).toBe(true)
  expect(taught('obeys where id=SL-1')).toBe(true)
  expect(levels(fleet, 'SL-1', fleet.now + seconds(1))).toEqual([[100, 'command']])
  expect(() => parseObedience('dances where id=SL-1')).toThrow(/obeys, refuses, silent, idle/)
})

test('a circuit that is energised by day lights its lamps, and one that loses its supply forgets what it was told', () => {
  const fleet = started()
  expect(levels(fleet, 'SL-3', fleet.now + minutes(6))).toEqual([])
  tell(fleet, 'LC-1', 'circuit-on', { value: 1, until: fleet.now + minutes(5) })
  expect(levels(fleet, 'SL-3', fleet.now + minutes(1)).at(-1)).toEqual([100, 'programme'])
  tell(fleet, 'SL-3', 'dim', { value: 30 })
  expect(levels(fleet, 'SL-3', fleet.now + minutes(1)).at(-1)).toEqual([30, 'command'])
  fleet.step(fleet.now + minutes(5))
  tell(fleet, 'LC-1', 'circuit-on', { value: 1 })
  expect(levels(fleet, 'SL-3', fleet.now + minutes(1)).at(-1)).toEqual([100, 'programme'])
})

test('a gateway hears and answers for those behind it, the others each for itself', () => {
  expect(clientsOf(facilities, 'gateways').map(({ commandTopic, acknowledgementTopic }) => [commandTopic, acknowledgementTopic])).toEqual([
    ['facilities/street-light/SL-1/commands', 'facilities/street-light/SL-1/acknowledgements'],
    ['gateways/GW-1/commands', 'gateways/GW-1/acknowledgements'],
    ['facilities/light-cabinet/LC-1/commands', 'facilities/light-cabinet/LC-1/acknowledgements'],
    ['facilities/street-light/SL-3/commands', 'facilities/street-light/SL-3/acknowledgements'],
  ])
})
