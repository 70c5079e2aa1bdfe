import type { Verdict } from './company-view.ts'
import { greatest, type Slots } from './slots.ts'

/** Disinfection rounds of a day. */
export const ROUNDS_A_DAY = 5
/** Tonnes that may be left of a day, as the rule of the plants says. */
export const LEFT_OVER = 5

/** A plant today; t, t/h and min; NaN where nobody knows. */
export interface WasteDay {
  received: number
  cleared: number
  /** What will have come by the end of the day. */
  expected: number
  clearingRate: number
  /** Until it closes; 0 while closed. */
  minutesLeft: number
}

export interface ClearanceForecast {
  /** t that can be cleared by closing time at the present pace. */
  byClosing: number
  /** t that will be left; 0 where all is cleared. */
  shortfall: number
  /** t/h that would just do. */
  paceNeeded: number
}

/** With less waiting, t, the pace is that of the lorries and says nothing of the plant. */
const WAITING = 20

/** What will be left at closing time if the plant goes on at its present pace; nothing is known of a day on which it has yet to open. */
export function clearanceForecast({ received, cleared, expected, clearingRate, minutesLeft }: WasteDay): ClearanceForecast {
  if (minutesLeft === 0) {
    const shortfall = received === 0 ? Number.NaN : Math.max(0, received - cleared)
    return { byClosing: cleared, shortfall, paceNeeded: Number.NaN }
  }
  const open = expected - cleared
  const paceNeeded = Math.max(0, open / (minutesLeft / 60))
  const waiting = received - cleared
  const pace = Number.isNaN(waiting) ? waiting : waiting < WAITING ? Math.max(clearingRate, paceNeeded) : clearingRate
  const byClosing = cleared + Math.min(Math.max(0, open), pace * (minutesLeft / 60))
  return { byClosing, shortfall: Math.max(0, expected - byClosing), paceNeeded }
}

export const clearanceVerdict = (shortfall: number): Verdict =>
  Number.isNaN(shortfall) ? 'unknown' : shortfall > LEFT_OVER ? 'bad' : 'good'

/**
 * What a counter that begins at 0 each midnight counted, by what it said at the end of each hour of a day or a part of one. After midnight it may
 * still say for an hour what it said the day before; a part of a day counts from its first hour on.
 */
export function countedSince(values: Slots, isFromMidnight: boolean): number {
  const all = Array.from({ length: values.length }, (_, i) => values[i] as number)
  if (isFromMidnight) return greatest(all.slice(1))
  const known = all.filter((value) => !Number.isNaN(value))
  return known.length === 0 ? Number.NaN : (known.at(-1) as number) - (known[0] as number)
}
