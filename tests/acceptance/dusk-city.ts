import { CITY_CENTRE, generateCity } from '../../simulators/city.ts'
import { simulatedClock } from '../../simulators/clock.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { runFleet } from '../../simulators/fleet-runner.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import { duskAndDawn, nightOf } from '../../src/control/control-programme.ts'
import type { LampOnPageView } from '../../src/edges/http/lamp-on-schemas.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { type Client, signIn, startServer, testFolder } from './server-process.ts'

export interface DuskOptions {
  lamps: number
  cabinets: number
  /** Simulated seconds in one of the wall clock. */
  speed: number
  /** Cabinets that take no table. */
  deaf: number
  /** Cabinets that fall silent before dusk. */
  silent: number
  onProgress?: (words: string) => void
}

/** Times in ms after dusk, before it negative. */
export interface DuskResult {
  cabinets: string[]
  deaf: string[]
  silent: string[]
  /** Those that the list named as unanswered, and when it named the last of them. */
  unanswered: string[]
  namedAt: number
  /** How many devices said before dusk that they run their table. */
  following: number
  rates: { at: number; due: number; lit: number }[]
  /** Alarms of cabinets, and when each was raised. */
  alarms: { facility: string; rule: string; at: number }[]
  /** Lamps of cabinets with a table by their dimming command after the second step, and all that were asked. */
  dimmed: number
  asked: number
  load: DuskLoad
}

export interface DuskLoad {
  /** Of the whole city when all is on, A. */
  full: number
  /** Largest rise within one second, of the city and of any one cabinet as a share of its own full load. */
  cityJump: number
  cabinetJump: number
}

/** Minutes after dusk at which the light goes back to this, %. */
export const DIMMED = { after: 30, level: 60 } as const
const UNTIL = minutes(45)
const PAUSE = 250

interface DevicePage {
  counts: Record<string, number>
  items: { facility: string; state: string }[]
}

/** A whole dusk of the running product and a simulated city, faster than time. */
export async function liveDusk({ lamps, cabinets, speed, deaf, silent, onProgress = () => {} }: DuskOptions): Promise<DuskResult> {
  const none = { pumpStations: 0, gasStations: 0, sewagePlants: 0, wastePlants: 0, gateways: 0 }
  const facilities = generateCity({ seed: 'dusk', lamps, cabinets, ...none }).map((one) => ({ ...one, mode: 'auto' as const }))
  const utcOffset = () => hours(8)
  const { dusk } = duskAndDawn(nightOf(Date.parse('2026-03-02T20:00+08:00'), utcOffset), CITY_CENTRE)
  // Long enough for all to be sent theirs at the pace of wall time, and for those that do not answer to be given up.
  const lead = minutes(25) + seconds((cabinets / 20) * speed * 2)
  const { folder, remove } = testFolder()
  const start = dusk - lead
  const wallStart = Date.now()
  const server = await startServer({
    ...{ folder, facilities, program: 'tests/acceptance/fast-server.ts', patience: 120_000 },
    env: { CLOCK_START: String(start), CLOCK_WALL: String(wallStart), CLOCK_SPEED: String(speed), SERVER_ID: '' },
  })
  const clock = simulatedClock({ start, wallStart, speed, mayRunAhead: true })
  const now = () => clock.at(Date.now()) - dusk
  const fleet = new Fleet({
    facilities: simulatedFacilities(facilities, kindByKey),
    seed: 'dusk',
    world: createWorld({ position: CITY_CENTRE, seed: 'dusk' }),
    start: clock.at(Date.now()),
  })
  const ids = facilities.filter(({ kind }) => kind === 'light-cabinet').map(({ id }) => id)
  const deafOnes = ids.slice(0, deaf)
  const silentOnes = ids.slice(deaf, deaf + silent)
  if (deaf > 0) fleet.teach(`id=${deafOnes.join(',')}`, 'silent')
  const run = runFleet({ fleet, clock, mode: 'gateways', url: `mqtt://127.0.0.1:${server.mqttPort}` })
  try {
    const client = await signIn(server.url)
    await configure(client)
    onProgress(`configured ${Math.round(-now() / 60_000)} min before dusk`)
    const { unanswered, namedAt, following } = await watchDownloads(client, { now, deaf, all: ids.length, onProgress })
    if (silent > 0) fleet.inject({ where: `id=${silentOnes.join(',')}`, fault: 'communication-loss', after: 0, for: null, size: 1 })
    const rates: DuskResult['rates'] = []
    while (now() < UNTIL) {
      const { total } = await client.get<LampOnPageView>('/api/lamp-on-rate?by=district')
      rates.push({ at: now(), due: total.due, lit: total.lit })
      if (rates.length % 20 === 0) onProgress(`${Math.round(now() / 60_000)} min after dusk: ${total.lit} of ${total.due} lit`)
      await pause(PAUSE)
    }
    const { alarms } = await client.get<{ alarms: { facility: string; rule: string; activated: number }[] }>('/api/snapshot')
    const lampsOf = facilities.filter(
      ({ kind, fedBy }) => kind === 'street-light' && fedBy !== null && ![...deafOnes, ...silentOnes].includes(fedBy),
    )
    const asked = lampsOf.filter((_, i) => i % Math.ceil(lampsOf.length / 50) === 0)
    let dimmed = 0
    for (const { id } of asked) {
      const { latest } = await client.get<{ latest: { point: string; value: unknown }[] }>(`/api/facilities/${id}`)
      if (latest.some(({ point, value }) => point === 'dim-command' && value === DIMMED.level)) dimmed++
    }
    return {
      ...{ cabinets: ids, deaf: deafOnes, silent: silentOnes, unanswered, namedAt, following, rates, dimmed, asked: asked.length },
      alarms: alarms
        .filter(({ facility }) => ids.includes(facility))
        .map(({ facility, rule, activated }) => ({ facility, rule, at: activated - dusk })),
      load: loadOf(fleet, ids.slice(deaf), dusk),
    }
  } finally {
    run.stop()
    await run.done
    await server.end('SIGTERM')
    remove()
  }
}

