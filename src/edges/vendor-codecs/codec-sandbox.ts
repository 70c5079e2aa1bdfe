import { seconds } from '../../telemetry/duration.ts'
import { makeRoom } from '../../telemetry/make-room.ts'
import type { CodecFailure, CodecInput } from '../../telemetry/vendor-codec.ts'
import type { startThread } from '../../thread.ts'
import { afterDevices, afterStrike, type Conduct, GOOD_CONDUCT, isSuspended } from './conduct.ts'
import { FairQueue, type QueueLimits } from './fair-queue.ts'
import { DEADLINE, MAX_BYTES } from './limits.ts'
import { readResult } from './result.ts'
import { type ThreadEnd, WatchedThread } from './watched-thread.ts'
import { type BatchDone, type CallFailure, isStopped, type Measure, ONLY_LOAD, type Outcome } from './worker-protocol.ts'

/** Batches the thread has at once: one to work on, one to take up without waiting for us. */
const IN_FLIGHT = 2
/** More than the way in lets wait at once, so that it holds devices back before anything is refused here; but for a codec that is slow. */
const QUEUE = { perProgram: 50_000, inAll: 60_000, waitMs: seconds(30), batchCalls: 256, batchMs: 10 }
/** A call that a thread was at when it came down is tried so often. */
const ATTEMPTS = 2
/** Devices of a codec of which it is known that they made it be stopped. */
const MOST_DEVICES = 1_000

export type CodecRun = ({ data: unknown; warnings: string[] } | CallFailure) & { measure: Measure | null }

export interface CodecFigures {
  decodes: number
  failures: Partial<Record<CodecFailure, number>>
  /** ms of computing. */
  ms: number
  lastFailure: (CallFailure & { at: number }) | null
  /** ms since 1970; null when it is not suspended. */
  suspendedUntil: number | null
}

export interface SandboxOptions {
  /** ms since 1970 */
  now: () => number
  /** Whether each call is run in a new interpreter and its memory told. */
  isMeasured?: boolean
  /** ms without a call after which the thread is ended; never when absent. */
  restAfter?: number
  onSuspended?: (program: number, until: number, failure: CallFailure) => void
  /** The thread came down by itself. */
  onTrouble?: (detail: string) => void
  start?: typeof startThread
  queue?: Partial<QueueLimits>
}

interface Call {
  program: Program
  /** Null: it is only loaded. */
  input: CodecInput | null
  attempts: number
  resolve(run: CodecRun): void
}

interface Program {
  number: number
  source: string
  figures: Omit<CodecFigures, 'suspendedUntil'>
  conduct: Conduct
  /** Of devices whose uplinks made it be stopped, the last one at the end. */
  devices: Map<string, Conduct>
  /** What runs its calls since it was replaced. */
  successor: Program | null
}

/**
 * Runs codecs of others in a thread of its own, each in an interpreter that knows of nothing but itself. Whatever a codec does, each call is
 * answered, those of one codec in their order, and none takes the computing time of the others.
 */
