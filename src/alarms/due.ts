import { minutes } from '../telemetry/duration.ts'
import type { Alarm } from './alarm.ts'
import { isEscalating } from './lifecycle.ts'
import { MOST_REMINDERS, type PolicyInForce, RESET_CONFIRMATION } from './policy.ts'

/** What time alone does with an alarm, and when, our time, ms. `grace` ends a suppression whose cause is gone. */
export interface Due {
  at: number
  type: 'unshelve' | 'grace' | 'expire-reset' | 'escalate' | 'remind'
}

/** What falls due first; of equal times the one that comes first here. Null when nothing will. */
export function nextDue(alarm: Alarm, inForce: PolicyInForce): Due | null {
  if (alarm.ended !== null) return null
  let first: Due | null = null
  const propose = (type: Due['type'], at: number | null | undefined) => {
    if (at != null && (first === null || at < first.at)) first = { type, at }
  }
  propose('unshelve', alarm.shelved?.until)
  propose('grace', alarm.suppressed?.until)
  propose('expire-reset', alarm.resetRequest && alarm.resetRequest.at + RESET_CONFIRMATION)
  propose('escalate', escalationDue(alarm, inForce))
  propose('remind', reminderDue(alarm, inForce))
  return first
}

/** When people should have acknowledged it: its time to act is over, and they had the least time for it since they were told. */
function escalationDue(alarm: Alarm, { policy: { escalation }, since }: PolicyInForce): number | null {
  const { toldSince, actBy, basePriority } = alarm
  if (!escalation.enabled || toldSince === null || !alarm.active || alarm.escalated || !isEscalating(basePriority)) return null
  return Math.max(actBy, toldSince + minutes(escalation.leastTime), since)
}

/** Null when nobody is told again. What is over and needs no reset tells nobody to do anything. */
export function reminderDue(alarm: Alarm, { policy, since }: PolicyInForce): number | null {
  const { toldSince, reminders, priority } = alarm
  const every = policy.reminders[priority]
  if (every === null || toldSince === null || !(alarm.active || alarm.latched)) return null
  if (reminders && reminders.count >= MOST_REMINDERS) return null
  return Math.max(Math.max(toldSince, reminders?.last ?? toldSince) + minutes(every), since)
}
