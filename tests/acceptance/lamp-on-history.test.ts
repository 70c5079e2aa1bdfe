import { connectAsync } from 'mqtt'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fleet } from '../../simulators/fleet.ts'
import { encodeMessages } from '../../simulators/messages.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import { type App, startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { LampDaysView, LampMomentsView, LightingEnergyView } from '../../src/edges/http/lamp-history-schemas.ts'
import type { LampOnPageView } from '../../src/edges/http/lamp-on-schemas.ts'
import type { AlarmView } from '../../src/edges/http/schemas.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import type { RoadClass } from '../../src/facilities/plant.ts'
import type { RawSeries } from '../../src/storage/telemetry-store.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { type Client, eventually, PASSWORD, signIn, testFolder } from './server-process.ts'

const FIVE = minutes(5)
/** Noon in the city. */
const begun = Date.UTC(2026, 5, 1, 4)
const longitude = 120
const place: [number, number] = [longitude, 0]
/** On the equator it is night from about 6.5 to 17.5 h after noon; the simulated lamps are dimmed to 70 % from 23:00 to 05:00. */
const SLOTS = hours(24) / FIVE
/** From noon, hours to ms. */
const later = hours

const cabinet = (id: string) => ({ id, kind: 'light-cabinet', position: place, rated: { circuits: 2 } })
interface OfLamp {
  fedBy: string
  circuit: number
  road: string
  roadClass: RoadClass
  rated: { 'report-interval'?: number; controller?: number }
}
const lamps = (prefix: string, count: number, more: OfLamp) =>
  Array.from({ length: count }, (_, i) => ({
    ...{ id: `${prefix}-${i}`, kind: 'street-light', position: [longitude + i / 10_000, 0] as [number, number], ...more },
  }))
const often = { 'report-interval': 300 }
const cabinets = ['LC-1', 'LC-2', 'LC-3']
const ofLamps = [
  ...lamps('M', 24, { fedBy: 'LC-1', circuit: 1, road: 'Main Road', roadClass: 'main', rated: often }),
  ...lamps('S', 12, { fedBy: 'LC-2', circuit: 1, road: 'Side Road', roadClass: 'branch', rated: often }),
  ...lamps('E', 10, { fedBy: 'LC-2', circuit: 2, road: 'Old Road', roadClass: 'branch', rated: { controller: 0 } }),
  ...lamps('T', 8, { fedBy: 'LC-3', circuit: 2, road: 'Tripped Road', roadClass: 'secondary', rated: often }),
]
const facilities = [...cabinets.map(cabinet), ...ofLamps]
const dates = 'from=2026-06-01&to=2026-06-02'
const faults = [
  { where: 'id=S-1', fault: 'lamp-failure', after: 0, for: null },
  { where: 'id=M-3,M-7', fault: 'lamp-failure', after: later(8), for: later(4) },
  { where: 'id=M-9', fault: 'communication-loss', after: later(10), for: later(3) },
  { where: 'id=LC-3', fault: 'breaker-tripped', after: later(12), for: later(2) },
  { where: 'id=E-0,E-4,E-5', fault: 'lamp-failure', after: later(9), for: null },
]

const { folder, remove } = testFolder()
let app: App
let client: Client
let ahead = 0
const now = () => Date.now() + ahead

beforeAll(async () => {
  ahead = begun - Date.now()
  const given = { DATA_FOLDER: folder, HTTP_PORT: '0', MQTT_PORT: '0', ADMIN_PASSWORD: PASSWORD, SERVER_ID: '' }
  app = await startApp({ config: readConfig([], given), log: pino({ level: 'silent' }), consoleFolder: folder, now })
  app.services.putFacilities(facilities, 'admin')
  await liveThroughDay()
  client = await signIn(app.url)
}, 240_000)
afterAll(async () => {
  await app.stop()
  remove()
})

/** So long before each five minutes nothing is said any more, ms, so that what was known then is known exactly. */
const HEARD_BEFORE = seconds(20)
const STEP = seconds(60)
const LOOKED_AFTER = seconds(1)

