import { draft, NEVER } from './draft.ts'
import type { Judge, RuleDraft, RuleOptions, RuleParameters } from './rule.ts'
import { learnInterval, type PatienceBounds, type PatienceParameters, patience, patienceBounds } from './usual-interval.ts'

export interface LossOptions<P extends string> extends Partial<PatienceBounds> {
  point: P
  /** For a point that reports three times as often, ms; one that usually comes at another interval has more or less time. */
  period: number
}

// Places in a rule's memory.
const TAKEN = 0
const USUAL = 1

export function loss<P extends string>(options: RuleOptions & LossOptions<P>): RuleDraft<P> {
  const { point, period } = options
  return draft('loss', options, {
    points: [point],
    parameters: { period, ...patienceBounds(options) },
    slots: 2,
    timeSlots: [TAKEN],
    judge([index]): Judge {
      return (view, at, _wasTrue, parameters, memory, base) => {
        const taken = view.times[index as number] as number
        // A sensor that never reported is not installed.
        if (Number.isNaN(taken)) return NEVER
        const bounds = parameters as PatienceParameters & RuleParameters
        const before = memory[base + TAKEN] as number
        if (taken !== before) {
          memory[base + TAKEN] = taken
          if (before >= view.reportingSince) memory[base + USUAL] = learnInterval(memory[base + USUAL] as number, taken - before, bounds)
        }
        if (Number.isNaN(view.values[index as number] as number)) return at
        // Judged at reports only, and not by what the facility as a whole did not say: that is its silence.
        const missed = at - Math.max(taken, view.reportingSince)
        return missed >= patience(memory[base + USUAL] as number, bounds) ? at : NEVER
      }
    },
  })
}
