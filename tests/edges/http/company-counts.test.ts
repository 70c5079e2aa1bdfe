import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CITY_CENTRE } from '../../../simulators/city.ts'
import { Device } from '../../../simulators/device.ts'
import { Grid } from '../../../simulators/grid.ts'
import { simulatedFacilities } from '../../../simulators/plant-source.ts'
import { createWorld } from '../../../simulators/world.ts'
import type { CompanyViewAnswer } from '../../../src/edges/http/company-schemas.ts'
import { gasStation } from '../../../src/facilities/gas-station/index.ts'
import { kindByKey } from '../../../src/facilities/index.ts'
import { pumpStation } from '../../../src/facilities/pump-station/index.ts'
import { sewagePlant } from '../../../src/facilities/sewage-plant/index.ts'
import { wastePlant } from '../../../src/facilities/waste-plant/index.ts'
import { days, hours, minutes } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

/**
 * Every number on top of the five pages, counted again from the raw readings in the store by a program that shares nothing with the product but
 * the definitions in docs/operations.md. Half of the stations fall silent at eleven.
 */

/** 14:00 of the city on 10 March 2026, a Tuesday. */
const midnight = Date.parse('2026-03-09T16:00:00Z')
const now = midnight + hours(14)
const silentFrom = midnight + hours(11)
const KEPT = minutes(1)
let city: City

const drainage = { drainage: 1, head: 0.2, 'shut-off-head': 0.3 }
const plant = [
  { id: 'W-1', kind: 'pump-station', rated: { drainage: 0 } },
  { id: 'W-2', kind: 'pump-station', rated: { drainage: 0, flow: 300 } },
  { id: 'D-1', kind: 'pump-station', rated: { ...drainage, 'well-area': 40 } },
  { id: 'D-2', kind: 'pump-station', rated: drainage },
  { id: 'S-1', kind: 'sewage-plant', rated: {} },
  { id: 'S-2', kind: 'sewage-plant', rated: { flow: 2500 } },
  { id: 'G-1', kind: 'gas-station', rated: { tank: 1, 'report-interval': 60 } },
  { id: 'G-2', kind: 'gas-station', rated: { tank: 1, flow: 3000, 'report-interval': 60 } },
  { id: 'G-3', kind: 'gas-station', rated: { ...gasStation.variants.gate?.rated, 'report-interval': 60 } },
  { id: 'R-1', kind: 'waste-plant', rated: {} },
  { id: 'R-2', kind: 'waste-plant', rated: { 'daily-intake': 300 } },
]
const silent = new Set(['W-2', 'D-2', 'S-2', 'G-3', 'R-2'])
const kindOf = (id: string) => plant.find((one) => one.id === id)?.kind as string

beforeAll(async () => {
  city = await startCity({ kinds: [pumpStation, sewagePlant, gasStation, wastePlant] })
  city.clock.stoppedAt = midnight - days(9)
  await city.signIn()
  const answer = await city.ask('POST', '/api/facilities', { facilities: plant })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  const world = createWorld({ position: CITY_CENTRE, seed: 'counts' })
  const moment = (at: number) => ({ ...world(at), fault: () => 0 })
  const facilities = simulatedFacilities(plant, kindByKey)
  const grid = new Grid(facilities, (_, at) => moment(at))
  const devices = facilities.map((facility, i) => ({
    facility,
    device: new Device(facility, { seed: 'counts', grid: grid.of(i), moment }),
  }))
  const step = (from: number, to: number, length: number, kept: number, kinds: readonly string[]) => {
    for (let at = from; at <= to; at += length)
      for (const { facility, device } of devices) {
        if (!kinds.includes(facility.kind.key)) continue
        const values = device.step(at)
        if (!values || (at - from) % kept !== 0 || (silent.has(facility.id) && at >= silentFrom)) continue
        city.clock.stoppedAt = at
        city.publishRaw(`facilities/${facility.kind.key}/${facility.id}/telemetry`, Buffer.from(JSON.stringify({ at, values })))
      }
  }
  // Gas is forecast from days; of the others yesterday afternoon is enough.
  step(midnight - days(9), midnight - hours(10) - minutes(20), minutes(10), minutes(20), ['gas-station'])
  step(midnight - hours(10), now, KEPT / 2, KEPT, ['pump-station', 'sewage-plant', 'gas-station', 'waste-plant'])
  city.clock.stoppedAt = now
  await city.signIn()
  const readings = plant
    .filter(({ kind }) => kind === 'sewage-plant')
    .map(({ id }, i) => ({ facility: id, point: 'sludge-moisture', value: 74 + i, at: now - days(i === 0 ? 1 : 8) }))
  expect((await city.ask('POST', '/api/entered-readings', { source: 'laboratory', readings })).status).toBe(200)
  for (const [station, tonnes, ahead] of [
    ['G-1', 40, hours(30)],
    ['G-2', 20, days(9)],
  ] as const)
    expect((await city.ask('POST', '/api/gas-deliveries', { station, tonnes, at: now + ahead })).status).toBe(200)
}, 180_000)
afterAll(() => city.stop())

