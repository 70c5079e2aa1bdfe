import type { Alarm } from './alarm.ts'
import type { Due } from './due.ts'
import { DueQueue } from './due-queue.ts'
import type { AlarmRegister } from './register.ts'
import type { AlarmSuppression, TreeFacility } from './suppression.ts'

/**
 * Lets time do its part with alarms: shelving and grace times end, urgency grows, people are told again, requests lapse. Each step comes at
 * the time it was due and in the order of those times, however seldom the time is told; so a replay and a running program agree.
 */
export class AlarmClock<F extends TreeFacility> {
  readonly #register: AlarmRegister
  readonly #suppression: AlarmSuppression<F>

  constructor(register: AlarmRegister, suppression: AlarmSuppression<F>) {
    this.#register = register
    this.#suppression = suppression
  }

  /** Whether something falls due up to our time `until`, ms. */
  isDue(until: number): boolean {
    return this.#register.due(until) !== undefined
  }

  /** Does what falls due up to our time `until`, ms; returns the changed alarms. */
  passTime(until: number): Alarm[] {
    const changed: Alarm[] = []
    for (let next = this.#register.due(until); next; next = this.#register.due(until)) changed.push(...this.#run(next.alarm, next.due))
    return changed
  }

  /**
   * After a pause that ended at our time `now`: what fell due meanwhile comes at once, but for grace times, in which nobody could be heard,
   * and with one reminder for all that were missed. What a clock that was ahead put far into the future comes now.
   */
  resume(now: number): Alarm[] {
    const changed = [...this.#suppression.renewGrace(now), ...this.#makeUp(now)]
    for (const alarm of [...this.#register.live()]) changed.push(...this.#bringBack(alarm, now))
    return changed
  }

  /** Does what fell due up to `now` but reminders. */
  #makeUp(now: number): Alarm[] {
    const changed: Alarm[] = []
    const queue = new DueQueue()
    const register = this.#register
    const note = (alarm: Alarm) => {
      const due = register.dueBesidesReminders(alarm)
      if (due && due.at <= now) queue.add(due.at, alarm.id)
    }
    for (const alarm of register.live()) note(alarm)
    for (let first = queue.first; first; first = queue.first) {
      queue.removeFirst()
      const alarm = register.get(first.id)
      const due = alarm && register.dueBesidesReminders(alarm)
      if (!due || due.at !== first.at) continue
      for (const each of this.#run(alarm, due)) {
        changed.push(each)
        note(each)
      }
    }
    return changed
  }

  #bringBack(alarm: Alarm, now: number): Alarm[] {
    const changed: Alarm[] = []
    const act = (type: 'unshelve' | 'expire-reset' | 'remind') => changed.push(this.#run(alarm, { type, at: now })[0] as Alarm)
    const { shelved, resetRequest } = alarm
    if (shelved && shelved.at > now) act('unshelve')
    if (resetRequest && resetRequest.at > now) act('expire-reset')
    // One that is shelved no more is told again, so what was put off then is looked at as it is now.
    const present = changed.at(-1) ?? alarm
    const reminder = this.#register.reminderDue(present)
    if (reminder !== null && (reminder <= now || (present.toldSince ?? now) > now || (present.reminders?.last ?? now) > now)) act('remind')
    return changed
  }

  #run(alarm: Alarm, { at, type }: Due): Alarm[] {
    if (type === 'grace') return this.#suppression.endGrace(alarm, at)
    return [this.#register.act(alarm.id, { type, at, by: null })]
  }
}
