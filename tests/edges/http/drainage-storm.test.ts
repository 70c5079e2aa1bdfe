import { afterAll, beforeAll, expect, test } from 'vitest'
import { CITY_CENTRE } from '../../../simulators/city.ts'
import { Device } from '../../../simulators/device.ts'
import { Grid } from '../../../simulators/grid.ts'
import { simulatedFacilities } from '../../../simulators/plant-source.ts'
import { createWorld } from '../../../simulators/world.ts'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { kindByKey } from '../../../src/facilities/index.ts'
import { pumpStation } from '../../../src/facilities/pump-station/index.ts'
import type { CompanyView } from '../../../src/operations/company-view.ts'
import { hours, minutes, seconds } from '../../../src/telemetry/duration.ts'
import type { Text } from '../../../src/telemetry/point.ts'
import { type City, startCity } from '../city.ts'

/** A summer's day. */
const start = Date.parse('2026-07-01T00:00:00Z')
const EVERY = seconds(20)
const end = start + hours(4)
let city: City

const drainage = { drainage: 1, head: 0.2, 'shut-off-head': 0.3, 'report-interval': 20 }
/** Wells of several sizes; into the last one no more comes than its pumps lift together. */
const wells = [
  { id: 'PS-1', rated: { ...drainage, 'well-area': 60, 'gauge-height': 3 }, beyond: 0.3 },
  { id: 'PS-2', rated: { ...drainage, 'well-area': 30 }, beyond: 0.25 },
  { id: 'PS-3', rated: { ...drainage, 'well-area': 120 }, beyond: 0.4 },
  { id: 'PS-4', rated: { ...drainage, 'well-area': 60 }, beyond: 0 },
]
interface Seen {
  at: number
  /** ms until it spills over, as was said; null where nothing was said, Infinity where none was in sight. */
  said: number | null
}
const seen = new Map<string, Seen[]>(wells.map(({ id }) => [id, []]))
const spilled = new Map<string, number>()
let last: CompanyView

/** Cells of a row by their columns. */
function rowOf(view: CompanyView, table: string, facility: string) {
  const found = view.tables.find(({ key }) => key === table)
  const row = found?.rows.find((one) => one.facility === facility)
  return Object.fromEntries(found?.columns.map(({ key }, i) => [key, row?.cells[i]]) ?? [])
}

beforeAll(async () => {
  city = await startCity({ kinds: [pumpStation] })
  city.clock.stoppedAt = start
  await city.signIn()
  const facilities = wells.map(({ id, rated }) => ({ id, kind: 'pump-station', rated }))
  expect((await city.ask('POST', '/api/facilities', { facilities })).status).toBe(200)
  const base = createWorld({ position: CITY_CENTRE, seed: 'storm' })
  /** It begins after half an hour, and grows for half an hour. */
  const storm = (at: number) => Math.max(0, Math.min(1, (at - start - minutes(30)) / minutes(30)))
  const devices = wells.map(({ id, rated, beyond }) => {
    const [facility] = simulatedFacilities([{ id, kind: 'pump-station', rated }], kindByKey)
    const moment = (at: number) => ({
      ...base(at),
      rain: 40 * storm(at),
      fault: (name: string) => (name === 'overflow' ? beyond * storm(at) : 0),
    })
    const grid = new Grid([facility!], (_, at) => moment(at))
    return { id, device: new Device(facility!, { seed: 'storm', grid: grid.of(0), moment }) }
  })
  for (let at = start; at < end; at += EVERY) {
    city.clock.stoppedAt = at
    for (const { id, device } of devices) {
      const values = device.step(at)
      city.publishRaw(`facilities/pump-station/${id}/telemetry`, Buffer.from(JSON.stringify({ at, values })))
      if ((values?.['wet-well-level'] as number) >= 4.2 && !spilled.has(id)) spilled.set(id, at)
    }
    if ((at - start) % minutes(1) > 0) continue
    last = await city.services.companyFigures.view('drainage', WHOLE_CITY)
    for (const { id } of wells) {
      const cell = rowOf(last, 'drainage-stations', id)['overflow-in'] ?? null
      seen.get(id)?.push({ at, said: typeof cell === 'number' ? cell : cell === null ? null : Number.POSITIVE_INFINITY })
    }
  }
}, 120_000)
afterAll(() => city.stop())