type Reading = readonly [at: number, value: number]
async function raw(id: string, point: string, from = midnight, to = now): Promise<Reading[]> {
  const kind = kindOf(id)
  const [series] = await city.telemetry.range({ kind, facilities: [id], points: [point], from, to }, 100_000)
  return (series?.at ?? []).flatMap((at, i): Reading[] => (series?.good[i] ? [[at, series.value[i] as number]] : []))
}
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]) => sum(values) / values.length
/** Mean of each part of the day that has readings, by its beginning. */
function means(readings: readonly Reading[], length: number): Map<number, number> {
  const parts = Map.groupBy(readings, ([at]) => midnight + Math.floor((at - midnight) / length) * length)
  return new Map([...parts].map(([part, own]) => [part, mean(own.map(([, value]) => value))]))
}
/** What rates an hour add up to. */
const amount = async (id: string, point: string, length: number) =>
  (sum([...means(await raw(id, point), length).values()]) * length) / hours(1)
const amounts = async (ids: readonly string[], point: string, length: number) =>
  await Promise.all(ids.map((id) => amount(id, point, length)))
const last = async (id: string, point: string) => (await raw(id, point, now - minutes(3), now + 1)).at(-1)?.[1] as number
const QUARTER = minutes(15)

type Value = number | null | undefined
/** By the key of a figure: its value, and of how many of how many facilities something is known in it. */
type Counts = Readonly<Record<string, () => Promise<readonly [value: Value, known: number, of: number]>>>

const waterCounts: Counts = {
  'pass-rate': async () => {
    const all = (await Promise.all(['W-1', 'W-2'].map((id) => raw(id, 'network-pressure')))).flatMap((own) => [
      ...means(own, QUARTER).values(),
    ])
    expect(all).toHaveLength(14 * 4 + 11 * 4)
    return [all.filter((pressure) => pressure >= 0.14).length / all.length, 2, 2]
  },
  'lowest-end': async () => [await last('W-1', 'network-pressure'), 1, 2],
  flow: async () => [await last('W-1', 'flow'), 1, 2],
  volume: async () => [sum(await amounts(['W-1', 'W-2'], 'flow', QUARTER)), 2, 2],
  energy: async () => [sum(await amounts(['W-1', 'W-2'], 'power', QUARTER)), 2, 2],
  'unit-energy': async () => [
    (1000 * sum(await amounts(['W-1', 'W-2'], 'power', QUARTER))) / sum(await amounts(['W-1', 'W-2'], 'flow', QUARTER)),
    2,
    2,
  ],
}

/** Whether the level of a well has been read often enough since its pump was switched. */
async function hasTrend(id: string): Promise<boolean> {
  const runs = await raw(id, 'running', now - minutes(30), now + 1)
  const switched = runs.findLast(([, value], i) => i > 0 && value !== runs[i - 1]?.[1])?.[0] ?? 0
  const levels = (await raw(id, 'wet-well-level', now - QUARTER, now + 1)).filter(([at]) => at >= switched)
  return levels.length >= 4
}

