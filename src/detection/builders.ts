import { type BehaviourOptions, behaviour } from './behaviour.ts'
import { type ConditionOptions, condition } from './condition.ts'
import { type CounterOptions, counter } from './counter.ts'
import { type DeviationOptions, deviation } from './deviation.ts'
import { type DiscrepancyOptions, discrepancy } from './discrepancy.ts'
import { type DriftOptions, drift } from './drift.ts'
import { type LevelsOptions, levels } from './levels.ts'
import { type LimitOptions, limit } from './limit.ts'
import { type LossOptions, loss } from './loss.ts'
import { type MeanOptions, mean } from './mean.ts'
import { type ProfileOptions, profile } from './profile.ts'
import { type RateOptions, rate } from './rate.ts'
import { type ReferenceOptions, reference } from './reference.ts'
import type { RuleDraft, RuleOptions } from './rule.ts'
import { type SampleOptions, sample } from './sample.ts'
import { type SilenceOptions, silence } from './silence.ts'
import { type StuckOptions, stuck } from './stuck.ts'
import { told } from './told.ts'
import { type UnsaidOptions, unsaid } from './unsaid.ts'

/** The rule builders of a kind with points `P` and rated values `R`: naming an undeclared point does not compile. */
export interface RuleBuilders<P extends string, R extends string> {
  /** Above `high` or below `low`; returns past the limit by `deadband`. A limit may depend on rated values. */
  limit<N extends string = never>(options: RuleOptions & LimitOptions<P, R, N>): RuleDraft<P>
  /** The high-high, high, low and low-low limits of one point, as many as it has, each with the key of its rule. */
  levels<const K extends string, N extends string = never>(options: LevelsOptions<P, R, N, K>): Record<K, RuleDraft<P>>
  /** A result of a laboratory above `high` or below `low`, dated as the sample, by the limits in force when it becomes known. */
  sample(options: RuleOptions & SampleOptions<P, R>): RuleDraft<P>
  /** Changes faster than `perMinute` (negative: falls), measured over `window` ms, and `from` a value that makes it count. */
  rate<N extends string = never>(options: RuleOptions & RateOptions<P, R, N>): RuleDraft<P>
  /** The value has not moved by more than `tolerance` for `period` ms although reports come in. */
  stuck<N extends string = never>(options: RuleOptions & StuckOptions<P, R, N>): RuleDraft<P>
  /** No report for `period` ms of the facility's own clock, or offline by its last will and not back within 30 s. */
  silence(options: RuleOptions & SilenceOptions<R>): RuleDraft<P>
  /** More events than `most` within a sliding window: starts of a motor, steps of a counter. */
  counter(options: RuleOptions & CounterOptions<P>): RuleDraft<P>
  /** The facility reports, but this point's sensor is lost: no reading for `period` ms, or an impossible one. */
  loss(options: RuleOptions & LossOptions<P>): RuleDraft<P>
  /** The mean of the last minutes lies below the point's own mean of a much longer time. */
  drift<N extends string = never>(options: RuleOptions & DriftOptions<P, R, N>): RuleDraft<P>
  /** The mean over a sliding window lies above a limit, which may depend on other points. */
  mean<N extends string>(options: RuleOptions & MeanOptions<P, R, N>): RuleDraft<P>
  /** Compares a load with what it was at this time of day on the days before. */
  profile(options: RuleOptions & ProfileOptions<P>): RuleDraft<P>
  /** Counts the lamps that are out by the current of their circuit, against what it was at this hour and dimming step. */
  reference<N extends string = never>(options: RuleOptions & ReferenceOptions<P, R, N>): RuleDraft<P>
  /** What many points do together differs from what the facility itself usually does. */
  behaviour(options: RuleOptions & BehaviourOptions<P, R>): RuleDraft<P>
  /** The point does not read what it should by lighting programme, command, supply and mode. */
  deviation<N extends string = never>(options: RuleOptions & DeviationOptions<P, R, N>): RuleDraft<P>
  /** The facility reports, but has never said this point although something else than nothing is expected of it. */
  unsaid(options: RuleOptions & UnsaidOptions<P, R>): RuleDraft<P>
  /** `feedback` differs from `command` by more than `tolerance`. Set `onDelay` to the time the actuator needs. */
  discrepancy(options: RuleOptions & DiscrepancyOptions<P>): RuleDraft<P>
  /** Any condition over several points: an expression, which can be shown, or a function where it takes arithmetic. */
  condition<N extends string = never>(options: RuleOptions & ConditionOptions<P, R, N>): RuleDraft<P>
  /** Conditions that another system judges and tells of, many at a time; each is an alarm of its own. */
  told(options: RuleOptions): RuleDraft<P>
}

/** The one set of builders, seen through the types of a kind. */
export function ruleBuilders<P extends string, R extends string>(): RuleBuilders<P, R> {
  return {
    limit,
    levels,
    sample,
    rate,
    counter,
    stuck,
    silence,
    loss,
    drift,
    mean,
    profile,
    reference,
    behaviour,
    discrepancy,
    deviation,
    unsaid,
    condition,
    told,
  }
}
