import { parentPort } from 'node:worker_threads'
import { days, hours } from '../../telemetry/duration.ts'
import { threadData } from '../../thread.ts'
import type { TelemetryRows } from '../telemetry-store.ts'
import { dayAnswers } from './day-calls.ts'
import { DayFiles } from './day-files.ts'
import { endOfDay, startOfDay } from './day-name.ts'
import { readBuckets, readLatest, readRange, readScan } from './day-reading.ts'
import { sealDay } from './day-sealing.ts'
import { writeDays } from './day-writing.ts'
import type { Answer, Call, CallName, Maintenance, WorkerCalls, WorkerSetup } from './worker-protocol.ts'

/** A day is sealed so long after its end, when most late rows have come. */
const SLACK = hours(1)

const setup = threadData<WorkerSetup>()
let opened: Promise<DayFiles> | null = null
/** Two that hold the same files would spoil them, so the next is opened when the last is closed. */
let closed: Promise<unknown> = Promise.resolve()
/** Calls of a queue follow each other: a connection serves one at a time. */
const queues = { write: Promise.resolve() as Promise<unknown>, read: Promise.resolve() as Promise<unknown> }
let maintaining: Promise<unknown> = Promise.resolve()

function open(): Promise<DayFiles> {
  if (opened) return opened
  const opening = closed.then(() => DayFiles.open(setup.folder))
  opened = opening
  opening.catch(() => {
    if (opened === opening) opened = null
  })
  return opening
}

function inTurn<T>(queue: keyof typeof queues, work: (files: DayFiles) => Promise<T>): Promise<T> {
  const result = queues[queue].then(async () => work(await open()))
  queues[queue] = result.catch(() => {})
  return result
}

function inMaintenance<T>(work: () => Promise<T>): Promise<T> {
  const result = maintaining.then(work)
  maintaining = result.catch(() => {})
  return result
}

async function maintain(now: number): Promise<Maintenance> {
  const files = await open()
  const done: Maintenance = { sealed: [], removed: [] }
  for (const day of files.days()) {
    if (endOfDay(day) < now - days(setup.retentionDays)) {
      await files.exclusively(day, () => files.remove(day))
      done.removed.push(day)
    } else if (endOfDay(day) + SLACK <= now && (await sealDay(files, day))) done.sealed.push(day)
  }
  return done
}

async function closeAll(): Promise<undefined> {
  await Promise.all([queues.write, queues.read, maintaining])
  const files = await opened?.catch(() => null)
  opened = null
  await files?.close()
  return undefined
}

const answers: { [N in CallName]: (...args: WorkerCalls[N]['args']) => Promise<WorkerCalls[N]['result']> } = {
  ...dayAnswers(open, inMaintenance),
  open: async () => void (await open()),
  write: (batches: readonly TelemetryRows[]) => inTurn('write', async (files) => void (await writeDays(files, batches))),
  range: (query, limit) => inTurn('read', (files) => readRange(files, query, limit)),
  buckets: (query, grid) => inTurn('read', (files) => readBuckets(files, query, grid)),
  scan: (query) => inTurn('read', (files) => readScan(files, query)),
  latest: (kind, since) => inTurn('read', (files) => readLatest(files, kind, since)),
  async oldest() {
    const [first] = (await open()).days()
    return first === undefined ? null : startOfDay(first)
  },
  maintain: (now) => inMaintenance(() => maintain(now)),
  close: closeAll,
}

/** After a fatal error DuckDB refuses everything until it is opened again. */
async function recoverFrom(error: unknown): Promise<void> {
  if (!/fatal|invalidated/i.test(String(error))) return
  const failed = opened
  opened = null
  if (failed) closed = failed.then((files) => files.close()).catch(() => {})
  await closed
}

parentPort?.on('message', async ({ id, name, args }: Call) => {
  const answer: Answer = { id, result: undefined, error: null }
  try {
    answer.result = await (answers[name] as (...given: unknown[]) => Promise<unknown>)(...args)
  } catch (error) {
    answer.error = error instanceof Error ? error.message : String(error)
    await recoverFrom(error)
  }
  parentPort?.postMessage(answer)
  if (name === 'close') parentPort?.close()
})
