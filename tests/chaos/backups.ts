import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import type { AlarmView } from '../../src/edges/http/schemas.ts'
import type { BackupResult } from '../../src/storage/embedded/backup.ts'
import type { Verified } from '../../src/storage/embedded/folder-verify.ts'
import { type Client, eventually, type ServerProcess, signIn, startServer, testFolder } from '../acceptance/server-process.ts'
import { runDb } from '../storage/embedded/data-folder.ts'
import { pause } from './fault-plan.ts'
import { Ledger, storedRows } from './ledger.ts'
import { type Done, operate } from './operator.ts'
import { inSeconds, type Outcome, type Run } from './outcome.ts'
import { metric } from './server-figures.ts'

export interface BackupOptions {
  backups: number
  /** Messages per second. */
  rate: number
  /** ms of load before each backup. */
  between: number
}

const PUMPS = 20
const POINT = 'outlet-pressure'
const MODE_FACILITY = 'PS-0'
const pumps = Array.from({ length: PUMPS }, (_, i) => `PS-${i}`)
const station = (round: number) => `GS-${round}`

/**
 * Backs a server up under load, restores each backup elsewhere, and holds what a server started on it says against what the original does: the
 * same readings up to the last message of the backup, the same alarms, steps, audit, plant and rules.
 */
export async function runBackups({ backups, rate, between }: BackupOptions, { signal, tell }: Run): Promise<Outcome> {
  const { folder, remove } = testFolder()
  const begun = Date.now()
  const problems: string[] = []
  const took: number[] = []
  let readings = 0
  const facilities = [
    ...pumps.map((id) => ({ id, kind: 'pump-station' })),
    ...Array.from({ length: backups }, (_, round) => ({ id: station(round), kind: 'gas-station' })),
  ]
  const original = await startServer({ folder, facilities })
  const load = await startLoad(original, rate)
  const made: Made[] = []
  try {
    const client = await signIn(original.url)
    const done: Done[] = []
    for (let round = 0; round < backups && !signal.aborted; round++) {
      await pause(between)
      await load.raiseAlarm(station(round))
      const { items } = await eventually(
        () => client.get<{ items: AlarmView[] }>(`/api/alarms?facility=${station(round)}`),
        ({ items }) => items.length > 0,
      )
      await operate(client, items[0]!, MODE_FACILITY, `${round}`, done)
      const rule = { scope: { facility: 'PS-1' }, rule: 'no-flow', changes: { onDelay: 10_000 + round }, reason: `${round}` }
      await client.put('/api/overrides', rule)
      // What was acknowledged or done before the backup began is in it.
      const before = { acknowledged: load.ledger.total, at: Date.now(), content: await contentOf(client, Date.now()) }
      const from = performance.now()
      const result = await db<BackupResult>('backup', '--data', join(folder, 'data'), '--to', join(folder, 'backups'))
      took.push(performance.now() - from)
      tell(`backup of ${result.bytes} bytes in ${inSeconds(took.at(-1)!)}`)
      made.push({ result, ...before })
    }
    await load.end()
    await stored(original)
    for (const one of made) {
      const verdict = await compare(client, join(folder, `restored-${one.at}`), one, load.ledger, begun)
      readings += verdict.readings
      problems.push(...verdict.problems)
    }
    const { findings } = await db<Verified>('verify', '--data', join(folder, 'data'))
    problems.push(...findings.map(({ path, problem }) => `${path}: ${problem}`))
  } finally {
    await load.end()
    await original.end('SIGKILL')
    remove()
  }
  return {
    figures: {
      backups: made.length,
      acknowledged: load.ledger.total,
      'readings compared': readings,
      'longest backup ms': Math.round(Math.max(...took)),
    },
    problems,
  }
}

async function db<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await runDb([...args, '--json'])
  if (code !== 0) throw new Error(`npm run db -- ${args.join(' ')} ended with ${code}: ${err}${out}`)
  return JSON.parse(out) as T
}

const stored = (server: ServerProcess) =>
  eventually(
    () => metric(server, 'store_lag_messages'),
    (lag) => lag === 0,
    60_000,
  )