export class CodecSandbox {
  readonly #options: SandboxOptions
  readonly #queue: FairQueue<Call>
  readonly #programs = new Map<number, Program>()
  readonly #flying = new Map<number, Call[]>()
  readonly #thread: WatchedThread
  /** Programs whose source the thread has. */
  readonly #known = new Set<number>()
  #last = 0
  #isPumping = false
  #resting: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: SandboxOptions) {
    this.#options = options
    this.#queue = new FairQueue({ ...QUEUE, ...options.queue })
    this.#thread = new WatchedThread({ done: (answer) => this.#done(answer), ended: (end) => this.#ended(end) }, options.start)
  }

  /** Takes a codec in, by a number that is its own; whether it can be used is told by its first call. */
  add(source: string): number {
    return this.#add(source, { decodes: 0, failures: {}, ms: 0, lastFailure: null }).number
  }

  /** Lets another source take over the figures and what waits; returns its number. */
  replace(before: number, source: string): number {
    const old = this.#programs.get(before)
    if (!old) return this.add(source)
    const program = this.#add(source, old.figures)
    old.successor = program
    this.#putBack(this.#queue.drain(before))
    this.forget(before)
    this.#pumpSoon()
    return program.number
  }

  #add(source: string, figures: Program['figures']): Program {
    const program = { number: ++this.#last, source, figures, conduct: GOOD_CONDUCT, devices: new Map(), successor: null }
    this.#programs.set(program.number, program)
    return program
  }

  /** Calls of it that are under way are still answered. */
  forget(program: number): void {
    this.#programs.delete(program)
    for (const call of this.#queue.drain(program)) this.#fail(call, 'codec-unknown', 'It was removed while the message waited.')
    this.#queue.forget(program)
    if (this.#known.delete(program)) this.#thread.forget(program)
  }

  figures(program: number): CodecFigures | undefined {
    const found = this.#programs.get(program)
    if (!found) return undefined
    const { figures, conduct } = found
    return {
      ...figures,
      failures: { ...figures.failures },
      suspendedUntil: isSuspended(conduct, this.#options.now()) ? conduct.suspendedUntil : null,
    }
  }

  /** Never rejects. */
  run(number: number, input: CodecInput): Promise<CodecRun> {
    return this.#ask(number, { ...input, bytes: input.bytes.slice() })
  }

  /** Loads a codec and runs nothing of it but its own beginning. Data of null, or why it cannot be used. */
  load(number: number): Promise<CodecRun> {
    return this.#ask(number, null)
  }

  #ask(number: number, input: CodecInput | null): Promise<CodecRun> {
    const { promise, resolve } = Promise.withResolvers<CodecRun>()
    const program = this.#programs.get(number)
    if (!program) {
      resolve({ reason: 'codec-unknown', error: 'There is no such codec.', line: null, measure: null })
      return promise
    }
    const call: Call = { program, input, attempts: 0, resolve }
    const length = input?.bytes.length ?? 0
    if (this.#isClosed) this.#fail(call, 'codec-busy', 'The service is stopping.')
    else if (length > MAX_BYTES) this.#fail(call, 'codec-error', `The message has ${length} bytes, at most ${MAX_BYTES} are decoded.`)
    else if (this.#isSuspended(call)) this.#failSuspended(call)
    else if (!this.#queue.add(number, call)) this.#fail(call, 'codec-busy', 'Too many messages wait to be decoded.')
    else this.#pumpSoon()
    return promise
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#resting)
    this.#failAll('The service is stopping.')
    await this.#thread.close()
  }

  /** Ends the thread when it has had nothing to do for long; the next call starts it again. */
  #restLater(): void {
    const { restAfter } = this.#options
    if (restAfter === undefined) return
    clearTimeout(this.#resting)
    this.#resting = setTimeout(() => {
      if (this.#flying.size > 0 || this.#queue.size > 0) return
      this.#known.clear()
      void this.#thread.close()
    }, restAfter)
    this.#resting.unref()
  }

  /** After the events at hand, so that calls of one moment go together. */
  #pumpSoon(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    setImmediate(() => {
      this.#isPumping = false
      this.#pump()
    })
  }

  #pump(): void {
    while (this.#flying.size < IN_FLIGHT && !this.#isClosed) {
      // Two at once of one codec would be answered out of order when the first is cut short.
      const next = this.#queue.take((program) => [...this.#flying.values()].some(([call]) => call?.program.number === program))
      if (next === null) return
      this.#send(next.program, next.calls)
    }
  }

  #send(program: number, calls: Call[]): void {
    const id = ++this.#last
    const meta = new Float64Array(calls.length * 3)
    const bytes = new Uint8Array(calls.reduce((sum, { input }) => sum + (input?.bytes.length ?? 0), 0))
    let offset = 0
    calls.forEach(({ input }, i) => {
      if (input === null) {
        meta.set([0, 0, ONLY_LOAD], i * 3)
        return
      }
      meta.set([input.fPort, input.recvTime, input.bytes.length], i * 3)
      bytes.set(input.bytes, offset)
      offset += input.bytes.length
    })
    this.#flying.set(id, calls)
    const source = this.#known.has(program) ? null : (calls[0] as Call).program.source
    this.#known.add(program)
    this.#thread.send({ type: 'batch', id, program, source, calls: meta, bytes, isMeasured: this.#options.isMeasured === true })
  }

  #done({ id, outcomes, measures, ms }: BatchDone): void {
    const calls = this.#flying.get(id) ?? []
    this.#flying.delete(id)
    const [first] = calls
    if (first) {
      first.program.figures.ms += ms
      this.#queue.spent(first.program.number, outcomes.length, ms)
    }
    this.#putBack(calls.slice(outcomes.length))
    outcomes.forEach((outcome, i) => {
      const call = calls[i]
      if (call) this.#answer(call, outcome, measures[i] ?? null)
    })
    this.#pump()
    this.#restLater()
  }

  #ended({ at, isHung, hasWorked, detail }: ThreadEnd): void {
    const lost = [...this.#flying]
    this.#flying.clear()
    this.#known.clear()
    if (!isHung) this.#options.onTrouble?.(detail)
    const culprit = at === null ? undefined : lost.find(([id]) => id === at.batch)?.[1][at.call]
    for (const [, calls] of lost.reverse()) this.#putBack(calls.filter((call) => call !== culprit || this.#isTriedAgain(call, isHung)))
    if (culprit && isHung) {
      this.#queue.spent(culprit.program.number, 1, DEADLINE)
      culprit.program.figures.ms += DEADLINE
      this.#answer(
        culprit,
        { reason: 'codec-timeout', error: `It did not come back within ${DEADLINE} ms and was ended from outside.`, line: null },
        null,
      )
    } else if (culprit && culprit.attempts >= ATTEMPTS)
      this.#fail(culprit, 'codec-error', `The thread it ran in came down each time: ${detail}`)
    else if (!hasWorked) this.#failAll(`The sandbox cannot be started: ${detail}`)
    this.#pump()
  }

  #isTriedAgain(call: Call, isHung: boolean): boolean {
    return !isHung && ++call.attempts < ATTEMPTS
  }

  /** Calls of one program. Of one that was replaced meanwhile they are for its successor, of one that was forgotten they are not run any more. */
  #putBack(calls: Call[]): void {
    const [first] = calls
    if (!first) return
    let { program } = first
    while (program.successor) program = program.successor
    for (const call of calls) call.program = program
    if (this.#programs.has(program.number)) this.#queue.putBack(program.number, calls)
    else for (const call of calls) this.#fail(call, 'codec-unknown', 'It was removed while the message waited.')
  }

  #answer(call: Call, outcome: Outcome, measure: Measure | null): void {
    const result = 'json' in outcome ? readResult(outcome.json) : outcome
    if ('reason' in result) {
      if (isStopped(result)) this.#strike(call, result)
      this.#fail(call, result.reason, result.error, result.line, measure)
      return
    }
    call.program.figures.decodes++
    call.resolve({ ...result, measure })
  }

  #strike({ program, input }: Call, failure: CallFailure): void {
    const now = this.#options.now()
    const wasSuspended = isSuspended(program.conduct, now)
    if (input?.device === undefined) program.conduct = afterStrike(program.conduct, now)
    else {
      const { devices } = program
      const before = devices.get(input.device) ?? GOOD_CONDUCT
      devices.delete(input.device)
      devices.set(input.device, afterStrike(before, now))
      makeRoom(devices, MOST_DEVICES)
      if (!wasSuspended) program.conduct = afterDevices(program.conduct, devices.values(), now)
    }
    const waiting = this.#queue.drain(program.number)
    this.#putBack(waiting.filter((call) => !this.#isSuspended(call)))
    if (!wasSuspended && isSuspended(program.conduct, now))
      this.#options.onSuspended?.(program.number, program.conduct.suspendedUntil, failure)
    for (const call of waiting) if (this.#isSuspended(call)) this.#failSuspended(call)
  }

  #isSuspended({ program, input }: Call): boolean {
    const now = this.#options.now()
    const device = input?.device === undefined ? undefined : program.devices.get(input.device)
    return isSuspended(program.conduct, now) || (device !== undefined && isSuspended(device, now))
  }

  #failSuspended(call: Call): void {
    const { conduct, devices } = call.program
    const device = devices.get(call.input?.device ?? '')
    const timeOf = ({ suspendedUntil }: Conduct) => new Date(suspendedUntil).toISOString()
    if (isSuspended(conduct, this.#options.now()) || !device)
      this.#fail(call, 'codec-suspended', `It had to be stopped too often and is not run until ${timeOf(conduct)}.`)
    else
      this.#fail(
        call,
        'device-suspended',
        `It had to be stopped too often at uplinks of ${call.input?.device} and is not run for those until ${timeOf(device)}.`,
      )
  }

  #failAll(why: string): void {
    const calls = [...[...this.#flying.values()].flat(), ...this.#queue.drain()]
    this.#flying.clear()
    for (const call of calls) this.#fail(call, 'codec-busy', why)
  }

  #fail(call: Call, reason: CodecFailure, error: string, line: number | null = null, measure: Measure | null = null): void {
    const { figures } = call.program
    figures.failures[reason] = (figures.failures[reason] ?? 0) + 1
    // Why it was suspended is more to the point than that it is.
    if (reason !== 'codec-suspended' && reason !== 'device-suspended')
      figures.lastFailure = { reason, error, line, at: this.#options.now() }
    call.resolve({ reason, error, line, measure })
  }
}
