import type { Need, Priority, RuleParameters, RuleTexts } from '../detection/rule.ts'
import type { PointValue } from '../telemetry/point.ts'

/** One stay of the fault; `ended` null while it lasts. Event times, ms. */
export interface Occurrence {
  started: number
  ended: number | null
}

export interface AlarmComment {
  at: number
  by: string
  text: string
}

export interface Acknowledgement {
  at: number
  by: string
  comment: string
}

/** Who put it aside last, and why. */
export interface Shelving {
  /** Since when it has been put aside without a break, ms. */
  at: number
  by: string
  until: number
  reason: string
}

/** Why nobody is bothered with an alarm; it is recorded all the same. */
export interface Suppression {
  /**
   * supply, link: somebody else's alarm explains it; consequence: another alarm of the same facility does; mode: the facility is worked
   * on; late: the data came too late to act on, and more recent ones are still on their way. Late data come before other causes.
   */
  cause: Need | 'consequence' | 'mode' | 'late'
  /** The alarm that explains it; null for a mode and for late data. */
  by: number | null
  since: number
  /**
   * When it becomes an alarm of its own if the fault is still there, ms; null while the cause lasts. Of late data it is when that happens
   * even if nobody says that the facility has caught up.
   */
  until: number | null
}

/** The alarm is more urgent than its rule says, since `since` (our time, ms). */
export interface Escalation {
  since: number
  /** Nobody acknowledged it within its time to act. */
  reason: 'unacknowledged'
}

/** How often people were told again while nobody acknowledged it, and when last, ms. */
export interface Reminders {
  count: number
  last: number
}

/** One person asked to reset an alarm that protects lives; another one must confirm. */
export interface ResetRequest {
  at: number
  by: string
}

/** It comes and goes so often that its rule waits longer before it fires again. */
export interface Chattering {
  /** Event time, ms. */
  since: number
  /** In force instead of the rule's own while it lasts, ms. */
  onDelay: number
}

/** Why the rule fired, frozen at activation. */
export interface Evidence {
  ruleType: string
  /**
   * Version of the rule as it was in force: that of the program, behind a plus sign the newest change that engineers made, and behind a caret
   * the activation of the emergency plan that raised its priority.
   */
  ruleVersion: string
  parameters: RuleParameters
  onDelay: number
  offDelay: number
  /** Values of the rule's points by name; null = unknown then. */
  values: Readonly<Record<string, PointValue | null>>
  /** What the rule figured out by name: the expected value, the number of lamps out. */
  figures: Readonly<Record<string, number>>
  mode: string
  /** What an operator is told; null where it was not recorded. */
  texts: RuleTexts | null
}

/**
 * The one live alarm of a (facility, rule). Condition, acknowledgement and suppression are independent;
 * the ISA-18.2 state is derived from them by `alarmState`.
 */
export interface Alarm {
  id: number
  facility: string
  kind: string
  rule: string
  /** As urgent as it is taken now. */
  priority: Priority
  /** As urgent as its rule says; `priority` is higher while it is escalated. */
  basePriority: Priority
  escalated: Escalation | null
  reminders: Reminders | null
  /** When the operator's time to act is over, ms. */
  actBy: number
  active: boolean
  latching: boolean
  /** A latching alarm not reset yet. */
  latched: boolean
  /** False where putting it aside could cost lives; then a reset needs two people as well. */
  shelvable: boolean
  resetRequest: ResetRequest | null
  chattering: Chattering | null
  /**
   * Found in data that came too late to act on: a record of what was, which pages nobody. Where it protects lives people are told all the
   * same, with this mark until the facility has caught up and the fault is still there.
   */
  historical: boolean
  /**
   * Since when it asks people for an acknowledgement as urgently as it does now, our time, ms; null while it does not: it is acknowledged, or
   * not there for people to see.
   */
  toldSince: number | null
  /** People were told of it and none has acknowledged it since, whatever hides it now: it does not end by itself. */
  unanswered: boolean
  acknowledged: Acknowledgement | null
  shelved: Shelving | null
  outOfService: boolean
  suppressed: Suppression | null
  /** How many facilities lacked supply or link through it when it came last. */
  affects: number
  /** Event time of the first and the newest activation, ms. */
  raised: number
  activated: number
  returned: number | null
  /** When it left the live list, ms; null while it is live. */
  ended: number | null
  /** Newest last; at most `MAX_OCCURRENCES`, older ones only counted. */
  occurrences: readonly Occurrence[]
  occurrenceCount: number
  /** Newest last; at most `MAX_COMMENTS`, for they go wherever the alarm goes. All of them are steps of its record. */
  comments: readonly AlarmComment[]
  commentCount: number
  evidence: Evidence
  /** Counts changes of this alarm; an action states the one it saw. */
  version: number
}

export const MAX_OCCURRENCES = 50
export const MAX_COMMENTS = 5

export const alarmStates = [
  'normal',
  'unacknowledged',
  'acknowledged',
  'rtn-unacknowledged',
  'latched',
  'shelved',
  'suppressed-by-design',
  'out-of-service',
] as const
export type AlarmState = (typeof alarmStates)[number]

/** Whether the alarm is there for people to see: nothing hides it. */
export function isTold({ suppressed, shelved, outOfService }: Alarm): boolean {
  return suppressed === null && shelved === null && !outOfService
}

/** Whether what late data say of an alarm bothers nobody for now; nothing hides what protects lives from people but what explains it. */
export const isHiddenWhenLate = ({ shelvable }: Pick<Alarm, 'shelvable'>): boolean => shelvable

/** The state an operator sees. Out of service, suppression and shelving hide the others (ISA-18.2, 6.3). */
export function alarmState(
  alarm: Pick<Alarm, 'active' | 'latched' | 'acknowledged' | 'shelved' | 'outOfService' | 'suppressed'>,
): AlarmState {
  if (alarm.outOfService) return 'out-of-service'
  if (alarm.suppressed) return 'suppressed-by-design'
  if (alarm.shelved) return 'shelved'
  if (alarm.active) return alarm.acknowledged ? 'acknowledged' : 'unacknowledged'
  if (!alarm.acknowledged) return 'rtn-unacknowledged'
  return alarm.latched ? 'latched' : 'normal'
}
