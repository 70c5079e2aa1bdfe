import { compileGuard, draft, type GuardedOptions, guardAsData, guardPoints, NEVER, type Only, UNKNOWN } from './draft.ts'
import type { Judge, RuleDraft, RuleOptions } from './rule.ts'

export interface DriftOptions<P extends string, R extends string, N extends string> extends GuardedOptions<P, R, N> {
  point: P
  /** Time constants of the two means, ms. Nothing is judged before a quarter of `long` was seen. */
  short: number
  long: number
  /** The short mean takes in at least about this many readings, so it becomes longer where reports are rare. */
  samples: number
  /** Smallest fall that counts, as a share of the long mean. */
  atLeast: number
  /** The fall must also be this many times the usual distance of the two means. */
  spreads: number
  only: Only<P, R, NoInfer<N>>
}

// Places in a rule's memory.
const LAST = 0
const LEARNED = 1
const SHORT = 2
const LONG = 3
const SPREAD = 4
const RUNNING = 5
const SLOTS = 6

/** The long mean is at least this many times as long as the short one. */
const RATIO = 10

/** How much slower the long mean follows while the fault is there, so that a new way of running becomes usual in the end. */
const SLOWED = 20

function learn(memory: Float64Array, base: number, value: number, elapsed: number, short: number, long: number, pace: number): void {
  const running = (memory[base + RUNNING] as number) + elapsed
  const learned = (memory[base + LEARNED] as number) + elapsed
  memory[base + RUNNING] = running
  memory[base + LEARNED] = learned
  // A young mean is the plain mean of what was seen.
  const shortMean = memory[base + SHORT] as number
  memory[base + SHORT] = shortMean + Math.min(1, elapsed / Math.min(running, short)) * (value - shortMean)
  const share = Math.min(1, elapsed / Math.min(learned, long)) * pace
  memory[base + LONG] = (memory[base + LONG] as number) + share * (value - (memory[base + LONG] as number))
  const distance = Math.abs((memory[base + SHORT] as number) / (memory[base + LONG] as number) - 1)
  memory[base + SPREAD] = (memory[base + SPREAD] as number) + share * (distance - (memory[base + SPREAD] as number))
}

function start(memory: Float64Array, base: number, at: number, value: number): void {
  memory[base + LAST] = at
  memory[base + LEARNED] = 0
  memory[base + SHORT] = value
  memory[base + LONG] = value
  memory[base + SPREAD] = 0
  memory[base + RUNNING] = 0
}

export function drift<P extends string, R extends string, N extends string>(options: RuleOptions & DriftOptions<P, R, N>): RuleDraft<P> {
  const { point, samples, atLeast, spreads, only } = options
  return draft('drift', options, {
    points: [point, ...guardPoints(only)],
    parameters: { ...options.parameters, short: options.short, long: options.long, samples, atLeast, spreads },
    only: guardAsData(only),
    slots: SLOTS,
    timeSlots: [LAST],
    judge([index, ...others]): Judge {
      const guard = compileGuard(only, others)
      return (view, at, wasTrue, parameters, memory, base) => {
        const value = view.values[index as number] as number
        const open = guard(view, parameters)
        if (Number.isNaN(value) || open === undefined || (view.times[index as number] as number) < view.lastReport) return UNKNOWN
        const {
          short: shortest,
          long: longest,
          samples,
          atLeast,
          spreads,
        } = parameters as Record<'short' | 'long' | 'samples' | 'atLeast' | 'spreads', number>
        const elapsed = at - (memory[base + LAST] as number)
        if (!(elapsed < longest)) start(memory, base, at, value)
        memory[base + LAST] = at
        if (!open) {
          // What was usual stays known; the short mean begins anew when running resumes.
          memory[base + RUNNING] = Number.NaN
          return NEVER
        }
        if (Number.isNaN(memory[base + RUNNING] as number)) {
          memory[base + RUNNING] = 0
          memory[base + SHORT] = value
          return NEVER
        }
        const short = Math.max(shortest, samples * elapsed)
        const long = Math.max(longest, RATIO * short)
        if (elapsed > 0 && elapsed < longest) learn(memory, base, value, elapsed, short, long, wasTrue ? 1 / SLOWED : 1)
        if ((memory[base + LEARNED] as number) < long / 4 || (memory[base + RUNNING] as number) < 2 * short) return NEVER
        const fall = 1 - (memory[base + SHORT] as number) / (memory[base + LONG] as number)
        const enough = Math.max(atLeast, spreads * (memory[base + SPREAD] as number)) * (wasTrue ? 0.5 : 1)
        return fall > enough ? at : NEVER
      }
    },
    figures: () => (_view, _at, _parameters, memory, base) => {
      const usual = memory[base + LONG] as number
      return Number.isNaN(usual) ? {} : { expected: usual, mean: memory[base + SHORT] as number }
    },
  })
}