/** What was said in the last hour before a well spilled over, as a share of the time that was really left. */
const errorsOf = (id: string) => {
  const at = spilled.get(id) as number
  return (seen.get(id) ?? [])
    .filter((one) => at - one.at > minutes(2) && at - one.at <= minutes(45))
    .map(({ at: then, said }) => (said === null ? null : Math.abs(said / (at - then) - 1)))
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

test.each(['PS-1', 'PS-2', 'PS-3'])('the time to overflow of %s is right within a tenth in the last three quarters of an hour', (id) => {
  expect(spilled.get(id)).toBeGreaterThan(start + hours(1.5))
  const errors = errorsOf(id)
  expect(errors.length).toBeGreaterThan(40)
  expect(errors.filter((error) => error === null)).toEqual([])
  const known = errors.filter((error) => error !== null)
  const figure = `${id}: mean ${(100 * mean(known)).toFixed(1)} %, worst ${(100 * Math.max(...known)).toFixed(0)} %`
  expect(mean(known), figure).toBeLessThan(0.1)
  expect(Math.max(...known), figure).toBeLessThan(0.35)
})

test('a well that an unmeasured second pump keeps from spilling over is watched while it rises, and never said to be minutes away', () => {
  expect(spilled.has('PS-4')).toBe(false)
  const warned = (seen.get('PS-4') ?? []).flatMap(({ said }) => (said !== null && said < hours(1) ? [said / minutes(1)] : []))
  expect(warned.length).toBeLessThan(60)
  expect(Math.min(...warned)).toBeGreaterThan(25)
})

test('efficiency is what the raw readings say, where the head is measured, and else it is said what is missing', async () => {
  const read = async (point: string) => {
    const [series] = await city.telemetry.range(
      { kind: 'pump-station', facilities: ['PS-1'], points: [point], from: start, to: end },
      100_000,
    )
    return series?.value ?? []
  }
  const [flow, power, pressure, level, running] = await Promise.all(
    ['flow', 'power', 'discharge-pressure', 'wet-well-level', 'running'].map(read),
  )
  let [water, taken] = [0, 0]
  for (let i = 0; i < (running?.length ?? 0); i++) {
    if (running?.[i] !== 1) continue
    water += (((pressure?.[i] as number) + 0.00981 * (3 - (level?.[i] as number))) * (flow?.[i] as number)) / 3.6
    taken += power?.[i] as number
  }
  const row = rowOf(last, 'drainage-today', 'PS-1')
  expect(water / taken).toBeGreaterThan(0.3)
  expect(row.efficiency as number).toBeCloseTo(water / taken, 2)
  expect((row.head as Text).en).toBe('discharge pressure')
  const other = rowOf(last, 'drainage-today', 'PS-2')
  expect([other.efficiency, (other.head as Text).en]).toEqual([null, expect.stringContaining('needs discharge-pressure')])
})

test('the level at the outfall does where there is no gauge, and a gauge without its height does not', async () => {
  const report = (id: string, values: object) =>
    city.publishRaw(`facilities/pump-station/${id}/telemetry`, Buffer.from(JSON.stringify({ at: city.now(), values })))
  for (let at = end; at < end + minutes(16); at += EVERY) {
    city.clock.stoppedAt = at
    const values = { running: true, flow: 180, power: 20, 'wet-well-level': 2 }
    report('PS-2', { ...values, 'discharge-level': 12 })
    report('PS-3', { ...values, 'discharge-pressure': 0.15 })
  }
  const view = await city.services.companyFigures.over('drainage', { from: end, to: end + minutes(15) }, WHOLE_CITY)
  const rows = { at: 0, figures: [], curves: [], tables: view.tables }
  const lifted = rowOf(rows, 'drainage-stations', 'PS-2')
  expect(lifted.efficiency as number).toBeCloseTo((0.00981 * 10 * 180) / 3.6 / 20, 6)
  expect((lifted.head as Text).zh).toContain('不含管路损失')
  expect((rowOf(rows, 'drainage-stations', 'PS-3').head as Text).en).toContain('gauge-height')
})
