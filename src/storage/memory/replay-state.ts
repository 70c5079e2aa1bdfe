import type { Alarm } from '../../alarms/alarm.ts'
import type { AlarmRecord } from '../../alarms/alarm-log.ts'
import { defaultPolicy, type PolicyInForce } from '../../alarms/policy.ts'
import type { AlarmStore } from '../../alarms/register.ts'
import type { AppliedThrough } from '../state-store.ts'

export interface ReplayStateOptions {
  /** Told of each alarm as it is after each step, and of the step. */
  onStep?: (alarm: Alarm, step: AlarmRecord) => void
  /** False: alarms that have ended are forgotten, so that memory stays bounded over years of history. */
  keepEnded?: boolean
}

/** What the road keeps of alarms and of its own progress, in memory: a replay ends with its process, so nothing is undone or recovered. */
export class ReplayState implements AlarmStore {
  readonly #alarms = new Map<number, Alarm>()
  readonly #onStep: (alarm: Alarm, step: AlarmRecord) => void
  readonly #keepEnded: boolean
  #policy: PolicyInForce = { policy: defaultPolicy, since: 0 }
  readonly #historical = new Map<string, number>()
  #lastId = 0
  #applied: AppliedThrough = { position: -1, tick: 0 }
  #resumedAt = 0

  constructor({ onStep = () => {}, keepEnded = true }: ReplayStateOptions = {}) {
    this.#onStep = onStep
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
  historicalAlarm(facility: string, rule: string, raised: number): Alarm | undefined {
    const id = this.#historical.get(`${facility}/${rule}/${raised}`)
    return id === undefined ? undefined : this.#alarms.get(id)
  }
  insertAlarm(alarm: Alarm): number {
    const id = ++this.#lastId
    this.#alarms.set(id, { ...alarm, id })
    if (alarm.historical && alarm.ended !== null) this.#historical.set(`${alarm.facility}/${alarm.rule}/${alarm.raised}`, id)
    return id
  }
  updateAlarm(alarm: Alarm): void {
    this.#alarms.set(alarm.id, alarm)
  }
  recordAlarm(step: AlarmRecord): void {
    const alarm = this.#alarms.get(step.alarm)
    if (!alarm) return
    this.#onStep(alarm, step)
    if (alarm.ended === null || this.#keepEnded) return
    // One of the past is closed as it is made, and still gets its end.
    if (step.type === 'raise' && alarm.historical) return
    this.#alarms.delete(alarm.id)
    this.#historical.delete(`${alarm.facility}/${alarm.rule}/${alarm.raised}`)
  }
  alarmPolicy(): PolicyInForce {
    return this.#policy
  }
  setAlarmPolicy(inForce: PolicyInForce): void {
    this.#policy = inForce
  }

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
  check(): void {}
}
