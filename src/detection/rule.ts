import type { Text } from '../telemetry/point.ts'
import type { Expression } from './expression.ts'
import type { FacilityMode } from './facility-mode.ts'
import type { Hours } from './hours.ts'

/** Highest first; the number is the one operators see beside the symbol. */
export const priorities = ['critical', 'high', 'medium', 'low'] as const
export type Priority = (typeof priorities)[number]

/** What an operator is told when the rule fires. */
export interface RuleTexts {
  title: Text
  /** Minutes an operator has before the consequence. */
  timeToAct: number
  response: readonly Text[]
  cause: Text
  consequence: Text
}

/** What a rule sees of a facility. A value is NaN while the point is absent or its sensor is bad. */
export interface FacilityView {
  /** By point; what follows the points is not for rules. */
  readonly values: Float64Array
  /** Device time of each point's latest reading, ms; NaN before the first. */
  readonly times: Float64Array
  /** Device time of the facility's latest report, ms. */
  readonly lastReport: number
  /** Device time at which it was heard last, ms; after `lastReport` when that came too late. */
  readonly lastHeard: number
  /** Device time since when it has reported without a gap, ms. */
  readonly reportingSince: number
  /** How long it must be unheard to be silent, by its rule and by how often it usually reports, ms. */
  readonly patience: number
  /** How far its clock is ahead of ours, ms; NaN until it was measured. */
  readonly skew: number
  /** Rated values of this facility, in the order the kind declares them. */
  readonly rated: Readonly<Record<string, number>>
  /** Facility time at which its link was said to be down, ms; NaN while it is up. */
  readonly offlineSince: number
  /**
   * Lamps of a circuit that are missing because commands hold them darker than `level`, 0 to 1, as they say themselves: 1 for each that is off,
   * less for dimmed ones and below 0 for brighter ones.
   */
  heldBack(circuit: number, level: number): number
  /**
   * Whether every lamp of a circuit is asked for no light at facility time `at`, by a command as it says itself or by a programme of its own, and
   * can be dark while it is fed: then nothing is missing when no current flows. False where no lamp is known.
   */
  isAskedDark(circuit: number, at: number): boolean
  /** Facility time since when its circuit is switched on, ms: -Infinity = always was, later than now = when it will be. */
  readonly fedFrom: number
  /** Judged because of a report of a new moment; false while the latest one is judged again. */
  readonly isNews: boolean
  /** The impossible values that are the latest of their points; null when there is none. */
  readonly bad: ReadonlyMap<number, number> | null
  /** Facility time `at` by a clock that never was set, ms: what counts days or parts of a window counts in it. */
  steady(at: number): number
  /** What clocks on the wall show at facility time `at`, as ms since 1970. */
  localTime(at: number): number
  /** What a point should read at facility time `at`, given what it reads at a light level 0 to 1; NaN when nobody can say. */
  expected(point: number, at: number, ofLevel: ExpectedOfLevel | undefined): number
}

/** What a point should read at a light level from 0 (off) to 1. */
export type ExpectedOfLevel = (level: number, rated: Readonly<Record<string, number>>) => number

/**
 * Judges one rule at facility time `at` and returns the time since which the fault has been there:
 * a time up to `at` = it is there, a later time = it will be there then unless a report says otherwise,
 * Infinity = it is not, NaN = the points needed are unknown, so nothing changes.
 * The rule's own `slots` numbers, NaN at first, stand in `memory` from place `base` on.
 */
export type Judge = (
  view: FacilityView,
  at: number,
  wasTrue: boolean,
  parameters: RuleParameters,
  memory: Float64Array,
  base: number,
) => number

/** Figures to freeze with the alarm beside the values seen: what was expected, how many lamps are out. */
export type Figures = (
  view: FacilityView,
  at: number,
  parameters: RuleParameters,
  memory: Float64Array,
  base: number,
) => Readonly<Record<string, number>>

/** What a rule that learns by itself knows of a facility so far. */
export interface LearnedState {
  /** 0 to 1; below 1 it still learns and judges nothing. */
  progress: number
  /** How far the latest reading lies from the usual behaviour, squared and in the facility's own scatter, and what is allowed; NaN while it learns. */
  distance: number
  limit: number
  /** Part used of what is allowed by all its limits together; above 1 the reading is unusual. NaN while it learns. */
  share: number
  /** What points usually read, in their own unit, and by how many of their sigmas they deviate; none while it learns. */
  points: readonly { point: number; expected: number; sigmas: number }[]
}

export type Learned = (parameters: RuleParameters, memory: Float64Array, base: number) => LearnedState

/** How many lamps the current of a circuit is that of: by the rated current of one, and how many are missing of the usual current; NaN while that is learned. */
export interface CountedLamps {
  drawing: number
  missing: number
}

/** Counts the lamps on a circuit that is on; undefined when it is not, or when nobody knows. */
export type LampCount = (view: FacilityView, parameters: RuleParameters, memory: Float64Array, base: number) => CountedLamps | undefined

export type RuleParameters = Readonly<Record<string, number>>

/** What a facility has from others and cannot do without: power or water from what feeds it, and a way for its reports. */
export type Need = 'supply' | 'link'

