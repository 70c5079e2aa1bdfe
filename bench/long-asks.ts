import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { WHOLE_CITY } from '../src/access/scope.ts'
import { startApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import type { LightChange } from '../src/control/light-change.ts'
import { days } from '../src/telemetry/duration.ts'
import { PASSWORD, signIn } from '../tests/acceptance/server-process.ts'
import { lampCity } from './lamp-city.ts'

const { values: args } = parseArgs({
  options: { lamps: { type: 'string', default: '50000' }, help: { type: 'boolean', default: false } },
})
if (args.help) {
  console.log(`Usage: node launch.mjs bench/long-asks.ts [--lamps 50000]

Asks a large city what takes a look at every lamp, and measures for how long the event loop is held at once meanwhile: so long telemetry and
live connections wait. Each is asked for twice; what is known the second time may be quicker. The mark is 50 ms.`)
  process.exit(0)
}

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-asks-'))
const given = { DATA_FOLDER: folder, HTTP_PORT: '0', MQTT_PORT: '0', ADMIN_PASSWORD: PASSWORD }
const app = await startApp({ config: readConfig([], given), log: pino({ level: 'warn' }), consoleFolder: folder })
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

async function measure(ask: () => Promise<unknown>): Promise<{ 'took ms': number; 'longest hold ms': number }> {
  await pause(300)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await pause(5)
  const began = performance.now()
  await ask()
  const took = performance.now() - began
  await pause(5)
  delay.disable()
  return { 'took ms': Math.round(took), 'longest hold ms': Math.round(delay.max / 1e6 - 1) }
}

try {
  app.services.putFacilities(lampCity(Number(args.lamps)), 'bench')
  const client = await signIn(app.url)
  const steps = [
    { anchor: 'dusk', minutes: 0, level: 100 },
    { anchor: 'clock', minutes: 23 * 60, level: 60 },
    { anchor: 'dawn', minutes: 0, level: 0 },
  ]
  await client.put('/api/programmes/night', { name: '夜', nameEn: 'Night', steps })
  const line = { on: 'weekdays', weekdays: [6, 7], programme: 'night' }
  await client.put('/api/calendars/roads', { name: '道路', nameEn: 'Roads', lines: [line], usual: 'night' })
  const assigned = ['keyArea=yes', 'roadClass=main', 'roadClass=secondary', 'kind=light-cabinet,street-light']
  const items = assigned.map((query, i) => ({ id: `a${i}`, name: `${i}`, nameEn: '', query, calendar: 'roads' }))
  app.services.programmes.setAssignments(items, 'admin')
  const rows: Record<string, Awaited<ReturnType<typeof measure>>> = {}
  const groups = ['roadClass=main', 'keyArea=yes', 'district=老城区']
  for (const [i, query] of groups.entries()) {
    await client.put(`/api/groups/g${i}`, { rank: i + 1, query, reason: 'bench' })
    const override = { scope: { kind: 'street-light', group: `g${i}` }, rule: 'communication-loss', changes: { offDelay: 1000 * (i + 1) } }
    await client.put('/api/overrides', { ...override, reason: 'bench' })
  }
  // Tables are reckoned as soon as programmes are there.
  rows['tables of all cabinets and lamps'] = await measure(() => pause(20_000))
  rows['nothing more'] = await measure(() => pause(5000))
  const paths = [
    '/api/emergency-state',
    '/api/programme-preview',
    '/api/programme-preview?query=roadClass%3Dmain',
    '/api/programme-assignments',
  ]
  for (const path of paths) for (const time of ['first', 'again']) rows[`${path} ${time}`] = await measure(() => client.get(path))
  const asker = { name: 'admin', account: 'admin', scope: WHOLE_CITY, session: null, connection: null }
  const dark = { query: 'kind=street-light', level: 0, programme: null, from: Date.now(), until: Date.now() + days(1), reason: 'bench' }
  const asked: Record<string, LightChange> = {
    'an override of a day': { type: 'override', override: dark },
    'an override of a month': { type: 'override', override: { ...dark, until: Date.now() + days(30) } },
    'other assignments': { type: 'assignments', assignments: [] },
  }
  for (const [what, change] of Object.entries(asked))
    rows[`look at ${what}`] = await measure(async () => app.services.lightChanges.arm(change, asker))
  console.log(`${args.lamps} lamps; ${Math.round(process.memoryUsage().rss / 1e6)} MB resident`)
  console.table(rows)
} finally {
  await app.stop()
  rmSync(folder, { recursive: true, force: true })
}
