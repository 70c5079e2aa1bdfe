import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { startApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'

const { values: args } = parseArgs({ options: { lamps: { type: 'string', default: '50000' }, help: { type: 'boolean', default: false } } })
if (args.help) {
  console.log(`Usage: node bench/plant-import.ts [--lamps 50000]

Imports a file of lamps and their cabinets into a running server with its stores on disk: seconds and rows per second of the
check and of the commit, and how long anything else had to wait meanwhile (delay of the event loop, ms).`)
  process.exit(0)
}
const LAMPS = Number(args.lamps)
const PER_CABINET = 100

/** Cabinets on a grid, each with its lamps in a row of their own. */
function cityFile(): string {
  const lines = ['id,kind,name,lon,lat,district,road,roadClass,fedBy,circuit,rated.power,label.pole']
  for (let i = 0; i < LAMPS / PER_CABINET; i++)
    lines.push(`LC-${i},light-cabinet,${i} 号柜,114.3,${37.9 + i / 2000},新华区,道路 ${i},main,,,,`)
  for (let i = 0; i < LAMPS; i++) {
    const cabinet = Math.floor(i / PER_CABINET)
    const place = `${(114.301 + (i % PER_CABINET) / 5000).toFixed(6)},${(37.9 + cabinet / 2000).toFixed(6)}`
    lines.push(`SL-${i},street-light,路灯 ${i},${place},新华区,道路 ${cabinet},main,LC-${cabinet},${(i % 4) + 1},120,P${i}`)
  }
  return `${lines.join('\n')}\n`
}

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-import-'))
const config = readConfig(['--data-folder', folder, '--http-port', '0', '--mqtt-port', '0', '--admin-password', 'bench-password-1'], {})
const app = await startApp({ config, log: pino({ level: 'warn' }), consoleFolder: folder })
const login = await fetch(`${app.url}/api/session`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ name: 'admin', password: 'bench-password-1' }),
})
const cookie = login.headers.getSetCookie()[0]?.split(';', 1)[0] as string

async function ask(method: string, path: string, body?: string) {
  const response = await fetch(app.url + path, {
    method,
    headers: { cookie, ...(body && { 'content-type': 'text/csv' }) },
    ...(body && { body }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as { id: string; state: string; report: Record<string, unknown>; trouble: unknown }
}

async function measure(name: string, start: () => Promise<{ id: string }>, end: string): Promise<Record<string, number>> {
  const delay = monitorEventLoopDelay({ resolution: 2 })
  delay.enable()
  const started = performance.now()
  const { id } = await start()
  for (;;) {
    const job = await ask('GET', `/api/imports/${id}`)
    if (job.state === end) break
    if (job.state === 'failed') throw new Error(`${name} failed: ${JSON.stringify(job)}`)
    await pause(100)
  }
  const seconds = (performance.now() - started) / 1000
  delay.disable()
  // The monitor counts its own period of 2 ms.
  const ms = (nanoseconds: number) => Number((nanoseconds / 1e6 - 2).toFixed(1))
  return {
    seconds: Number(seconds.toFixed(1)),
    'rows/s': Math.round(LAMPS / seconds),
    'loop p50 ms': ms(delay.percentile(50)),
    'loop p99 ms': ms(delay.percentile(99)),
    'loop max ms': ms(delay.max),
  }
}

const rows: Record<string, Record<string, number>> = {}
try {
  const file = cityFile()
  let id = ''
  const send = async (content: string) => {
    const job = await ask('POST', '/api/imports?name=bench.csv', content)
    id = job.id
    return job
  }
  rows['check, all new'] = await measure('check', () => send(file), 'checked')
  rows['commit, all new'] = await measure('commit', () => ask('POST', `/api/imports/${id}/commit`), 'committed')
  rows['check, nothing new'] = await measure('check', () => send(file), 'checked')
  rows['check, all changed'] = await measure('check', () => send(file.replaceAll(',120,', ',90,')), 'checked')
  rows['commit, all changed'] = await measure('commit', () => ask('POST', `/api/imports/${id}/commit`), 'committed')
  for (const format of ['geojson', 'ngsi-ld']) {
    const exported = await fetch(`${app.url}/api/export?format=${format}`, { headers: { cookie } }).then((response) => response.text())
    rows[`check ${format}, nothing new`] = await measure('check', () => send(exported), 'checked')
  }
  console.log(`${(file.length / 1e6).toFixed(1)} M characters, ${LAMPS} lamps; ${Math.round(process.memoryUsage().rss / 1e6)} MB resident`)
  console.table(rows)
} finally {
  await app.stop()
  rmSync(folder, { recursive: true, force: true })
}