/** A day of the city over MQTT: shortly before each five minutes all is said that was to be said up to then. */
async function liveThroughDay(): Promise<void> {
  const fleet = new Fleet({
    ...{ facilities: simulatedFacilities(facilities, kindByKey), seed: 'day', start: begun - FIVE },
    world: createWorld({ position: place, seed: 'day' }),
  })
  for (const fault of faults) fleet.inject({ size: 1, ...fault })
  const mqtt = await connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`)
  for (let slot = 0; slot < SLOTS; slot++) {
    const begin = begun + slot * FIVE
    for (let time = begin - HEARD_BEFORE - FIVE + STEP; time <= begin - HEARD_BEFORE; time += STEP) {
      ahead = time - Date.now()
      const sent = encodeMessages(fleet.step(time), 'separate')
      await Promise.all(sent.map(({ topic, payload }) => mqtt.publishAsync(topic, payload, { qos: 1 })))
    }
    await eventually(
      async () => app.services.figures().pipelineBacklog,
      (backlog) => backlog === 0,
    )
    ahead = begin + LOOKED_AFTER - Date.now()
    app.services.lampHistory.tick()
  }
  await mqtt.endAsync()
}

interface Count {
  lit: number
  known: number
  unknown: number
  /** kWh */
  energy: number
  /** Slots in which a lamp was lit, in which it should have been, and in which it was lit and should not have been. */
  full: number
  due: number
  wasted: number
}

/** The newest value of a series at a time and when it came; NaN before there was any. */
function newest({ at, value }: RawSeries, time: number): { at: number; value: number } {
  const i = at.findLastIndex((one) => one <= time)
  return { at: at[i] ?? Number.NaN, value: value[i] ?? Number.NaN }
}

async function read(kind: string, ids: readonly string[], points: readonly string[]): Promise<Map<string, RawSeries>> {
  const span = { from: begun - hours(1), to: begun + hours(25) }
  const series = await app.services.telemetry.range({ kind, facilities: ids, points, ...span }, 100_000)
  return new Map(series.map((one) => [`${one.facility} ${one.point}`, one]))
}

/** A lamp at full light, A and W; half of its power or so is lit, a twentieth is not. */
const LAMP_CURRENT = 0.57
const LIT = 6

/**
 * Counts lamps from the values that devices sent, knowing nothing of rules, programmes and alarms: a lamp should be lit while its cabinet has its
 * circuit commanded on, is dark on a tripped one, and else what it said within 15 min since the circuit was off; lamps without a controller
 * are told by the current of their circuit.
 */
async function countByHand(): Promise<Record<string, Count>> {
  const power = await read(
    'street-light',
    ofLamps.map(({ id }) => id),
    ['power'],
  )
  const points = [1, 2].flatMap((n) => ['command', 'tripped', 'current'].map((what) => `circuit-${n}-${what}`))
  const circuits = await read('light-cabinet', cabinets, ['dimming', ...points])
  const counts: Record<string, Count> = {}
  for (const { id, road, fedBy, circuit, rated } of ofLamps) {
    const count = counts[road] ?? { lit: 0, known: 0, unknown: 0, energy: 0, full: 0, due: 0, wasted: 0 }
    counts[road] = count
    const of = (what: string) => circuits.get(`${fedBy} circuit-${circuit}-${what}`) as RawSeries
    const beside = ofLamps.filter((one) => one.fedBy === fedBy && one.circuit === circuit).length
    for (let slot = 0; slot < SLOTS; slot++) {
      const time = begun + slot * FIVE - HEARD_BEFORE
      const { at: told, value } = of('command')
      if (newest(of('command'), time).value !== 1) {
        // Once its circuit is off a lamp that last said that it was lit says nothing more.
        const said = newest(power.get(`${id} power`) as RawSeries, time)
        if (rated.controller !== 0 && said.value >= LIT && said.at > newest(of('command'), time).at) count.wasted++
        continue
      }
      count.due++
      const offUntil = told[value.findLastIndex((one, i) => one !== 1 && (told[i] as number) <= time)] as number
      const said = rated.controller === 0 ? null : newest(power.get(`${id} power`) as RawSeries, time)
      if (said === null) {
        count.known++
        const dimmed = newest(circuits.get(`${fedBy} dimming`) as RawSeries, time).value / 100
        count.lit += Math.min(beside, Math.round(newest(of('current'), time).value / LAMP_CURRENT / dimmed)) / beside
      } else if (newest(of('tripped'), time).value === 1) count.known++
      else if (said.at > offUntil && said.at >= time + HEARD_BEFORE + LOOKED_AFTER - minutes(15)) {
        count.known++
        if (said.value < LIT) continue
        count.lit++
        count.full++
        count.energy += (said.value * FIVE) / hours(1) / 1000
      } else count.unknown++
    }
  }
  return counts
}

describe('a day of lamps', () => {
  test('has the lamp-on rate of each road that a count from the raw telemetry gives', async () => {
    const counted = await countByHand()
    const { rows, total, days } = await client.get<LampDaysView>(`/api/lamp-on-rate/days?by=road&${dates}`)
    expect(rows.map(({ key }) => key)).toEqual(['Main Road', 'Old Road', 'Side Road', 'Tripped Road'])
    for (const { key, rate, litMinutes, dueMinutes, unknownMinutes } of rows) {
      const { lit, known, unknown } = counted[key] as Count
      expect([key, dueMinutes, unknownMinutes]).toEqual([key, 5 * (known + unknown), 5 * unknown])
      // What is learned of a circuit and the rated current of a lamp tell a little different numbers while lamps warm up.
      if (key === 'Old Road') expect(Math.abs((rate as number) - lit / known)).toBeLessThan(0.03)
      else expect([key, rate, litMinutes]).toEqual([key, lit / known, 5 * lit])
    }
    // The faults are seen in it, each as long as it lasted: two lamps for 4 h, one silent for 3 h, one dark all night, eight for 2 h.
    const of = Object.fromEntries(rows.map((row) => [row.key, row]))
    expect(of['Main Road']).toMatchObject({ darkMinutes: 2 * 240, verdict: 'missed', target: 0.98 })
    expect(of['Main Road']?.unknownMinutes).toBeGreaterThan(140)
    expect(of['Main Road']?.least).toBeLessThan(of['Main Road']?.rate as number)
    expect(of['Side Road']?.darkMinutes).toBe((of['Side Road']?.dueMinutes as number) / 12)
    expect(of['Tripped Road']?.darkMinutes).toBe(8 * 120)
    expect(of['Old Road']?.estimatedMinutes).toBe(of['Old Road']?.dueMinutes)
    expect(total.dueMinutes).toBe(rows.reduce((sum, { dueMinutes }) => sum + dueMinutes, 0))
    // From noon of the first day to noon of the second, up to which there is no more to be seen.
    expect(days.map(({ seen }) => Math.round((seen ?? 0) * 100))).toEqual([50, 100])
  })

  test('is told every five minutes, of one road and of all', async () => {
    const night = { from: String(begun + later(8)), to: String(begun + later(9)) }
    const ask = (more: object) => client.get<LampMomentsView>(`/api/lamp-on-rate/history?${new URLSearchParams({ ...night, ...more })}`)
    const { length, moments } = await ask({ by: 'road', key: 'Main Road' })
    expect([length, moments.length]).toEqual([FIVE, 12])
    expect(moments[3]).toMatchObject({ at: begun + later(8.25), due: 24, lit: 22, dark: 2, unknown: 0, rate: 22 / 24, verdict: 'missed' })
    expect((await ask({})).moments[3]).toMatchObject({ due: 54, dark: 3 })
    await expect(client.get(`/api/lamp-on-rate/history?from=0&to=${begun}`)).rejects.toThrow(/8 days/)
  })

  test('is known by day as the night ended, with what may still go out tonight', async () => {
    expect(await client.get('/api/lamp-on-rate?by=road')).toMatchObject({ total: { due: 0 } })
    const { at, rows } = await client.get<LampOnPageView>('/api/lamp-on-rate/last-night?by=road')
    const dawn = begun + later(17.75)
    expect(dawn - at).toBeGreaterThan(0)
    expect(dawn - at).toBeLessThan(minutes(30))
    const of = Object.fromEntries(rows.map((row) => [row.key, row]))
    expect(of['Main Road']).toMatchObject({ due: 24, lit: 24, margin: 0, verdict: 'met' })
    expect(of['Side Road']).toMatchObject({ due: 12, dark: 1, margin: -1, verdict: 'missed' })
  })

  test('takes the energy that lamps reported and the meter of the cabinet counted, and knows what is no saving', async () => {
    const counted = await countByHand()
    const { rows } = await client.get<LightingEnergyView>(`/api/lighting-energy?by=road&${dates}`)
    const of = Object.fromEntries(rows.map((row) => [row.key, row]))
    for (const road of ['Main Road', 'Side Road', 'Tripped Road'])
      expect(of[road]?.measured).toBeCloseTo(counted[road]?.energy as number, 2)
    expect(of['Old Road']).toMatchObject({ measured: 0, measuredFull: 0 })
    expect(of['Old Road']?.estimated).toBeGreaterThan(5)
    // Eight lamps of 120 W that were without supply for two hours.
    expect(of['Tripped Road']?.notLit).toBeCloseTo(8 * 0.12 * 2, 1)
    // Dimming saved 30 % in 6 of 11.4 h, and nothing else did.
    const { measured, measuredFull, savedByDimming, wholeNight, savedShare } = of['Main Road'] as LightingEnergyView['rows'][number]
    expect(savedByDimming).toBeCloseTo(measuredFull - measured, 2)
    expect(savedShare).toBeCloseTo(savedByDimming / wholeNight, 2)
    expect(savedShare).toBeCloseTo((0.3 * 6) / 11.4, 1)

    const meters = await read('light-cabinet', cabinets, ['energy'])
    const byCabinet = await client.get<LightingEnergyView>(`/api/lighting-energy?by=feeder&${dates}`)
    expect(byCabinet.rows.map(({ key }) => key)).toEqual(cabinets)
    for (const { key, metered } of byCabinet.rows) {
      const { value } = meters.get(`${key} energy`) as RawSeries
      expect(metered).toBeCloseTo((value.at(-1) as number) - (value[0] as number), 1)
    }
  })

  test('tells full power, savings and what was not lit as a count from the raw telemetry does', async () => {
    const counted = await countByHand()
    const { rows, total, days } = await client.get<LightingEnergyView>(`/api/lighting-energy?by=road&${dates}`)
    /** kWh of lamps of 120 W for so many slots. */
    const atFull = (slots: number) => (slots * 0.12 * FIVE) / hours(1)
    for (const { key, ...row } of rows) {
      // Where no road is said only cabinets stand.
      if (key === 'Old Road' || key === '') continue
      const { energy, full, due, wasted } = counted[key] as Count
      expect([key, row.measuredFull, row.notLit, row.savedByDimming, row.wasted]).toEqual([
        key,
        expect.closeTo(atFull(full), 2),
        expect.closeTo(atFull(due - full), 2),
        expect.closeTo(atFull(full) - energy, 2),
        wasted,
      ])
      // Cabinets are switched some seconds apart from dusk and dawn, which may be a slot either way.
      expect(Math.abs(row.wholeNight - atFull(due)), key).toBeLessThanOrEqual(atFull((2 * due) / 137) + 0.01)
      expect(row.savedShare).toBeCloseTo((row.savedByDimming + row.savedByProgramme) / row.wholeNight, 3)
    }
    // Old Road by the current of its circuit: so many lamps, at the level of the cabinet.
    const old = rows.find(({ key }) => key === 'Old Road')
    const { lit, known } = counted['Old Road'] as Count
    expect(Math.abs((old?.estimatedFull as number) / atFull(lit) - 1)).toBeLessThan(0.03)
    expect(Math.abs((old?.notLit as number) - atFull(known - lit))).toBeLessThan(0.03 * atFull(known))
    for (const key of ['measured', 'measuredFull', 'estimated', 'wholeNight', 'savedByDimming', 'notLit', 'wasted'] as const) {
      const sum = (all: readonly Record<typeof key, number>[]) => all.reduce((so, one) => so + one[key], 0)
      expect([key, total[key]]).toEqual([key, expect.closeTo(sum(rows), 1)])
      expect([key, total[key]]).toEqual([key, expect.closeTo(sum(days), 1)])
    }
  })

  test('has the integrity that a count from the record of alarms gives', async () => {
    const { items } = await client.get<{ items: AlarmView[] }>('/api/alarms?limit=500')
    type Step = { type: string; recorded: number }
    /** By facility: from when to when, by our clock, an alarm of its own stood that nothing explained. */
    const broken = new Map<string, [from: number, to: number][]>()
    for (const { id, facility } of items) {
      const steps = (await client.get<{ items: Step[] }>(`/api/alarms/${id}/record?limit=200`)).items.toReversed()
      let [isActive, isExplained, since] = [false, false, Number.NaN]
      const first = items.find((one) => one.id === id)
      for (const { type, recorded } of [...steps, { type: 'end', recorded: Number.POSITIVE_INFINITY }]) {
        const wasBroken = isActive && !isExplained
        if (type === 'raise' || type === 'activate') isActive = true
        if (type === 'raise') isExplained = steps.some((step) => step.type === 'unsuppress') || first?.suppressed != null
        if (type === 'return' || type === 'withdraw' || type === 'end') isActive = false
        if (type === 'suppress') isExplained = true
        if (type === 'unsuppress') isExplained = false
        const isBroken = isActive && !isExplained
        if (isBroken && !wasBroken) since = recorded
        if (wasBroken && !isBroken) broken.set(facility, [...(broken.get(facility) ?? []), [since, recorded]])
      }
    }
    let intact = 0
    for (let slot = 0; slot < SLOTS; slot++) {
      const looked = begun + slot * FIVE + LOOKED_AFTER
      for (const { id } of facilities) if (!(broken.get(id) ?? []).some(([from, to]) => from <= looked && looked < to)) intact++
    }
    const { total } = await client.get<LampDaysView>(`/api/lamp-on-rate/days?by=class&${dates}`)
    expect(broken.size).toBeGreaterThan(3)
    expect(total.integrity.share).toBeCloseTo(intact / (SLOTS * facilities.length), 3)
  })

  test('has how whole the facilities were', async () => {
    const { total, rows } = await client.get<LampDaysView>(`/api/lamp-on-rate/days?by=class&${dates}`)
    const of = Object.fromEntries(rows.map((row) => [row.key, row]))
    expect(total.integrity.share).toBeLessThan(1)
    // One of 22 lamps on branch roads is broken all day.
    expect(of.branch?.integrity).toMatchObject({ target: 0.95, isMet: true })
    expect(of.branch?.integrity.share).toBeLessThan(21.8 / 22)
  })
})
