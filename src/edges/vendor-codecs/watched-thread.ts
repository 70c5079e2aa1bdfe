import type { Worker } from 'node:worker_threads'
import { seconds } from '../../telemetry/duration.ts'
import { startThread } from '../../thread.ts'
import { DEADLINE } from './limits.ts'
import { type Batch, type BatchDone, type ToThread, watchFields } from './worker-protocol.ts'

/** ms between two looks at a thread that is at work. */
const LOOK = 10
/** ms of computing since it was first asked after, which is up to two looks after a call began, and until it is seen, another. */
const HUNG_AFTER = DEADLINE - 4 * LOOK
/** A call that does not come back is ended after so long, ms, however little its thread seems to have computed. */
const LONGEST_STAND = seconds(5)
/** A thread that runs no codec and does not answer is given up after so long: it may still be starting. */
const LONGEST_START = seconds(20)
/** Bound of its heap; what codecs take lies outside. */
const HEAP_MB = 128

/** How a thread came to its end. */
export interface ThreadEnd {
  /** The call it was at. */
  at: { batch: number; call: number } | null
  /** Whether that call did not come back in time. */
  isHung: boolean
  /** Whether it ever ran a codec. */
  hasWorked: boolean
  detail: string
}

export interface ThreadListener {
  done(answer: BatchDone): void
  ended(end: ThreadEnd): void
}

/** A thread that runs codecs, started when there is something to run and ended from outside when a call does not come back. */
export class WatchedThread {
  readonly #listener: ThreadListener
  readonly #startThread: typeof startThread
  #worker: Worker | null = null
  #watched: Int32Array = new Int32Array(0)
  #pending = 0
  #timer: NodeJS.Timeout | undefined
  #turn = 0
  #turnSince = 0
  /** ms its thread had computed when the call was first seen to stand. */
  #computedBefore: number | null = null
  #isAsking = false

  constructor(listener: ThreadListener, start = startThread) {
    this.#listener = listener
    this.#startThread = start
  }

  get isRunning(): boolean {
    return this.#worker !== null
  }

  send(batch: Batch): void {
    const worker = this.#worker ?? this.#start()
    worker.postMessage(batch satisfies ToThread, [batch.calls.buffer as ArrayBuffer, batch.bytes.buffer as ArrayBuffer])
    if (this.#pending++ === 0) this.#watch()
  }

  forget(program: number): void {
    this.#worker?.postMessage({ type: 'forget', program } satisfies ToThread)
  }

  /** Ends it; nothing is told. */
  async close(): Promise<void> {
    await this.#leave()?.terminate()
  }

  #start(): Worker {
    this.#watched = new Int32Array(new SharedArrayBuffer(Object.keys(watchFields).length * Int32Array.BYTES_PER_ELEMENT))
    const worker = this.#startThread(new URL('./codec-worker.ts', import.meta.url), {
      data: { watched: this.#watched },
      name: 'vendor-codecs',
      memoryMb: HEAP_MB,
    })
    let detail = ''
    const isOurs = () => this.#worker === worker
    worker.on('error', (error) => {
      detail = error instanceof Error ? error.message : String(error)
    })
    worker.on('message', (answer: BatchDone) => {
      if (!isOurs()) return
      if (--this.#pending === 0) clearInterval(this.#timer)
      this.#listener.done(answer)
    })
    worker.on('exit', (code) => {
      if (isOurs()) this.#end(false, detail || `exit code ${code}`)
    })
    this.#worker = worker
    return worker
  }

  #watch(): void {
    this.#seen(Atomics.load(this.#watched, watchFields.turn))
    clearInterval(this.#timer)
    this.#timer = setInterval(() => this.#look(), LOOK)
  }

  #look(): void {
    const worker = this.#worker as Worker
    const turn = Atomics.load(this.#watched, watchFields.turn)
    if (turn !== this.#turn) {
      this.#seen(turn)
      return
    }
    const stood = performance.now() - this.#turnSince
    const isInCodec = turn % 2 !== 0
    if (stood >= (isInCodec ? LONGEST_STAND : LONGEST_START)) this.#end(isInCodec, 'it does not answer')
    else if (isInCodec && !this.#isAsking) void this.#ask(worker, turn)
  }

  /** What counts is how long a call has computed: where processors are short, a good one may stand for long. */
  async #ask(worker: Worker, turn: number): Promise<void> {
    this.#isAsking = true
    const computed = await computedBy(worker)
    this.#isAsking = false
    if (this.#worker !== worker || turn !== this.#turn || turn !== Atomics.load(this.#watched, watchFields.turn)) return
    if (this.#computedBefore === null) this.#computedBefore = computed
    else if (computed - this.#computedBefore >= HUNG_AFTER) this.#end(true, `no answer within ${DEADLINE} ms`)
  }

  #seen(turn: number): void {
    this.#turn = turn
    this.#turnSince = performance.now()
    this.#computedBefore = null
  }

  #end(isHung: boolean, detail: string): void {
    const turn = Atomics.load(this.#watched, watchFields.turn)
    const [batch, call] = [watchFields.batch, watchFields.call].map((field) => Atomics.load(this.#watched, field)) as [number, number]
    void this.#leave()?.terminate()
    this.#listener.ended({ at: turn % 2 !== 0 ? { batch, call } : null, isHung, hasWorked: turn > 0, detail })
  }

  #leave(): Worker | null {
    const worker = this.#worker
    this.#worker = null
    this.#isAsking = false
    this.#pending = 0
    clearInterval(this.#timer)
    return worker
  }
}

/** ms; time that passes where the thread's own cannot be told, which Node learned in 24.6. */
async function computedBy(worker: Worker): Promise<number> {
  if (typeof worker.cpuUsage !== 'function') return performance.now()
  const { user, system } = await worker.cpuUsage().catch(() => ({ user: 0, system: 0 }))
  return (user + system) / 1000
}
