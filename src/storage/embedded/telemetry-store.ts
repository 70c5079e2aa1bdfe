import { randomUUID } from 'node:crypto'
import type { Worker } from 'node:worker_threads'
import { LamplighterError } from '../../errors.ts'
import { days, minutes, seconds } from '../../telemetry/duration.ts'
import { startThread } from '../../thread.ts'
import { offsetOf } from '../bucket-series.ts'
import type { StoredKind, TelemetryRows, TelemetryStore } from '../telemetry-store.ts'
import type { TelemetryFiles } from './day-calls.ts'
import type { TelemetryStats } from './day-stats.ts'
import type { Maintenance, UpkeepProgress, UpkeepWatch } from './day-upkeep.ts'
import { untilAborted } from './until-aborted.ts'
import type { Answer, CallName, Notice, WorkerCalls, WorkerSetup } from './worker-protocol.ts'

const MAINTENANCE_PERIOD = minutes(10)
const HOURS_DAYS = 3660
/** An answer that takes longer is given up; the worker itself goes on, because ending it in the midst of a query ends the process. */
const LONGEST_CALL = seconds(120)
/** Of calls that read whole files, or all of them. */
const LONGEST_CALLS: Partial<Record<CallName, number>> = {
  copyDay: minutes(30),
  verifyDay: minutes(30),
  stats: minutes(30),
  maintain: days(1),
  compact: days(1),
}
/** Questions that the worker is at, and that wait for it; more are refused. Writes and upkeep wait for none of them. */
const READS: ReadonlySet<CallName> = new Set(['range', 'buckets', 'scan', 'latest'])
const READS_AT_ONCE = 6
const MOST_WAITING_READS = 200

export interface EmbeddedTelemetryStoreOptions {
  /** Made when missing; owned by this process alone. */
  folder: string
  /** As for every store; the columns follow what is written. */
  kinds: readonly StoredKind[]
  /** Whole days for which raw rows are kept. */
  retentionDays: number
  /** The same of single kinds. */
  retentionDaysOf?: Readonly<Record<string, number>>
  /** Whole days for which minutes are kept where raw rows are not; as long as those when absent. */
  minutesDays?: number
  /** Whole days for which hours are kept; ten years when absent. Calendar days are kept for ever. */
  hoursDays?: number
  /** A midnight of the city, ms (see `calendarOrigin`); hours and calendar days follow it. When absent as before, in UTC at first. */
  origin?: number
  /** Whether a file that cannot be read is set aside, so that all else goes on; true when absent. */
  setsAside?: boolean
  /** Whether a retention that is longer than before takes older rows again where nothing was made of them yet; false when absent. */
  takesOlder?: boolean
  log?: { warn(details: object, message: string): void; info(details: object, message: string): void }
  /** Hears of each worker thread that is started. */
  onWorker?: (worker: Worker) => void
}

export interface EmbeddedTelemetryStore extends TelemetryStore {
  /** Puts finished days in order, makes their roll-ups and removes what is past retention, as of `now`; happens by itself every ten minutes. */
  maintain(now: number): Promise<Maintenance>
  /**
   * The same, and puts in order whatever can be, also roll-ups of a month that is not over. Rejects at once with the reason of the signal; what is
   * in order by then stays so.
   */
  compact(now: number, watch?: UpkeepWatch): Promise<Maintenance>
  /** Ends what keeps the files in order and what reads all of them, for good and soon: the store is about to be closed. */
  endUpkeep(): Promise<void>
  stats(): Promise<TelemetryStats>
  readonly files: TelemetryFiles
}

interface Pending {
  resolve(result: unknown): void
  reject(error: Error): void
  timer: NodeJS.Timeout
}

/** Opens the store kept in DuckDB files, one per UTC day, by a thread of its own. Rejects with `store-unavailable` when the folder cannot be used. */
export async function openEmbeddedTelemetryStore(options: EmbeddedTelemetryStoreOptions): Promise<EmbeddedTelemetryStore> {
  const caller = new WorkerCaller(options)
  try {
    await caller.call('open')
  } catch (error) {
    await caller.close()
    throw error
  }
  const maintain = (now: number) => caller.call('maintain', now)
  let isMaintaining = false
  const maintainAlone = async () => {
    if (isMaintaining) return
    isMaintaining = true
    try {
      const { failed, ...done } = await maintain(Date.now())
      if (Object.values(done).some(({ length }) => length > 0)) options.log?.info(done, 'telemetry files were put in order')
      if (failed.length > 0) options.log?.warn({ failed }, 'telemetry files could not be put in order')
    } catch (error) {
      options.log?.warn({ err: error }, 'telemetry files could not be put in order')
    } finally {
      isMaintaining = false
    }
  }
  const maintaining = setInterval(() => void maintainAlone(), MAINTENANCE_PERIOD)
  maintaining.unref()
  return {
    name: 'embedded',
    write: (batches) => caller.write(batches),
    leftOut: () => caller.leftOut,
    range: (query, limit) => caller.call('range', query, limit),
    buckets: (query, grid) => caller.call('buckets', query, grid),
    scan: (query) => caller.call('scan', query),
    latest: (kind, since) => caller.call('latest', kind, since),
    oldest: () => caller.call('oldest'),
    keptFrom: (now) => caller.call('keptFrom', now),
    ping: () => caller.call('open'),
    maintain,
    compact: (now, watch) => caller.compact(now, watch),
    endUpkeep: () => caller.call('endUpkeep'),
    stats: () => caller.call('stats'),
    files: {
      keys: () => caller.call('keys'),
      damaged: () => caller.call('damaged'),
      verifyDay: (day) => caller.call('verifyDay', day),
      holdDay: (day, hold) => caller.call('holdDay', day, hold),
      releaseDay: (hold) => caller.call('releaseDay', hold),
      interruptDay: (day) => caller.call('interruptDay', day),
      copyDay: (day, target) => caller.call('copyDay', day, target),
      moveDay: (day, target) => caller.call('moveDay', day, target),
    },
    async close() {
      clearInterval(maintaining)
      await caller.close()
    },
  }
}