const drainageCounts: Counts = {
  // What is said of the time to come is held against what came in drainage-storm.test.ts.
  'overflow-in': async () => [null, Number(await hasTrend('D-1')), 2],
  watch: async () => [Number((await last('D-1', 'wet-well-level')) >= 0.85 * 4.2), 1, 2],
  'rain-now': async () => [await last('D-1', 'rain'), 1, 2],
  rain: async () => [mean(await amounts(['D-1', 'D-2'], 'rain', QUARTER)), 2, 2],
  volume: async () => [sum(await amounts(['D-1', 'D-2'], 'flow', QUARTER)), 2, 2],
  energy: async () => [sum(await amounts(['D-1', 'D-2'], 'power', QUARTER)), 2, 2],
  spilled: async () => {
    const levels = await Promise.all(['D-1', 'D-2'].map((id) => raw(id, 'wet-well-level')))
    return [levels.filter((own) => Math.max(...own.map(([, level]) => level)) >= 4.2).length, 2, 2]
  },
}

/** Limits of class 1A, mg/L. */
const limits = { cod: 50, 'nh3-n': 5, tn: 15, tp: 0.5, ss: 10 }
const tanks = { pac: 30_000, carbon: 50_000, disinfectant: 20_000 }

const sewageCounts: Counts = {
  nearest: async () => {
    const shares: number[] = []
    for (const id of ['S-1', 'S-2']) {
      const flow = means(await raw(id, 'effluent-flow'), hours(1))
      const isCold = mean([...means(await raw(id, 'water-temperature'), hours(1)).values()]) <= 12
      for (const [quality, limit] of Object.entries(limits)) {
        const hourly = [...means(await raw(id, `effluent-${quality}`), hours(1))]
        const load = sum(hourly.map(([hour, value]) => value * (flow.get(hour) as number)))
        shares.push(load / sum(hourly.map(([hour]) => flow.get(hour) as number)) / (quality === 'nh3-n' && isCold ? 8 : limit))
      }
    }
    return [Math.max(...shares), 2, 2]
  },
  chemicals: async () => {
    const left: number[] = []
    for (const [tank, litres] of Object.entries(tanks)) {
      const use = mean([...means(await raw('S-1', `${tank}-use`, now - days(1)), hours(1)).values()])
      left.push((((await last('S-1', `${tank}-level`)) / 100) * litres) / (24 * use))
    }
    return [Math.min(...left), 1, 2]
  },
  treated: async () => [sum(await amounts(['S-1', 'S-2'], 'effluent-flow', hours(1))), 2, 2],
  sludge: async () => [sum(await amounts(['S-1', 'S-2'], 'sludge-produced', hours(1))) / 24, 2, 2],
  // The result of the other plant is older than seven days.
  moisture: async () => [74, 1, 2],
}

const DENSITY = 0.000_717
const sources = ['G-1', 'G-2', 'G-3']
const isWorked = (day: number) => new Date(midnight + days(day) + hours(8)).getUTCDay() % 6 !== 0
const classOf = (temperature: number) => [0, 8, 18].filter((from) => temperature >= from).length

/** Hourly means of the nine days before today and of today, by the hour's place from midnight on. */
async function hourly(id: string, point: string): Promise<Map<number, number>> {
  const all = await raw(id, point, midnight - days(9), now + 1)
  return new Map([...means(all, hours(1))].map(([at, value]) => [Math.round((at - midnight) / hours(1)), value]))
}
async function temperatures(): Promise<Map<number, number>> {
  const all = await Promise.all(sources.map((id) => hourly(id, 'air-temperature')))
  const places = new Set(all.flatMap((own) => [...own.keys()]))
  return new Map([...places].map((hour) => [hour, mean(all.flatMap((own) => own.get(hour) ?? []))]))
}
const over = (values: Map<number, number>, from: number, to: number) =>
  [...values].flatMap(([hour, value]) => (hour >= from && hour < to ? [value] : []))

