import { parentPort } from 'node:worker_threads'
import { seconds } from '../../telemetry/duration.ts'
import { threadData } from '../../thread.ts'
import { DiskWatch, readDiskSpace } from '../disk-space.ts'
import type { TelemetryRows } from '../telemetry-store.ts'
import { dayAnswers } from './day-calls.ts'
import { DayFiles } from './day-files.ts'
import { startOfDay } from './day-name.ts'
import { readBuckets, readRange, readScan } from './day-reading.ts'
import { keepLost, recordedOffset } from './day-rolling.ts'
import { readStats } from './day-stats.ts'
import { type Maintenance, Upkeep, type UpkeepProgress } from './day-upkeep.ts'
import { writeDays } from './day-writing.ts'
import { isDamage, isFatal } from './file-trouble.ts'
import { LatestMemory } from './latest-memory.ts'
import { RawFloors } from './retention.ts'
import type { Answer, Call, CallName, Notice, WorkerCalls, WorkerSetup } from './worker-protocol.ts'

interface Opened {
  files: DayFiles
  floors: RawFloors
  offset: number
  latest: LatestMemory
  upkeep: Upkeep
}

/** ms between two times that work under way is told to end. */
const HURRY = 100
/** Space is looked at so often, ms. */
const LOOK_AT_DISK = seconds(1)

const setup = threadData<WorkerSetup>()
let opened: Promise<Opened> | null = null
/** Two that hold the same files would spoil them, so the next is opened when the last is closed. */
let closed: Promise<unknown> = Promise.resolve()
/** Writes follow each other, and so do looks through the files: a connection serves one at a time. */
let writing: Promise<unknown> = Promise.resolve()
let maintaining: Promise<unknown> = Promise.resolve()
const disk = new DiskWatch(() => readDiskSpace(setup.folder))
let nextLook = 0
const reading = new Set<Promise<unknown>>()
const compacting = new Map<string, AbortController>()

function open(): Promise<Opened> {
  if (opened) return opened
  const opening = closed.then(openFiles)
  opened = opening
  opening.then(lookAround).catch(() => {
    if (opened === opening) opened = null
  })
  return opening
}

async function openFiles(): Promise<Opened> {
  const files = await DayFiles.open(setup.folder, setup.setsAside)
  const offset = setup.offset ?? (await recordedOffset(files)) ?? 0
  files.onDamaged = (damaged, error) => {
    parentPort?.postMessage({ damaged, error: String(error) } satisfies Notice)
    // What fails is done by the next look through the files.
    inMaintenance(() => keepLost(files)).catch(() => {})
  }
  const floors = new RawFloors(setup.folder)
  const upkeep = new Upkeep(files, floors, { retention: setup.retention, offset, settleWrites: () => writing })
  // Without room for it rows stay left out until the next start.
  if (setup.takesOlder) await upkeep.takeOlder().catch(() => {})
  return { files, floors, offset, latest: new LatestMemory(), upkeep }
}

/** Gets to know all days, so that the first question over a year need not. */
async function lookAround({ files }: Opened): Promise<void> {
  // Whoever asks for a day that cannot be looked at is told.
  for (const day of files.days().reverse()) await files.sealedStamp(day).catch(() => {})
}

function write(batches: readonly TelemetryRows[]): Promise<number> {
  const result = writing.then(() =>
    withStore(async ({ files, floors, latest }) => {
      await refuseWithoutRoom()
      const admitted = floors.admit(batches)
      await writeDays(files, admitted)
      latest.take(admitted)
      return floors.leftOut
    }),
  )
  writing = result.catch(() => {})
  return result
}

function inMaintenance<T>(work: () => Promise<T>): Promise<T> {
  const result = maintaining.then(work)
  maintaining = result.catch(() => {})
  return result
}

/** What was committed may still be moved within the files, and alarms need a place. */
async function refuseWithoutRoom(): Promise<void> {
  const now = performance.now()
  if (now >= nextLook) {
    nextLook = now + LOOK_AT_DISK
    await disk.look()
  }
  if (!disk.isOut) return
  nextLook = 0
  throw new Error(`the disk is nearly full: ${disk.space?.free} bytes are free`)
}

