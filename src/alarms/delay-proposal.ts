import { minutes, seconds } from '../telemetry/duration.ts'
import type { AlarmRecord } from './alarm-log.ts'

/** Delays that people choose; what the figures ask for is rounded up to one of them, ms. */
export const delaySteps = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600].map(seconds)
/** A fault that is over sooner, or back sooner, is taken for a passing one, ms. */
const SHORT = minutes(2)
/** Fewer passing faults than this say nothing about a rule. */
export const LEAST = 5
/** A rule is worth a change when this share of its activations are passing ones, and the change would take this share of those away. */
export const WORTH = 0.5
export const COVERED = 0.8
/** At most this share of the time to act may go into waiting. */
const SHARE_OF_TIME_TO_ACT = 0.25

/** What alarms of one rule did. Event times and lengths, ms. */
export interface RuleActivity {
  alarms: number
  /** How long the faults stayed that are over. */
  stays: number[]
  /** How long after their end the same fault of the same facility came back. */
  breaks: number[]
}

/** A time in which a fault was gone. */
export interface Break {
  facility: string
  from: number
  to: number
}

/** The rule as it is in force. */
export interface ProposedFor {
  onDelay: number
  offDelay: number
  /** ms */
  timeToAct: number
  /** It protects lives: nothing may delay it. */
  protectsLives: boolean
}

/** A longer delay or a larger deadband, and what it is taken from. */
export interface RuleProposal {
  changes: { onDelay: number } | { offDelay: number } | { parameters: { deadband: number } }
  /** passing: faults over within two minutes; returning: faults back within two minutes; near-limit: values that went to and fro. */
  because: 'passing' | 'returning' | 'near-limit'
  /** Of so many activations so many were such ones, and so many of those the change would have covered. */
  alarms: number
  such: number
  covered: number
}

/**
 * The shortest usual delay that would have taken away four of five passing or returning faults of a rule; null when there is none, or
 * when the rule protects lives. An on-delay takes at most a quarter of the time to act, so that real faults are told in time.
 */
export function proposeDelay({ alarms, stays, breaks }: RuleActivity, rule: ProposedFor): RuleProposal | null {
  if (rule.protectsLives) return null
  const { onDelay, offDelay, timeToAct } = rule
  // What was seen of a fault is shortened by the delay before it and lengthened by the one behind it.
  const passing = stays.filter((stay) => stay <= SHORT).map((stay) => onDelay + Math.max(0, stay - offDelay))
  const returning = breaks.filter((each) => each <= SHORT).map((each) => offDelay + Math.max(0, each - onDelay))
  const longer = [
    { because: 'returning' as const, lengths: returning, most: Number.POSITIVE_INFINITY },
    { because: 'passing' as const, lengths: passing, most: timeToAct * SHARE_OF_TIME_TO_ACT },
  ]
  const found = longer.flatMap(({ because, lengths, most }) => {
    // None of them is shorter than the delay in force, so what covers them is longer.
    const delay = delaySteps.find((step) => lengths.filter((length) => length < step).length >= COVERED * lengths.length)
    if (lengths.length < LEAST || lengths.length < WORTH * alarms || delay === undefined || delay > most) return []
    const covered = lengths.filter((length) => length < delay).length
    const changes = because === 'returning' ? { offDelay: delay } : { onDelay: delay }
    return [{ changes, because, alarms, such: lengths.length, covered }]
  })
  return found.reduce<RuleProposal | null>((best, each) => (best && best.covered >= each.covered ? best : each), null)
}

/** Activations of one source that are kept to take figures from; more would tell no more. */
const MOST_KEPT = 5000
const MOST_BREAKS = 200

/** Collects what the alarms of each rule did, from steps of the alarm record in order. `ruleOf` names the rule that facilities share. */
export class ActivityCount {
  readonly #rules = new Map<string, RuleActivity & { sources: Map<string, number>; newest: Break[] }>()
  readonly #last = new Map<string, { at: number; isActive: boolean }>()
  readonly #ruleOf: (record: AlarmRecord) => string

  constructor(ruleOf: (record: AlarmRecord) => string) {
    this.#ruleOf = ruleOf
  }

  add(record: AlarmRecord): void {
    const isActive = record.type === 'raise' || record.type === 'activate'
    if (!isActive && record.type !== 'return') return
    const source = `${record.facility}/${record.rule}`
    const last = this.#last.get(source)
    this.#last.set(source, { at: record.at, isActive })
    const activity = this.#activity(this.#ruleOf(record))
    if (isActive && record.told) {
      activity.alarms++
      activity.sources.set(record.facility, (activity.sources.get(record.facility) ?? 0) + 1)
    }
    if (!last || last.isActive === isActive || !record.told) return
    const lengths = isActive ? activity.breaks : activity.stays
    if (lengths.length < MOST_KEPT) lengths.push(Math.max(0, record.at - last.at))
    if (!isActive || record.at <= last.at) return
    activity.newest.push({ facility: record.facility, from: last.at, to: record.at })
    if (activity.newest.length > MOST_BREAKS) activity.newest.shift()
  }

  /** Rules with the most alarms first; `sources` are their facilities with the number of alarms of each, `newest` the last breaks. */
  worst(limit: number): (RuleActivity & { rule: string; sources: ReadonlyMap<string, number>; newest: readonly Break[] })[] {
    return [...this.#rules]
      .map(([rule, activity]) => ({ rule, ...activity }))
      .filter(({ alarms }) => alarms > 0)
      .sort((a, b) => b.alarms - a.alarms || (a.rule < b.rule ? -1 : 1))
      .slice(0, limit)
  }

  #activity(rule: string) {
    let activity = this.#rules.get(rule)
    if (!activity) {
      activity = { alarms: 0, stays: [], breaks: [], sources: new Map(), newest: [] }
      this.#rules.set(rule, activity)
    }
    return activity
  }
}
