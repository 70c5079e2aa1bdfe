import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { BUILT, buildDashboards } from '../dashboards/build.ts'
import { unpackStates } from '../src/edges/live/facility-states.ts'
import { burst, cityOfLamps } from '../tests/acceptance/alarm-burst.ts'
import { type Client, type ServerProcess, signIn, startServer, testFolder } from '../tests/acceptance/server-process.ts'
import { launchChromium } from '../tests/browser/chromium.ts'
import { findProgram } from '../tests/servers.ts'
import { firstRow, measurePage, openPage, type PageFigures, seenRows, watchRows } from './console-page.ts'
import type { SocketsOrder, SocketsResult } from './console-sockets.ts'
import { lampCity } from './lamp-city.ts'
import { LampLoad } from './lamp-load.ts'

const { values: args } = parseArgs({
  options: {
    lamps: { type: 'string' },
    changes: { type: 'string' },
    minutes: { type: 'string' },
    consoles: { type: 'string' },
    pages: { type: 'string', default: '/,/map' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (args.help) {
  console.log(`Usage: npm run bench:console -- [--lamps 50000] [--changes 1000] [--minutes 10] [--consoles 100] [--pages /,/map] [--quick]

The console in a real browser (Chromium) before a real server process with a city of lamps, while states change over MQTT: time to the
first alarm row with an empty cache, then for each page frames per second, main thread, heap growth and layout shift over so many
minutes; then many consoles at once: load of the server, bytes per console, time from the device to a console, and how long all
take to come back at once; then 5,000 alarms in 10 s with the wall open: when the critical ones are on the screen.

States change as they do in a city: the radio of a gateway fails, its 200 lamps show as without report, and as normal again as they are heard.
--quick: 5,000 lamps, 300 changes/s, 8 s a page, 20 consoles, 1,000 alarms in 2 s.`)
  process.exit(0)
}
const [LAMPS, CHANGES, MINUTES, CONSOLES] = args.quick ? [5000, 300, 8 / 60, 20] : [50_000, 1000, 10, 100]
const lamps = Number(args.lamps ?? LAMPS)
const changes = Number(args.changes ?? CHANGES)
const minutes = Number(args.minutes ?? MINUTES)
const consoles = Number(args.consoles ?? CONSOLES)
const [BURST, BURST_LENGTH] = args.quick ? [1000, 2000] : [5000, 10_000]
const COLD_RUNS = args.quick ? 1 : 5
const STANDING = 30
/** For the server to register all lamps on a busy machine, ms. */
const PATIENCE = 180_000
/** Until the first gateways are taken for dead, ms. */
const WARM_UP = 13_000

interface Row {
  what: string
  measured: string
  budget: string
  met: string
}
const rows: Row[] = []
const number = (value: number, digits = 0) => value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })

function note(what: string, value: number, unit: string, budget?: { most?: number; least?: number }, digits = 0): void {
  const { most, least } = budget ?? {}
  const limit = most !== undefined ? `at most ${number(most, digits)}` : least !== undefined ? `at least ${number(least, digits)}` : ''
  const isMet = value <= (most ?? Number.POSITIVE_INFINITY) && value >= (least ?? Number.NEGATIVE_INFINITY)
  const measured = Number.isNaN(value) ? 'too short to say' : `${number(value, digits)} ${unit}`
  rows.push({ what, measured, budget: limit, met: limit === '' || Number.isNaN(value) ? '' : isMet ? 'met' : 'MISSED' })
  console.log(`  ${what}: ${measured}${limit && ` (${limit}: ${rows.at(-1)?.met})`}`)
}

/** CPU time of a process, s. */
function cpuOf(pid: number): number {
  const fields = statOf(pid) ?? []
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100
}

/** What the system says of a process, from its state on; undefined when it is gone. */
function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')
  } catch {
    return undefined
  }
}

