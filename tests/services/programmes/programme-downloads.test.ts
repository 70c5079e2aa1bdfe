import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { lightCabinet } from '../../../src/facilities/light-cabinet/index.ts'
import { streetLight } from '../../../src/facilities/street-light/index.ts'
import { MOST_ATTEMPTS, SENT_AGAIN } from '../../../src/services/programmes/programme-downloads.ts'
import { decodeTable, lightOf, type SwitchingTable } from '../../../src/telemetry/codecs/programme-messages.ts'
import { days, hours, minutes, seconds } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../../edges/city.ts'

const evening = Date.parse('2026-12-10T20:00+08:00')
let city: City

beforeAll(async () => {
  city = await startCity({ kinds: [lightCabinet, streetLight] })
  city.clock.stoppedAt = evening
  const place: [number, number] = [114.6, 37.9]
  city.services.putFacilities(
    [
      { id: 'LC-1', kind: 'light-cabinet', road: 'A', position: place },
      { id: 'LC-2', kind: 'light-cabinet', road: 'A', position: place, rated: { 'runs-alone': 0 } },
      { id: 'LC-3', kind: 'light-cabinet', road: 'B', position: place },
      { id: 'SL-1', kind: 'street-light', road: 'A', position: place, fedBy: 'LC-1', circuit: 1 },
      { id: 'SL-2', kind: 'street-light', road: 'A', keyArea: true, position: place, fedBy: 'LC-1', circuit: 1 },
      { id: 'SL-3', kind: 'street-light', road: 'A', position: place },
      { id: 'SL-4', kind: 'street-light', road: 'A', position: place, rated: { controller: 0 } },
    ],
    'test',
  )
})
afterAll(() => city.stop())

const wait = (ms: number) => {
  city.clock.stoppedAt = (city.clock.stoppedAt as number) + ms
  city.lighting.tick()
}
/** What was published for devices since the last look. */
function sent(): Record<string, SwitchingTable> {
  const all = city.published.splice(0).filter(({ topic }) => topic.endsWith('/programme'))
  return Object.fromEntries(all.map(({ topic, payload }) => [topic.split('/')[2], decodeTable(Buffer.from(payload)) as SwitchingTable]))
}
const report = (id: string, values: object) => {
  const kind = id.startsWith('LC') ? 'light-cabinet' : 'street-light'
  city.publishRaw(`facilities/${kind}/${id}/telemetry`, Buffer.from(JSON.stringify({ at: city.now(), values })))
}
const stateOf = (id: string) => city.services.programmes.devices(WHOLE_CITY).find(({ facility }) => facility.id === id)
const alarmsOf = (...rules: string[]) =>
  [...city.services.liveAlarms()]
    .filter(({ rule, returned }) => rules.includes(rule) && returned === null)
    .map(({ facility }) => facility)
    .sort()
const isAlarmed = (id: string) => alarmsOf('programme-differs').includes(id)
const cabinetAt = (id: string) => ({ id, kind: 'light-cabinet', road: 'A', position: [114.6, 37.9] as [number, number] })
/** Minute by minute, each with what these report. */
function live(length: number, reports: Record<string, object>): void {
  for (let minute = 0; minute < length; minute++) {
    for (const [id, values] of Object.entries(reports)) report(id, values)
    // Longer steps are a pause, in which nobody listens.
    for (let part = 0; part < 6; part++) {
      wait(seconds(10))
      city.tick()
    }
  }
}

function configure(level: number): void {
  const { programmes } = city.services
  const steps = [
    { anchor: 'dusk' as const, minutes: 0, level: 100 },
    { anchor: 'clock' as const, minutes: 23 * 60, level },
    { anchor: 'dawn' as const, minutes: 0, level: 0 },
  ]
  programmes.putProgramme({ id: 'dimmed', name: 'D', nameEn: '', steps }, 'test')
  programmes.putCalendar({ id: 'roads', name: 'R', nameEn: '', lines: [], usual: 'dimmed' }, 'test')
  programmes.setAssignments([{ id: 'a', name: 'A', nameEn: '', query: 'road=A', calendar: 'roads' }], 'test')
}

