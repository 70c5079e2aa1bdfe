import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../src/access/scope.ts'
import type { AlarmChange } from '../../src/alarms/alarm-difference.ts'
import { startApp } from '../../src/app.ts'
import type { BacktestResult } from '../../src/backtest/backtest.ts'
import { readConfig } from '../../src/config.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { type Client, eventually, PASSWORD, signIn, testFolder } from './server-process.ts'

const root = join(import.meta.dirname, '..', '..')
const { folder, remove } = testFolder()
afterAll(remove)

/** An hour before dusk, and until after midnight. */
const begin = Date.parse('2026-03-02T17:30:00+08:00')
const end = begin + hours(8)
const dark = { from: begin + hours(3), until: begin + hours(6) }
const rules = ['schedule-deviation', 'programme-unanswered']
/** All of these alarms are lost under the other rules, so that each is told. */
const off = { overrides: rules.map((rule) => ({ kind: 'light-cabinet', rule, changes: { enabled: false } })) }

interface Told {
  facility: string
  rule: string
  priority: string
  started: number
  ended: number | null
}

let byServer: Told[] = []
let exported: unknown
const recorded: string[] = []
const cabinets = ['LC-1', 'LC-2', 'LC-3'].map((id) => ({ id, kind: 'light-cabinet', position: [114.6, 37.9] as [number, number] }))

/**
 * A night with cabinets that take no table: LC-1 obeys the override that puts it out and LC-3 does not; LC-2 is dark in the same time without any.
 */
beforeAll(async () => {
  let time = begin
  const given = { DATA_FOLDER: folder, HTTP_PORT: '0', MQTT_PORT: '0', ADMIN_PASSWORD: PASSWORD, SERVER_ID: '' }
  const app = await startApp({ config: readConfig([], given), log: pino({ level: 'silent' }), consoleFolder: folder, now: () => time })
  try {
    app.services.putFacilities(cabinets, 'admin')
    const festival = { query: 'id=LC-1,LC-3', level: 0, programme: null, ...dark, reason: 'lantern festival' }
    app.services.programmes.addOverride(festival, 'admin', WHOLE_CITY)
    await eventually(
      async () => {
        time += seconds(1)
        return app.services.programmes.devices(WHOLE_CITY)
      },
      (devices) => devices.length === 2 && devices.every(({ download }) => download.sent !== null),
    )
    const mqtt = await connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`)
    for (; time < end; time += minutes(5)) {
      const isNight = time > begin + hours(1)
      const isDark = time >= dark.from && time < dark.until
      for (const { id } of cabinets) {
        const isLit = isNight && !(isDark && id !== 'LC-3')
        const voltages = { 'voltage-a': 228, 'voltage-b': 228, 'voltage-c': 228 }
        const body = JSON.stringify({ at: time, values: { 'active-power': isLit ? 5000 : 0, ...voltages, mode: 'auto' } })
        const topic = `facilities/light-cabinet/${id}/telemetry`
        recorded.push(JSON.stringify({ received: time, topic, payload: body }))
        await mqtt.publishAsync(topic, body, { qos: 1 })
      }
    }
    await mqtt.endAsync()
    // Hours have passed, and with them the session.
    const later = await signIn(app.url)
    exported = await later.get(`/api/lighting-history?from=${begin}`)
    byServer = await onServer(later)
  } finally {
    await app.stop()
  }
}, 120_000)

async function onServer(client: Client): Promise<Told[]> {
  const proposals = off.overrides.map(({ kind, rule, changes }) => ({ scope: { kind }, rule, changes }))
  const { id } = await client.post<{ id: string }>('/api/backtests', { source: 'journal', proposals })
  const { state } = await eventually(
    () => client.get<{ state: string }>(`/api/backtests/${id}`),
    (job) => job.state !== 'waiting' && job.state !== 'running',
    60_000,
  )
  expect(state).toBe('done')
  const { items } = await client.get<{ items: (Omit<Told, 'priority'> & { before: Told })[] }>(`/api/backtests/${id}/changes?limit=1000`)
  return items.map(({ facility, rule, before }) => toldOf({ ...before, facility, rule })).sort(inOrder)
}

const toldOf = ({ facility, rule, priority, started, ended }: Told): Told => ({ facility, rule, priority, started, ended })
const inOrder = (a: Told, b: Told) => (`${a.facility} ${a.rule} ${a.started}` < `${b.facility} ${b.rule} ${b.started}` ? -1 : 1)

function file(name: string, content: unknown): string {
  writeFileSync(join(folder, name), JSON.stringify(content))
  return join(folder, name)
}

async function byCommand(...args: string[]): Promise<{ told: Told[]; stderr: string }> {
  const line = ['launch.mjs', 'simulators/backtest.ts', '--after', file('off.json', off), '--json', ...args]
  const [stdout, stderr] = await new Promise<[string, string]>((resolve, reject) =>
    execFile(process.execPath, line, { cwd: root, maxBuffer: 1e8 }, (error, out, errors) =>
      error ? reject(new Error(errors)) : resolve([out, errors]),
    ),
  )
  const { difference } = JSON.parse(stdout) as BacktestResult
  return { told: difference.changes.map(({ before }: AlarmChange) => toldOf(before as Told)).sort(inOrder), stderr }
}

const named = (told: readonly Told[]) => told.map(({ facility, rule }) => `${facility} ${rule}`)

test('the command line judges a night with an override as the server does', async () => {
  expect(named(byServer)).toEqual([
    'LC-1 programme-unanswered',
    'LC-2 schedule-deviation',
    'LC-3 programme-unanswered',
    'LC-3 schedule-deviation',
  ])
  const { told, stderr } = await byCommand('--data', folder, '--source', 'journal')
  expect([told, stderr]).toEqual([byServer, ''])
}, 60_000)

test('and so it does of a recording, by a file of what was asked; it says so where nothing is known', async () => {
  const recording = join(folder, 'night.jsonl')
  writeFileSync(recording, recorded.join('\n'))
  const plant = ['--plant', file('plant.json', { facilities: cabinets })]
  const { told } = await byCommand(recording, ...plant, '--lighting', file('lighting.json', exported))
  expect(told).toEqual(byServer)
  const alone = await byCommand(recording, ...plant)
  expect(alone.stderr).toContain('Nothing is known of lighting programmes')
  expect(named(alone.told)).toEqual(['LC-1 schedule-deviation', 'LC-2 schedule-deviation'])
  await expect(byCommand(recording, ...plant, '--lighting', file('wrong.json', { versions: 1 }))).rejects.toThrow(
    /wrong\.json is not .*lighting-history/,
  )
}, 60_000)
