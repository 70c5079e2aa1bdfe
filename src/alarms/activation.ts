import type { Priority } from '../detection/rule.ts'
import { type Alarm, isTold } from './alarm.ts'

/** One stay of a fault as a rule saw it. Times are ms since 1970, event times but for `toldAt`. */
export interface Activation {
  facility: string
  kind: string
  rule: string
  /** As its rule has it. */
  priority: Priority
  started: number
  /** Null while it lasts. */
  ended: number | null
  /** When people first saw it, by our clock; null when nobody did, because it was suppressed (also by late data), shelved or out of service. */
  toldAt: number | null
}

/** Follows alarms step by step and writes down every activation: an alarm itself keeps only its newest. */
export class ActivationLog {
  readonly #all: Activation[] = []
  /** Those that last, by the id of their alarm. */
  readonly #open = new Map<number, Activation>()

  /** In the order in which they began by our clock. */
  get all(): readonly Activation[] {
    return this.#all
  }

  /** Takes note of an alarm after a step at `now`, our time, ms. */
  note(alarm: Alarm, now: number): void {
    let open = this.#open.get(alarm.id)
    if (alarm.active && open?.started !== alarm.activated) {
      const { facility, kind, rule, basePriority: priority, activated: started } = alarm
      open = { facility, kind, rule, priority, started, ended: null, toldAt: null }
      this.#open.set(alarm.id, open)
      this.#all.push(open)
    }
    if (!open) return
    if (alarm.active && isTold(alarm)) open.toldAt ??= now
    if (alarm.active && alarm.ended === null) return
    open.ended = alarm.active ? alarm.ended : alarm.returned
    this.#open.delete(alarm.id)
  }
}