describe('tables of switching', () => {
  test('nobody is sent one while nothing is configured', () => {
    wait(seconds(1))
    expect(sent()).toEqual({})
    expect(city.services.programmes.devices(WHOLE_CITY)).toEqual([])
  })

  test('go to what can run alone, not to a lamp whose cabinet hands its light on', () => {
    configure(50)
    wait(seconds(1))
    wait(seconds(1))
    const tables = sent()
    expect(Object.keys(tables).sort()).toEqual(['LC-1', 'SL-3'])
    const table = tables['LC-1'] as SwitchingTable
    expect(lightOf(table, Date.parse('2026-12-25T22:00+08:00'))).toBe(100)
    expect(lightOf(table, Date.parse('2026-12-25T23:30+08:00'))).toBe(50)
    expect(stateOf('LC-1')).toMatchObject({ state: 'sent', runs: null, wanted: table.table })
  })

  test('are acknowledged by what the device says it runs', () => {
    for (const id of ['LC-1', 'SL-3']) report(id, { 'programme-table': stateOf(id)?.wanted })
    expect(stateOf('LC-1')).toMatchObject({ state: 'same', since: null })
    wait(hours(1))
    expect(sent()).toEqual({})
    expect(isAlarmed('LC-1')).toBe(false)
  })

  test('a lamp that has a light of its own is sent its own', () => {
    const override = { query: 'keyArea=yes', level: 90, programme: null, from: city.now(), until: city.now() + hours(2), reason: 'event' }
    city.services.programmes.addOverride(override, 'test', WHOLE_CITY)
    wait(seconds(1))
    const tables = sent()
    expect(Object.keys(tables)).toEqual(['SL-2'])
    expect(lightOf(tables['SL-2'] as SwitchingTable, city.now() + hours(1))).toBe(90)
    report('SL-2', { 'programme-table': tables['SL-2']?.table })
  })

  test('one that runs another than it should is an alarm after a while, until it runs the right one', () => {
    configure(60)
    wait(seconds(1))
    expect(Object.keys(sent())).toContain('LC-1')
    live(20, { 'LC-1': { 'programme-table': 4711 } })
    expect(stateOf('LC-1')).toMatchObject({ runs: 4711, state: 'differs' })
    expect(stateOf('LC-1')?.since).toBeLessThan(city.now() - minutes(15))
    expect(isAlarmed('LC-1')).toBe(true)
    expect(city.services.programmes.download(['LC-1'], 'test', WHOLE_CITY)).toBe(1)
    sent()
    wait(seconds(1))
    report('LC-1', { 'programme-table': sent()['LC-1']?.table })
    city.tick()
    expect(stateOf('LC-1')?.state).toBe('same')
    expect(isAlarmed('LC-1')).toBe(false)
  })

  test('one that never says what it runs is named', () => {
    city.services.putFacilities([{ id: 'LC-9', kind: 'light-cabinet', road: 'A', position: [114.6, 37.9] }], 'test')
    wait(seconds(1))
    let count = 0
    for (let i = 0; i < MOST_ATTEMPTS + 3; i++) {
      if (sent()['LC-9']) count++
      wait(SENT_AGAIN)
    }
    expect(count).toBe(MOST_ATTEMPTS)
    expect(stateOf('LC-9')).toMatchObject({ state: 'unanswered', runs: null })
  })

  test('one that reports but never says what it runs is an alarm after a while; one that is new, silent, out of service or cannot run alone is none', () => {
    const others = [cabinetAt('LC-5'), cabinetAt('LC-6'), { ...cabinetAt('LC-7'), mode: 'out-of-service' as const }, cabinetAt('LC-8')]
    city.services.putFacilities(others, 'test')
    const door = { door: false }
    live(14, { 'LC-2': door, 'LC-7': door, 'LC-8': door, 'LC-9': door })
    expect(alarmsOf('programme-unanswered')).toEqual([])
    // Silent since one report.
    report('LC-6', door)
    live(4, { 'LC-2': door, 'LC-7': door, 'LC-8': { ...door, 'programme-table': stateOf('LC-8')?.wanted }, 'LC-9': door })
    expect(alarmsOf('programme-unanswered')).toEqual(['LC-9'])
    live(60, { 'LC-2': door, 'LC-7': door, 'LC-8': door, 'LC-9': door })
    expect(alarmsOf('programme-unanswered', 'programme-differs')).toEqual(['LC-9'])
    expect(alarmsOf('communication-loss')).toContain('LC-6')
    const [alarm] = [...city.services.liveAlarms()].filter(({ rule }) => rule === 'programme-unanswered')
    expect(alarm).toMatchObject({ priority: 'medium', evidence: { figures: { expected: stateOf('LC-9')?.wanted } } })
    report('LC-9', { 'programme-table': stateOf('LC-9')?.wanted })
    city.tick()
    expect(alarmsOf('programme-unanswered')).toEqual([])
  })

  test('is taken away from what cannot run alone any more, and nothing is missed of it then', () => {
    city.services.putFacilities([{ ...cabinetAt('LC-8'), rated: { 'runs-alone': 0 } }], 'test')
    sent()
    wait(seconds(1))
    wait(seconds(1))
    expect(sent()['LC-8']).toMatchObject({ table: 0 })
    expect(stateOf('LC-8')).toMatchObject({ wanted: 0 })
    report('LC-8', { 'programme-table': 0 })
    live(20, { 'LC-8': { door: false } })
    expect(alarmsOf('programme-unanswered', 'programme-differs')).toEqual([])
    city.services.removeFacility('LC-8', 'test', WHOLE_CITY)
  })

  test('of what is removed is taken back, and a new device of the same name is wanted to run its own', async () => {
    sent()
    // Its old alarm waits for an acknowledgement.
    city.services.putFacilities([{ ...cabinetAt('LC-9'), mode: 'out-of-service' }], 'test')
    city.services.removeFacility('LC-9', 'test', WHOLE_CITY)
    wait(seconds(1))
    const cleared = city.published.splice(0).filter(({ topic }) => topic.endsWith('/LC-9/programme'))
    expect(cleared).toContainEqual({ topic: 'facilities/light-cabinet/LC-9/programme', payload: '' })
    await new Promise(setImmediate)
    expect(city.state.programmes.downloads().map(({ facility }) => facility)).not.toContain('LC-9')
    city.services.putFacilities([{ id: 'LC-9', kind: 'light-cabinet', road: 'C', position: [114.6, 37.9] }], 'test')
    live(20, { 'LC-9': { 'programme-table': 0 } })
    expect([stateOf('LC-9'), isAlarmed('LC-9')]).toEqual([undefined, false])
  })

  test('are renewed long before their end', () => {
    const before = stateOf('LC-1')?.wanted
    wait(days(7))
    const table = sent()['LC-1'] as SwitchingTable
    expect(table.table).not.toBe(before)
    expect(table.until - city.now()).toBeGreaterThan(days(21))
  })

  test('are taken away where nothing is configured any more', () => {
    report('LC-1', { 'programme-table': stateOf('LC-1')?.wanted })
    city.services.programmes.setAssignments([], 'test')
    wait(seconds(1))
    expect(sent()['LC-1']).toMatchObject({ table: 0, steps: [] })
    report('LC-1', { 'programme-table': 0 })
    expect(stateOf('LC-1')).toMatchObject({ state: 'same', wanted: 0 })
  })
})
