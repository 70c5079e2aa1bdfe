import { minutes } from '../telemetry/duration.ts'

/** When so many alarms come that operators cannot keep up. */
export interface FloodLimits {
  /** People who share the alarms. */
  operators: number
  /** A flood begins when more than this many alarms per operator came within the span. */
  begin: number
  /** It ends when fewer than this many per operator did. */
  end: number
  /** ms */
  span: number
}

/** More than 10 in 10 minutes per operator, until fewer than 5 (ANSI/ISA-18.2-2016 and IEC 62682:2022, clause 16; EEMUA 191). */
export const usualFloodLimits: FloodLimits = { operators: 1, begin: 10, end: 5, span: minutes(10) }

/** A time of too many alarms. All times are our time, ms. */
export interface Flood {
  /** When the first of those alarms came whose number made it a flood, so that what came first is among them. */
  started: number
  /** When there were too many. */
  recognised: number
  /** null while it goes on. */
  ended: number | null
  /** Alarms told since `started`. */
  alarms: number
  /** The most within one span, and when that was first reached. */
  peak: number
  peakAt: number
}

/**
 * Counts told alarms in a sliding span and says when a flood begins and ends. It depends on the times of alarms only and not on how often it
 * is told the time, so that live, replay and a look at the alarm record find the same floods.
 */
export class FloodWatch {
  #limits: FloodLimits
  #flood: Flood | null
  /** Times of the alarms of the span, oldest first; those before `#first` are out of it. */
  #recent: number[] = []
  #first = 0
  #time = Number.NEGATIVE_INFINITY

  /** Goes on with a flood that has not ended; `recent` are the times of the alarms told in the last span, oldest first, ms. */
  constructor(limits: FloodLimits, flood: Flood | null = null, recent: Iterable<number> = []) {
    this.#limits = limits
    this.#flood = flood
    for (const at of recent) this.#count(at)
  }

  /** The flood that goes on; null when there is none. */
  get flood(): Flood | null {
    return this.#flood
  }
  /** Alarms told in the last span. */
  get rate(): number {
    return this.#recent.length - this.#first
  }
  get limits(): FloodLimits {
    return this.#limits
  }

  /** Other limits count from now on. Returns the flood that has ended by now, if one has. */
  use(limits: FloodLimits, now: number): Flood | null {
    const ended = this.pass(now)
    this.#limits = limits
    if (!ended) this.#begin(now)
    return ended ?? this.#endAt(now)
  }

  /** One more alarm was told, not before the one before. Returns the flood that had ended by then, if one had. */
  tell(at: number): Flood | null {
    const ended = this.pass(at)
    this.#count(this.#time)
    const flood = this.#flood
    if (!flood) this.#begin(this.#time)
    else {
      const isPeak = this.rate > flood.peak
      this.#flood = {
        ...flood,
        alarms: flood.alarms + 1,
        peak: isPeak ? this.rate : flood.peak,
        peakAt: isPeak ? this.#time : flood.peakAt,
      }
    }
    return ended
  }

  /** Whether an alarm leaves the span by `now`, or the clock was set back. */
  isDue(now: number): boolean {
    const oldest = this.#recent[this.#first]
    return now < this.#time || (oldest !== undefined && oldest + this.#limits.span <= now)
  }

  /** Lets time pass. Returns the flood that ended meanwhile, at the moment its alarms had become few enough. */
  pass(now: number): Flood | null {
    if (now < this.#time) this.#setBack(now)
    this.#time = now
    let ended: Flood | null = null
    const { span } = this.#limits
    for (let oldest = this.#recent[this.#first]; oldest !== undefined && oldest + span <= now; oldest = this.#recent[this.#first]) {
      this.#first++
      ended = this.#endAt(oldest + span) ?? ended
    }
    this.#forget()
    return ended
  }

  #count(at: number): void {
    this.#recent.push(at)
    this.#time = at
  }

  #begin(now: number): void {
    const { begin, operators } = this.#limits
    const oldest = this.#recent[this.#first]
    if (this.#flood || oldest === undefined || this.rate <= begin * operators) return
    this.#flood = { started: oldest, recognised: now, ended: null, alarms: this.rate, peak: this.rate, peakAt: now }
  }

  #endAt(at: number): Flood | null {
    const { end, operators } = this.#limits
    if (!this.#flood || this.rate >= end * operators) return null
    const ended = { ...this.#flood, ended: Math.max(at, this.#flood.recognised) }
    this.#flood = null
    return ended
  }

  /** The clock was set back: alarms cannot have come after now, or they would stay in the span for as long as it was set back. */
  #setBack(now: number): void {
    this.#recent = this.#recent.map((at) => Math.min(at, now))
  }

  /** Drops what is out of the span, now and then and not one by one, which would move the rest each time. */
  #forget(): void {
    if (this.#first < 1024) return
    this.#recent = this.#recent.slice(this.#first)
    this.#first = 0
  }
}

/** The floods among told alarms at these times, ms, in order; the last has not ended when it went on at `until`. */
export function floodsAmong(times: Iterable<number>, limits: FloodLimits, until: number): Flood[] {
  const watch = new FloodWatch(limits)
  const floods: Flood[] = []
  for (const at of times) {
    const ended = watch.tell(at)
    if (ended) floods.push(ended)
  }
  const last = watch.pass(until) ?? watch.flood
  return last ? [...floods, last] : floods
}
