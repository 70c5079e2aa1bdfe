import { randomUUID } from 'node:crypto'
import { createReadStream, mkdirSync, rmSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import type { Person } from '../../../access/person.ts'
import { isWhole, type Scope, scopeKey } from '../../../access/scope.ts'
import { LamplighterError } from '../../../errors.ts'
import type { TelemetryStore } from '../../../storage/telemetry-store.ts'
import { hours } from '../../../telemetry/duration.ts'
import { type ExchangeStore, exportInThread } from './exchange-in-thread.ts'
import type { ExportOrder } from './export.ts'
import { type ExportRequest, nameOf, orderOf, type RequestParts } from './export-request.ts'

/** Exports that wait for their turn; one runs at a time. */
const MAX_WAITING = 3
const MAX_STREAMS = 2
/** Finished exports kept, and bytes of all their files. */
const MAX_KEPT = 10
const MAX_BYTES = 20 * 1_073_741_824
const KEPT_FOR = hours(24)
/** Bytes that wait for somebody who reads slowly. */
const READ_AHEAD = 1_048_576

export const exportStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type ExportState = (typeof exportStates)[number]

export interface TelemetryExport {
  readonly id: string
  readonly by: string
  /** What the person was limited to who asked for it. */
  readonly scope: Scope
  readonly created: number
  /** Of the file. */
  readonly name: string
  readonly order: ExportOrder
  readonly state: ExportState
  /** Of the work, 0 to 1. */
  readonly progress: number
  readonly rows: number
  readonly bytes: number
  /** Why it failed, in words. */
  readonly trouble: string | null
}

export interface TelemetryExports {
  /** Throws `invalid-request`, `not-found` (group), `too-many-requests`. */
  start(request: ExportRequest, by: string): Promise<TelemetryExport>
  /** Throws `not-found`. */
  get(id: string, person: Person): TelemetryExport
  /** Newest first. */
  list(person: Person): TelemetryExport[]
  /** The file of one that is done. Throws `not-found`, `action-refused`. */
  read(id: string, person: Person): Readable
  /** Exports while somebody reads; a reader who stops reading stops it. Throws as `start`. */
  stream(request: ExportRequest): Promise<{ name: string; content: Readable }>
  /** Gives one up, or forgets one that is over, with its file. */
  cancel(id: string, person: Person): Promise<void>
  close(): Promise<void>
}

export interface TelemetryExportParts extends ExchangeStore, RequestParts {
  /** Where files lie until they are fetched; cleared at the start. */
  folder: string
  telemetry: ExchangeStore['telemetry'] & Pick<TelemetryStore, 'oldest'>
  log: (error: unknown, message: string) => void
}

type Job = { -readonly [K in keyof TelemetryExport]: TelemetryExport[K] } & {
  file: string
  stop: AbortController
  /** Settles when its thread is gone. */
  gone: Promise<void>
  ended: number | null
}

/** Whoever is limited sees their own ones, as long as their limits are the same. */
export function isTheirs({ by, scope }: TelemetryExport, person: Person): boolean {
  return isWhole(person.scope) || (by === person.name && scopeKey(scope) === scopeKey(person.scope))
}

/** Exports telemetry to files, one after the other, each in a thread of its own. */
export function createTelemetryExports(parts: TelemetryExportParts): TelemetryExports {
  const { folder, now } = parts
  // What a run before this one left behind belongs to nobody.
  rmSync(folder, { recursive: true, force: true })
  const jobs = new Map<string, Job>()
  const streams = new Set<AbortController>()
  const all = () => [...jobs.values()]

  function forget(job: Job): void {
    jobs.delete(job.id)
    rm(job.file, { force: true }).catch((error: unknown) => parts.log(error, 'a file of an export of telemetry could not be removed'))
  }

  /** Of what is over, the newest stay, as many as the bounds allow. */
  function forgetOld(): void {
    let bytes = 0
    let kept = 0
    for (const job of all().reverse()) {
      if (job.ended === null) continue
      bytes += job.state === 'done' ? job.bytes : 0
      if (++kept > MAX_KEPT || bytes > MAX_BYTES || job.ended < now() - KEPT_FOR) forget(job)
    }
  }

  function get(id: string, person: Person): Job {
    forgetOld()
    const job = jobs.get(id)
    if (!job || !isTheirs(job, person))
      throw new LamplighterError('not-found', `There is no export ${JSON.stringify(id)}; they are forgotten a day after their end.`)
    return job
  }

  function runNext(): void {
    if (all().some(({ state }) => state === 'running')) return
    const job = all().find(({ state }) => state === 'waiting')
    if (!job) return
    job.state = 'running'
    job.gone = run(job).then(runNext)
  }

  async function run(job: Job): Promise<void> {
    const onProgress = ({ share, rows, bytes }: { share: number; rows: number; bytes: number }) =>
      Object.assign(job, { progress: share, rows, bytes })
    try {
      mkdirSync(folder, { recursive: true })
      const { rows } = await exportInThread(job.order, parts, { file: job.file }, { signal: job.stop.signal, onProgress })
      const { size } = await stat(job.file)
      Object.assign(job, { rows, bytes: size, progress: 1 })
      end(job, 'done', null)
    } catch (error) {
      if (job.ended === null) parts.log(error, 'an export of telemetry failed')
      end(job, 'failed', error instanceof Error ? error.message : String(error))
    }
    forgetOld()
  }

  /** The first end counts. */
  function end(job: Job, state: 'done' | 'failed' | 'cancelled', trouble: string | null): void {
    if (job.ended === null) Object.assign(job, { state, trouble, ended: now() })
  }

  return {
    async start(request, by) {
      forgetOld()
      if (all().filter(({ state }) => state === 'waiting').length >= MAX_WAITING)
        throw new LamplighterError('too-many-requests', `${MAX_WAITING} exports wait already; wait until one is done, or cancel one.`)
      const order = await orderOf(request, parts)
      const id = randomUUID()
      const job: Job = {
        id,
        by,
        scope: request.scope,
        created: now(),
        name: nameOf(order),
        order,
        state: 'waiting',
        progress: 0,
        rows: 0,
        bytes: 0,
        trouble: null,
        file: join(folder, id),
        stop: new AbortController(),
        gone: Promise.resolve(),
        ended: null,
      }
      jobs.set(id, job)
      runNext()
      return job
    },
    get,
    list(person) {
      forgetOld()
      return all()
        .filter((job) => isTheirs(job, person))
        .reverse()
    },
    read(id, person) {
      const job = get(id, person)
      if (job.state !== 'done')
        throw new LamplighterError('action-refused', `The export is ${job.state}; its file is there when it is done.`)
      return createReadStream(job.file)
    },
    async stream(request) {
      if (request.format === 'parquet')
        throw new LamplighterError('invalid-request', 'Parquet cannot be streamed; start an export of it: POST /api/telemetry/exports.')
      if (streams.size >= MAX_STREAMS)
        throw new LamplighterError(
          'too-many-requests',
          `${MAX_STREAMS} exports are being read; wait, or start one that waits for its turn.`,
        )
      const order = await orderOf(request, parts)
      const content = new PassThrough({ highWaterMark: READ_AHEAD })
      const stop = new AbortController()
      streams.add(stop)
      content.once('close', () => stop.abort(new Error('nobody reads any more')))
      const write = (piece: Uint8Array) =>
        new Promise<void>((resolve) => (content.write(piece) ? resolve() : content.once('drain', () => resolve())))
      exportInThread(order, parts, { write }, { signal: stop.signal })
        .then(() => content.end())
        .catch((error: unknown) => {
          if (!stop.signal.aborted) parts.log(error, 'an export of telemetry broke off')
          content.destroy(error instanceof Error ? error : new Error(String(error)))
        })
        .finally(() => streams.delete(stop))
      return { name: nameOf(order), content }
    },
    async cancel(id, person) {
      const job = get(id, person)
      const isOver = job.ended !== null
      end(job, 'cancelled', null)
      job.stop.abort(new Error('cancelled'))
      await job.gone
      if (isOver) forget(job)
    },
    async close() {
      for (const job of all()) end(job, 'cancelled', null)
      for (const stop of [...streams, ...all().map((job) => job.stop)]) stop.abort(new Error('the program ends'))
      await Promise.all(all().map(({ gone }) => gone))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
