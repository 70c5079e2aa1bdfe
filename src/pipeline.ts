import type { Alarm } from './alarms/alarm.ts'
import { AlarmMaker, type Finding } from './alarms/alarm-maker.ts'
import type { AlarmRegister } from './alarms/register.ts'
import type { AlarmSuppression } from './alarms/suppression.ts'
import type { ConditionChange, InForce } from './detection/detection.ts'
import type { Detector, RestoreOptions } from './detection/detector.ts'
import { delayOf, isLate } from './detection/device-clock.ts'
import { instanceKey, ruleIndex } from './detection/rule-key.ts'
import { saveDetection } from './detection/saved-state.ts'
import { evidenceOf, toldTexts } from './facilities/evidence.ts'
import type { Facility, Plant } from './facilities/plant.ts'
import type { AppliedThrough, DetectionSnapshot, StateStore } from './storage/state-store.ts'
import type { Decoded } from './telemetry/codecs/native.ts'
import { seconds } from './telemetry/duration.ts'
import { LateReports } from './telemetry/late-reports.ts'
import type { Message } from './telemetry/message.ts'
import type { RejectionLog } from './telemetry/rejection-log.ts'
import type { Report, ToldCondition } from './telemetry/report.ts'

/** What one step of the road changed, for those who show it. */
export interface Change {
  /** New or changed alarms, each once. */
  alarms: readonly Alarm[]
  /** Facilities with new readings or another state. */
  facilities: ReadonlySet<Facility>
  /** The list of facilities itself changed. */
  plant: boolean
}

/** Where readings go to be stored; must not block and must copy what it keeps. */
export interface ReadingSink {
  append(report: Report, position: number): void
  reached(position: number): void
}

export interface PipelineParts {
  plant: Plant
  detector: Detector
  register: AlarmRegister
  state: Pick<
    StateStore,
    | 'transaction'
    | 'appliedThrough'
    | 'setAppliedThrough'
    | 'putDetectionSnapshots'
    | 'detectedThrough'
    | 'setDetectedThrough'
    | 'resumedAt'
    | 'setResumedAt'
    | 'check'
  >
  rejections: RejectionLog
  decode: (message: Message) => Decoded
  store: ReadingSink
  dispatch: (change: Change) => void
  /** Told of each report with readings that were not known before, also of those that are judged again after a start. */
  onReport?: (report: Report, position: number) => void
  /** Told of each activation, also of the past, at our time `now`, ms, within the transaction that makes its alarm durable. */
  onActivated?: (alarm: Alarm, now: number) => void
  /** Told when alarms could not be made durable; they are kept and tried again. */
  onTrouble: (error: unknown) => void
  /** Told of a message that broke the program's own code; it is passed over, so that one message cannot stop the city. */
  onMishap: (error: unknown, message: Message) => void
}

/** What is saved apart: that detection states can be saved says nothing of alarms. */
type Work = 'alarms' | 'states'

/** A longer step of the clock from one second to the next, or one back, is a pause of the program. */
export const LONGEST_STEP = seconds(15)

/** Reports are on their way for some time, ms. */
const LEAST_DELAY = seconds(5)

/** What was found, with its place in the order of messages and ticks. */
interface PlacedChange extends Finding<Facility> {
  position: number
  tick: number
}

/** Changes alarms otherwise than by what was found of a single facility. */
type OwedChange = () => Alarm[]

export interface PipelineCounts {
  messages: number
  readings: number
  late: number
  duplicates: number
  badValues: number
}

/**
 * The road of a message: journaled and acknowledged before it comes here, then decode, admit, observe, apply, dispatch, store.
 * Reads no clock: live, recovery and replay run the same steps over the same messages and ticks.
 */
export class Pipeline {
  readonly counts = noCounts()
  readonly lateReports = new LateReports()
  readonly #parts: PipelineParts
  readonly #alarms: AlarmMaker<Facility>
  #position: number
  /** What alarms are to be made of and is not durable yet, in the order in which it happened. */
  #waiting: (PlacedChange | OwedChange)[] = []
  #touched = new Set<Facility>()
  readonly #changedAlarms = new Map<number, Alarm>()
  /** Why each sort of work could not be saved when last tried. */
  readonly #troubles = new Map<Work, string>()
  /** The alarms in memory hold changes that did not become durable. */
  #isRegisterStale = false
  /** Our time, where something else than a tick is being judged. */
  #judging: number | null = null
  /** The program's clock when it was last told. */
  #time: number | undefined
  /** Position up to which the detection states were saved last. */
  #saved = Number.NaN
  /** What the alarms in the store account for as recovery begins; nothing once that has ended. */
  #accounted: AppliedThrough
  /** When we last began to listen, ms, and whether that is durable: it becomes so together with all detection states. */
  #resumedAt: number
  #isResumedSaved = true
  /** Facilities whose saved state is behind, with the first message it lacks; oldest first. */
  readonly #unsaved = new Map<number, number>()
  /** During recovery: the last message each facility's restored state accounts for. */
  readonly #restored = new Map<number, number>()

