// How many messages a second the journal takes, beside SQLite (WAL, synchronous=FULL) doing the same group commit.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
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
}

const topic = 'facilities/street-light/sl-000123/telemetry'
const payload = Buffer.alloc(200, '{"at":1700000000000,"values":{"power":62.1}}')
const commitInterval = 5
const roundSeconds = 2
/** Flat out: so many messages wait for their commit at any time. */
const inFlight = 4_000

async function openSegments(folder: string): Promise<Contender> {
  const journal = await openJournal({ folder, maxBytes: 2e9, maxAge: 1e12, commitInterval, now: Date.now })
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
  const cpu = process.cpuUsage()
  const start = performance.now()
  for (let now = start; now - start < roundSeconds * 1000; now = performance.now()) {
    const due = offered === Number.POSITIVE_INFINITY ? committed + inFlight : ((now - start) / 1000) * offered
    for (; sent < due; sent++) {
      appended.push(performance.now())
      contender.append(topic, payload, Date.now())
    }
    if (offered < 10_000) await new Promise((resolve) => setTimeout(resolve, 1))
    else await nextTurn()
  }
  while (committed < sent) await nextTurn()
  const elapsed = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  waits.sort((a, b) => a - b)
  const part = (share: number) => waits[Math.floor(waits.length * share)] ?? 0
  return { name, perSecond: sent / elapsed, cpu: (user + system) / sent, p50: part(0.5), p99: part(0.99), commits: commits / elapsed }
}

async function round(name: string, open: (folder: string) => Promise<Contender> | Contender, offered: number): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-bench-'))
  try {
    const contender = await open(folder)
    const result = await measure(name, contender, offered)
    await contender.close()
    return result
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

console.log(`200-byte payloads, commit every ${commitInterval} ms; wait = append to durable; cpu includes the load itself\n`)
console.log('offered/s | journal            | kept/s    | commits/s | cpu us/msg | wait p50 ms | wait p99 ms | ratio')
for (const offered of [2_000, 50_000, Number.POSITIVE_INFINITY]) {
  const sqlite = await round('SQLite WAL FULL', openSqlite, offered)
  const segments = await round('segment log', openSegments, offered)
  for (const { name, perSecond, cpu, p50, p99, commits } of [sqlite, segments]) {
    const figures = [String(offered).padStart(9), name.padEnd(18), perSecond.toFixed(0).padStart(9), commits.toFixed(0).padStart(9)]
    figures.push(
      cpu.toFixed(2).padStart(10),
      p50.toFixed(1).padStart(11),
      p99.toFixed(1).padStart(11),
      (perSecond / sqlite.perSecond).toFixed(2),
    )
    console.log(figures.join(' | '))
  }
}