/** t of the hours of a day as it was forecast from the days before another one. */
async function forecast(id: string, day: number, before: number, coldness: number): Promise<number[]> {
  const [flow, air] = [await hourly(id, 'flow'), await temperatures()]
  const all = Array.from({ length: before + 9 }, (_, i) => i - 9).filter((one) => over(flow, 24 * one, 24 * one + 24).length > 0)
  const ofClass = all.filter((one) => classOf(mean(over(air, 24 * one, 24 * one + 24))) === coldness)
  const like = ofClass.filter((one) => isWorked(one) === isWorked(day))
  const used = [like, ofClass].find((some) => some.length >= 3) ?? all
  return Array.from({ length: 24 }, (_, hour) => mean(used.flatMap((one) => flow.get(24 * one + hour) ?? [])) * DENSITY)
}
/** Whole hours of the day before a time count as its weather. */
const weatherBefore = async (hour: number) => classOf(mean(over(await temperatures(), hour - 24, hour)))
async function expected(id: string): Promise<number> {
  const coldness = await weatherBefore(14)
  return mean(await Promise.all([0, 1, 2, 3, 4, 5, 6].map(async (day) => sum(await forecast(id, day, 0, coldness)))))
}
const usable = async () => 0.9 * ((await last('G-1', 'inventory')) + (await last('G-2', 'inventory')))
const total = async (ids: readonly string[]) => sum(await Promise.all(ids.map(expected)))

const gasCounts: Counts = {
  reserve: async () => [(await usable()) / (await total(['G-1', 'G-2'])), 2, 2],
  'reserve-alone': async () => [(await usable()) / (await total(sources)), 2, 2],
  usable: async () => [await usable(), 2, 2],
  demand: async () => [await total(sources), 3, 3],
  'forecast-error': async () => {
    const errors: number[] = []
    for (let day = -7; day < 0; day++) {
      const coldness = await weatherBefore(24 * day)
      let [said, came] = [0, 0]
      for (const id of sources) {
        said += sum(await forecast(id, day, day, coldness))
        came += sum(over(await hourly(id, 'flow'), 24 * day, 24 * day + 24)) * DENSITY
      }
      errors.push(Math.abs(said / came - 1))
    }
    return [mean(errors), 3, 3]
  },
  // One of both comes later than in seven days.
  deliveries: async () => [40, 2, 2],
  use: async () => [sum(await amounts(sources, 'flow', hours(1))) * DENSITY, 3, 3],
}

const wasteCounts: Counts = {
  shortfall: async () => {
    const [received, cleared, planned, pace, left] = await Promise.all(
      ['weighbridge-in-today', 'cleared-today', 'planned-today', 'clearing-rate', 'minutes-to-closing'].map((point) => last('R-1', point)),
    )
    const toCome = Math.max(received!, planned!) - cleared!
    // With less than 20 t waiting the plant keeps up with the lorries.
    return [received! - cleared! < 20 ? 0 : Math.max(0, toCome - Math.min(toCome, (pace! * left!) / 60)), 1, 2]
  },
  received: async () => [await last('R-1', 'weighbridge-in-today'), 1, 2],
  expected: async () => [Math.max(await last('R-1', 'weighbridge-in-today'), await last('R-1', 'planned-today')), 1, 2],
  cleared: async () => [await last('R-1', 'cleared-today'), 1, 2],
  'rounds-late': async () => [Number((await last('R-1', 'minutes-to-round')) < -30), 1, 2],
}