/** Readings of all pumps in turn, in the order of their times, until it is ended. */
async function startLoad({ mqttPort }: ServerProcess, rate: number) {
  const mqtt = await connectAsync(`mqtt://127.0.0.1:${mqttPort}`)
  const ledger = new Ledger()
  const newest = new Map<string, number>()
  const begun = Date.now()
  let count = 0
  const sending = setInterval(() => {
    for (const due = ((Date.now() - begun) / 1000) * rate; count < due; count++) {
      const id = pumps[count % PUMPS] as string
      const at = Math.max(Date.now(), (newest.get(id) ?? 0) + 1)
      newest.set(id, at)
      const body = JSON.stringify({ at, values: { [POINT]: 0.3 + (at % 1000) / 10_000 } })
      mqtt.publish(`facilities/pump-station/${id}/telemetry`, body, { qos: 1 }, (error) => {
        if (!error) ledger.note(id, at)
      })
    }
  }, 5)
  return {
    ledger,
    async raiseAlarm(id: string) {
      const body = JSON.stringify({ at: Date.now(), values: { 'ch4-1': 45 } })
      await mqtt.publishAsync(`facilities/gas-station/${id}/telemetry`, body, { qos: 1 })
    },
    /** Waits for what is under way to be acknowledged. */
    async end() {
      clearInterval(sending)
      if (mqtt.connected) await mqtt.endAsync()
    },
  }
}

interface Made {
  result: BackupResult
  /** Readings acknowledged before it began, and when that was, ms. */
  acknowledged: number
  at: number
  content: Content
}

/** Restores a backup into a folder and starts a server on it. */
async function compare(
  original: Client,
  folder: string,
  made: Made,
  ledger: Ledger,
  from: number,
): Promise<{ readings: number; problems: string[] }> {
  const { path, manifest } = made.result
  const problems: string[] = []
  await db('restore', '--from', path, '--data', join(folder, 'data'))
  const restored = await startServer({ folder })
  try {
    await stored(restored)
    const client = await signIn(restored.url)
    let readings = 0
    for (const id of ledger.facilities) {
      const [theirs, ours] = [await storedRows(original, id, POINT, from), await storedRows(client, id, POINT, from)]
      readings += ours.length
      // The original went on.
      if (digest(ours) !== digest(theirs.slice(0, ours.length))) problems.push(`${path}: readings of ${id} differ`)
    }
    if (readings < made.acknowledged)
      problems.push(`${path} has ${readings} of ${made.acknowledged} readings that were acknowledged before it`)
    const messages = readings + (await messagesOf(client, from, manifest.at))
    const inIt = manifest.journal?.newest ?? 0
    if (messages !== inIt) problems.push(`${path}: ${messages} messages came out of ${inIt}`)
    const content = await contentOf(client, made.at)
    for (const part of Object.keys(content) as (keyof Content)[]) {
      const [theirs, ours] = [made.content[part], content[part]]
      if (digest(ours) !== digest(theirs)) problems.push(`${path}: ${part} differ: ${JSON.stringify({ theirs, ours }).slice(0, 2000)}`)
    }
    return { readings, problems }
  } finally {
    await restored.end('SIGKILL')
  }
}

const digest = (content: unknown) => createHash('sha256').update(JSON.stringify(content)).digest('hex')

/** Messages of others than the pumps in a time, ms. */
async function messagesOf(client: Client, from: number, to: number): Promise<number> {
  const { items } = await client.get<{ items: { id: string; kind: string }[] }>('/api/facilities?limit=1000')
  // Of each a point that is in every message; a rate is not in the first.
  const points: Record<string, string> = { 'gas-station': 'ch4-1', server: 'memory' }
  let messages = 0
  for (const { id, kind } of items) {
    const point = points[kind]
    if (point) messages += (await storedRows(client, id, point, from)).filter(({ at }) => at <= to).length
  }
  return messages
}

type Content = Awaited<ReturnType<typeof contentOf>>

/** What a server said at a time, ms, of alarms and those who dealt with them, audit, plant and rules; nothing of the service itself, which each has its own of. */
async function contentOf(client: Client, at: number) {
  const get = <T>(path: string) => client.get<{ items: T[] }>(path).then(({ items }) => items)
  const alarms = (await get<AlarmView>('/api/alarms?limit=500')).filter(({ kind, raised }) => kind !== 'server' && raised < at)
  const steps = []
  for (const { id } of alarms)
    steps.push(...(await get<{ recorded: number }>(`/api/alarms/${id}/record?limit=1000`)).filter(({ recorded }) => recorded < at))
  return {
    alarms,
    steps,
    audit: (await get<{ at: number }>('/api/audit?limit=1000')).filter((record) => record.at < at),
    plant: await get('/api/facilities?limit=1000'),
    rules: await client.get('/api/rules/export'),
    versions: (await get<{ at: number }>('/api/rules/versions?limit=500')).filter((version) => version.at < at),
  }
}
