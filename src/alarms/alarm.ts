import type { Need, Priority, RuleParameters } from '../detection/rule.ts'
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

export interface Shelving {
  at: number
  by: string
  until: number
  reason: string
}

/** Why nobody is bothered with an alarm; it is recorded all the same. */
export interface Suppression {
  /** supply, link: somebody else's alarm explains it; consequence: another alarm of the same facility does; mode: the facility is worked on. */
  cause: Need | 'consequence' | 'mode'
  /** The alarm that explains it; null for a mode. */
  by: number | null
  since: number
  /** Its cause is gone: when it becomes an alarm of its own if the fault is still there, ms; null while the cause lasts. */
  until: number | null
}

/** Why the rule fired, frozen at activation. */
export interface Evidence {
  ruleType: string
  parameters: RuleParameters
  onDelay: number
  offDelay: number
  /** Values of the rule's points by name; null = unknown then. */
  values: Readonly<Record<string, PointValue | null>>
  /** What the rule figured out by name: the expected value, the number of lamps out. */
  figures: Readonly<Record<string, number>>
  mode: string
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
  priority: Priority
  active: boolean
  latching: boolean
  /** A latching alarm not reset yet. */
  latched: boolean
  shelvable: boolean
  acknowledged: Acknowledgement | null
  shelved: Shelving | null
  outOfService: boolean
  suppressed: Suppression | null
  /** How many facilities lacked supply or link through it when it was raised. */
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
  comments: readonly AlarmComment[]
  evidence: Evidence
  /** Counts changes of this alarm; an action states the one it saw. */
  version: number
}

export const MAX_OCCURRENCES = 50

export type AlarmState =
  | 'normal'
  | 'unacknowledged'
  | 'acknowledged'
  | 'rtn-unacknowledged'
  | 'latched'
  | 'shelved'
  | 'suppressed-by-design'
  | 'out-of-service'

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