/** What the facilities lack that this one feeds or reports for; `circuits` when only those on certain circuits do. */
export interface Deprivation {
  of: readonly Need[]
  circuits?: readonly number[]
}

/** Whether what is fed by a circuit, null when nobody knows by which, lacks something by it. */
export const isOnCircuits = ({ circuits }: Deprivation, circuit: number | null): boolean =>
  !circuits || (circuit !== null && circuits.includes(circuit))

/** So many of so many reports. */
export interface Debounce {
  readonly n: number
  readonly m: number
}

export interface RuleOptions extends RuleTexts {
  /** Raised whenever the rule itself judges in another way than before; 1 at first. */
  version?: number
  priority: Priority
  /** How long the fault must be there before the alarm, ms. */
  onDelay?: number
  /** How long it must be gone before the alarm returns to normal, ms. */
  offDelay?: number
  /** Stays until reset by hand even when the fault is gone. */
  latching?: boolean
  /** False where putting the alarm aside could cost lives. */
  shelvable?: boolean
  /** Judged only while the circuit that feeds the facility is switched on: a lamp owes nothing by day. */
  whileFed?: boolean
  /** The alarm is no news while the facility lacks one of these through somebody else's alarm: it is suppressed by design. */
  needs?: readonly Need[]
  /** While this alarm is active, those the facility feeds or reports for lack these; null when they lack nothing. */
  deprives?: Deprivation | null
  /** Compares with what should be, which nobody knows while the facility is run by hand: suppressed by its mode. */
  expects?: boolean
  /** There only while at least `n` of the last `m` reports found it; a report that leaves its points unknown is none of them. */
  of?: Debounce | null
  /** Judged only in these modes of the facility: in another one its condition ends. Null: in every mode. */
  modes?: readonly FacilityMode[] | null
  /** Not judged while a point of the facility has this value, in its encoding; a fault that was there ends. */
  unless?: { readonly point: string; readonly is: number } | null
  /** Judged only in these local hours: with the first report outside of them its condition ends. Null: always. */
  hours?: Hours | null
  /** Rules of the same kind whose fault brings this one about: suppressed by design while one of them is active. */
  consequenceOf?: readonly string[]
}

/** What is in force of a rule for one facility, after what engineers changed for it, its group or its kind. */
export interface RuleSetting {
  readonly enabled: boolean
  readonly priority: Priority
  readonly onDelay: number
  readonly offDelay: number
  readonly modes: readonly FacilityMode[] | null
  readonly hours: Hours | null
  readonly parameters: RuleParameters
  readonly texts: RuleTexts
  /** Names what was in force: the rule's own version, and behind a plus sign the newest change of engineers, like `1+12`. */
  readonly version: string
}

/** A rule of a facility kind; `points` are indices into the kind's table, the first is the one an operator wants to see. */
export interface Rule extends Required<RuleOptions> {
  key: string
  type: RuleType
  points: readonly number[]
  /** Frozen into an alarm as its proof: limit, deadband, window, in the unit of the point or ms. */
  parameters: RuleParameters
  /** Those that follow from a facility's rated values. */
  ratedParameters: (rated: Readonly<Record<string, number>>) => RuleParameters
  /** What it judges and while what holds it does, where they are written as data; null where a function says it. */
  condition: Expression | null
  only: Expression | null
  /** Least and greatest of what a parameter can be, where the rule's memory bounds it. */
  ranges: Readonly<Record<string, readonly [least: number, greatest: number]>>
  /** It judges results of samples: what it tells is dated as they were taken, by the city's clock, however much later they became known. */
  ofSamples: boolean
  slots: number
  /** Which of them hold device times, unlike steady ones: they follow when the clock of a device is set. */
  timeSlots: readonly number[]
  judge: Judge
  figures: Figures | null
  learned: Learned | null
  /** Number of the circuit whose lamps it can count by their current, and how; null for a rule that counts none. */
  lamps: { readonly circuit: number; readonly count: LampCount } | null
}

export type RuleType =
  | 'limit'
  | 'rate'
  | 'stuck'
  | 'silence'
  | 'loss'
  | 'drift'
  | 'mean'
  | 'profile'
  | 'reference'
  | 'behaviour'
  | 'discrepancy'
  | 'deviation'
  | 'condition'
  | 'counter'
  | 'sensor-fault'
  | 'clock-skew'
  | 'told'

/** A rule as a builder makes it, before its kind gives it a key and numbers its points. */
export interface RuleDraft<P extends string = string> extends Required<RuleOptions> {
  type: RuleType
  points: readonly P[]
  parameters: RuleParameters
  ratedParameters: (rated: Readonly<Record<string, number>>) => RuleParameters
  condition: Expression<P> | null
  only: Expression<P> | null
  ranges: Rule['ranges']
  ofSamples: boolean
  slots: number
  timeSlots: readonly number[]
  judge: (points: readonly number[]) => Judge
  figures: ((points: readonly number[]) => Figures) | null
  /** For a rule that learns; null for the others. */
  learned: ((points: readonly number[]) => Learned) | null
  lamps: { readonly circuit: number; readonly count: (points: readonly number[]) => LampCount } | null
}
