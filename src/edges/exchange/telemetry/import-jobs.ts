import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { LamplighterError } from '../../../errors.ts'
import type { FacilityKind } from '../../../facilities/facility-kind.ts'
import type { Plant } from '../../../facilities/plant.ts'
import { storedKinds } from '../../../storage/open-telemetry-store.ts'
import type { StateStore } from '../../../storage/state-store.ts'
import type { TelemetryStore } from '../../../storage/telemetry-store.ts'
import { hours } from '../../../telemetry/duration.ts'
import type { Delimiter } from '../csv-reading.ts'
import { type Encoding, EncodingProbe } from '../encoding.ts'
import type { importStates } from '../import-job.ts'
import { receiveFile } from '../receive-file.ts'
import { type ExchangeStore, importInThread } from './exchange-in-thread.ts'
import { checkRoom } from './file-sink.ts'
import type { TelemetryFormat } from './formats.ts'
import type { ImportProgress, TelemetryFile } from './import.ts'
import { recognizeTelemetry } from './recognize.ts'
import { type ImportMapping, type ImportReport, oldestTaken, type TakingOptions } from './row-taker.ts'

/** Bytes of one file. */
export const MAX_TELEMETRY_FILE = 4 * 1_073_741_824
/** Bytes that come in between two looks at the room on the disk. */
const LOOK_EVERY = 16 * 1_048_576
/** Uploads, checks and commits at once. */
const MAX_RUNNING = 2
const MAX_KEPT = 10
const KEPT_FOR = hours(6)

export type TelemetryImportState = (typeof importStates)[number]

/** What somebody says of a file; what is not said is found out. */
export interface GivenTelemetry {
  name: string
  by: string
  kind?: string
  format?: TelemetryFormat
  encoding?: Encoding
  delimiter?: Delimiter
  mapping?: ImportMapping
  keepUnknown?: boolean
}

export interface TelemetryImport {
  readonly id: string
  readonly by: string
  readonly created: number
  readonly name: string
  readonly file: TelemetryFile & { size: number }
  readonly kind: string | null
  readonly state: TelemetryImportState
  /** Of the present step, 0 to 1. */
  readonly progress: number
  /** Rows read in the present step. */
  readonly rows: number
  /** Why it is not further, in words. */
  readonly trouble: string | null
  /** What the dry run found; once committed, what was written. */
  readonly report: ImportReport | null
}

export interface TelemetryImports {
  /** Takes a file in and begins a dry run. Throws `too-many-requests`, `invalid-request`, `payload-too-large`. */
  start(content: Readable, given: GivenTelemetry): Promise<TelemetryImport>
  /** Throws `not-found`. */
  get(id: string): TelemetryImport
  /** Newest first. */
  list(): TelemetryImport[]
  /** Begins to write what was found. Throws `not-found`, `action-refused`. */
  commit(id: string, by: string): TelemetryImport
  /** Gives one up, or forgets one that is over. What was written stays. */
  cancel(id: string): Promise<void>
  close(): Promise<void>
}

export interface TelemetryImportParts extends ExchangeStore {
  /** Where files lie while they are looked at; cleared at the start. */
  folder: string
  kinds: ReadonlyMap<string, FacilityKind>
  plant: Plant
  state: Pick<StateStore, 'audit'>
  telemetry: ExchangeStore['telemetry'] & Pick<TelemetryStore, 'keptFrom'>
  /** How far ahead of the clock device times may lie, ms. */
  maxFuture: number
  now: () => number
  log: (error: unknown, message: string) => void
}

type Job = { -readonly [K in keyof TelemetryImport]: TelemetryImport[K] } & {
  options: Omit<TakingOptions, 'plant' | 'oldest' | 'newest'>
  stop: AbortController
  /** Settles when its thread is gone. */
  gone: Promise<void>
  /** Last change of state, ms. */
  touched: number
}

