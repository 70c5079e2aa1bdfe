import type { Priority } from '../detection/rule.ts'
import { days } from '../telemetry/duration.ts'
import { type Alarm, isTold } from './alarm.ts'
import type { AlarmEvent } from './lifecycle.ts'

export const recordTypes = [
  'raise',
  'activate',
  'return',
  'acknowledge',
  'comment',
  'shelve',
  'unshelve',
  'request-reset',
  'reset',
  'expire-reset',
  'take-out-of-service',
  'return-to-service',
  'suppress',
  'unsuppress',
  'catch-up',
  'withdraw',
  'chatter',
  'prioritise',
  'follow-rule',
  'escalate',
  'remind',
] as const satisfies readonly ('raise' | 'request-reset' | AlarmEvent['type'])[]
export type RecordType = (typeof recordTypes)[number]

/** One step of an alarm's life. The list of them is the alarm record of ISA-18.2: figures, floods and reviews are taken from it. */
export interface AlarmRecord {
  alarm: number
  facility: string
  rule: string
  /** `raise`: the first activation; everything else moves an alarm that is there. */
  type: RecordType
  /** Event time of a condition, our time of an action, ms. */
  at: number
  /** Our time, ms; later than `at` where data came late. */
  recorded: number
  /** Who did it; null for what happened by itself. */
  by: string | null
  /** A comment, a reason, a length of time; in the words of who gave it. */
  detail: string
  /** As it was after this step. */
  priority: Priority
  /** Whether the alarm was there for people to see after this step: not suppressed (also by late data), shelved or out of service. */
  told: boolean
  /** Whether it is one more alarm for operators: it came where they see it, or is there again and nobody has acknowledged it. */
  announced: boolean
  /** Of the alarm after this step; each step counts it up by one. */
  version: number
}

/** How long steps, and alarms that have ended, are kept: a year to compare with, and the month in which one does it. */
export const RECORD_KEPT = days(400)

/** What a step was, by the alarm as it is afterwards: the first person's reset is a request. */
export const stepType = <T extends RecordType>({ resetRequest }: Alarm, type: T): T | 'request-reset' =>
  type === 'reset' && resetRequest ? 'request-reset' : type

/** The step that made `alarm` of what it was before, null when it was raised; `recorded` is our time, ms. */
export function recordOf(
  before: Alarm | null,
  alarm: Alarm,
  event: AlarmEvent | { type: 'raise'; at: number },
  recorded: number,
): AlarmRecord {
  const { id, facility, rule, priority, version } = alarm
  return {
    alarm: id,
    facility,
    rule,
    type: stepType(alarm, event.type),
    at: event.at,
    recorded,
    by: 'by' in event ? event.by : null,
    detail: detailOf(event),
    priority,
    told: isTold(alarm),
    announced: alarm.active && alarm.toldSince !== null && (event.type === 'activate' || (before?.toldSince ?? null) === null),
    version,
  }
}

function detailOf(event: AlarmEvent | { type: 'raise' }): string {
  switch (event.type) {
    case 'acknowledge':
      return event.comment
    case 'comment':
      return event.text
    case 'shelve':
      return `${Math.round((event.until - event.at) / 60_000)} min: ${event.reason}`
    case 'suppress':
      return event.suppression.by === null ? event.suppression.cause : `${event.suppression.cause} ${event.suppression.by}`
    case 'escalate':
      return 'unacknowledged'
    default:
      return ''
  }
}