async function view(path: string): Promise<CompanyViewAnswer> {
  const { status, body } = await city.ask('GET', `/api/operations/${path}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

const pages = { water: waterCounts, drainage: drainageCounts, sewage: sewageCounts, gas: gasCounts, waste: wasteCounts }

describe.each(Object.entries(pages))('%s', (duty, counts) => {
  test('every number on top of the page is one that is counted here', async () => {
    const { figures } = await view(duty)
    expect(figures.map(({ key }) => key).sort()).toEqual(Object.keys(counts).sort())
  })

  test.each(Object.keys(counts))('%s', async (key) => {
    const figure = (await view(duty)).figures.find((one) => one.key === key)
    const [value, known, of] = (await counts[key]?.()) ?? []
    if (typeof value === 'number') expect(figure?.value).toBeCloseTo(value, 6)
    else expect(figure?.value).toBe(value)
    expect(figure?.covers).toEqual({ known, of })
    // Nothing is as of later than what was read.
    expect(figure?.at).toBeLessThanOrEqual(now)
  })
})

describe('rows', () => {
  const cellsOf = ({ tables }: CompanyViewAnswer, key: string, row: number | string) => {
    const table = tables.find((one) => one.key === key)
    const found = typeof row === 'number' ? table?.rows[row] : table?.rows.find(({ facility }) => facility === row)
    return Object.fromEntries(table?.columns.map((column, i) => [column.key, found?.cells[i]]) ?? [])
  }

  test('hours of pumps', async () => {
    const [supply, wells] = [await view('water'), await view('drainage')]
    for (const id of ['W-1', 'W-2'])
      expect(cellsOf(supply, 'water-stations', id).hours).toBeCloseTo(await amount(id, 'running', QUARTER), 6)
    for (const id of ['D-1', 'D-2']) expect(cellsOf(wells, 'drainage-today', id).hours).toBeCloseTo(await amount(id, 'running', QUARTER), 6)
  })

  test('what is silent is a dash in what is now', async () => {
    expect([
      cellsOf(await view('water'), 'water-stations', 'W-2').end,
      cellsOf(await view('drainage'), 'drainage-stations', 'D-2').level,
    ]).toEqual([null, null])
    expect(cellsOf(await view('drainage'), 'drainage-stations', 'D-2').trend).toBeNull()
    expect(cellsOf(await view('gas'), 'gas-now', 'G-3').flow).toBeNull()
  })

  test('what fell silent is as of then, in the sums of the day too', async () => {
    const until = silentFrom - KEPT
    for (const [duty, table, id] of [
      ['water', 'water-stations', 'W-2'],
      ['drainage', 'drainage-stations', 'D-2'],
      ['sewage', 'sewage-stocks', 'S-2'],
      ['gas', 'gas-now', 'G-3'],
      ['waste', 'waste-now', 'R-2'],
    ] as const)
      expect([id, cellsOf(await view(duty), table, id).at]).toEqual([id, until])
    expect(cellsOf(await view('drainage'), 'drainage-today', 'D-1').at).toBe(now)
  })

  test('the balance of gas: what the tanks hold, less what they give, and what is delivered', async () => {
    const answer = await view('gas')
    const coldness = await weatherBefore(14)
    let left = await usable()
    for (let day = 0; day < 3; day++) {
      for (const id of ['G-1', 'G-2'])
        for (let hour = 0; hour < 24; hour++) {
          const of = Math.floor((14 + hour) / 24) + day
          left -= (await forecast(id, of, 0, coldness))[(14 + hour) % 24] as number
        }
      if (day === 1) left += 40
      const row = cellsOf(answer, 'gas-balance', day)
      expect(row.usable).toBeCloseTo(left, 4)
      expect(row.deliveries).toBe(day === 1 ? 40 : 0)
      expect(row.days).toBeCloseTo(left / (await total(['G-1', 'G-2'])), 4)
    }
  }, 60_000)

  test('just after it fell silent the day is not said to be known longer than it was', async () => {
    city.clock.stoppedAt = now + minutes(20)
    for (let at = now + minutes(1); at <= now + minutes(14); at += minutes(1))
      city.publishRaw(
        'facilities/pump-station/D-1/telemetry',
        Buffer.from(JSON.stringify({ at, values: { 'wet-well-level': 2, flow: 0 } })),
      )
    city.clock.stoppedAt = now + minutes(14.5)
    expect(cellsOf(await view('drainage'), 'drainage-today', 'D-1').at).toBe(now + minutes(14))
    city.clock.stoppedAt = now
  })

  test('of a part of the tanks the reserve is a least and misses no target', async () => {
    city.clock.stoppedAt = now + minutes(5)
    const at = now + minutes(5)
    city.publishRaw('facilities/gas-station/G-1/telemetry', Buffer.from(JSON.stringify({ at, values: { inventory: 50 } })))
    const { figures } = await view('gas')
    const alone = figures.find(({ key }) => key === 'reserve-alone')
    expect(alone).toMatchObject({ covers: { known: 1, of: 2 }, basis: { en: expect.stringMatching(/^At least so much/) } })
    expect(alone).not.toHaveProperty('target')
    expect(alone?.value).toBeCloseTo((0.9 * 50) / (await total(sources)), 4)
    city.clock.stoppedAt = now
  })
})