  constructor(parts: PipelineParts) {
    this.#parts = parts
    const { register, plant, detector, onActivated = () => {} } = parts
    this.#alarms = new AlarmMaker({ register, tree: plant, detectionOf: ({ number }) => detector.state(number), onActivated })
    parts.detector.onCaughtUp = this.caughtUp
    this.#accounted = parts.state.appliedThrough()
    this.#resumedAt = parts.state.resumedAt()
    this.#position = parts.state.detectedThrough()
    parts.detector.onJudged = ({ number }) => this.#noteUnsaved(number)
  }

  /** Position of the last message that has gone all the way. */
  get position(): number {
    return this.#position
  }

  /** Takes messages, in order, all the way; those that no journal holds must not be `isStored`: their positions are those of others. */
  process(messages: readonly Message[], isStored = true): void {
    const { detector } = this.#parts
    for (const message of messages) {
      // So many at once come only in recovery and replay; what alarms are made by must not be of much later than it was live.
      const first = this.#waiting.find(isPlaced)
      if (first && message.received - first.now > LONGEST_STEP) this.#apply()
      try {
        detector.advance(message.received, this.#observed)
        this.#position = message.position
        this.#judging = message.received
        this.#take(message, isStored)
      } catch (error) {
        this.#position = message.position
        this.#parts.onMishap(error, message)
      }
      this.#judging = null
    }
    this.#apply(messages.at(-1)?.received)
  }

  /** Lets time pass when no message comes. */
  tick(now: number): void {
    this.keepTime(now)
    this.#parts.detector.advance(now, this.#observed)
    this.#apply(now, true)
  }

  /**
   * To be told the time before messages and ticks of the running program. When the clock jumps, because it was set or the machine slept,
   * that is a pause like a restart, and not everybody's silence.
   */
  keepTime(now: number): void {
    if (this.#isPause(now)) this.#pause(now)
    this.#time = now
  }

  #isPause(now: number): boolean {
    return Math.abs(now - (this.#time ?? now)) > LONGEST_STEP
  }

  /** Starts to listen anew: nothing before `now` is judged again or counts as silence. */
  #pause(now: number): void {
    this.#apply()
    this.#parts.detector.resume(now)
    this.#resumedAt = now
    this.#isResumedSaved = false
    this.#carryOut(() => this.#alarms.resume(now))
    this.save()
  }

  /** Changes alarms together with what waits for them; what cannot be saved is done again when it can be. */
  #carryOut(work: OwedChange): void {
    this.#waiting.push(work)
    this.#apply()
  }

  /** Why alarms or progress could not be made durable when last tried; null when they could. */
  get trouble(): string | null {
    return this.#troubles.get('alarms') ?? this.#troubles.get('states') ?? null
  }

  /** Runs `work` in a transaction; when that fails, memory is as the store again and undefined comes back. */
  #attempt<T>(sort: Work, work: () => T): T | undefined {
    try {
      return this.#transact(work)
    } catch (error) {
      this.#troubles.set(sort, error instanceof Error ? error.message : String(error))
      this.#parts.onTrouble(error)
      return undefined
    }
  }

