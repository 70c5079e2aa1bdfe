import type { ConditionChange } from '../detection/detection.ts'
import { LamplighterError } from '../errors.ts'
import { minutes } from '../telemetry/duration.ts'
import { type Alarm, type Evidence, isHiddenWhenLate, type Suppression } from './alarm.ts'
import { type AlarmRecord, recordOf } from './alarm-log.ts'
import { type Due, nextDue, reminderDue } from './due.ts'
import { DueQueue } from './due-queue.ts'
import type { FloodLog } from './flood-log.ts'
import { type AlarmEvent, stepAlarm } from './lifecycle.ts'
import { type AlarmPolicy, floodLimits, LONGEST_CATCH_UP, type PolicyInForce } from './policy.ts'

/** Where alarms are kept; a call has made the change durable when it returns, or belongs to the caller's transaction. */
export interface AlarmStore {
  liveAlarms(): Alarm[]
  alarm(id: number): Alarm | undefined
  /** The historical alarm of a rule that was raised at an event time, ms. */
  historicalAlarm(facility: string, rule: string, raised: number): Alarm | undefined
  insertAlarm(alarm: Alarm): number
  updateAlarm(alarm: Alarm): void
  /** Adds a step to the alarm record. */
  recordAlarm(record: AlarmRecord): void
  alarmPolicy(): PolicyInForce
  setAlarmPolicy(inForce: PolicyInForce): void
}