async function configure(client: Client): Promise<void> {
  const steps = [
    { anchor: 'dusk', minutes: 0, level: 100 },
    { anchor: 'dusk', minutes: DIMMED.after, level: DIMMED.level },
    { anchor: 'dawn', minutes: 0, level: 0 },
  ]
  await client.put('/api/programmes/evening', { name: '傍晚', nameEn: 'Evening', steps })
  await client.put('/api/calendars/roads', { name: '道路', nameEn: 'Roads', lines: [], usual: 'evening' })
  const items = [{ id: 'all', name: '全部', nameEn: 'All', query: 'kind=light-cabinet,street-light', calendar: 'roads' }]
  await client.put('/api/programme-assignments', { items })
}

interface Watching {
  now: () => number
  deaf: number
  all: number
  onProgress: (words: string) => void
}

/** Until all have answered and the others are named, and dusk is near. */
async function watchDownloads(client: Client, { now, deaf, all, onProgress }: Watching) {
  let namedAt = Number.NaN
  let page: DevicePage = { counts: {}, items: [] }
  while (now() < -minutes(3)) {
    page = await client.get<DevicePage>('/api/programme-state?state=unanswered&limit=500')
    if (page.counts.unanswered === deaf && Number.isNaN(namedAt)) {
      namedAt = now()
      onProgress(
        `${page.counts.same} of ${all} run their table, ${page.counts.unanswered} are named ${Math.round(-namedAt / 60_000)} min before dusk`,
      )
    }
    await pause(PAUSE)
  }
  return { namedAt, following: page.counts.same ?? 0, unanswered: page.items.map(({ facility }) => facility) }
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** As the simulated grid carries it, second by second. */
function loadOf(fleet: Fleet, ids: readonly string[], dusk: number): DuskLoad {
  const times = Array.from({ length: 300 }, (_, i) => dusk - minutes(2) + seconds(i))
  const currents = ids.map((id) => times.map((at) => fleet.current(id, at)))
  const jumpOf = (series: readonly number[]) => Math.max(...series.map((amps, i) => (i === 0 ? 0 : amps - (series[i - 1] as number))))
  const total = times.map((_, i) => currents.reduce((sum, series) => sum + (series[i] as number), 0))
  const full = Math.max(...total)
  return {
    full,
    cityJump: jumpOf(total) / full,
    cabinetJump: Math.max(...currents.map((series) => jumpOf(series) / Math.max(...series))),
  }
}
