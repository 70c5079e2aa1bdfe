import { seconds } from '../telemetry/duration.ts'
import { type DeviationOptions, deviation } from './deviation.ts'
import { compileGuard, draft, type Guard, guardPoints, NEVER, type Rated, UNKNOWN } from './draft.ts'
import { type DriftOptions, drift } from './drift.ts'
import { type LossOptions, loss } from './loss.ts'
import { type MeanOptions, mean } from './mean.ts'
import { type ProfileOptions, profile } from './profile.ts'
import { type ReferenceOptions, reference } from './reference.ts'
import type { Judge, Need, RuleDraft, RuleOptions } from './rule.ts'

/** The rule builders of a kind with points `P` and rated values `R`: naming an undeclared point does not compile. */
export interface RuleBuilders<P extends string, R extends string> {
  /** Above `high` or below `low`; returns past the limit by `deadband`. A limit may depend on rated values. */
  limit(options: RuleOptions & LimitOptions<P, R>): RuleDraft<P>
  /** Changes faster than `perMinute` (negative: falls), measured over `window` ms. */
  rate(options: RuleOptions & RateOptions<P, R>): RuleDraft<P>
  /** The value has not moved by more than `tolerance` for `period` ms although reports come in. */
  stuck(options: RuleOptions & { point: P; period: number; tolerance: number; only?: Guard<P, R> }): RuleDraft<P>
  /** No report for `period` ms of the facility's own clock, or offline by its last will and not back within 30 s. */
  silence(options: RuleOptions & { period: number | ((rated: Rated<R>) => number) }): RuleDraft<P>
  /** The facility reports, but this point's sensor is lost: no reading for `period` ms, or an impossible one. */
  loss(options: RuleOptions & LossOptions<P>): RuleDraft<P>
  /** The mean of the last minutes lies below the point's own mean of a much longer time. */
  drift(options: RuleOptions & DriftOptions<P, R>): RuleDraft<P>
  /** The mean over a sliding window lies above a limit, which may depend on other points. */
  mean<N extends string>(options: RuleOptions & MeanOptions<P, R, N>): RuleDraft<P>
  /** Compares a load with what it was at this time of day on the days before. */
  profile(options: RuleOptions & ProfileOptions<P>): RuleDraft<P>
  /** Counts the lamps that are out by the current of their circuit, against what it was at this hour and dimming step. */
  reference(options: RuleOptions & ReferenceOptions<P, R>): RuleDraft<P>
  /** The point does not read what it should by lighting programme, command, supply and mode. */
  deviation<N extends string = never>(options: RuleOptions & DeviationOptions<P, R, N>): RuleDraft<P>
  /** `feedback` differs from `command` by more than `tolerance`. Set `onDelay` to the time the actuator needs. */
  discrepancy(options: RuleOptions & { command: P; feedback: P; tolerance?: number }): RuleDraft<P>
  /** Any condition over several points. `consecutive`: must hold for that many reports in a row. */
  condition<N extends string = never>(options: RuleOptions & ConditionOptions<P, R, N>): RuleDraft<P>
}

interface ConditionOptions<P extends string, R extends string, N extends string> extends Guard<P, R, NoInfer<N>> {
  consecutive?: number
  /** What engineers may change, handed to `when`. */
  parameters?: Readonly<Record<N, number>>
}

interface RateOptions<P extends string, R extends string> {
  point: P
  perMinute: number
  window: number
  only?: Guard<P, R>
}

interface LimitOptions<P extends string, R extends string> {
  point: P
  high?: number | ((rated: Rated<R>) => number)
  low?: number | ((rated: Rated<R>) => number)
  deadband?: number
  only?: Guard<P, R>
}

function limit<P extends string, R extends string>(options: RuleOptions & LimitOptions<P, R>): RuleDraft<P> {
  const { point, high = NEVER, low = -NEVER, deadband = 0, only } = options
  const parameters: Record<string, number> = { deadband }
  if (typeof high === 'number' && high !== NEVER) parameters.high = high
  if (typeof low === 'number' && low !== -NEVER) parameters.low = low
  return draft('limit', options, {
    points: [point, ...guardPoints(only)],
    parameters,
    ratedParameters: (rated) => ({
      ...(typeof high === 'function' && { high: high(rated as Rated<R>) }),
      ...(typeof low === 'function' && { low: low(rated as Rated<R>) }),
    }),
    slots: 0,
    judge([index, ...others]): Judge {
      const guard = only && compileGuard(only, others)
      return (view, at, wasTrue, parameters) => {
        const value = view.values[index as number] as number
        if (Number.isNaN(value)) return UNKNOWN
        if (guard) {
          const open = guard(view, parameters)
          if (open === undefined) return UNKNOWN
          if (!open) return NEVER
        }
        const margin = wasTrue ? (parameters.deadband as number) : 0
        return value > (parameters.high ?? NEVER) - margin || value < (parameters.low ?? -NEVER) + margin ? at : NEVER
      }
    },
  })
}

/** Samples a window is divided into; more follow a ramp more closely and cost memory. */
const RATE_SAMPLES = 6
const msPerMinute = 60_000

