import { compileGuard, draft, type Guard, guardPoints, NEVER, UNKNOWN } from './draft.ts'
import type { Judge, RuleDraft, RuleOptions } from './rule.ts'

export interface DriftOptions<P extends string, R extends string> {
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
  only: Guard<P, R>
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

function learn(memory: Float64Array, value: number, elapsed: number, short: number, long: number, pace: number): void {
  const running = (memory[RUNNING] as number) + elapsed
  const learned = (memory[LEARNED] as number) + elapsed
  memory[RUNNING] = running
  memory[LEARNED] = learned
  // A young mean is the plain mean of what was seen.
  memory[SHORT] = (memory[SHORT] as number) + Math.min(1, elapsed / Math.min(running, short)) * (value - (memory[SHORT] as number))
  const share = Math.min(1, elapsed / Math.min(learned, long)) * pace
  memory[LONG] = (memory[LONG] as number) + share * (value - (memory[LONG] as number))
  const distance = Math.abs((memory[SHORT] as number) / (memory[LONG] as number) - 1)
  memory[SPREAD] = (memory[SPREAD] as number) + share * (distance - (memory[SPREAD] as number))
}

function start(memory: Float64Array, at: number, value: number): void {
  memory[LAST] = at
  memory[LEARNED] = 0
  memory[SHORT] = value
  memory[LONG] = value
  memory[SPREAD] = 0
  memory[RUNNING] = 0
}

export function drift<P extends string, R extends string>(options: RuleOptions & DriftOptions<P, R>): RuleDraft<P> {
  const { point, samples, atLeast, spreads, only } = options
  return draft('drift', options, {
    points: [point, ...guardPoints(only)],
    parameters: { short: options.short, long: options.long, samples, atLeast, spreads },
    slots: SLOTS,
    judge([index, ...others]): Judge {
      const guard = compileGuard(only, others)
      return (view, at, wasTrue, memory) => {
        const value = view.values[index as number] as number
        const open = guard(view)
        if (Number.isNaN(value) || open === undefined || (view.times[index as number] as number) < view.lastReport) return UNKNOWN
        const elapsed = at - (memory[LAST] as number)
        if (!(elapsed < options.long)) start(memory, at, value)
        memory[LAST] = at
        if (!open) {
          // What was usual stays known; the short mean begins anew when running resumes.
          memory[RUNNING] = Number.NaN
          return NEVER
        }
        if (Number.isNaN(memory[RUNNING] as number)) {
          memory[RUNNING] = 0
          memory[SHORT] = value
          return NEVER
        }
        const short = Math.max(options.short, samples * elapsed)
        const long = Math.max(options.long, RATIO * short)
        if (elapsed > 0 && elapsed < options.long) learn(memory, value, elapsed, short, long, wasTrue ? 1 / SLOWED : 1)
        if ((memory[LEARNED] as number) < long / 4 || (memory[RUNNING] as number) < 2 * short) return NEVER
        const fall = 1 - (memory[SHORT] as number) / (memory[LONG] as number)
        const enough = Math.max(atLeast, spreads * (memory[SPREAD] as number)) * (wasTrue ? 0.5 : 1)
        return fall > enough ? at : NEVER
      }
    },
  })
}