/** What an alarm freezes of its facility when it is raised or comes back. */
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
  /** Alarms that each alarm explains. */
  readonly #byCause = new Map<number, Set<number>>()
  /** What falls due next of each alarm; the queue may hold older times as well. */
  readonly #dues = new Map<number, Due>()
  readonly #queue = new DueQueue()
  #inForce: PolicyInForce
  #raised = 0
  #changes = 0

  constructor(store: AlarmStore, floods?: FloodLog) {
    this.#store = store
    this.floods = floods
    this.#inForce = store.alarmPolicy()
    this.#load()
  }

  /** Takes the live alarms from the store again, after a transaction that did not go through. */
  reload(): void {
    this.#load()
    this.floods?.reload(floodLimits(this.policy))
  }

  #load(): void {
    const alarms = this.#store.liveAlarms()
    this.#live.clear()
    this.#byRule.clear()
    this.#byFacility.clear()
    this.#byCause.clear()
    for (const alarm of alarms) this.#keep(alarm)
    this.#take(this.#store.alarmPolicy())
  }

  get policy(): AlarmPolicy {
    return this.#inForce.policy
  }

  /** Counts from our time `now` on, ms; for the live alarms too. */
  setPolicy(policy: AlarmPolicy, now: number): void {
    const inForce = { policy, since: now }
    this.#changes++
    this.#store.setAlarmPolicy(inForce)
    this.#take(inForce)
    this.floods?.use(floodLimits(policy), now)
  }

  #take(inForce: PolicyInForce): void {
    this.#inForce = inForce
    this.#queue.clear()
    this.#dues.clear()
    for (const alarm of this.#live.values()) this.#schedule(alarm)
  }

  get size(): number {
    return this.#live.size
  }
  /** Alarms raised since start. */
  get raised(): number {
    return this.#raised
  }
  /** Counts what was written of alarms and floods, so that whoever undoes a transaction knows whether memory has to follow. */
  get changes(): number {
    return this.#changes + (this.floods?.changes ?? 0)
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
  /** The live alarms that an alarm explains, be it live or not. */
  *explainedBy(cause: number): Iterable<Alarm> {
    for (const id of this.#byCause.get(cause) ?? []) yield this.#live.get(id) as Alarm
  }

  /** The alarm of which something falls due first, up to our time `until`, ms; of equal times the oldest alarm. */
  due(until: number): { alarm: Alarm; due: Due } | undefined {
    for (let first = this.#queue.first; first && first.at <= until; first = this.#queue.first) {
      const due = this.#dues.get(first.id)
      if (due?.at === first.at) return { alarm: this.#live.get(first.id) as Alarm, due }
      this.#queue.removeFirst()
    }
    return undefined
  }

  /** What falls due of an alarm besides reminders, which are not made up for. */
  dueBesidesReminders(alarm: Alarm): Due | null {
    const { policy, since } = this.#inForce
    return nextDue(alarm, { policy: { ...policy, reminders: NO_REMINDERS }, since })
  }

  reminderDue(alarm: Alarm): number | null {
    return reminderDue(alarm, this.#inForce)
  }

  /** Moves the alarm of a condition at our time `now`, raising it when there is none; undefined when nothing changed. */
  apply(change: ConditionChange, now: number, context: () => AlarmContext): Alarm | undefined {
    const known = this.find(change.facility.id, change.rule.key)
    if (!known) return change.active ? this.#raise(change, now, context()) : undefined
    const { active, at, chattering, setting } = change
    if (active === known.active) {
      const isSame = chattering?.since === known.chattering?.since && chattering?.onDelay === known.chattering?.onDelay
      return isSame ? undefined : this.#step(known, { type: 'chatter', at, chattering }, now)
    }
    if (!active) return this.#step(known, { type: 'return', at, chattering }, now)
    this.#raised++
    const { evidence, suppressed: explained, affects } = context()
    const suppressed = hiding(change, explained, now)
    const { late } = change
    const { priority } = setting
    return this.#step(
      known,
      { type: 'activate', at, priority, actBy: actBy(change, now), evidence, chattering, late, suppressed, affects },
      now,
    )
  }

  #raise(change: ConditionChange, now: number, context: AlarmContext): Alarm {
    const raised = this.#insert(newAlarm(change, now, context), now)
    this.#raised++
    this.#keep(raised)
    this.#schedule(raised)
    return raised
  }

  #insert(alarm: Alarm, now: number): Alarm {
    this.#changes++
    const raised = { ...alarm, id: this.#store.insertAlarm(alarm) }
    this.#record(recordOf(null, raised, { type: 'raise', at: alarm.raised }, now))
    return raised
  }

  /**
   * Records a condition of the past, found in data that came after newer ones, at our time `now`: as an alarm that has ended, which touches
   * no live one. Until its return is known it is as short as an alarm can be.
   */
  recordHistorical(change: ConditionChange, now: number, context: () => AlarmContext): Alarm | undefined {
    const { facility, rule, active, at, historySince = at } = change
    if (active) {
      const nothing = { active: false, latched: false, toldSince: null, unanswered: false, suppressed: byLateData(now) }
      const occurrences = [{ started: at, ended: at }]
      return this.#insert({ ...newAlarm(change, now, context()), ...nothing, returned: at, ended: at, occurrences }, now)
    }
    const known = this.#store.historicalAlarm(facility.id, rule.key, historySince)
    if (!known) return undefined
    const occurrences = [{ started: historySince, ended: at }]
    const over = { ...known, returned: at, ended: at, occurrences, version: known.version + 1 }
    this.#store.updateAlarm(over)
    this.#record(recordOf(known, over, { type: 'return', at, chattering: change.chattering }, now))
    return over
  }

  /** A step that no condition brings, at our time `event.at`; throws `not-found` or `action-refused`. Returns the alarm as it is afterwards. */
  act(id: number, event: AlarmEvent): Alarm {
    const alarm = this.#live.get(id)
    if (alarm) {
      if (event.type === 'shelve') this.#checkLength(alarm, event)
      return this.#step(alarm, event, event.at) ?? alarm
    }
    if (this.#store.alarm(id)) throw new LamplighterError('action-refused', `Alarm ${id} has ended; it can only be read.`)
    throw new LamplighterError('not-found', `There is no alarm ${id}.`)
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

  #checkLength({ priority, shelvable, shelved }: Alarm, { at, until }: { at: number; until: number }): void {
    const longest = this.policy.longestShelving[priority]
    const since = shelved?.at ?? at
    if (!shelvable || until - since <= minutes(longest)) return
    const passed = shelved ? `, and this one has been for ${Math.floor((at - since) / minutes(1))}` : ''
    throw new LamplighterError(
      'action-refused',
      `A ${priority} alarm can be shelved for ${longest} minutes at most${passed}. Choose a shorter time.`,
    )
  }

  #step(alarm: Alarm, event: AlarmEvent, now: number): Alarm | undefined {
    const next = stepAlarm(alarm, event, now)
    if (next === alarm) return undefined
    this.#changes++
    this.#store.updateAlarm(next)
    this.#record(recordOf(alarm, next, event, now))
    if (alarm.suppressed?.by !== next.suppressed?.by) {
      this.#unlink(alarm)
      this.#link(next)
    }
    if (next.ended === null) this.#live.set(next.id, next)
    else this.#drop(next)
    this.#schedule(next)
    return next
  }

  #record(record: AlarmRecord): void {
    this.#store.recordAlarm(record)
    this.floods?.note(record)
  }

  #schedule(alarm: Alarm): void {
    const due = nextDue(alarm, this.#inForce)
    if (!due) this.#dues.delete(alarm.id)
    else {
      if (this.#dues.get(alarm.id)?.at !== due.at) this.#queue.add(due.at, alarm.id)
      this.#dues.set(alarm.id, due)
    }
  }

  #keep(alarm: Alarm): void {
    this.#live.set(alarm.id, alarm)
    this.#byRule.set(ruleKey(alarm.facility, alarm.rule), alarm.id)
    addTo(this.#byFacility, alarm.facility, alarm.id)
    this.#link(alarm)
  }

  #drop(alarm: Alarm): void {
    this.#live.delete(alarm.id)
    this.#byRule.delete(ruleKey(alarm.facility, alarm.rule))
    removeFrom(this.#byFacility, alarm.facility, alarm.id)
    this.#unlink(alarm)
  }

  #link({ id, suppressed }: Alarm): void {
    if (suppressed?.by != null) addTo(this.#byCause, suppressed.by, id)
  }

  #unlink({ id, suppressed }: Alarm): void {
    if (suppressed?.by != null) removeFrom(this.#byCause, suppressed.by, id)
  }
}

function addTo<K>(index: Map<K, Set<number>>, key: K, id: number): void {
  const ids = index.get(key)
  if (ids) ids.add(id)
  else index.set(key, new Set([id]))
}

function removeFrom<K>(index: Map<K, Set<number>>, key: K, id: number): void {
  const ids = index.get(key)
  ids?.delete(id)
  if (ids?.size === 0) index.delete(key)
}

/** An alarm that a condition raises. */
function newAlarm(change: ConditionChange, now: number, { evidence, outOfService, suppressed, affects }: AlarmContext): Alarm {
  const { facility, rule, setting, at, late, chattering } = change
  const isOut = outOfService && rule.shelvable
  const hidden = hiding(change, suppressed, now)
  const isHidden = isOut || hidden !== null
  return {
    id: 0,
    facility: facility.id,
    kind: facility.kind.key,
    rule: rule.key,
    priority: setting.priority,
    basePriority: setting.priority,
    escalated: null,
    reminders: null,
    actBy: actBy(change, now),
    active: true,
    latching: rule.latching,
    latched: rule.latching,
    shelvable: rule.shelvable,
    resetRequest: null,
    chattering,
    historical: late,
    toldSince: isHidden ? null : now,
    unanswered: !isHidden,
    acknowledged: null,
    shelved: null,
    outOfService: isOut,
    suppressed: hidden,
    affects,
    raised: at,
    activated: at,
    returned: null,
    ended: null,
    occurrences: [{ started: at, ended: null }],
    occurrenceCount: 1,
    comments: [],
    commentCount: 0,
    evidence,
    version: 1,
  }
}

const NO_REMINDERS: AlarmPolicy['reminders'] = { critical: null, high: null, medium: null, low: null }

const byLateData = (now: number): Suppression => ({ cause: 'late', by: null, since: now, until: now + LONGEST_CATCH_UP })

/** Why nobody is bothered with what a condition brings at our time `now`, if something explains it. */
const hiding = ({ late, rule }: ConditionChange, explained: Suppression | null, now: number): Suppression | null =>
  late && isHiddenWhenLate(rule) ? byLateData(now) : explained

/** What a sample of days ago says can be acted on from now on. */
const actBy = ({ at, rule, setting }: ConditionChange, now: number): number =>
  (rule.ofSamples ? now : at) + minutes(setting.texts.timeToAct)

// Neither part can hold a slash.
const ruleKey = (facility: string, rule: string) => `${facility}/${rule}`