function rate<P extends string, R extends string>(options: RuleOptions & RateOptions<P, R>): RuleDraft<P> {
  const { point, perMinute, window, only } = options
  return draft('rate', options, {
    points: [point, ...guardPoints(only)],
    parameters: { perMinute, window },
    slots: RATE_SAMPLES * 2,
    judge([index, ...others]): Judge {
      const guard = only && compileGuard(only, others)
      return (view, at, _wasTrue, parameters, memory, base) => {
        const value = view.values[index as number] as number
        if (Number.isNaN(value)) return UNKNOWN
        const { window, perMinute } = parameters as { window: number; perMinute: number }
        // memory: pairs (time, value), oldest first, at least window / RATE_SAMPLES apart.
        let count = 0
        while (count < RATE_SAMPLES && !Number.isNaN(memory[base + count * 2] as number)) count++
        while (count > 1 && at - (memory[base + 2] as number) >= window) {
          memory.copyWithin(base, base + 2, base + count * 2)
          count--
          memory[base + count * 2] = UNKNOWN
        }
        const first = memory[base] as number
        const span = at - first
        const slope = count > 0 && span >= window / 2 ? ((value - (memory[base + 1] as number)) / span) * msPerMinute : 0
        if (count === 0 || at - (memory[base + (count - 1) * 2] as number) >= window / RATE_SAMPLES) {
          if (count === RATE_SAMPLES) {
            memory.copyWithin(base, base + 2, base + RATE_SAMPLES * 2)
            count--
          }
          memory[base + count * 2] = at
          memory[base + count * 2 + 1] = value
        }
        // After a gap the difference says nothing about a rate.
        if (span > window * 2) return NEVER
        const open = guard ? guard(view, parameters) : true
        if (open === undefined) return UNKNOWN
        if (!open) return NEVER
        return perMinute >= 0 ? (slope > perMinute ? at : NEVER) : slope < perMinute ? at : NEVER
      }
    },
  })
}

function stuck<P extends string, R extends string>(
  options: RuleOptions & { point: P; period: number; tolerance: number; only?: Guard<P, R> },
): RuleDraft<P> {
  const { point, period, tolerance, only } = options
  return draft('stuck', options, {
    points: [point, ...guardPoints(only)],
    parameters: { period, tolerance },
    // Since when the value has not moved, the value, when it was last read.
    slots: 3,
    judge([index, ...others]): Judge {
      const guard = only && compileGuard(only, others)
      return (view, at, wasTrue, parameters, memory, base) => {
        const value = view.values[index as number] as number
        // Other points' reports say nothing of this one.
        if (Number.isNaN(value) || (view.times[index as number] as number) < view.lastReport) return UNKNOWN
        const open = guard ? guard(view, parameters) : true
        if (open === undefined) return UNKNOWN
        const period = parameters.period as number
        const moved = !(Math.abs(value - (memory[base + 1] as number)) <= (parameters.tolerance as number))
        // The same value before and after a long pause says nothing of the time between.
        const isAfterPause = !wasTrue && at - (memory[base + 2] as number) >= period
        memory[base + 2] = at
        if (moved || !open || isAfterPause) {
          memory[base] = at
          memory[base + 1] = value
          return NEVER
        }
        // Judged at a report only: without reports the facility is silent, not stuck; nor does it owe a change while its circuit is off.
        const since = Math.max(memory[base] as number, view.fedFrom)
        return wasTrue || at - since >= period ? at : NEVER
      }
    },
  })
}

/** A link that is back so soon was a reconnection: of the device, of a gateway, or of all of them after a stall of the broker. */
const LINK_GRACE = seconds(30)

function silence<P extends string, R extends string>(
  options: RuleOptions & { period: number | ((rated: Rated<R>) => number) },
): RuleDraft<P> {
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
        const { lastReport, fedFrom, offlineSince } = view
        const unheard = lastReport + (parameters.period as number)
        // Once silent it stays so until it is heard, whatever becomes of its circuit.
        if (wasTrue && unheard <= at) return unheard
        const silentFrom = Math.max(lastReport, fedFrom) + (parameters.period as number)
        if (Number.isNaN(offlineSince) || fedFrom > at || offlineSince < fedFrom) return silentFrom
        return Math.min(silentFrom, offlineSince + LINK_GRACE)
      },
    },
  )
}

function discrepancy<P extends string>(options: RuleOptions & { command: P; feedback: P; tolerance?: number }): RuleDraft<P> {
  const { command, feedback, tolerance = 0 } = options
  return draft('discrepancy', options, {
    points: [feedback, command],
    parameters: { tolerance },
    slots: 0,
    judge([actual, wanted]): Judge {
      return (view, at, _wasTrue, parameters) => {
        const difference = Math.abs((view.values[actual as number] as number) - (view.values[wanted as number] as number))
        return Number.isNaN(difference) ? UNKNOWN : difference > (parameters.tolerance as number) ? at : NEVER
      }
    },
  })
}

function condition<P extends string, R extends string, N extends string>(options: RuleOptions & ConditionOptions<P, R, N>): RuleDraft<P> {
  const { consecutive = 1 } = options
  return draft('condition', options, {
    points: guardPoints(options),
    parameters: { ...options.parameters, ...(consecutive > 1 && { consecutive }) },
    slots: consecutive > 1 ? 2 : 0,
    judge(indices): Judge {
      const holds = compileGuard(options, indices)
      if (consecutive === 1) {
        return (view, at, _wasTrue, parameters) => {
          const now = holds(view, parameters)
          return now === undefined ? UNKNOWN : now ? at : NEVER
        }
      }
      return (view, at, wasTrue, parameters, memory, base) => {
        const now = holds(view, parameters)
        if (now === undefined) return UNKNOWN
        if (!now) {
          memory[base] = 0
          return NEVER
        }
        // memory: reports in a row, time of the last one counted.
        if (memory[base + 1] !== at) memory[base] = (memory[base] || 0) + 1
        memory[base + 1] = at
        return wasTrue || (memory[base] as number) >= (parameters.consecutive as number) ? at : NEVER
      }
    },
  })
}

/** The one set of builders, seen through the types of a kind. */
export function ruleBuilders<P extends string, R extends string>(): RuleBuilders<P, R> {
  return { limit, rate, stuck, silence, loss, drift, mean, profile, reference, discrepancy, deviation, condition }
}
