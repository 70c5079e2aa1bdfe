/*
 * How many messages a second the journal takes, beside SQLite (WAL, synchronous=FULL) doing the same group commit: CPU and bytes of disk a message,
 * and how long a start takes with a large journal, whose last write was torn, until its first message is read.
 * `node launch.mjs bench/journal.ts [--gigabytes 2]`
 */
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openJournal } from '../src/storage/embedded/segment-journal.ts'

interface Contender {
  append(topic: string, payload: Uint8Array, received: number): void
  onCommit(listener: (count: number) => void): void
  close(): Promise<void> | void
}

interface Result {
  name: string
  perSecond: number
  cpu: number
  p50: number
  p99: number
  commits: number
  bytes: number
  loop: number
}

const topic = 'facilities/street-light/sl-000123/telemetry'
const payload = Buffer.alloc(200, '{"at":1700000000000,"values":{"power":62.1}}')
const commitInterval = 5
const roundSeconds = 2
/** In turns, because the machine's speed changes; the median of each figure counts. */
const ROUNDS = 3
/** Flat out: so many messages wait for their commit at any time. */
const inFlight = 4_000

async function openSegments(folder: string): Promise<Contender> {
  const journal = await openJournal({ folder, maxBytes: 1e12, maxAge: 1e12, commitInterval, now: Date.now })
  return {
    append: (topic, payload, received) => journal.append(topic, payload, received),
    onCommit: (listener) =>
      journal.onCommit((messages, error) => {
        if (error) throw error
        listener(messages.length)
      }),
    close: () => journal.close(),
  }
}

function openSqlite(folder: string): Contender {
  const database = new DatabaseSync(join(folder, 'journal.sqlite'))
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL')
  database.exec('CREATE TABLE message (position INTEGER PRIMARY KEY, received REAL, topic TEXT, payload BLOB) STRICT')
  const insert = database.prepare('INSERT INTO message (received, topic, payload) VALUES (?, ?, ?)')
  let pending: { topic: string; payload: Uint8Array; received: number }[] = []
  let listener = (_count: number) => {}
  const commit = () => {
    const group = pending
    pending = []
    database.exec('BEGIN')
    for (const { topic, payload, received } of group) insert.run(received, topic, payload)
    database.exec('COMMIT')
    listener(group.length)
  }
  return {
    append: (topic, payload, received) => {
      if (pending.push({ topic, payload: Buffer.from(payload), received }) === 1) setTimeout(commit, commitInterval)
    },
    onCommit: (given) => {
      listener = given
    },
    close: () => database.close(),
  }
}

async function measure(name: string, contender: Contender, offered: number): Promise<Result> {
  const waits: number[] = []
  const appended: number[] = []
  let committed = 0
  let commits = 0
  let sent = 0
  contender.onCommit((count) => {
    const at = performance.now()
    for (let i = 0; i < count; i++) waits.push(at - appended[committed + i]!)
    committed += count
    commits++
  })
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  const cpu = process.cpuUsage()
  const start = performance.now()
  for (let now = start; now - start < roundSeconds * 1000; now = performance.now()) {
    const due = offered === Number.POSITIVE_INFINITY ? committed + inFlight : ((now - start) / 1000) * offered
    for (; sent < due; sent++) {
      appended.push(performance.now())
      contender.append(topic, payload, Date.now())
    }
    // A loop that spins while a commit is under way would count as work.
    if (offered < Number.POSITIVE_INFINITY) await new Promise((resolve) => setTimeout(resolve, 1))
    else await nextTurn()
  }
  while (committed < sent) await nextTurn()
  const elapsed = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  waits.sort((a, b) => a - b)
  const part = (share: number) => waits[Math.floor(waits.length * share)] ?? 0
  const figures = { perSecond: sent / elapsed, cpu: (user + system) / sent, p50: part(0.5), p99: part(0.99), commits: commits / elapsed }
  return { name, ...figures, bytes: sent, loop: loop.percentile(99) / 1e6 }
}

const folderBytes = (folder: string) => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)