function read<T>(work: (store: Opened) => Promise<T>): Promise<T> {
  const result = withStore(work)
  const settled = result.then(
    () => {},
    () => {},
  )
  reading.add(settled)
  void settled.then(() => reading.delete(settled))
  return result
}

/** Does the work once more when files had to be set aside or opened again. */
async function withStore<T>(work: (store: Opened) => Promise<T>): Promise<T> {
  const store = await open()
  try {
    return await work(store)
  } catch (error) {
    if (isDamage(error)) await store.files.setAsideDamaged()
    else if (isFatal(error)) await recover(store)
    else throw error
    return work(await open())
  }
}

/** After a fatal error, as of a full disk, DuckDB refuses everything until it is opened again. */
async function recover(store: Opened): Promise<void> {
  if ((await opened?.catch(() => null)) === store) {
    opened = null
    closed = store.files.close().catch(() => {})
  }
  await closed
}

/** Known from the moment it is asked for, so that it can be stopped before its turn comes. */
function compact(now: number, run: string): Promise<Maintenance> {
  const stop = new AbortController()
  compacting.set(run, stop)
  const onProgress = (progress: UpkeepProgress) => parentPort?.postMessage({ compacting: run, progress } satisfies Notice)
  const watch = { signal: stop.signal, onProgress }
  return inMaintenance(() => withStore(({ upkeep }) => upkeep.run(now, true, watch))).finally(() => compacting.delete(run))
}

const openNow = async () => (await opened?.catch(() => null)) ?? null

async function endUpkeep(): Promise<undefined> {
  ;(await openNow())?.upkeep.stop()
  return answers.interruptDay(null)
}

async function closeAll(): Promise<undefined> {
  await endUpkeep()
  // What stands between two questions to the files hears nothing the first time.
  const hurrying = setInterval(() => void endUpkeep(), HURRY)
  await Promise.all([writing, maintaining, ...reading])
  clearInterval(hurrying)
  // It may have been opened again meanwhile.
  const store = await openNow()
  opened = null
  await store?.files.close()
  return undefined
}

const answers: { [N in CallName]: (...args: WorkerCalls[N]['args']) => Promise<WorkerCalls[N]['result']> } = {
  ...dayAnswers(async () => (await open()).files, inMaintenance),
  open: async () => void (await open()),
  write,
  range: (query, limit) => read(({ files }) => readRange(files, query, limit)),
  buckets: (query, grid) => read(({ files, offset }) => readBuckets(files, query, grid, offset)),
  scan: (query) => read(({ files }) => readScan(files, query)),
  latest: (kind, since) => read(({ files, latest }) => latest.read(files, kind, since)),
  async oldest() {
    const [first] = (await open()).files.days()
    return first === undefined ? null : startOfDay(first)
  },
  keptFrom: (now) => read(async ({ floors }) => floors.keptFrom(setup.retention, now)),
  maintain: (now) => inMaintenance(() => withStore(({ upkeep }) => upkeep.run(now))),
  compact,
  stopCompact: async (run) => void compacting.get(run)?.abort(),
  endUpkeep,
  stats: () => read(({ files, floors }) => readStats(files, floors)),
  close: closeAll,
}

/** Memory of the long parts of an answer, which is handed over instead of copied. */
const buffersOf = (result: unknown): ArrayBuffer[] =>
  typeof result !== 'object' || result === null
    ? []
    : Object.values(result).flatMap((part) =>
        ArrayBuffer.isView(part)
          ? [part.buffer as ArrayBuffer]
          : Array.isArray(part) && ArrayBuffer.isView(part[0])
            ? part.map(bufferOf)
            : [],
      )
const bufferOf = (view: ArrayBufferView) => view.buffer as ArrayBuffer

parentPort?.on('message', async ({ id, name, args }: Call) => {
  const answer: Answer = { id, result: undefined, error: null }
  try {
    answer.result = await (answers[name] as (...given: unknown[]) => Promise<unknown>)(...args)
  } catch (error) {
    answer.error = error instanceof Error ? error.message : String(error)
  }
  parentPort?.postMessage(answer, buffersOf(answer.result))
  if (name === 'close') parentPort?.close()
})
