import { days as daysOf, minutes } from '../telemetry/duration.ts'
import { draft, NEVER, UNKNOWN } from './draft.ts'
import type { FacilityView, Judge, RuleDraft, RuleOptions, RuleParameters } from './rule.ts'

export interface ProfileOptions<P extends string> {
  point: P
  /**
   * deviation: the load differs from its usual band while it is on and usually on;
   * unexpected: it is on at a time when it never was; missing: it is off at a time when it always was on.
   */
  watch: 'deviation' | 'unexpected' | 'missing'
  /** At and below this the load is off. */
  off: number
  /** deviation: smallest difference that counts, in units of the point and as a share of the usual band's edge. */
  atLeast?: number
  share?: number
  /** How long it must last, ms. */
  period: number
  /** What happens up to this much earlier or later on other days is still usual, ms: the sun moves the switching times. */
  shift: number
  /** deviation: nothing is judged for this long after the load was switched, ms. */
  settling?: number
  /** Days that must be known before anything is judged. */
  days: number
}

const BIN = minutes(5)
const BINS = 288
/** Part of a day's bins that makes it a known day. */
const KNOWN_SHARE = 0.7
/** How far a band closes per day towards a day that lies within it; it opens at once. */
const CLOSING = 0.2
/**
 * A load was always on where the lowest usual value is at least this part of the highest. One that was off before gets there by
 * three days on in a row; no dimming step goes lower.
 */
const ALWAYS = 0.4

/**
 * A bin becomes usual only when it is this many bins old, so that what happens now never excuses what comes next.
 * Must span more than any `shift`.
 */
const WAITING = 8

/** Daylight saving is no surprise for so long after it began or ended: the usual day has taken in the new hours long before. */
const ADJUSTING = daysOf(7)

// Places in a rule's memory, by steady time: some single numbers, three per waiting bin, the lowest and the highest usual value of each bin.
const LEARNED = 0
const TAKEN = 1
const SINCE = 2
const SIDE = 3
const SWITCHED = 4
const WAS_ON = 5
const WAIT_BIN = 6
const WAIT_LOW = WAIT_BIN + WAITING
const WAIT_HIGH = WAIT_LOW + WAITING
const LOW = WAIT_HIGH + WAITING
const HIGH = LOW + BINS

function makeUsual(memory: Float64Array, base: number, slot: number): void {
  const bin = (memory[base + WAIT_BIN + slot] as number) % BINS
  if (Number.isNaN(bin)) return
  const low = memory[base + WAIT_LOW + slot] as number
  const high = memory[base + WAIT_HIGH + slot] as number
  const usualLow = memory[base + LOW + bin] as number
  const usualHigh = memory[base + HIGH + bin] as number
  memory[base + LOW + bin] = low < usualLow || Number.isNaN(usualLow) ? low : usualLow + CLOSING * (low - usualLow)
  memory[base + HIGH + bin] = high > usualHigh || Number.isNaN(usualHigh) ? high : usualHigh + CLOSING * (high - usualHigh)
  memory[base + LEARNED] = (memory[base + LEARNED] || 0) + 1
}

function learn(memory: Float64Array, base: number, taken: number, value: number): void {
  const bin = Math.floor(taken / BIN)
  const slot = bin % WAITING
  if (memory[base + WAIT_BIN + slot] !== bin) {
    makeUsual(memory, base, slot)
    memory[base + WAIT_BIN + slot] = bin
    memory[base + WAIT_LOW + slot] = value
    memory[base + WAIT_HIGH + slot] = value
    return
  }
  memory[base + WAIT_LOW + slot] = Math.min(memory[base + WAIT_LOW + slot] as number, value)
  memory[base + WAIT_HIGH + slot] = Math.max(memory[base + WAIT_HIGH + slot] as number, value)
}

/** What led up to a deviation is part of it. */
function forgetWaiting(memory: Float64Array, base: number): void {
  memory.fill(Number.NaN, base + WAIT_BIN, base + WAIT_BIN + WAITING)
}