async function round(name: string, open: (folder: string) => Promise<Contender> | Contender, offered: number): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-bench-'))
  try {
    const contender = await open(folder)
    const result = await measure(name, contender, offered)
    await contender.close()
    return { ...result, bytes: folderBytes(folder) / result.bytes }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function medians(results: readonly Result[]): Result {
  const [first] = results as [Result]
  const figures = Object.entries(first).map(([figure, value]): [string, unknown] => {
    if (typeof value !== 'number') return [figure, value]
    const sorted = results.map((result) => result[figure as 'cpu']).sort((a, b) => a - b)
    return [figure, sorted[sorted.length >>> 1]]
  })
  return Object.fromEntries(figures) as unknown as Result
}

console.log(`200-byte payloads, commit every ${commitInterval} ms; wait = append to durable; cpu includes the load itself\n`)
console.log(
  'offered/s | journal            | kept/s    | commits/s | cpu us/msg | wait p50 ms | wait p99 ms | bytes/msg | loop p99 ms | ratio',
)
for (const offered of [2_000, 50_000, Number.POSITIVE_INFINITY]) {
  const rounds: [Result, Result][] = []
  for (let i = 0; i < ROUNDS; i++)
    rounds.push([await round('SQLite WAL FULL', openSqlite, offered), await round('segment log', openSegments, offered)])
  const [sqlite, segments] = [medians(rounds.map(([one]) => one)), medians(rounds.map(([, one]) => one))]
  for (const { name, perSecond, cpu, p50, p99, commits, bytes, loop } of [sqlite, segments]) {
    const figures = [String(offered).padStart(9), name.padEnd(18), perSecond.toFixed(0).padStart(9), commits.toFixed(0).padStart(9)]
    figures.push(
      cpu.toFixed(2).padStart(10),
      p50.toFixed(1).padStart(11),
      p99.toFixed(1).padStart(11),
      bytes.toFixed(0).padStart(9),
      loop.toFixed(1).padStart(11),
      (perSecond / sqlite.perSecond).toFixed(2),
    )
    console.log(figures.join(' | '))
  }
}

/** Groups as large as those of 50,000 messages a second, written one after the other without waiting in between. */
const GROUP = 250

async function fillSegments(folder: string, bytes: number): Promise<void> {
  const contender = await openSegments(folder)
  let committed = 0
  contender.onCommit((count) => {
    committed += count
  })
  for (let sent = 0; sent * payload.length < bytes; ) {
    for (let i = 0; i < inFlight; i++) contender.append(topic, payload, Date.now())
    sent += inFlight
    while (sent - committed > inFlight) await nextTurn()
  }
  await contender.close()
}

function fillSqlite(folder: string, bytes: number): void {
  const contender = openSqlite(folder)
  contender.onCommit(() => {})
  const database = new DatabaseSync(join(folder, 'journal.sqlite'))
  const insert = database.prepare('INSERT INTO message (received, topic, payload) VALUES (?, ?, ?)')
  database.exec('PRAGMA synchronous=OFF')
  for (let sent = 0; sent * payload.length < bytes; sent += GROUP * 40) {
    database.exec('BEGIN')
    for (let i = 0; i < GROUP * 40; i++) insert.run(Date.now(), topic, payload)
    database.exec('COMMIT')
  }
  database.close()
  contender.close()
}

const { values: args } = parseArgs({ options: { gigabytes: { type: 'string', default: '2' } } })
const bytes = Number(args.gigabytes) * 1e9

async function opening(
  name: string,
  fill: (folder: string, bytes: number) => Promise<void> | void,
  open: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-bench-'))
  try {
    await fill(folder, bytes)
    const begun = performance.now()
    await open(folder)
    console.log(
      `${name.padEnd(18)} ${(folderBytes(folder) / 1e9).toFixed(2)} GB opened and read from in ${(performance.now() - begun).toFixed(0)} ms`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (bytes > 0) {
  console.log('')
  await opening('SQLite WAL FULL', fillSqlite, async (folder) => {
    const database = new DatabaseSync(join(folder, 'journal.sqlite'))
    database.prepare('SELECT * FROM message ORDER BY position LIMIT 1').get()
    database.prepare('SELECT max(position) FROM message').get()
    database.close()
  })
  await opening('segment log', fillSegments, async (folder) => {
    const last = readdirSync(folder)
      .filter((file) => file.endsWith('.journal'))
      .sort()
      .at(-1) as string
    appendFileSync(join(folder, last), Buffer.alloc(1000, 1))
    const journal = await openJournal({ folder, maxBytes: 1e12, maxAge: 1e12, now: Date.now })
    if ((await journal.read(0, 1)).length === 0 || journal.stats().tornBytes !== 1000)
      throw new Error('the journal was not read as it was written')
    await journal.close()
  })
}
