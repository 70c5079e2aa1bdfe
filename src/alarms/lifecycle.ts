import type { Priority } from '../detection/rule.ts'
import { LamplighterError } from '../errors.ts'
import { type Alarm, type Evidence, MAX_OCCURRENCES, type Occurrence, type Suppression } from './alarm.ts'

/** What moves an alarm; `withdraw` ends one whose facility or rule is no more. `at` of conditions is event time, of actions our time, ms. */
export type AlarmEvent =
  | { type: 'activate'; at: number; priority: Priority; evidence: Evidence }
  | { type: 'return'; at: number }
  | { type: 'acknowledge'; at: number; by: string; comment: string }
  | { type: 'comment'; at: number; by: string; text: string }
  | { type: 'shelve'; at: number; by: string; until: number; reason: string }
  /** `by` null: its end came. */
  | { type: 'unshelve'; at: number; by: string | null }
  | { type: 'reset'; at: number; by: string }
  | { type: 'take-out-of-service'; at: number; by: string | null }
  | { type: 'return-to-service'; at: number; by: string | null }
  | { type: 'suppress'; at: number; suppression: Suppression }
  /** The alarm stands for itself again. */
  | { type: 'unsuppress'; at: number }
  | { type: 'withdraw'; at: number; by: string | null }

/** Newest comments kept with the alarm; each one is in the audit trail too. */
const MAX_COMMENTS = 200

/**
 * Moves an alarm through its life (ISA-18.2 / IEC 62682). Condition, acknowledgement and suppression are independent fields.
 * Returns the same object when nothing changes; throws `action-refused` when a person asks for what the alarm does not allow.
 */
export function stepAlarm(alarm: Alarm, event: AlarmEvent): Alarm {
  if (alarm.ended !== null) throw new LamplighterError('action-refused', `Alarm ${alarm.id} has ended; it can only be read.`)
  const next = change(alarm, event)
  if (next === alarm) return alarm
  return { ...next, version: alarm.version + 1, ended: event.type === 'withdraw' || isOver(next) ? event.at : null }
}

/** Nothing left to tell or to do. What bothers nobody asks for no acknowledgement, but what latched is still reset by hand. */
function isOver(alarm: Alarm): boolean {
  return !alarm.active && !alarm.latched && (alarm.outOfService || alarm.suppressed !== null || alarm.acknowledged !== null)
}

function change(alarm: Alarm, event: AlarmEvent): Alarm {
  switch (event.type) {
    case 'activate':
      return alarm.active ? alarm : reactivate(alarm, event)
    case 'withdraw':
      return alarm.active ? change(alarm, { type: 'return', at: event.at }) : { ...alarm }
    case 'return':
      return alarm.active ? { ...alarm, active: false, returned: event.at, occurrences: closeLast(alarm.occurrences, event.at) } : alarm
    case 'acknowledge':
      // The first acknowledgement counts; a second person's click on the same alarm is not an error.
      return alarm.acknowledged ? alarm : { ...alarm, acknowledged: { at: event.at, by: event.by, comment: event.comment } }
    case 'comment':
      return { ...alarm, comments: [...alarm.comments, { at: event.at, by: event.by, text: event.text }].slice(-MAX_COMMENTS) }
    case 'shelve':
      if (!alarm.shelvable) throw new LamplighterError('action-refused', 'This alarm protects lives and cannot be shelved.')
      if (event.until <= event.at) throw new LamplighterError('action-refused', 'The end of shelving lies in the past.')
      return { ...alarm, shelved: { at: event.at, by: event.by, until: event.until, reason: event.reason } }
    case 'unshelve':
      return alarm.shelved ? { ...alarm, shelved: null } : alarm
    case 'reset':
      if (!alarm.latched) throw new LamplighterError('action-refused', 'This alarm is not latched; there is nothing to reset.')
      if (alarm.active) throw new LamplighterError('action-refused', 'The fault is still there; a latched alarm is reset after it is gone.')
      if (!alarm.acknowledged) throw new LamplighterError('action-refused', 'Acknowledge the alarm before resetting it.')
      return { ...alarm, latched: false }
    case 'take-out-of-service':
      return alarm.outOfService ? alarm : { ...alarm, outOfService: true }
    case 'suppress':
      return { ...alarm, suppressed: event.suppression }
    case 'unsuppress':
      return alarm.suppressed ? { ...alarm, suppressed: null } : alarm
    case 'return-to-service':
      return alarm.outOfService ? { ...alarm, outOfService: false } : alarm
  }
}

/** The fault came back while the alarm was live: it asks for a new acknowledgement, as urgently as it is taken now. */
function reactivate(alarm: Alarm, { at, priority, evidence }: Extract<AlarmEvent, { type: 'activate' }>): Alarm {
  return {
    ...alarm,
    priority,
    active: true,
    latched: alarm.latching,
    acknowledged: null,
    activated: at,
    returned: null,
    evidence,
    occurrences: [...alarm.occurrences, { started: at, ended: null }].slice(-MAX_OCCURRENCES),
    occurrenceCount: alarm.occurrenceCount + 1,
  }
}

function closeLast(occurrences: readonly Occurrence[], at: number): readonly Occurrence[] {
  const last = occurrences.at(-1)
  return last ? [...occurrences.slice(0, -1), { started: last.started, ended: at }] : occurrences
}
