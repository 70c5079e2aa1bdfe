import { seconds } from '../telemetry/duration.ts'
import { draft, type Rated } from './draft.ts'
import type { Judge, Need, RuleDraft, RuleOptions } from './rule.ts'

export interface SilenceOptions<R extends string> {
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
      parameters: typeof period === 'number' ? { period } : {},
      ratedParameters: (rated) => (typeof period === 'number' ? {} : { period: period(rated as Rated<R>) }),
      slots: 0,
      judge: (): Judge => (view, at, wasTrue, parameters) => {
        const { lastHeard, fedFrom, offlineSince } = view
        const unheard = lastHeard + (parameters.period as number)
        // Once silent it stays so until it is heard, whatever becomes of its circuit.
        if (wasTrue && unheard <= at) return unheard
        const silentFrom = Math.max(lastHeard, fedFrom) + (parameters.period as number)
        if (Number.isNaN(offlineSince) || fedFrom > at || offlineSince < fedFrom) return silentFrom
        return Math.min(silentFrom, offlineSince + LINK_GRACE)
      },
    },
  )
}
