import type { ConditionChange } from '../detection/detection.ts'
import { LamplighterError } from '../errors.ts'
import { minutes } from '../telemetry/duration.ts'
import type { Alarm, Evidence, Suppression } from './alarm.ts'
import { type AlarmRecord, recordOf } from './alarm-log.ts'
import type { FloodLog } from './flood-log.ts'
import { type AlarmEvent, stepAlarm } from './lifecycle.ts'

/** Where alarms are kept; a call has made the change durable when it returns, or belongs to the caller's transaction. */
export interface AlarmStore {
  liveAlarms(): Alarm[]
  alarm(id: number): Alarm | undefined
  insertAlarm(alarm: Alarm): number
  updateAlarm(alarm: Alarm): void
  /** Adds a step to the alarm record. */
  recordAlarm(record: AlarmRecord): void
}

/** What an alarm freezes of its facility when it is raised. */
export interface AlarmContext {
  evidence: Evidence
  outOfService: boolean
  suppressed: Suppression | null
  /** Facilities that lack supply or link through it. */
  affects: number
}

/** The live alarms: one per (facility, rule). */
export class AlarmRegister {
  /** Counts what the register tells people; undefined where nobody asks for floods. */
  readonly floods: FloodLog | undefined
  readonly #store: AlarmStore
  readonly #live = new Map<number, Alarm>()
  readonly #byRule = new Map<string, number>()
  readonly #byFacility = new Map<string, Set<number>>()
  #raised = 0

  constructor(store: AlarmStore, floods?: FloodLog) {
    this.#store = store
    this.floods = floods
    this.#load()
  }

  /** Takes the live alarms from the store again, after a transaction that did not go through. */
  reload(): void {
    this.#load()
    this.floods?.reload()
  }

  #load(): void {
    const alarms = this.#store.liveAlarms()
    this.#live.clear()
    this.#byRule.clear()
    this.#byFacility.clear()
    for (const alarm of alarms) this.#keep(alarm)
  }

  get size(): number {
    return this.#live.size
  }
  /** Alarms raised since start. */
  get raised(): number {
    return this.#raised
  }
  live(): Iterable<Alarm> {
    return this.#live.values()
  }
  get(id: number): Alarm | undefined {
    return this.#live.get(id)
  }
  find(facility: string, rule: string): Alarm | undefined {
    const id = this.#byRule.get(ruleKey(facility, rule))
    return id === undefined ? undefined : this.#live.get(id)
  }
  *of(facility: string): Iterable<Alarm> {
    for (const id of this.#byFacility.get(facility) ?? []) yield this.#live.get(id) as Alarm
  }

  /** Moves the alarm of a condition at our time `now`, raising it when there is none; undefined when nothing changed. */
  apply(change: ConditionChange, now: number, context: () => AlarmContext): Alarm | undefined {
    const { facility, rule, setting, active, at } = change
    const known = this.find(facility.id, rule.key)
    if (known) {
      const event: AlarmEvent = active
        ? { type: 'activate', at, priority: setting.priority, evidence: context().evidence }
        : { type: 'return', at }
      if (active && !known.active) this.#raised++
      return this.#step(known, event, now)
    }
    if (!active) return undefined
    const { evidence, outOfService, suppressed, affects } = context()
    const alarm: Alarm = {
      id: 0,
      facility: facility.id,
      kind: facility.kind.key,
      rule: rule.key,
      priority: setting.priority,
      basePriority: setting.priority,
      escalated: null,
      reminders: null,
      actBy: at + minutes(setting.texts.timeToAct),
      active: true,
      latching: rule.latching,
      latched: rule.latching,
      shelvable: rule.shelvable,
      resetRequest: null,
      chattering: change.chattering,
      historical: change.late,
      acknowledged: null,
      shelved: null,
      outOfService: outOfService && rule.shelvable,
      suppressed,
      affects,
      raised: at,
      activated: at,
      returned: null,
      ended: null,
      occurrences: [{ started: at, ended: null }],
      occurrenceCount: 1,
      comments: [],
      evidence,
      version: 1,
    }
    const raised = { ...alarm, id: this.#store.insertAlarm(alarm) }
    this.#record(recordOf(raised, { type: 'raise', at }, now))
    this.#raised++
    this.#keep(raised)
    return raised
  }

  /** A step that no condition brings, at our time `event.at`; throws `not-found` or `action-refused`. Returns the alarm as it is afterwards. */
  act(id: number, event: AlarmEvent): Alarm {
    const alarm = this.#live.get(id)
    if (alarm) return this.#step(alarm, event, event.at) ?? alarm
    if (this.#store.alarm(id)) throw new LamplighterError('action-refused', `Alarm ${id} has ended; it can only be read.`)
    throw new LamplighterError('not-found', `There is no alarm ${id}.`)
  }

  /** Brings back alarms whose shelving has ended. */
  expireShelving(now: number): Alarm[] {
    const expired = [...this.#live.values()].filter((alarm) => alarm.shelved && alarm.shelved.until <= now)
    return expired.map((alarm) => this.act(alarm.id, { type: 'unshelve', at: now, by: null }))
  }

  /** The live alarms of a facility follow it out of and back into service, but for those that protect lives. */
  setOutOfService(facility: string, outOfService: boolean, now: number, by: string | null): Alarm[] {
    const type = outOfService ? 'take-out-of-service' : 'return-to-service'
    return [...this.of(facility)].filter((alarm) => alarm.shelvable).map((alarm) => this.act(alarm.id, { type, at: now, by }))
  }

  /** Ends all live alarms of a facility that is removed. */
  withdraw(facility: string, now: number, by: string): Alarm[] {
    return [...this.of(facility)].map((alarm) => this.act(alarm.id, { type: 'withdraw', at: now, by }))
  }

  #step(alarm: Alarm, event: AlarmEvent, now: number): Alarm | undefined {
    const next = stepAlarm(alarm, event)
    if (next === alarm) return undefined
    this.#store.updateAlarm(next)
    this.#record(recordOf(next, event, now))
    if (next.ended === null) this.#live.set(next.id, next)
    else this.#drop(next)
    return next
  }

  #record(record: AlarmRecord): void {
    this.#store.recordAlarm(record)
    this.floods?.note(record)
  }

  #keep(alarm: Alarm): void {
    this.#live.set(alarm.id, alarm)
    this.#byRule.set(ruleKey(alarm.facility, alarm.rule), alarm.id)
    const ids = this.#byFacility.get(alarm.facility)
    if (ids) ids.add(alarm.id)
    else this.#byFacility.set(alarm.facility, new Set([alarm.id]))
  }

  #drop(alarm: Alarm): void {
    this.#live.delete(alarm.id)
    this.#byRule.delete(ruleKey(alarm.facility, alarm.rule))
    const ids = this.#byFacility.get(alarm.facility)
    ids?.delete(alarm.id)
    if (ids?.size === 0) this.#byFacility.delete(alarm.facility)
  }
}

// Neither part can hold a slash.
const ruleKey = (facility: string, rule: string) => `${facility}/${rule}`
