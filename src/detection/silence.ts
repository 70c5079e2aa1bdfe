import { seconds } from '../telemetry/duration.ts'
import { draft, type Rated } from './draft.ts'
import type { Judge, Need, RuleDraft, RuleOptions } from './rule.ts'
import { type PatienceBounds, patienceBounds } from './usual-interval.ts'

/** The period is that of a facility that reports as rated; one that usually reports at another interval has more or less time. */
export interface SilenceOptions<R extends string> extends Partial<PatienceBounds> {
  period: number | ((rated: Rated<R>) => number)
}

/** A link that is back so soon was a reconnection: of the device, of a gateway, or of all of them after a stall of the broker. */
const LINK_GRACE = seconds(30)

export function silence<P extends string, R extends string>(options: RuleOptions & SilenceOptions<R>): RuleDraft<P> {
  const { period } = options
  const both: readonly Need[] = ['supply', 'link']
  return draft(
    'silence',
    { whileFed: true, needs: both, deprives: { of: both }, ...options },
    {
      points: [],
      parameters: { ...patienceBounds(options), ...(typeof period === 'number' && { period }) },
      ratedParameters: (rated) => (typeof period === 'number' ? {} : { period: period(rated as Rated<R>) }),
      slots: 0,
      figures: () => (view) => ({ patience: view.patience }),
      judge: (): Judge => (view, at, wasTrue) => {
        const { lastHeard, fedFrom, offlineSince, patience } = view
        const unheard = lastHeard + patience
        // Once silent it stays so until it is heard, whatever becomes of its circuit.
        if (wasTrue && unheard <= at) return unheard
        const silentFrom = Math.max(lastHeard, fedFrom) + patience
        if (Number.isNaN(offlineSince) || fedFrom > at || offlineSince < fedFrom) return silentFrom
        return Math.min(silentFrom, offlineSince + LINK_GRACE)
      },
    },
  )
}