/** Brings files of telemetry into the store, straight and without detection, each step in a thread of its own. */
export function createTelemetryImports(parts: TelemetryImportParts): TelemetryImports {
  const { folder, kinds, plant, now } = parts
  // What a run before this one left behind belongs to nobody.
  rmSync(folder, { recursive: true, force: true })
  const jobs = new Map<string, Job>()
  let uploads = 0
  const all = () => [...jobs.values()]
  const isRunning = ({ state }: Job) => state === 'checking' || state === 'committing'
  const isOver = ({ state }: Job) => state === 'committed' || state === 'cancelled' || state === 'failed'

  const removeFile = ({ file }: Job) =>
    rm(file.path, { force: true }).catch((error: unknown) => parts.log(error, 'a file of an import of telemetry could not be removed'))

  function forget(job: Job): void {
    jobs.delete(job.id)
    void removeFile(job)
  }

  function forgetOld(): void {
    for (const job of all()) if (!isRunning(job) && job.touched < now() - KEPT_FOR) forget(job)
  }

  function get(id: string): Job {
    forgetOld()
    const job = jobs.get(id)
    if (!job)
      throw new LamplighterError('not-found', `There is no import of telemetry ${JSON.stringify(id)}; they are forgotten after six hours.`)
    return job
  }

  function makeRoom(): void {
    forgetOld()
    if (uploads + all().filter(isRunning).length >= MAX_RUNNING)
      throw new LamplighterError('too-many-requests', `${MAX_RUNNING} imports of telemetry are running; wait until one is done.`)
    if (jobs.size + uploads < MAX_KEPT) return
    const over = all().find(isOver)
    if (!over) throw new LamplighterError('too-many-requests', `${MAX_KEPT} imports wait for a decision; commit or delete one.`)
    forget(over)
  }

  async function receive(content: Readable, path: string): Promise<{ size: number; encoding: Encoding }> {
    const probe = new EncodingProbe()
    let unlooked = LOOK_EVERY
    const size = await receiveFile(content, path, MAX_TELEMETRY_FILE, async (piece) => {
      probe.write(piece)
      unlooked += piece.length
      if (unlooked < LOOK_EVERY) return
      unlooked = 0
      await checkRoom(path).catch((error: unknown) => {
        throw new LamplighterError('action-refused', error instanceof Error ? error.message : String(error))
      })
    })
    return { size, encoding: probe.end().encoding }
  }

  function become(job: Job, state: TelemetryImportState): void {
    Object.assign(job, { state, touched: now(), progress: state === 'committing' ? 0 : 1 })
  }

  /** One reading of the file; what goes wrong sends the job to `failed`, or back to where it can be tried again. */
  async function run(job: Job, isDryRun: boolean): Promise<void> {
    const registered = new Map<string, string>()
    for (const { id, kind } of plant) registered.set(id, kind.key)
    const onProgress = ({ share, rows }: ImportProgress) => Object.assign(job, { progress: share, rows })
    try {
      const [oldest, newest] = [await oldestTaken(parts.telemetry, now()), now() + parts.maxFuture]
      const options: TakingOptions = { ...job.options, plant: registered, oldest, newest }
      job.report = await importInThread(job.file, options, isDryRun, parts, { signal: job.stop.signal, onProgress })
      job.rows = job.report.rows
      if (!isOver(job)) become(job, isDryRun ? 'checked' : 'committed')
    } catch (error) {
      if (isOver(job)) return
      job.trouble = error instanceof Error ? error.message : String(error)
      parts.log(error, 'an import of telemetry failed')
      become(job, isDryRun ? 'failed' : 'checked')
    }
    if (isOver(job)) await removeFile(job)
  }

  return {
    async start(content, { name, by, kind, mapping = {}, keepUnknown = false, ...given }) {
      if (kind !== undefined && !kinds.has(kind))
        throw new LamplighterError(
          'invalid-request',
          `There is no kind ${JSON.stringify(kind)}; there are ${[...kinds.keys()].join(', ')}.`,
        )
      makeRoom()
      uploads++
      try {
        const id = randomUUID()
        const path = join(folder, id)
        mkdirSync(folder, { recursive: true })
        const found = await receive(content, path)
        const { encoding = found.encoding, delimiter } = given
        const format = given.format ?? (await recognizeTelemetry(path, encoding))
        const job: Job = {
          id,
          by,
          created: now(),
          name,
          file: { path, size: found.size, format, encoding, ...(delimiter && { delimiter }) },
          kind: kind ?? null,
          state: 'checking',
          progress: 0,
          rows: 0,
          trouble: null,
          report: null,
          options: {
            kinds: new Map(storedKinds([...kinds.values()]).map((each) => [each.key, each])),
            kind: kind ?? null,
            keepUnknown,
            mapping,
          },
          stop: new AbortController(),
          gone: Promise.resolve(),
          touched: now(),
        }
        jobs.set(id, job)
        job.gone = run(job, true)
        return job
      } finally {
        uploads--
      }
    },
    get,
    list() {
      forgetOld()
      return all().reverse()
    },
    commit(id, by) {
      const job = get(id)
      if (job.state !== 'checked')
        throw new LamplighterError('action-refused', `The import is ${job.state}; it can be committed when it is checked.`)
      if (!job.report || job.report.taken === 0)
        throw new LamplighterError('action-refused', 'There is no row in the file that can be taken.')
      if (!job.report.isWhole)
        throw new LamplighterError('action-refused', 'The file could not be read to its end; mend it, or send the part that can be read.')
      if (all().some(({ state }) => state === 'committing'))
        throw new LamplighterError('action-refused', 'Another import is being committed; wait until it is done.')
      const { taken, values, kinds: found, from, to } = job.report
      const span = [from, to].map((at) => new Date(at as number).toISOString()).join(' to ')
      parts.state.audit({
        at: now(),
        by,
        action: 'import-telemetry',
        subject: `${taken} rows of ${found.map(({ kind }) => kind).join(', ')}`,
        detail: `${job.name}: ${values} values, ${span}`,
      })
      job.trouble = null
      become(job, 'committing')
      job.gone = run(job, false)
      return job
    },
    async cancel(id) {
      const job = get(id)
      if (isOver(job)) return forget(job)
      become(job, 'cancelled')
      job.stop.abort(new Error('cancelled'))
      await job.gone
      await removeFile(job)
    },
    async close() {
      for (const job of all()) {
        if (!isOver(job)) become(job, 'cancelled')
        job.stop.abort(new Error('the program ends'))
      }
      await Promise.all(all().map(({ gone }) => gone))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
