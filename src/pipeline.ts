import type { Alarm } from './alarms/alarm.ts'
import type { AlarmRegister } from './alarms/register.ts'
import { type ConditionChange, detectionLayout, isActive, saveDetection } from './detection/detection.ts'
import type { Detector } from './detection/detector.ts'
import { evidenceOf } from './facilities/evidence.ts'
import type { Facility, Plant } from './facilities/plant.ts'
import type { AppliedThrough, DetectionSnapshot, StateStore } from './storage/state-store.ts'
import type { Decoded } from './telemetry/codecs/native.ts'
import type { Message } from './telemetry/message.ts'
import type { RejectionLog } from './telemetry/rejection-log.ts'
import type { Report } from './telemetry/report.ts'

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
  >
  rejections: RejectionLog
  decode: (message: Message) => Decoded
  store: ReadingSink
  dispatch: (change: Change) => void
  /** Told when alarms could not be made durable; they are kept and tried again. */
  onTrouble: (error: unknown) => void
  /** Told of a message that broke the program's own code; it is passed over, so that one message cannot stop the city. */
  onMishap: (error: unknown, message: Message) => void
}

/** A condition change with its place in the order of messages and ticks, and what the alarm would freeze. */
interface PlacedChange {
  change: ConditionChange
  position: number
  tick: number
  facility: Facility
  evidence: Alarm['evidence'] | null
}

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
  readonly #parts: PipelineParts
  #position: number
  #pending: PlacedChange[] = []
  #touched = new Set<Facility>()
  readonly #changedAlarms = new Map<number, Alarm>()
  #applied: AppliedThrough
  /** Facilities whose saved state is behind, with the first message it lacks; oldest first. */
  readonly #unsaved = new Map<number, number>()
  /** During recovery: the last message each facility's restored state accounts for. */
  readonly #restored = new Map<number, number>()

  constructor(parts: PipelineParts) {
    this.#parts = parts
    this.#applied = parts.state.appliedThrough()
    this.#position = parts.state.detectedThrough()
  }

  /** Position of the last message that has gone all the way. */
  get position(): number {
    return this.#position
  }

  /** Takes committed messages, in order, all the way. */
  process(messages: readonly Message[]): void {
    for (const message of messages) {
      this.#parts.detector.advance(message.received, this.#observed)
      this.#position = message.position
      try {
        this.#take(message)
      } catch (error) {
        this.#parts.onMishap(error, message)
      }
    }
    this.#apply()
  }

  /** Lets time pass when no message comes. */
  tick(now: number): void {
    this.#parts.detector.advance(now, this.#observed)
    for (const alarm of this.#parts.register.expireShelving(now)) this.#changed(alarm)
    this.#apply()
  }

  #take(message: Message): void {
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
      if (admission.stored.length > 0) {
        store.append(admission.stored === report.readings ? report : { ...report, readings: admission.stored }, message.position)
      }
      this.#touch(facility)
    }
    for (const link of decoded.links) {
      const facility = this.#parts.plant.at(link.facility.number)
      if (!facility || message.position <= (this.#restored.get(facility.number) ?? -1)) continue
      detector.link(link, this.#observed)
      this.#touch(facility)
    }
    store.reached(message.position)
  }

  #touch(facility: Facility): void {
    this.#touched.add(facility)
    if (!this.#unsaved.has(facility.number)) this.#unsaved.set(facility.number, this.#position)
  }

  /** Evidence is frozen here, before the next message changes the values. */
  readonly #observed = (change: ConditionChange): void => {
    const { plant, detector } = this.#parts
    const facility = plant.at(change.facility.number)
    const detection = detector.state(change.facility.number)
    if (!facility || !detection) return
    const evidence = change.active ? evidenceOf(facility, change.rule, detection) : null
    this.#pending.push({ change, position: this.#position, tick: detector.ticked, facility, evidence })
    this.#touch(facility)
  }

  /** Makes alarms of the condition changes, durable in one transaction, then tells everybody. */
  #apply(): void {
    const { register, state } = this.#parts
    if (this.#pending.length > 0) {
      const alarms = new Map<number, Alarm>()
      const through = { position: this.#position, tick: this.#parts.detector.ticked }
      try {
        state.transaction(() => {
          for (const placed of this.#pending) {
            if (isUpTo(placed, this.#applied)) continue
            const alarm = register.apply(placed.change, () => context(placed))
            if (alarm) alarms.set(alarm.id, alarm)
          }
          state.setAppliedThrough(through)
        })
      } catch (error) {
        register.reload()
        this.#parts.onTrouble(error)
        return
      }
      this.#applied = through
      this.#pending = []
      for (const alarm of alarms.values()) this.#changed(alarm)
    }
    if (this.#touched.size > 0 || this.#changedAlarms.size > 0) this.#dispatch()
  }

  #changed(alarm: Alarm): void {
    this.#changedAlarms.set(alarm.id, alarm)
    const facility = this.#parts.plant.get(alarm.facility)
    if (facility) this.#touched.add(facility)
  }

  #dispatch(): void {
    const change = { alarms: [...this.#changedAlarms.values()], facilities: this.#touched, plant: false }
    this.#changedAlarms.clear()
    this.#touched = new Set()
    this.#parts.dispatch(change)
  }

  /** An operator's actions take the same last steps as a message: durable first, then told. */
  act(work: (register: AlarmRegister) => Alarm[]): Alarm[] {
    let alarms: Alarm[]
    try {
      alarms = this.#parts.state.transaction(() => work(this.#parts.register))
    } catch (error) {
      this.#parts.register.reload()
      throw error
    }
    for (const alarm of alarms) this.#changed(alarm)
    this.#dispatch()
    return alarms
  }

  /** Saves the detection state of up to `limit` facilities, those longest unsaved first. */
  save(limit = Number.POSITIVE_INFINITY): void {
    // Changes that are not durable yet must be found again after a crash, so the states that caused them stay unsaved.
    if (this.#pending.length > 0) return
    const { detector, state } = this.#parts
    const saved: DetectionSnapshot[] = []
    const done: number[] = []
    let through = this.#position
    for (const [number, since] of this.#unsaved) {
      if (done.length >= limit) {
        through = since - 1
        break
      }
      done.push(number)
      const detection = detector.state(number)
      if (!detection) continue
      const layout = detectionLayout(detection.facility.kind)
      saved.push({ facility: number, position: this.#position, layout, bytes: saveDetection(detection) })
    }
    state.transaction(() => {
      state.putDetectionSnapshots(saved)
      state.setDetectedThrough(through)
    })
    for (const number of done) this.#unsaved.delete(number)
  }

  /** Puts back the saved state of one facility; what it accounts for is not judged again when the journal's tail is processed. */
  restore(facility: Facility, { bytes, layout, position }: DetectionSnapshot): boolean {
    if (layout !== detectionLayout(facility.kind)) return false
    this.#parts.detector.restore(facility, bytes, this.#parts.state.resumedAt())
    this.#restored.set(facility.number, position)
    return true
  }

  /** Ends recovery: lets the time pass that had passed before the stop, and makes alarms agree with what detection holds true. */
  recovered(now: number): void {
    const { plant, detector, register } = this.#parts
    detector.advance(this.#applied.tick, this.#observed)
    this.#apply()
    this.#restored.clear()
    for (const facility of plant) {
      const detection = detector.state(facility.number)
      if (!detection) continue
      facility.kind.rules.forEach((rule, index) => {
        const active = isActive(detection, index)
        if (active === (register.find(facility.id, rule.key)?.active ?? false)) return
        const at = Number.isFinite(detection.clock) ? detection.clock : now
        this.#observed({ facility: detection.facility, rule, active, at })
      })
    }
    this.#applied = { position: this.#position, tick: Number.NEGATIVE_INFINITY }
    this.#apply()
    detector.resume(now)
    this.#parts.state.setResumedAt(now)
    Object.assign(this.counts, noCounts())
    this.save()
  }
}

const noCounts = (): PipelineCounts => ({ messages: 0, readings: 0, late: 0, duplicates: 0, badValues: 0 })

function context({ evidence, facility }: PlacedChange): { evidence: Alarm['evidence']; outOfService: boolean } {
  return { evidence: evidence as Alarm['evidence'], outOfService: facility.mode === 'out-of-service' }
}

const isUpTo = (placed: { position: number; tick: number }, applied: AppliedThrough) =>
  placed.position < applied.position || (placed.position === applied.position && placed.tick <= applied.tick)
