import { draft, NEVER, type Rated, UNKNOWN } from './draft.ts'
import type { Judge, RuleDraft, RuleOptions } from './rule.ts'

export interface MeanOptions<P extends string, R extends string, N extends string> {
  point: P
  /** Length of the sliding window that ends at the report judged, ms. */
  window: number
  /** Share of the window that readings must account for, 0 to 1; with less nothing is judged. */
  coverage?: number
  /** The mean must fall this share below its limit before the alarm returns. */
  deadbandShare?: number
  /** What engineers may change, or what follows from a facility's rated values. */
  parameters: Readonly<Record<N, number | ((rated: Rated<R>) => number)>>
  /** Points whose present values, NaN while unknown, the limit depends on. */
  beside?: readonly P[]
  /** What the mean must not exceed now; NaN = nobody knows. */
  limit: (beside: readonly number[], parameters: Readonly<Record<N, number>>) => number
}

/** Parts the window is kept in: what is older than the window leaves it part by part. */
const PARTS = 24

// Places in a rule's memory, by steady time: that of the last reading taken in, then number, weight (ms) and weighted sum of each part.
const LAST = 0
const NUMBER = 1
const WEIGHT = NUMBER + PARTS
const SUM = WEIGHT + PARTS
const SLOTS = SUM + PARTS

/** A reading stands for at most this share of the window, so that one value after a long gap does not speak for the gap. */
const LONGEST_SHARE = 1 / 4

/** A reading stands for the time since the one before: analysers report what they measured until now. */
function takeIn(memory: Float64Array, base: number, taken: number, value: number, window: number): void {
  const weight = Math.min(taken - (memory[base + LAST] as number), window * LONGEST_SHARE)
  memory[base + LAST] = taken
  // Neither the first reading of all nor one that was taken in before stands for any time.
  if (!(weight > 0)) return
  const part = Math.floor(taken / (window / PARTS))
  const place = base + (part % PARTS)
  if (memory[NUMBER + place] !== part) {
    memory[NUMBER + place] = part
    memory[WEIGHT + place] = 0
    memory[SUM + place] = 0
  }
  memory[WEIGHT + place] = (memory[WEIGHT + place] as number) + weight
  memory[SUM + place] = (memory[SUM + place] as number) + weight * value
}

/** Mean over the window that ends at `at`, NaN where readings account for less than `coverage` of it. */
function meanAt(memory: Float64Array, base: number, at: number, window: number, coverage: number): number {
  const oldest = Math.floor(at / (window / PARTS)) - PARTS
  let weight = 0
  let sum = 0
  for (let place = base; place < base + PARTS; place++) {
    if (!((memory[NUMBER + place] as number) > oldest)) continue
    weight += memory[WEIGHT + place] as number
    sum += memory[SUM + place] as number
  }
  return weight >= coverage * window ? sum / weight : UNKNOWN
}

/**
 * Judges a time-weighted mean over a sliding window. The window slides instead of starting anew at midnight: the mean at
 * the end of a calendar day is among those judged, a breach is seen while there is time to act, and no time zone is needed.
 */
export function mean<P extends string, R extends string, N extends string>(options: RuleOptions & MeanOptions<P, R, N>): RuleDraft<P> {
  const { point, window, coverage = 0.75, deadbandShare = 0.02, beside = [], limit } = options
  const given = Object.entries(options.parameters) as [string, number | ((rated: Rated<R>) => number)][]
  // The window shapes the memory, so it is no parameter that could be changed.
  const fixed: Record<string, number> = { coverage, deadbandShare }
  for (const [name, value] of given) if (typeof value === 'number') fixed[name] = value
  const ratedParameters = (rated: Readonly<Record<string, number>>) =>
    Object.fromEntries(given.flatMap(([name, value]) => (typeof value === 'function' ? [[name, value(rated as Rated<R>)]] : [])))
  return draft('mean', options, {
    points: [point, ...beside],
    parameters: fixed,
    ratedParameters,
    slots: SLOTS,
    judge([index, ...others]): Judge {
      const values: number[] = []
      return (view, at, wasTrue, parameters, memory, base) => {
        const value = view.values[index as number] as number
        const taken = view.steady(view.times[index as number] as number)
        if (!Number.isNaN(value)) takeIn(memory, base, taken, value, window)
        // Not every facility has every point.
        else if (Number.isNaN(memory[base + LAST] as number)) return UNKNOWN
        for (let i = 0; i < others.length; i++) values[i] = view.values[others[i] as number] as number
        const top = limit(values, parameters as Readonly<Record<N, number>>)
        const margin = wasTrue ? (parameters.deadbandShare as number) * top : 0
        const over = meanAt(memory, base, view.steady(at), window, parameters.coverage as number) - (top - margin)
        return Number.isNaN(over) ? UNKNOWN : over > 0 ? at : NEVER
      }
    },
    figures: () => (view, at, parameters, memory, base) => ({
      mean: meanAt(memory, base, view.steady(at), window, parameters.coverage as number),
    }),
  })
}