class WorkerCaller {
  readonly #options: EmbeddedTelemetryStoreOptions
  readonly #pending = new Map<number, Pending>()
  readonly #compacting = new Map<string, (progress: UpkeepProgress) => void>()
  /** Questions the worker has not answered yet, also those that were given up here. */
  readonly #reading = new Set<number>()
  readonly #waitingReads = new Map<number, () => void>()
  #worker: Worker | null = null
  #exited: Promise<void> = Promise.resolve()
  #lastId = 0
  /** Rows the worker left out, as of the last write. */
  leftOut = 0
  #closed = false

  constructor(options: EmbeddedTelemetryStoreOptions) {
    this.#options = options
  }

  call<N extends CallName>(name: N, ...args: WorkerCalls[N]['args']): Promise<WorkerCalls[N]['result']> {
    return this.#call(name, args, []) as Promise<WorkerCalls[N]['result']>
  }

  /** The columns are copied before they are handed over: the caller keeps them to write them again. */
  async write(batches: readonly TelemetryRows[]): Promise<void> {
    const copies = batches.map((batch) => ({
      ...batch,
      facility: batch.facility.slice(0, batch.rows),
      at: batch.at.slice(0, batch.rows),
      values: batch.values.map((column) => column.slice(0, batch.rows)),
    }))
    const buffers = copies.flatMap(({ facility, at, values }) => [facility.buffer, at.buffer, ...values.map(({ buffer }) => buffer)])
    this.leftOut = (await this.#call('write', [copies], buffers)) as number
  }

  async compact(now: number, { signal, onProgress = () => {} }: UpkeepWatch = {}): Promise<Maintenance> {
    const run = randomUUID()
    this.#compacting.set(run, onProgress)
    try {
      const compacting = this.call('compact', now, run)
      if (!signal) return await compacting
      // A worker that is gone compacts no more.
      return await untilAborted(signal, compacting, () => void this.call('stopCompact', run).catch(() => {}))
    } finally {
      this.#compacting.delete(run)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    for (const id of [...this.#waitingReads.keys()]) this.#settle({ id, result: undefined, error: 'it is being closed' })
    if (this.#worker)
      await this.call('close').catch((error: unknown) => this.#options.log?.warn({ err: error }, 'telemetry files were not closed'))
    this.#closed = true
    await this.#exited
  }

  async #call(name: CallName, args: unknown[], transfer: ArrayBuffer[]): Promise<unknown> {
    if (this.#closed) throw unavailable('the telemetry store is closed')
    const isRead = READS.has(name)
    if (isRead && this.#waitingReads.size >= MOST_WAITING_READS)
      throw unavailable('too many questions wait for the telemetry store; ask again in a moment')
    if (!this.#worker) {
      // A worker that died may still be letting go of its files.
      await this.#exited
      this.#worker ??= this.#start()
    }
    const id = ++this.#lastId
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const longest = LONGEST_CALLS[name] ?? LONGEST_CALL
    const timer = setTimeout(() => this.#settle({ id, result: undefined, error: `no answer within ${longest} ms` }), longest)
    this.#pending.set(id, { resolve, reject, timer })
    const post = () => {
      if (isRead) this.#reading.add(id)
      this.#worker?.postMessage({ id, name, args }, transfer)
    }
    if (isRead && this.#reading.size >= READS_AT_ONCE) this.#waitingReads.set(id, post)
    else post()
    return promise
  }

  #start(): Worker {
    const { folder, retentionDays: raw, retentionDaysOf: rawOf = {}, minutesDays: minutes = raw, origin } = this.#options
    const retention = { raw, rawOf, minutes, hours: this.#options.hoursDays ?? HOURS_DAYS }
    const { setsAside = true, takesOlder = false } = this.#options
    const offset = origin === undefined ? null : offsetOf(origin, days(1))
    const setup: WorkerSetup = { folder, retention, offset, setsAside, takesOlder }
    const worker = startThread(new URL('./telemetry-worker.ts', import.meta.url), { data: setup, name: 'telemetry-store' })
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#exited = promise
    worker.on('message', (message: Answer | Notice) => {
      if ('id' in message) {
        this.#settle(message)
        this.#readNext(message.id)
      } else if ('compacting' in message) this.#compacting.get(message.compacting)?.(message.progress)
      else this.#options.log?.warn(message, 'a telemetry file cannot be read and was set aside')
    })
    worker.on('error', (error) => this.#options.log?.warn({ err: error }, 'the telemetry worker failed and is started again'))
    worker.on('exit', () => {
      this.#worker = null
      this.#reading.clear()
      resolve()
      for (const id of [...this.#pending.keys()]) this.#settle({ id, result: undefined, error: 'its worker ended' })
    })
    this.#options.onWorker?.(worker)
    return worker
  }

  #readNext(answered: number): void {
    if (!this.#reading.delete(answered)) return
    const [next] = this.#waitingReads
    if (!next) return
    this.#waitingReads.delete(next[0])
    next[1]()
  }

  #settle({ id, result, error }: Answer): void {
    this.#waitingReads.delete(id)
    const pending = this.#pending.get(id)
    if (!pending) return
    this.#pending.delete(id)
    clearTimeout(pending.timer)
    if (error === null) pending.resolve(result)
    else pending.reject(unavailable(`the telemetry store failed: ${error}`))
  }
}

const unavailable = (message: string) => new LamplighterError('store-unavailable', message)
