import type { Alarm } from '../../alarms/alarm.ts'
import type { AlarmStore } from '../../alarms/register.ts'
import type { AppliedThrough } from '../state-store.ts'

export interface ReplayStateOptions {
  /** Told of each alarm as it is after each change. */
  onAlarm?: (alarm: Alarm) => void
  /** False: alarms that have ended are forgotten, so that memory stays bounded over years of history. */
  keepEnded?: boolean
}

/** What the road keeps of alarms and of its own progress, in memory: a replay ends with its process, so nothing is undone or recovered. */
export class ReplayState implements AlarmStore {
  readonly #alarms = new Map<number, Alarm>()
  readonly #onAlarm: (alarm: Alarm) => void
  readonly #keepEnded: boolean
  #lastId = 0
  #applied: AppliedThrough = { position: -1, tick: 0 }
  #resumedAt = 0

  constructor({ onAlarm = () => {}, keepEnded = true }: ReplayStateOptions = {}) {
    this.#onAlarm = onAlarm
    this.#keepEnded = keepEnded
  }

  /** In order of their ids. */
  alarms(): Alarm[] {
    return [...this.#alarms.values()]
  }

  transaction<T>(work: () => T): T {
    return work()
  }

  liveAlarms(): Alarm[] {
    return this.alarms().filter(({ ended }) => ended === null)
  }
  alarm(id: number): Alarm | undefined {
    return this.#alarms.get(id)
  }
  insertAlarm(alarm: Alarm): number {
    const id = ++this.#lastId
    const inserted = { ...alarm, id }
    this.#alarms.set(id, inserted)
    this.#onAlarm(inserted)
    return id
  }
  updateAlarm(alarm: Alarm): void {
    if (alarm.ended === null || this.#keepEnded) this.#alarms.set(alarm.id, alarm)
    else this.#alarms.delete(alarm.id)
    this.#onAlarm(alarm)
  }
  recordAlarm(): void {}

  appliedThrough(): AppliedThrough {
    return this.#applied
  }
  setAppliedThrough(applied: AppliedThrough): void {
    this.#applied = applied
  }
  resumedAt(): number {
    return this.#resumedAt
  }
  setResumedAt(at: number): void {
    this.#resumedAt = at
  }
  detectedThrough(): number {
    return -1
  }
  setDetectedThrough(): void {}
  putDetectionSnapshots(): void {}
}
