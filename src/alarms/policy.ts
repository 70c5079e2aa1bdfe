import type { Priority } from '../detection/rule.ts'
import { minutes } from '../telemetry/duration.ts'
import { type FloodLimits, usualFloodLimits } from './flood.ts'

/** What the alarm philosophy of ISA-18.2, 6 leaves to the operator of the plant; lengths in minutes. */
export interface AlarmPolicy {
  /** An alarm can be put aside for at most so long. */
  longestShelving: Readonly<Record<Priority, number>>
  /** How often people are told again of an alarm that nobody acknowledges; null: never. */
  reminders: Readonly<Record<Priority, number | null>>
  escalation: {
    enabled: boolean
    /** People have at least this long to acknowledge an alarm, however short its time to act is. */
    leastTime: number
  }
  /** Who shares the alarms, and when there are too many for them. */
  floods: Readonly<Omit<FloodLimits, 'span'>>
}

/** A policy, and since when it counts, our time, ms: nothing falls due by it before. */
export interface PolicyInForce {
  policy: AlarmPolicy
  since: number
}

/**
 * Shelving: an hour where an hour can be too long, half a shift, a shift, a day. Reminders come when the median time to act of the rules
 * of that priority is over (critical 5 min), or well before (high 15 of 30 min, medium 60 of 240); a low alarm can wait for the next round.
 */
export const defaultPolicy: AlarmPolicy = {
  longestShelving: { critical: 60, high: 240, medium: 480, low: 1440 },
  reminders: { critical: 5, high: 15, medium: 60, low: null },
  escalation: { enabled: true, leastTime: 5 },
  floods: { operators: usualFloodLimits.operators, begin: usualFloodLimits.begin, end: usualFloodLimits.end },
}

/** The span is that of the standards, whatever the policy. */
export const floodLimits = ({ floods }: AlarmPolicy): FloodLimits => ({ ...usualFloodLimits, ...floods })

/** More would tell nobody anything new: a shift of eight hours at five minutes each. */
export const MOST_REMINDERS = 96

/** A reset that one person asked for waits so long for the other one, ms. */
export const RESET_CONFIRMATION = minutes(10)

/**
 * Late data hide an alarm for so long at most, ms, when nobody says that the facility has caught up; a gateway that was away for a day sends
 * its store in less.
 */
export const LONGEST_CATCH_UP = minutes(15)
