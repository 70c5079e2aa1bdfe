import type { Priority } from '../detection/rule.ts'
import { LamplighterError, refuse } from '../errors.ts'
import {
  type Alarm,
  type Chattering,
  type Evidence,
  isTold,
  MAX_COMMENTS,
  MAX_OCCURRENCES,
  type Occurrence,
  type Suppression,
} from './alarm.ts'
import { RESET_CONFIRMATION } from './policy.ts'

/** What moves an alarm. `at` of conditions is event time, of everything else our time, ms; `by` null: it happened by itself. */
export type AlarmEvent =
  | Activation
  | { type: 'return'; at: number; chattering: Chattering | null }
  /** It began or ceased to come and go too often. */
  | { type: 'chatter'; at: number; chattering: Chattering | null }
  /** Its rule is more or less urgent from now on. */
  | { type: 'prioritise'; at: number; priority: Priority }
  /** Its rule latches, or protects lives, otherwise than when it was raised; `suppressed` is what explains it by that rule. */
  | { type: 'follow-rule'; at: number; latching: boolean; shelvable: boolean; suppressed: Suppression | null }
  /** Nobody acknowledged it within its time to act. */
  | { type: 'escalate'; at: number }
  /** People are told again. */
  | { type: 'remind'; at: number }
  | { type: 'acknowledge'; at: number; by: string; comment: string }
  | { type: 'comment'; at: number; by: string; text: string }
  | { type: 'shelve'; at: number; by: string; until: number; reason: string }
  | { type: 'unshelve'; at: number; by: string | null }
  /** Of what protects lives, the first person's reset is a request that another one confirms by a reset. */
  | { type: 'reset'; at: number; by: string }
  /** Nobody confirmed the reset in time. */
  | { type: 'expire-reset'; at: number }
  | { type: 'take-out-of-service'; at: number; by: string | null }
  | { type: 'return-to-service'; at: number; by: string | null }
  | { type: 'suppress'; at: number; suppression: Suppression }
  /** The alarm stands for itself again. */
  | { type: 'unsuppress'; at: number }
  /** Its facility has caught up: what late data told people of is there now. */
  | { type: 'catch-up'; at: number }
  /** Ends an alarm whose facility or rule is no more. */
  | { type: 'withdraw'; at: number; by: string | null }

/** The fault came back while the alarm was live; `late`: by data that came too late to act on, `suppressed`: what hides it from then on. */
export interface Activation {
  type: 'activate'
  at: number
  priority: Priority
  actBy: number
  evidence: Evidence
  chattering: Chattering | null
  late: boolean
  suppressed: Suppression | null
  affects: number
}

/** One step up; what may wait until tomorrow does not become urgent by waiting, and nothing is above critical. */
const oneStepUp: Readonly<Record<Priority, Priority | null>> = { critical: null, high: 'critical', medium: 'high', low: null }

/** Steps after which an alarm asks otherwise than before. */
const TELLING_ANEW: ReadonlySet<AlarmEvent['type']> = new Set(['activate', 'prioritise', 'follow-rule', 'escalate'])

/** Whether alarms of this priority become more urgent when nobody acknowledges them. */
export const isEscalating = (priority: Priority): boolean => oneStepUp[priority] !== null

/**
 * Moves an alarm through its life (ISA-18.2 / IEC 62682) at our time `now`, ms. Condition, acknowledgement and suppression are independent
 * fields. Returns the same object when nothing changes; throws `action-refused` when a person asks for what the alarm does not allow.
 */
export function stepAlarm(alarm: Alarm, event: AlarmEvent, now: number = event.at): Alarm {
  if (alarm.ended !== null) throw new LamplighterError('action-refused', `Alarm ${alarm.id} has ended; it can only be read.`)
  const changed = change(alarm, event)
  if (changed === alarm) return alarm
  const next = { ...changed, version: alarm.version + 1 }
  if (event.type === 'withdraw' || isOver(next)) return end(next, event.at)
  return tell(next, TELLING_ANEW.has(event.type) ? now : (next.toldSince ?? now))
}

