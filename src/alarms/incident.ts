import type { Priority } from '../detection/rule.ts'

/** An alarm as the incident tree sees it. */
export interface IncidentAlarm {
  id: number
  facility: string
  rule: string
  priority: Priority
  /** Event time of its activation, ms. */
  at: number
  /** The alarm that explains it by design; null when it stands for itself. */
  by: number | null
}

/**
 * What alarms have in common. alarm: one that explains the others by design; feeder: what feeds their facilities, on one circuit if there
 * is a number; gateway: what reports for them; facility: they are of the same one; road, district: they came there at about the same time;
 * single: nothing.
 */
export type IncidentType = 'alarm' | 'feeder' | 'gateway' | 'facility' | 'road' | 'district' | 'single'

export interface IncidentCause {
  type: IncidentType
  /** What feeds or reports, or has the alarms; null for a place, and for an alarm that is not among those given. */
  facility: string | null
  circuit: number | null
  /** The alarm that explains the others. */
  alarm: number | null
  district: string | null
  road: string | null
}

/** Alarms with a common cause, or what looks like one. Counts and times are of all alarms below. */
export interface Incident {
  /** Names it among those of the same alarms. */
  key: string
  cause: IncidentCause
  /** The alarm that came first: most likely where it began. */
  firstOut: IncidentAlarm
  alarms: number
  byPriority: Record<Priority, number>
  facilities: number
  /** Event times of the first and last activation, ms. */
  from: number
  to: number
  children: readonly Incident[]
  /** Alarms that belong to none of the children, in the order they came. */
  own: readonly IncidentAlarm[]
}
