import { draft, NEVER } from './draft.ts'
import type { Judge, RuleDraft, RuleOptions } from './rule.ts'

export interface LossOptions<P extends string> {
  point: P
  period: number
}

export function loss<P extends string>(options: RuleOptions & LossOptions<P>): RuleDraft<P> {
  const { point, period } = options
  return draft('loss', options, {
    points: [point],
    parameters: { period },
    slots: 0,
    judge([index]): Judge {
      return (view, at, _wasTrue, parameters) => {
        const taken = view.times[index as number] as number
        // A sensor that never reported is not installed.
        if (Number.isNaN(taken)) return NEVER
        if (Number.isNaN(view.values[index as number] as number)) return at
        // Judged at reports only: when the whole facility is silent, its silence is the alarm.
        return at - taken >= (parameters.period as number) ? at : NEVER
      }
    },
  })
}
