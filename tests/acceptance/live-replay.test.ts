import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { generateCity } from '../../simulators/city.ts'
import { byId } from '../../simulators/fault-arguments.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { encodeMessages } from '../../simulators/messages.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import type { Alarm } from '../../src/alarms/alarm.ts'
import type { AlarmView, FacilityInput } from '../../src/edges/http/schemas.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { replay } from '../../src/replay.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import type { Message } from '../../src/telemetry/message.ts'
import { eventually, signIn, startServer, testFolder } from './server-process.ts'

const root = join(import.meta.dirname, '..', '..')
const { folder, remove } = testFolder()
afterAll(remove)

const LENGTH = minutes(40)
const city = generateCity({ seed: 'replay', lamps: 40, cabinets: 4, pumpStations: 3, gasStations: 2 })

/** What a small city sends in 40 minutes with faults of all kinds that begin and end. */
function recordCity(start: number): { messages: Message[]; lastReports: ReadonlyMap<string, number> } {
  const facilities = simulatedFacilities(city, kindByKey)
  const world = createWorld({ position: [114.6, 37.9], seed: 'replay' })
  const fleet = new Fleet({ facilities, seed: 'replay', world, start, randomFaultsPerHour: 60 })
  for (const f of city.filter((f) => f.kind !== 'street-light')) {
    const [fault] = Object.keys(kindByKey.get(f.kind)?.simulation.faults ?? {})
    if (fault) fleet.inject({ where: byId(f.id), fault, after: minutes(5), for: minutes(10), size: 1 })
  }
  const messages: Omit<Message, 'position'>[] = []
  // One gateway message holds the reports of one moment, so they are gathered second by second.
  const lastReports = new Map<string, number>()
  for (let at = start; at < start + LENGTH; at += seconds(1)) {
    const reports = fleet.step(at)
    for (const report of reports) lastReports.set(report.facility.id, report.at)
    for (const { topic, payload } of encodeMessages(reports, 'gateways')) {
      messages.push({ topic, payload: new TextEncoder().encode(payload), received: at })
    }
  }
  return { messages: messages.map((message, i) => ({ ...message, position: i + 1 })), lastReports }
}

type Facts = { facility: string; rule: string; occurrences: readonly { started: number; ended: number | null }[] }
/** What follows a facility's last report, as silence does and delays that run out, is judged by the clock of whoever plays; all else is event time. */
const facts = (alarms: readonly (Alarm | AlarmView)[], lastReports: ReadonlyMap<string, number>): Facts[] =>
  alarms
    .map(({ facility, rule, occurrences }) => {
      const isReported = (at: number) => at <= (lastReports.get(facility) ?? 0)
      const shown = occurrences.filter(({ started }) => isReported(started))
      return {
        facility,
        rule,
        occurrences: shown.map(({ started, ended }) => ({ started, ended: ended !== null && isReported(ended) ? ended : null })),
      }
    })
    .filter(({ occurrences }) => occurrences.length > 0)
    .sort((a, b) => a.facility.localeCompare(b.facility) || a.rule.localeCompare(b.rule))

/** Plays the recording onto a fresh server and returns the alarms it made. */
async function playAt(speed: string, file: string): Promise<AlarmView[]> {
  const data = join(folder, speed)
  const server = await startServer({ folder, facilities: city as unknown as FacilityInput[], env: { DATA_FOLDER: data } })
  const client = await signIn(server.url)
  const args = [
    join(root, 'simulators', 'replay.ts'),
    file,
    '--speed',
    speed,
    '--times',
    'keep',
    '--url',
    `mqtt://127.0.0.1:${server.mqttPort}`,
  ]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const [, played, total] = stdout.match(/Done: (\d+) of (\d+) played, \d+ acknowledged, 0 dropped/) ?? []
  expect(played).toBe(total)
  const alarms: AlarmView[] = []
  for (let before = ''; ; ) {
    const page = await eventually(
      () => client.get<{ items: AlarmView[]; next: number | null }>(`/api/alarms?limit=500${before}`),
      () => true,
    )
    alarms.push(...page.items)
    if (page.next === null) break
    before = `&before=${page.next}`
  }
  await server.end('SIGTERM')
  return alarms
}

test('a recording gives the same alarms at x120, at x1000 and in the replay without MQTT', { timeout: 120_000 }, async () => {
  const { messages, lastReports } = recordCity(Math.floor(Date.now() / 1000) * 1000 - LENGTH - minutes(2))
  const file = join(folder, 'city.jsonl')
  writeFileSync(
    file,
    messages
      .map(({ received, topic, payload }) => JSON.stringify({ received, topic, payload: new TextDecoder().decode(payload) }))
      .join('\n'),
  )
  const direct = facts((await replay(messages, { kinds: kindByKey, facilities: city as never })).alarms, lastReports)
  expect(direct.length).toBeGreaterThan(10)
  expect(direct.some(({ occurrences }) => occurrences.some(({ ended }) => ended !== null))).toBe(true)
  expect(facts(await playAt('x1000', file), lastReports)).toEqual(direct)
  expect(facts(await playAt('x120', file), lastReports)).toEqual(direct)
})
