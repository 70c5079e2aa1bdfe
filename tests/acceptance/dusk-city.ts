import { pino } from 'pino'
import { CITY_CENTRE, generateCity } from '../../simulators/city.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { runFleet } from '../../simulators/fleet-runner.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { duskAndDawn, nightOf } from '../../src/control/control-programme.ts'
import type { LampOnPageView } from '../../src/edges/http/lamp-on-schemas.ts'
import type { Services } from '../../src/edges/services.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { type Client, PASSWORD, signIn, testFolder } from './server-process.ts'

export interface DuskOptions {
  lamps: number
  cabinets: number
  /** Simulated seconds in one of the wall clock. */
  speed: number
  /** Cabinets that take no table. */
  deaf: number
  /** Cabinets that fall silent before dusk. */
  silent: number
  /** The HTTP port, and the built console that is served there; any port and none when absent. */
  open?: { port: number; consoleFolder: string }
  /** Told of the address once people can sign in. */
  onOpen?: (url: string) => void
  onProgress?: (words: string) => void
}

/** Times in ms after dusk, before it negative. */
export interface DuskResult {
  cabinets: string[]
  deaf: string[]
  silent: string[]
  /** Those that the list named as unanswered, and how long after the programmes were made. */
  unanswered: string[]
  namedAfter: number
  /** How many devices said before dusk that they run their table. */
  following: number
  rates: { at: number; due: number; lit: number }[]
  /** Alarms of cabinets, and when each was raised. */
  alarms: { facility: string; rule: string; at: number }[]
  /** Lamps of cabinets with a table by their dimming command after the second step, and all that were asked. */
  dimmed: number
  asked: number
  load: DuskLoad
  /** How much faster than time it went. */
  speed: number
}

export interface DuskLoad {
  /** Of the whole city when all is on, A. */
  full: number
  /** Largest rise within one second, of the city and of any one cabinet as a share of its own full load. */
  cityJump: number
  cabinetJump: number
}

/** Minutes after dusk at which the light goes back to this, %. */
export const DIMMED = { after: 20, level: 60 } as const
const UNTIL = minutes(35)
/** Enough for all to be sent theirs, and for those that do not answer to be given up. */
const LEAD = minutes(25)
/** Wall time between two steps of time, and simulated time between two looks, ms. */
const STEP = 20
/** More than this at once would be a jump of time and no step. */
const LONGEST_STEP = 60
const LOOK = seconds(15)
/** Messages that may wait before time does. */
const MOST_BEHIND = 1500

interface DevicePage {
  counts: Record<string, number>
  items: { facility: string; state: string }[]
}

