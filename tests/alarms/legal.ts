import { type Alarm, alarmState, isTold, MAX_OCCURRENCES } from '../../src/alarms/alarm.ts'
import type { AlarmRecord } from '../../src/alarms/alarm-log.ts'
import { isEscalating } from '../../src/alarms/lifecycle.ts'
import { MOST_REMINDERS } from '../../src/alarms/policy.ts'
import { priorities } from '../../src/detection/rule.ts'

const implies = (a: boolean, b: boolean) => !a || b

/** What is true of every alarm at any time, by name. */
const laws: Record<string, (alarm: Alarm) => boolean> = {
  'it is active while its last occurrence is open': (a) => a.active === (a.occurrences.at(-1)?.ended === null),
  'active and returned exclude each other': (a) => a.active === (a.returned === null),
  'occurrences are bounded, and all are counted': (a) =>
    a.occurrences.length === Math.min(a.occurrenceCount, MAX_OCCURRENCES) &&
    a.occurrences.slice(0, -1).every(({ ended }) => ended !== null),
  'what protects lives is never put aside': (a) => implies(a.shelved !== null || a.outOfService, a.shelvable),
  'what latches is latched while it is active': (a) => implies(a.latched, a.latching) && implies(a.active && a.latching, a.latched),
  'it is at least as urgent as its rule says, one step at most': (a) => {
    const above = priorities.indexOf(a.basePriority) - priorities.indexOf(a.priority)
    return above === (a.escalated ? 1 : 0)
  },
  'only what people see and do not acknowledge escalates': (a) =>
    implies(a.escalated !== null, a.active && a.toldSince !== null && isEscalating(a.basePriority)),
  'it asks for an acknowledgement when it is live, told and has none': (a) =>
    (a.toldSince !== null) === (a.ended === null && isTold(a) && a.acknowledged === null),
  'what asks for an acknowledgement is unanswered, and what is acknowledged or has ended is not': (a) =>
    implies(a.toldSince !== null, a.unanswered) && implies(a.unanswered, a.acknowledged === null && a.ended === null),
  'what is over and unanswered is explained by nothing': (a) =>
    implies(a.unanswered && !a.active, a.suppressed === null || a.suppressed.cause === 'late'),
  'a request for a reset is about a latched, gone, acknowledged alarm that needs two people': (a) =>
    implies(a.resetRequest !== null, a.latched && !a.active && a.acknowledged !== null && !a.shelvable),
  'an alarm of the past is active, and late data hide it': (a) =>
    implies(a.historical && a.ended === null && a.shelvable, a.active && a.suppressed?.cause === 'late'),
  'late data hide nothing that protects lives': (a) => implies(a.suppressed?.cause === 'late' && a.ended === null, a.shelvable),
  'late data hide nothing for ever': (a) => implies(a.suppressed?.cause === 'late', a.suppressed?.until !== null),
  'reminders are counted and bounded': (a) =>
    implies(a.reminders !== null, (a.reminders?.count ?? 0) >= 1 && (a.reminders?.count ?? 0) <= MOST_REMINDERS),
  'nothing is pending of what has ended': (a) =>
    implies(a.ended !== null, !a.active && !a.latched && a.resetRequest === null && a.toldSince === null && a.escalated === null),
  'it is live while there is something to do': (a) =>
    implies(
      a.ended === null,
      a.active || a.latched || (a.acknowledged === null && !a.outOfService && (!a.suppressed || a.suppressed.cause === 'late')),
    ),
  'a live alarm is not normal': (a) => implies(a.ended === null, alarmState(a) !== 'normal'),
}

/** Names of the laws that an alarm breaks. */
export const brokenLaws = (alarm: Alarm): string[] => Object.keys(laws).filter((name) => !laws[name]?.(alarm))

/** Steps of one transaction that count as an alarm for operators, and leave none for them to see when the moment in which they came is over. */
export const falselyAnnounced = (steps: readonly AlarmRecord[]): AlarmRecord[] =>
  steps.filter(
    ({ announced, alarm, recorded }) => announced && !steps.findLast((one) => one.alarm === alarm && one.recorded === recorded)?.told,
  )