/** How long the first thread of a process had to wait for a core, s: what a busy machine takes from it. */
function waitOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e9
  } catch {
    return 0
  }
}

/** The pages of the browser are processes of their own. */
const pagesOf = (family: readonly number[]) =>
  family.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')
    } catch {
      return false
    }
  })

/** A process, all that it started and all that those started. */
function familyOf(root: number): number[] {
  const parents = readdirSync('/proc').flatMap((name) => {
    const parent = /^\d+$/.test(name) ? statOf(Number(name))?.[1] : undefined
    return parent === undefined ? [] : [[Number(name), Number(parent)] as const]
  })
  const family = new Set([root])
  for (const one of family) for (const [pid, parent] of parents) if (parent === one) family.add(pid)
  return [...family]
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

async function loadOf<T>(pid: number, work: () => Promise<T>): Promise<{ share: number; answer: T }> {
  const [cpu, begun] = [cpuOf(pid), Date.now()]
  const answer = await work()
  return { share: ((cpuOf(pid) - cpu) / (Date.now() - begun)) * 100_000, answer }
}

async function cookieOf(client: Client): Promise<string> {
  const { extraHeaders } = client.live().io.opts as { extraHeaders: { cookie: string } }
  return extraHeaders.cookie
}

function sockets(order: SocketsOrder): Promise<SocketsResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'console-sockets.ts'), JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.on('exit', () => (out ? resolve(JSON.parse(out) as SocketsResult) : reject(new Error('the consoles failed'))))
  })
}

async function coldStart(browser: Browser, url: string, cookie: string): Promise<void> {
  const times: number[] = []
  for (let i = 0; i < COLD_RUNS; i++) times.push(await firstRow(browser, url, cookie))
  note('first alarm row, empty cache (median)', times.sort((a, b) => a - b)[COLD_RUNS >> 1] as number, 'ms', { most: 1500 })
}

async function onePage(browser: Browser, { url, child }: ServerProcess, client: Client, path: string): Promise<void> {
  const page = await openPage(browser, url, await cookieOf(client), path)
  let told = 0
  const listener = client.live().on('delta', ({ states }) => states && unpackStates(states, () => told++))
  const family = familyOf(process.pid)
  const figures = () => ({ cpu: sum(family.map(cpuOf)), waited: sum(pagesOf(family).map(waitOf)) })
  const [before, begun] = [figures(), Date.now()]
  const { share, answer } = await loadOf(child.pid as number, () => measurePage(page, minutes * 60))
  const [after, took] = [figures(), (Date.now() - begun) / 1000]
  listener.close()
  const shown: PageFigures = answer
  note(`${path} changes a second meanwhile`, told / took, '')
  note(`${path} frames per second`, shown.framesPerSecond, '', { least: 50 }, 1)
  note(`${path} frames in the worst second`, shown.worstSecond, '')
  note(
    `${path} wait of the main thread for a core: fewer frames by the machine's fault`,
    ((after.waited - before.waited) / took) * 100,
    '%',
    undefined,
    1,
  )
  note(`${path} main thread`, shown.mainThread * 100, '%', { most: 40 }, 1)
  note(`${path} of that scripts`, shown.script * 100, '%', undefined, 1)
  note(`${path} heap after garbage collection, at first`, shown.heapStart / 1e6, 'MB', undefined, 1)
  note(`${path} heap growth`, shown.heapGrowth / 1e6, 'MB/h', { most: 5 }, 1)
  note(`${path} layout shift`, shown.layoutShift, '', { most: 0.05 }, 3)
  if (shown.layoutShift > 0.05) console.log(shown.moved.map((line) => `    ${line}`).join('\n'))
  note(`${path} browser, this program and server, all processes`, ((after.cpu - before.cpu) / took) * 100, '% of a core', undefined, 1)
  note(`${path} server meanwhile`, share, '% of a core', undefined, 1)
  await page.context().close()
}