/** A whole dusk of the program and a simulated city, faster than time as long as the program keeps up; time waits for it where it does not. */
export async function liveDusk(options: DuskOptions): Promise<DuskResult> {
  const { lamps, cabinets, speed, deaf, silent, open, onOpen = () => {}, onProgress = () => {} } = options
  const none = { pumpStations: 0, gasStations: 0, sewagePlants: 0, wastePlants: 0, gateways: 0 }
  const facilities = generateCity({ seed: 'dusk', lamps, cabinets, ...none }).map((one) => ({ ...one, mode: 'auto' as const }))
  const { dusk } = duskAndDawn(
    nightOf(Date.parse('2026-03-02T20:00+08:00'), () => hours(8)),
    CITY_CENTRE,
  )
  let time = dusk - LEAD
  const clock = () => time
  const now = () => time - dusk
  const { folder, remove } = testFolder()
  const given = { DATA_FOLDER: folder, HTTP_PORT: String(open?.port ?? 0), MQTT_PORT: '0', ADMIN_PASSWORD: PASSWORD, SERVER_ID: '' }
  const consoleFolder = open?.consoleFolder ?? folder
  const app = await startApp({ config: readConfig([], given), log: pino({ level: 'silent' }), consoleFolder, now: clock })
  app.services.putFacilities(facilities, 'admin')
  const fleet = new Fleet({
    facilities: simulatedFacilities(facilities, kindByKey),
    seed: 'dusk',
    world: createWorld({ position: CITY_CENTRE, seed: 'dusk' }),
    start: time,
  })
  const ids = facilities.filter(({ kind }) => kind === 'light-cabinet').map(({ id }) => id)
  const deafOnes = ids.slice(0, deaf)
  const silentOnes = ids.slice(deaf, deaf + silent)
  if (deaf > 0) fleet.teach(`id=${deafOnes.join(',')}`, 'silent')
  const run = runFleet({ fleet, clock: { at: clock }, mode: 'gateways', url: `mqtt://127.0.0.1:${app.mqttPort}` })
  const keepsUp = () =>
    fleet.now >= time - 2 * LONGEST_STEP * speed &&
    run.counts.sent - run.counts.acknowledged < MOST_BEHIND &&
    app.services.figures().pipelineBacklog < MOST_BEHIND
  const flow = async (isOver: () => boolean, look: () => Promise<void>) => {
    let wall = Date.now()
    for (let looked = Number.NEGATIVE_INFINITY; !isOver(); ) {
      await pause(STEP)
      // A pause takes longer where there is much to do; what it took is what passes, but for long stops.
      const passed = Math.min(Date.now() - wall, LONGEST_STEP)
      wall = Date.now()
      if (keepsUp()) time += passed * speed
      if (time < looked + LOOK) continue
      looked = time
      await look()
    }
  }
  try {
    const client = await signIn(app.url)
    await configure(client, app.services)
    while (run.connected() < run.clients) await pause(STEP)
    onOpen(app.url)
    const began = { at: time, wall: Date.now() }
    let namedAt = Number.NaN
    let page: DevicePage = { counts: {}, items: [] }
    const lookAtDevices = async () => {
      page = await client.get<DevicePage>('/api/programme-state?state=unanswered&limit=500')
      if (Number.isNaN(namedAt) && page.counts.unanswered === deaf && page.counts.same === ids.length - deaf) {
        namedAt = time - began.at
        onProgress(`${page.counts.same} of ${ids.length} run their table, ${deaf} are named after ${(namedAt / 60_000).toFixed(1)} min`)
      }
    }
    await flow(() => now() > -minutes(4), lookAtDevices)
    if (silent > 0) fleet.inject({ where: `id=${silentOnes.join(',')}`, fault: 'communication-loss', after: 0, for: null, size: 1 })
    const rates: DuskResult['rates'] = []
    const lookAtLamps = async () => {
      const { total } = await client.get<LampOnPageView>('/api/lamp-on-rate?by=district')
      rates.push({ at: now(), due: total.due, lit: total.lit })
      if (rates.length % 10 === 0) onProgress(`${Math.round(now() / 60_000)} min after dusk: ${total.lit} of ${total.due} lit`)
    }
    await flow(() => now() > UNTIL, lookAtLamps)
    const { alarms } = await client.get<{ alarms: { facility: string; rule: string; activated: number }[] }>('/api/snapshot')
    const followers = facilities.filter(
      ({ kind, fedBy }) => kind === 'street-light' && fedBy !== null && ![...deafOnes, ...silentOnes].includes(fedBy),
    )
    const asked = followers.filter((_, i) => i % Math.ceil(followers.length / 50) === 0)
    let dimmed = 0
    for (const { id } of asked) {
      const { latest } = await client.get<{ latest: { point: string; value: unknown }[] }>(`/api/facilities/${id}`)
      if (latest.some(({ point, value }) => point === 'dim-command' && value === DIMMED.level)) dimmed++
    }
    return {
      ...{ cabinets: ids, deaf: deafOnes, silent: silentOnes, namedAfter: namedAt, following: page.counts.same ?? 0, rates, dimmed },
      ...{ unanswered: page.items.map(({ facility }) => facility), asked: asked.length },
      speed: (time - began.at) / (Date.now() - began.wall),
      alarms: alarms
        .filter(({ facility }) => ids.includes(facility))
        .map(({ facility, rule, activated }) => ({ facility, rule, at: activated - dusk })),
      load: loadOf(fleet, ids.slice(deaf), dusk),
    }
  } finally {
    run.stop()
    await run.done
    await app.stop()
    remove()
  }
}

async function configure(client: Client, { programmes }: Pick<Services, 'programmes'>): Promise<void> {
  const steps = [
    { anchor: 'dusk', minutes: 0, level: 100 },
    { anchor: 'dusk', minutes: DIMMED.after, level: DIMMED.level },
    { anchor: 'dawn', minutes: 0, level: 0 },
  ]
  await client.put('/api/programmes/evening', { name: '傍晚', nameEn: 'Evening', steps })
  await client.put('/api/calendars/roads', { name: '道路', nameEn: 'Roads', lines: [], usual: 'evening' })
  const items = [{ id: 'all', name: '全部', nameEn: 'All', query: 'kind=light-cabinet,street-light', calendar: 'roads' }]
  // Nobody waits at a console in this hour, which is over in a minute.
  programmes.setAssignments(items, 'admin')
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