  /** Runs `work` in a transaction; when that throws after steps of alarms, memory no longer is as the store until `#reload`. */
  #transact<T>(work: () => T): T {
    const { register, state } = this.#parts
    this.#reload()
    const { changes } = register
    try {
      return state.transaction(work)
    } catch (error) {
      if (register.changes !== changes) this.#isRegisterStale = true
      throw error
    }
  }

  #reload(): void {
    if (!this.#isRegisterStale) return
    this.#parts.register.reload()
    this.#isRegisterStale = false
  }

  #take(message: Message, isStored: boolean): void {
    const { decode, detector, rejections, store } = this.#parts
    const { counts } = this
    const decoded = decode(message)
    counts.messages++
    if (decoded.rejections.length > 0) rejections.add(message, decoded.rejections)
    for (const report of decoded.reports) {
      const facility = this.#parts.plant.at(report.facility.number)
      if (!facility || message.position <= (this.#restored.get(facility.number) ?? -1)) continue
      const admission = detector.report(report, this.#observed)
      counts.readings += admission.fresh + admission.late
      counts.late += admission.late
      counts.duplicates += admission.duplicate
      for (const reading of admission.stored) if (reading.quality === 'bad') counts.badValues++
      if (isStored && admission.stored.length > 0) {
        store.append(admission.stored === report.readings ? report : { ...report, readings: admission.stored }, message.position)
      }
      this.#noteLate(report)
      if (admission.stored.length > 0) this.#parts.onReport?.(report, message.position)
      this.#touch(facility)
    }
    for (const link of decoded.links) {
      const facility = this.#parts.plant.at(link.facility.number)
      if (!facility || message.position <= (this.#restored.get(facility.number) ?? -1)) continue
      detector.link(link, this.#observed)
      this.#touch(facility)
    }
    for (const condition of decoded.told) {
      const facility = this.#parts.plant.at(condition.facility.number)
      if (facility && message.position > (this.#restored.get(facility.number) ?? -1)) this.#tell(facility, condition)
    }
    if (isStored) store.reached(message.position)
  }

  /** What another system has judged and delayed already is a condition as it comes: it enters where detection ends, and goes on like what that found. */
  #tell(facility: Facility, { rule: key, instance, active, at, ...words }: ToldCondition): void {
    const index = ruleIndex(facility.kind.rules, key)
    const rule = facility.kind.rules[index]
    const detection = this.#parts.detector.state(facility.number)
    const setting = detection?.settings[index]
    if (rule?.type !== 'told' || !detection || !setting || (active && !setting.enabled)) return
    const own = { ...rule, key: instanceKey(rule.key, instance) }
    const change = { facility: detection.facility, rule: own, setting, active, at, late: false, chattering: null }
    const texts = toldTexts(setting.texts, words)
    this.#place(facility, change, active ? { ...evidenceOf(facility, rule, setting, at, detection), texts } : null)
  }

  /** A report is late when the next one was due before it came. */
  #noteLate({ facility: { number }, at, received, entered }: Report): void {
    const detection = this.#parts.detector.state(number)
    if (!detection || entered) return
    const delay = delayOf(detection, at, received)
    if (delay <= Math.max(LEAST_DELAY, detection.usualInterval || 0)) return
    this.lateReports.note(number, { at, delay, isHistory: isLate(detection, at, received) })
  }

  #touch(facility: Facility): void {
    this.#touched.add(facility)
    this.#noteUnsaved(facility.number)
  }

  #noteUnsaved(number: number): void {
    if (!this.#unsaved.has(number)) this.#unsaved.set(number, this.#position)
  }

  /** Evidence is frozen here, before the next message changes the values. */
  readonly #observed = (change: ConditionChange): void => {
    const facility = this.#parts.plant.at(change.facility.number)
    const present = this.#parts.detector.state(change.facility.number)
    const detection = change.historySince === undefined ? present : present?.fork?.past
    if (!facility || !(detection ?? present)) return
    this.#place(
      facility,
      change,
      change.active && detection ? evidenceOf(facility, change.rule, change.setting, change.at, detection) : null,
    )
  }

  /** Told by detection, in order among the changes, when reports of a facility are as new as they should be after late ones. */
  readonly caughtUp = ({ number }: { number: number }): void => {
    const facility = this.#parts.plant.at(number)
    if (facility) this.#place(facility, null, null)
  }

  #place(facility: Facility, change: ConditionChange | null, evidence: Alarm['evidence'] | null): void {
    const tick = this.#parts.detector.ticked
    this.#waiting.push({ change, position: this.#position, tick, now: this.#judging ?? tick, facility, evidence })
    this.#touch(facility)
  }

  /**
   * Makes alarms of the condition changes, lets fall due what does up to our time `until`, all in the order in which it happened, durable in
   * one transaction; then tells everybody. A tick lets floods pass as well.
   */
  #apply(until = Number.NEGATIVE_INFINITY, isTick = false): void {
    const { state, register } = this.#parts
    const isInTrouble = this.#troubles.has('alarms')
    const { floods } = isTick ? register : {}
    const isWaiting = this.#waiting.length > 0 || isInTrouble
    if (isWaiting || this.#alarms.isDue(until) || floods?.isDue(until)) {
      const reached = { position: this.#position, tick: this.#parts.detector.ticked }
      // While a journal's tail is judged again, the alarms account for more than has been judged.
      const through = isUpTo(reached, this.#accounted) ? this.#accounted : reached
      const alarms = this.#attempt('alarms', () => {
        // Even where nothing is left to do, only a store that can be written is no trouble any more.
        if (isInTrouble) state.check()
        const changed = this.#waiting.flatMap((one) => (isPlaced(one) ? this.#makeAlarms(one) : one()))
        for (const alarm of this.#alarms.passTime(until)) changed.push(alarm)
        floods?.pass(until)
        if (this.#waiting.some(isPlaced)) state.setAppliedThrough(through)
        return changed
      })
      if (!alarms) return
      this.#troubles.delete('alarms')
      this.#waiting = []
      for (const alarm of alarms) this.#changed(alarm)
    }
    if (this.#touched.size > 0 || this.#changedAlarms.size > 0) this.#dispatch()
  }

  #makeAlarms(placed: PlacedChange): Alarm[] {
    if (isUpTo(placed, this.#accounted) || this.#parts.plant.get(placed.facility.id) === undefined) return []
    return this.#alarms.take(placed)
  }

  /** The alarm through which a facility lacks supply or link now. */
  cutOffBy = (facility: Facility): Alarm | undefined => this.#alarms.suppression.cutOffBy(facility)

  /** The facilities that lack supply or link while an alarm is active. */
  affectedBy(alarm: Alarm): Facility[] {
    return this.#alarms.affectedBy(alarm)
  }

  #changed(alarm: Alarm): void {
    this.#changedAlarms.set(alarm.id, alarm)
    const facility = this.#parts.plant.get(alarm.facility)
    if (!facility) return
    this.#touched.add(facility)
    // Those that hang on it may be heard of no more, or again.
    if (alarm.affects > 0) for (const one of this.affectedBy(alarm)) this.#touched.add(one)
  }

  #dispatch(): void {
    const change = { alarms: [...this.#changedAlarms.values()], facilities: this.#touched, plant: false }
    this.#changedAlarms.clear()
    this.#touched = new Set()
    this.#parts.dispatch(change)
  }

  /** An operator's actions at our time `now` take the same last steps as a message: durable first, then told. */
  act(now: number, work: (register: AlarmRegister, suppression: AlarmSuppression<Facility>) => Alarm[]): Alarm[] {
    this.#apply(this.#isPause(now) ? undefined : now)
    let alarms: Alarm[]
    try {
      alarms = this.#transact(() => work(this.#parts.register, this.#alarms.suppression))
    } catch (error) {
      this.#reload()
      throw error
    }
    for (const alarm of alarms) this.#changed(alarm)
    this.#dispatch()
    return alarms
  }

  /** Lets other settings than those before, by facility number, count from now on; what they change of alarms comes at once. */
  resettle(before: ReadonlyMap<number, InForce>, now: number): void {
    this.#judging = now
    for (const [number, inForce] of before) this.#parts.detector.resettle(number, inForce, now, this.#observed)
    this.#judging = null
    const settled = new Set(this.#waiting.filter(isPlaced).map(({ facility }) => facility))
    this.#carryOut(() => [...before.keys()].flatMap((number) => this.#prioritise(number, now)))
    this.#saveFirst(settled)
  }

  /** Lets live alarms of facilities, by number, be as urgent at once as their settings say now. */
  reprioritise(facilities: readonly number[], now: number): Alarm[] {
    return this.act(now, () => facilities.flatMap((number) => this.#prioritise(number, now)))
  }

  /** Saves the states of facilities before all others, with those they are judged by: what changed them is in no journal to be judged again. */
  #saveFirst(facilities: ReadonlySet<Facility>): void {
    const found = new Set<Facility>()
    for (const facility of facilities) {
      if (!found.has(facility)) for (const one of this.#parts.plant.connected(facility)) found.add(one)
    }
    const first = new Set([...found].map(({ number }) => number).filter((number) => this.#unsaved.has(number)))
    if (first.size === 0) return
    const others = [...this.#unsaved].filter(([number]) => !first.has(number))
    const [oldest = this.#position] = this.#unsaved.values()
    this.#unsaved.clear()
    for (const number of first) this.#unsaved.set(number, oldest)
    for (const [number, since] of others) this.#unsaved.set(number, since)
    this.save(first.size)
  }

  #prioritise(number: number, now: number): Alarm[] {
    const facility = this.#parts.plant.at(number)
    return facility ? this.#alarms.prioritise(facility, now) : []
  }

  /**
   * Saves the detection state of about `limit` facilities, those longest unsaved first. What is judged by each other's state is saved together,
   * or a part of it would be judged again by what came to be only later.
   */
  save(limit = Number.POSITIVE_INFINITY): void {
    // Changes that are not durable yet must be found again after a crash, so the states that caused them stay unsaved.
    if (this.#waiting.some(isPlaced)) return
    if (this.#isResumedSaved && this.#unsaved.size === 0 && this.#saved === this.#position) return
    const most = this.#isResumedSaved ? limit : Number.POSITIVE_INFINITY
    const { plant, detector, state } = this.#parts
    const done = new Set<number>()
    let through = this.#position
    for (const [number, since] of this.#unsaved) {
      if (done.has(number)) continue
      if (done.size >= most) {
        through = since - 1
        break
      }
      done.add(number)
      const facility = plant.at(number)
      for (const other of facility ? plant.connected(facility) : []) if (this.#unsaved.has(other.number)) done.add(other.number)
    }
    // Ticks may change what is awaited without bringing about an alarm; recovery runs them again up to here.
    const applied = { position: this.#position, tick: detector.ticked }
    const saved = [...done].flatMap((number): DetectionSnapshot[] => {
      const detection = detector.state(number)
      if (!detection) return []
      const { name } = detection.layout
      return [{ facility: number, ...applied, resumedAt: this.#resumedAt, layout: name, bytes: saveDetection(detection) }]
    })
    const isSaved = this.#attempt('states', () => {
      state.putDetectionSnapshots(saved)
      state.setAppliedThrough(applied)
      state.setDetectedThrough(through)
      if (!this.#isResumedSaved) state.setResumedAt(this.#resumedAt)
      return true
    })
    if (!isSaved) return
    this.#troubles.delete('states')
    this.#isResumedSaved = true
    for (const number of done) this.#unsaved.delete(number)
    this.#saved = through
  }

  /** Puts back the saved state of one facility; what it accounts for is not judged again when the journal's tail is processed. */
  restore(facility: Facility, snapshot: DetectionSnapshot): void {
    this.#parts.detector.restore(facility, snapshot.bytes, snapshot.layout, this.#sinceSaved(snapshot))
    this.#restored.set(facility.number, snapshot.position)
  }

  #sinceSaved({ tick, resumedAt }: DetectionSnapshot): RestoreOptions {
    if (tick === null || resumedAt === null) return { resumedAtUnlessHeard: this.#resumedAt }
    return resumedAt === this.#resumedAt ? { ticked: tick } : { resumedAt: this.#resumedAt }
  }

  /** Ends recovery: lets the time pass that had passed before the stop, and makes alarms agree with what detection holds true. */
  recovered(now: number): void {
    const { plant, detector } = this.#parts
    detector.advance(this.#accounted.tick, this.#observed)
    this.#apply()
    this.#restored.clear()
    this.#accounted = NOTHING
    this.#carryOut(() => [...this.#alarms.resume(now), ...this.#alarms.followRules(now)])
    this.#judging = now
    for (const facility of plant) for (const change of this.#alarms.unknownTo(facility, now)) this.#observed(change)
    this.#judging = null
    this.#apply()
    this.#carryOut(() => [...this.#alarms.withdrawOrphans(now), ...this.#alarms.endLateness(now)])
    this.#carryOut(() => [
      ...[...plant].flatMap(({ id, mode }) => this.#parts.register.setOutOfService(id, mode === 'out-of-service', now, null)),
      ...this.#alarms.suppression.followAll(now),
      ...[...plant].flatMap((facility) => this.#alarms.prioritise(facility, now)),
    ])
    this.#pause(now)
    this.#time = now
    Object.assign(this.counts, noCounts())
  }
}

const noCounts = (): PipelineCounts => ({ messages: 0, readings: 0, late: 0, duplicates: 0, badValues: 0 })

const NOTHING: AppliedThrough = { position: Number.NEGATIVE_INFINITY, tick: Number.NEGATIVE_INFINITY }

const isPlaced = (waiting: PlacedChange | OwedChange): waiting is PlacedChange => typeof waiting !== 'function'

const isUpTo = (placed: { position: number; tick: number }, applied: AppliedThrough) =>
  placed.position < applied.position || (placed.position === applied.position && placed.tick <= applied.tick)