async function manyConsoles({ url, child }: ServerProcess, cookie: string): Promise<void> {
  const seconds = args.quick ? 5 : 60
  const { share, answer } = await loadOf(child.pid as number, () => sockets({ url, cookie, consoles, seconds, storm: true }))
  note(`${consoles} consoles: changes a second`, answer.changesPerSecond, '')
  note(`${consoles} consoles: bytes a second to each`, answer.bytesPerSecond, '')
  note(`${consoles} consoles: server`, share, '% of a core', undefined, 1)
  note(`${consoles} consoles: device to console, median of ${answer.delays.count}`, answer.delays.p50, 'ms')
  note(`${consoles} consoles: device to console, 99 of 100`, answer.delays.p99, 'ms', { most: 1000 })
  note(`${consoles} consoles: deltas missed`, answer.gaps, '', { most: 0 })
  note(`${consoles} consoles: all back at once`, answer.storm ?? Number.NaN, 'ms', { most: 5000 })
}

/** A server of its own, whose lamps go into alarm. */
async function flood(browser: Browser): Promise<void> {
  const { folder, remove } = testFolder()
  const server = await startServer({ folder, facilities: cityOfLamps(BURST), patience: PATIENCE, env: { LOG_LEVEL: 'warn' } })
  try {
    const client = await signIn(server.url)
    const page = await openPage(browser, server.url, await cookieOf(client), '/')
    await page.locator('.console[data-link=live]').waitFor()
    await watchRows(page)
    await burst(server.mqttPort, BURST, BURST_LENGTH)
    await pause(3000)
    const seen = await seenRows(page)
    const { items } = await client.get<{ items: { facility: string; activated: number }[] }>('/api/alarms?priority=critical&limit=500')
    const delays = items.map(({ facility, activated }) => (seen[facility] ?? Number.NaN) - activated).sort((a, b) => a - b)
    note(`${BURST} alarms: critical ones that had a row`, delays.filter((delay) => !Number.isNaN(delay)).length, `of ${items.length}`)
    const shown = delays.filter((delay) => !Number.isNaN(delay))
    note(`${BURST} alarms: critical ones on the screen, median`, shown[shown.length >> 1] as number, 'ms')
    note(`${BURST} alarms: critical ones on the screen, last`, shown.at(-1) as number, 'ms', { most: 1000 })
    await page.context().close()
  } finally {
    await server.end('SIGKILL')
    remove()
  }
}

async function main(): Promise<void> {
  const chromium = findProgram('chromium')
  if (!chromium) {
    console.log('Chromium is not installed: there is nothing to measure with.')
    return
  }
  await buildDashboards(BUILT, 'error')
  const { folder, remove } = testFolder()
  const begun = Date.now()
  const server = await startServer({
    ...{ folder, facilities: lampCity(lamps), patience: PATIENCE },
    env: { LOG_LEVEL: 'warn', MQTT_DEVICE_RATE: '100000' },
  })
  console.log(`Server with ${lamps} lamps up after ${Date.now() - begun} ms.`)
  const browser = await launchChromium(chromium)
  try {
    const client = await signIn(server.url)
    const cookie = await cookieOf(client)
    const load = await LampLoad.open(client, server.mqttPort, lamps)
    await load.greet()
    for (let i = 0; i < STANDING; i++) load.probe()
    await pause(500)
    await coldStart(browser, server.url, cookie)
    load.start(changes)
    await pause(WARM_UP)
    for (const path of (args.pages ?? '').split(',').filter(Boolean)) await onePage(browser, server, client, path)
    await manyConsoles(server, cookie)
    await load.stop()
    await browser.close().catch(() => {})
  } finally {
    await browser.close().catch(() => {})
    await server.end('SIGKILL')
    remove()
  }
  const another = await launchChromium(chromium)
  await flood(another).finally(() => another.close())
  console.table(rows)
}

await main()
process.exit()
