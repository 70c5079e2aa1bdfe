import { draft, NEVER, type Rated, UNKNOWN } from './draft.ts'
import type { Judge, RuleDraft, RuleOptions, RuleParameters } from './rule.ts'

export interface SampleOptions<P extends string, R extends string> {
  point: P
  high?: number | ((rated: Rated<R>) => number)
  low?: number
  /** The limit while a point beside is at or below `upTo` as the result becomes known, as in cold water; unknown, it excuses nothing. */
  cold?: { point: P; upTo: number; high: (rated: Rated<R>) => number }
}

// Places in a rule's memory: time and value of the result judged last, whether it was beyond its limit then, and whether that of the cold held.
const TIME = 0
const VALUE = 1
const BEYOND = 2
const COLD = 3
const SLOTS = 4

function isBeyond(value: number, isCold: boolean, { high = NEVER, low = -NEVER, cold = high }: RuleParameters): boolean {
  return value > (isCold ? cold : high) || value < low
}

/**
 * A result of a sample beyond a limit, from the time at which the sample was taken until the next one, or a correction, is within. It is judged
 * by the limits in force when it becomes known: a limit that is lowered afterwards makes no fault of it, one that is raised ends what it was.
 */
export function sample<P extends string, R extends string>(options: RuleOptions & SampleOptions<P, R>): RuleDraft<P> {
  const { point, high, low, cold } = options
  return draft('limit', options, {
    ofSamples: true,
    points: [point, ...(cold ? [cold.point] : [])],
    parameters: {
      ...(typeof high === 'number' && { high }),
      ...(low !== undefined && { low }),
      ...(cold && { coldUpTo: cold.upTo }),
    },
    ratedParameters: (rated) => ({
      ...(typeof high === 'function' && { high: high(rated as Rated<R>) }),
      ...(cold && { cold: cold.high(rated as Rated<R>) }),
    }),
    slots: SLOTS,
    judge([index, beside]): Judge {
      return (view, at, _wasTrue, parameters, memory, base) => {
        const [value, taken] = [view.values[index as number] as number, view.times[index as number] as number]
        if (Number.isNaN(value)) return UNKNOWN
        if (memory[base + TIME] !== taken || memory[base + VALUE] !== value) {
          const isCold = beside !== undefined && (view.values[beside] as number) <= (parameters.coldUpTo as number)
          memory[base + TIME] = taken
          memory[base + VALUE] = value
          memory[base + COLD] = Number(isCold)
          memory[base + BEYOND] = Number(isBeyond(value, isCold, parameters))
        }
        if (memory[base + BEYOND] !== 1 || !isBeyond(value, memory[base + COLD] === 1, parameters)) return NEVER
        // By a clock of the facility that is slow the sample would be yet to come.
        return Math.min(taken, at)
      }
    },
  })
}
