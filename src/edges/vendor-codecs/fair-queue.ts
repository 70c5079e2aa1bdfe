/** What one codec is asked, and what it has used. */
interface Lane<C> {
  program: number
  calls: C[]
  /** ms that its calls were expected to take, counted so that a codec that was away for long has no claim to all the time since. */
  used: number
  /** ms of one call, of late. */
  usual: number
}

export interface QueueLimits {
  /** Calls of one codec, and of all, that may wait. */
  perProgram: number
  inAll: number
  /** ms that what waits of one codec may be expected to take. */
  waitMs: number
  /** Calls of a batch at most, and ms that it should take. */
  batchCalls: number
  batchMs: number
}

/** Weight of the newest batch in what a call usually takes. */
const NEWEST = 0.3
/** ms assumed of a call before the first. */
const FIRST_CALL = 1

/** Calls that wait for the sandbox: those of the codec that has used least come first, in their order, so that none slow one delays all. */
export class FairQueue<C> {
  readonly #lanes = new Map<number, Lane<C>>()
  readonly #limits: QueueLimits
  #size = 0
  /** What the codec served last had used. */
  #served = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#size
  }

  /** False when it is full. */
  add(program: number, call: C): boolean {
    const lane = this.#lane(program)
    const { perProgram, inAll, waitMs } = this.#limits
    if (this.#size >= inAll || lane.calls.length >= perProgram || lane.calls.length * lane.usual >= waitMs) return false
    if (lane.calls.length === 0) lane.used = Math.max(lane.used, this.#served)
    lane.calls.push(call)
    this.#size++
    return true
  }

  /** Puts calls that were taken and not done before all others of their codec. */
  putBack(program: number, calls: readonly C[]): void {
    const lane = this.#lane(program)
    lane.calls = [...calls, ...lane.calls]
    this.#size += calls.length
  }

  /** The calls to be done next, of one codec that is not `busy`. */
  take(busy: (program: number) => boolean): { program: number; calls: C[] } | null {
    let next: Lane<C> | null = null
    for (const lane of this.#lanes.values())
      if (lane.calls.length > 0 && !busy(lane.program) && (next === null || lane.used < next.used)) next = lane
    if (next === null) return null
    this.#served = next.used
    const count = Math.min(this.#limits.batchCalls, Math.max(1, Math.floor(this.#limits.batchMs / next.usual)))
    const calls = next.calls.splice(0, count)
    this.#size -= calls.length
    next.used += calls.length * next.usual
    return { program: next.program, calls }
  }

  /** Tells what `calls` calls of a codec took, which the next ones are expected to take too. */
  spent(program: number, calls: number, ms: number): void {
    const lane = this.#lanes.get(program)
    if (!lane || calls === 0) return
    lane.usual += NEWEST * (ms / calls - lane.usual)
  }

  /** Takes out all calls of a codec, or of all. */
  drain(program?: number): C[] {
    const lanes = program === undefined ? [...this.#lanes.values()] : [this.#lanes.get(program)].filter((lane) => lane !== undefined)
    const calls = lanes.flatMap((lane) => lane.calls.splice(0))
    this.#size -= calls.length
    return calls
  }

  forget(program: number): void {
    this.#lanes.delete(program)
  }

  #lane(program: number): Lane<C> {
    let lane = this.#lanes.get(program)
    if (!lane) {
      lane = { program, calls: [], used: this.#served, usual: FIRST_CALL }
      this.#lanes.set(program, lane)
    }
    return lane
  }
}