/** Nothing left to tell or to do. What nobody was told of asks for no acknowledgement, but what latched is still reset by hand. */
function isOver(alarm: Alarm): boolean {
  if (alarm.active) return false
  if (alarm.historical && alarm.suppressed?.cause === 'late') return true
  // A late activation hides what may still ask for an acknowledgement from before.
  const isExplained = alarm.suppressed !== null && alarm.suppressed.cause !== 'late' && !alarm.unanswered
  return !alarm.latched && (alarm.outOfService || isExplained || alarm.acknowledged !== null)
}

function end(alarm: Alarm, at: number): Alarm {
  const nothing = { latched: false, resetRequest: null, toldSince: null, unanswered: false, escalated: null }
  return { ...alarm, ...nothing, ended: at, priority: alarm.basePriority }
}

/** Since when it asks people for an acknowledgement, if it does; only then, and while the fault is there, it is more urgent than its rule says. */
function tell(alarm: Alarm, since: number): Alarm {
  const asks = alarm.acknowledged === null && isTold(alarm)
  const above = asks && alarm.active && alarm.escalated ? oneStepUp[alarm.basePriority] : null
  return {
    ...alarm,
    toldSince: asks ? since : null,
    unanswered: asks || (alarm.unanswered && alarm.acknowledged === null),
    escalated: above && alarm.escalated,
    priority: above ?? alarm.basePriority,
  }
}

function change(alarm: Alarm, event: AlarmEvent): Alarm {
  switch (event.type) {
    case 'activate':
      return alarm.active ? alarm : reactivate(alarm, event)
    case 'return':
      return alarm.active ? uncover(goBack(alarm, event.at, event.chattering)) : alarm
    case 'withdraw':
      return alarm.active ? goBack(alarm, event.at, alarm.chattering) : { ...alarm }
    case 'chatter':
      return { ...alarm, chattering: event.chattering }
    case 'catch-up':
      return alarm.historical && alarm.active && alarm.suppressed?.cause !== 'late' ? { ...alarm, historical: false } : alarm
    case 'prioritise':
      return alarm.basePriority === event.priority ? alarm : { ...alarm, basePriority: event.priority }
    case 'follow-rule':
      return alarm.latching === event.latching && alarm.shelvable === event.shelvable ? alarm : followRule(alarm, event)
    case 'escalate':
      if (alarm.escalated || alarm.toldSince === null || !alarm.active || !isEscalating(alarm.basePriority)) return alarm
      return { ...alarm, escalated: { since: event.at, reason: 'unacknowledged' } }
    case 'remind':
      if (alarm.toldSince === null) return alarm
      // A clock that was ahead and is set right must not put the next reminder off.
      return {
        ...alarm,
        reminders: { count: (alarm.reminders?.count ?? 0) + 1, last: event.at },
        toldSince: Math.min(alarm.toldSince, event.at),
      }
    default:
      return act(alarm, event)
  }
}

/** What people do, and what ends what they did. */
function act(
  alarm: Alarm,
  event: Exclude<
    AlarmEvent,
    { type: 'activate' | 'return' | 'withdraw' | 'chatter' | 'catch-up' | 'prioritise' | 'follow-rule' | 'escalate' | 'remind' }
  >,
): Alarm {
  switch (event.type) {
    case 'acknowledge':
      // The first acknowledgement counts; a second person's click on the same alarm is not an error.
      return alarm.acknowledged ? alarm : { ...alarm, acknowledged: { at: event.at, by: event.by, comment: event.comment } }
    case 'comment':
      return {
        ...alarm,
        comments: [...alarm.comments, { at: event.at, by: event.by, text: event.text }].slice(-MAX_COMMENTS),
        commentCount: alarm.commentCount + 1,
      }
    case 'shelve':
      if (!alarm.shelvable) refuse('This alarm protects lives and cannot be shelved.')
      if (event.until <= event.at) refuse('The end of shelving lies in the past.')
      return { ...alarm, shelved: { at: alarm.shelved?.at ?? event.at, by: event.by, until: event.until, reason: event.reason } }
    case 'unshelve':
      return alarm.shelved ? { ...alarm, shelved: null } : alarm
    case 'reset':
      return reset(alarm, event.at, event.by)
    case 'expire-reset':
      return alarm.resetRequest ? { ...alarm, resetRequest: null } : alarm
    case 'take-out-of-service':
      return alarm.outOfService ? alarm : { ...alarm, outOfService: true }
    case 'return-to-service':
      return alarm.outOfService ? { ...alarm, outOfService: false } : alarm
    case 'suppress':
      return suppress(alarm, event.suppression)
    case 'unsuppress':
      return alarm.suppressed ? suppress(alarm, null) : alarm
  }
}