/** What was usual around `taken` on the days before, or null where nothing is known. */
function usualBand(memory: Float64Array, base: number, taken: number, shift: number): { low: number; high: number } | null {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  const last = Math.floor((taken + shift) / BIN)
  for (let bin = Math.floor((taken - shift) / BIN); bin <= last; bin++) {
    const at = bin % BINS
    if (Number.isNaN(memory[base + LOW + at] as number)) continue
    low = Math.min(low, memory[base + LOW + at] as number)
    high = Math.max(high, memory[base + HIGH + at] as number)
  }
  return low > high ? null : { low, high }
}

interface Seen {
  memory: Float64Array
  base: number
  taken: number
  value: number
  watch: ProfileOptions<string>['watch']
}

/** -1, 0 or 1: below, within or above what is usual around `taken`, or `moved` ms later. */
function sideOf({ memory, base, taken, value, watch }: Seen, moved: number, p: RuleParameters): number {
  const { off, atLeast = 0, share = 0, shift, settling = 0 } = p as { off: number; shift: number } & RuleParameters
  const band = usualBand(memory, base, taken + moved, shift)
  if (!band) return 0
  const { low, high } = band
  if (watch === 'unexpected') return value > off && high <= off ? 1 : 0
  if (watch === 'missing') return value <= off && low > Math.max(off, ALWAYS * high) ? -1 : 0
  // Near a switching time the band reaches down to nothing and says nothing of the load.
  if (value <= off || low <= off || taken - (memory[base + SWITCHED] as number) < settling) return 0
  if (value < low - Math.max(atLeast, share * low)) return -1
  return value > high + Math.max(atLeast, share * high) ? 1 : 0
}

/** The same, where what is usual by the sun and what is usual by the clocks of people both are: loads follow the one or the other. */
function sideByEither(seen: Seen, view: FacilityView, at: number, p: RuleParameters): number {
  const bySun = sideOf(seen, 0, p)
  if (bySun === 0) return 0
  const clocksMoved = view.localTime(at) - view.localTime(at - ADJUSTING) - ADJUSTING
  return clocksMoved === 0 ? bySun : sideOf(seen, clocksMoved, p)
}

function noteSwitch(memory: Float64Array, base: number, taken: number, isOn: boolean): void {
  if ((memory[base + WAS_ON] === 1) !== isOn) memory[base + SWITCHED] = taken
  memory[base + WAS_ON] = isOn ? 1 : 0
}

export function profile<P extends string>(options: RuleOptions & ProfileOptions<P>): RuleDraft<P> {
  const { point, watch, off, atLeast, share, period, shift, settling, days } = options
  return draft('profile', options, {
    points: [point],
    parameters: {
      off,
      period,
      shift,
      days,
      ...(atLeast !== undefined && { atLeast }),
      ...(share !== undefined && { share }),
      ...(settling !== undefined && { settling }),
    },
    slots: HIGH + BINS,
    judge([index]): Judge {
      return (view, at, wasTrue, parameters, memory, base) => {
        const value = view.values[index as number] as number
        const taken = view.steady(view.times[index as number] as number)
        if (Number.isNaN(value) || taken === memory[base + TAKEN]) return UNKNOWN
        const gap = taken - (memory[base + TAKEN] as number)
        memory[base + TAKEN] = taken
        noteSwitch(memory, base, taken, value > (parameters.off as number))
        const known = (memory[base + LEARNED] as number) >= (parameters.days as number) * BINS * KNOWN_SHARE
        const side = known ? sideByEither({ memory, base, taken, value, watch }, view, at, parameters) : 0
        if (side === 0) learn(memory, base, taken, value)
        else forgetWaiting(memory, base)
        // What happened in a gap is unknown, so a deviation begins anew after it.
        if (side !== memory[base + SIDE] || gap > BIN * 2) memory[base + SINCE] = taken
        memory[base + SIDE] = side
        if (side === 0) return NEVER
        return wasTrue || taken - (memory[base + SINCE] as number) >= (parameters.period as number) ? at : NEVER
      }
    },
    figures:
      ([index]) =>
      (view, _at, parameters, memory, base) => {
        const band = usualBand(memory, base, memory[base + TAKEN] as number, parameters.shift as number)
        if (!band) return {}
        const value = view.values[index as number] as number
        // From the nearer edge of the band.
        const deviation = value < band.low ? value - band.low : value > band.high ? value - band.high : 0
        return { usualLow: band.low, usualHigh: band.high, deviation }
      },
  })
}
