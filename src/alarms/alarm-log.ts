import type { Priority } from '../detection/rule.ts'
import type { AlarmEvent } from './lifecycle.ts'

/** One step of an alarm's life. The list of them is the alarm record of ISA-18.2: figures, floods and reviews are taken from it. */
export interface AlarmRecord {
  alarm: number
  facility: string
  rule: string
  /** `raise`: the first activation; everything else moves an alarm that is there. */
  type: 'raise' | AlarmEvent['type']
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
  /** Whether the alarm was there for people to see after this step: not suppressed, shelved, out of service or historical. */
  told: boolean
}