function goBack(alarm: Alarm, at: number, chattering: Chattering | null): Alarm {
  return { ...alarm, active: false, returned: at, chattering, occurrences: closeLast(alarm.occurrences, at) }
}

/** What explains a fault explains no missing answer: once the fault is gone, people are asked again who were told of it. */
function uncover(alarm: Alarm): Alarm {
  return alarm.unanswered && alarm.suppressed?.cause !== 'late' ? { ...alarm, suppressed: null } : alarm
}

/** It asks for a new acknowledgement, as urgently as its rule says now; after a late activation only when people are told of it. */
function reactivate(alarm: Alarm, { at, priority, actBy, evidence, chattering, late, suppressed, affects }: Activation): Alarm {
  const isHiddenAsLate = suppressed?.cause === 'late'
  return {
    ...alarm,
    basePriority: priority,
    actBy,
    escalated: null,
    reminders: null,
    active: true,
    latched: alarm.latching,
    resetRequest: null,
    chattering,
    acknowledged: isHiddenAsLate ? alarm.acknowledged : null,
    historical: late && !isHiddenAsLate,
    suppressed: hidingAnew(alarm.suppressed, suppressed),
    affects,
    activated: at,
    returned: null,
    evidence,
    occurrences: [...alarm.occurrences, { started: at, ended: null }].slice(-MAX_OCCURRENCES),
    occurrenceCount: alarm.occurrenceCount + 1,
  }
}

/** What hides an alarm that comes back: what explained it before runs out in its own time, but data in time end what late data said. */
function hidingAnew(before: Suppression | null, now: Suppression | null): Suppression | null {
  if (before === null || before.cause === 'late' || now?.cause === 'late') return now
  return now ? { ...now, since: before.since } : before
}

/** What begins to latch has latched, and what begins to protect lives is put aside by nobody. */
function followRule(alarm: Alarm, { latching, shelvable, suppressed }: Extract<AlarmEvent, { type: 'follow-rule' }>): Alarm {
  const next = suppress(alarm, suppressed)
  return {
    ...next,
    latching,
    // A latch that was reset is live no more.
    latched: latching,
    shelvable,
    historical: next.historical && (!shelvable || next.suppressed?.cause === 'late'),
    resetRequest: latching && !shelvable ? alarm.resetRequest : null,
    shelved: shelvable ? alarm.shelved : null,
    outOfService: shelvable && alarm.outOfService,
  }
}

/** When what late data found outlives them, it is no matter of the past: people are told of it and asked, unless they acknowledged it meanwhile. */
function suppress(alarm: Alarm, next: Suppression | null): Alarm {
  const { suppressed, acknowledged } = alarm
  if (suppressed?.cause !== 'late' || next?.cause === 'late') return { ...alarm, suppressed: next }
  const isAsked = alarm.active && acknowledged !== null && acknowledged.at < suppressed.since
  return { ...alarm, suppressed: next, historical: false, acknowledged: isAsked ? null : acknowledged }
}

function reset(alarm: Alarm, at: number, by: string): Alarm {
  if (!alarm.latched) refuse('This alarm is not latched; there is nothing to reset.')
  if (alarm.active) refuse('The fault is still there; a latched alarm is reset after it is gone.')
  if (!alarm.acknowledged) refuse('Acknowledge the alarm before resetting it.')
  if (alarm.shelvable) return { ...alarm, latched: false }
  const { resetRequest } = alarm
  // Also where no time has passed since, as in a pause of the program, a request counts for its time only.
  const isOpen = resetRequest && at >= resetRequest.at && at < resetRequest.at + RESET_CONFIRMATION
  if (!isOpen) return { ...alarm, resetRequest: { at, by } }
  if (resetRequest.by === by) refuse('This alarm protects lives: you asked for its reset, and another person must confirm it.')
  return { ...alarm, latched: false, resetRequest: null }
}

function closeLast(occurrences: readonly Occurrence[], at: number): readonly Occurrence[] {
  const last = occurrences.at(-1)
  return last ? [...occurrences.slice(0, -1), { started: last.started, ended: at }] : occurrences
}
