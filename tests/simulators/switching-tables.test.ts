import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CITY_CENTRE } from '../../simulators/city.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { tableTopicsOf } from '../../simulators/messages.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { decodeTable, noTable, type SwitchingTable } from '../../src/telemetry/codecs/programme-messages.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'

/** As it went over the wire: 2 and 3 March 2026, full from dusk, half from 23:00, dark from dawn. */
const table = decodeTable(readFileSync(new URL('../fixtures/programme/light-cabinet.payload', import.meta.url))) as SwitchingTable
const at = (text: string) => Date.parse(`2026-03-${text}+08:00`)
const world = createWorld({ position: CITY_CENTRE, seed: 's' })
const lamp = { kind: 'street-light', fedBy: 'LC-1' }
const facilities = simulatedFacilities(
  [
    { id: 'LC-1', kind: 'light-cabinet' },
    { ...lamp, id: 'SL-1', circuit: 1, gateway: 'GW-1' },
    { ...lamp, id: 'SL-6', circuit: 6 },
    { id: 'SL-9', kind: 'street-light' },
  ],
  kindByKey,
)
const fleetAt = (text: string) => {
  const fleet = new Fleet({ facilities, seed: 's', world, start: at(text) })
  fleet.step(at(text) + minutes(6))
  return fleet
}
/** What facilities said last until a time. */
function latest(fleet: Fleet, until: number): Record<string, Record<string, unknown>> {
  const last: Record<string, Record<string, unknown>> = {}
  for (const { facility, values } of fleet.step(until)) last[facility.id] = values
  return last
}

test('a cabinet says which table it runs, and its lamps have the light of it', () => {
  const fleet = fleetAt('02T22:00')
  expect(latest(fleet, at('02T22:12'))['LC-1']).not.toHaveProperty('programme-table')
  fleet.giveTable('LC-1', table)
  const evening = latest(fleet, at('02T22:25'))
  expect(evening['LC-1']).toMatchObject({ 'programme-table': table.table, dimming: 100, mode: 'auto', 'circuit-1-contactor': true })
  const night = latest(fleet, at('02T23:12'))
  expect(night['LC-1']).toMatchObject({ dimming: 50 })
  expect(night['SL-1']).toMatchObject({ 'dim-command': 50, control: 'programme' })
  // By its own clock at eleven it would be 70 %.
  expect(night['SL-9']).toMatchObject({ 'dim-command': 70 })
})

test('its circuits switch one after another at the moment of its table', () => {
  const fleet = fleetAt('02T17:00')
  fleet.giveTable('LC-1', table)
  const [dusk] = table.steps[1] as readonly [number, number]
  fleet.step(dusk - 1)
  const first = fleet.step(dusk + seconds(1)).find(({ facility }) => facility.id === 'LC-1')?.values
  expect([first?.['circuit-1-contactor'], first?.['circuit-2-contactor'], first?.['circuit-6-contactor']]).toEqual([true, false, false])
  const last = fleet.step(dusk + 5 * table.stagger).findLast(({ facility }) => facility.id === 'LC-1')?.values
  expect(last?.['circuit-6-contactor']).toBe(true)
})

test('after its end, and without one, it goes by its own dusk and dawn', () => {
  const fleet = fleetAt('04T11:00')
  fleet.giveTable('LC-1', table)
  expect(latest(fleet, at('04T11:30'))['LC-1']).toMatchObject({ 'programme-table': table.table })
  const evening = latest(fleet, at('04T20:00'))
  expect(evening['LC-1']).toMatchObject({ 'programme-table': 0, 'circuit-1-contactor': true, dimming: 100 })
  fleet.giveTable('LC-1', noTable)
  expect(latest(fleet, at('04T23:30'))['LC-1']).toMatchObject({ 'programme-table': 0, dimming: 70 })
})

test('a lamp with a table of its own goes by it, and one that refuses commands takes none', () => {
  const fleet = fleetAt('02T22:00')
  fleet.giveTable('SL-9', table)
  fleet.teach('id=SL-6', 'refuses')
  fleet.giveTable('SL-6', table)
  const night = latest(fleet, at('02T23:30'))
  expect(night['SL-9']).toMatchObject({ 'dim-command': 50, 'programme-table': table.table })
  expect(night['SL-6']).not.toHaveProperty('programme-table')
})

test('each finds its table under its own name, a gateway those of all behind it', () => {
  expect([...(tableTopicsOf(facilities, 'gateways').get('gateway-GW-1') ?? [])]).toEqual([
    ['facilities/street-light/SL-1/programme', 'SL-1'],
  ])
  expect([...(tableTopicsOf(facilities, 'separate').get('LC-1') ?? [])]).toEqual([['facilities/light-cabinet/LC-1/programme', 'LC-1']])
})
