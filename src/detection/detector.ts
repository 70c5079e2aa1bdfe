import { seconds } from '../telemetry/duration.ts'
import { type Admission, admit } from '../telemetry/latest.ts'
import type { LinkStatus, Report } from '../telemetry/report.ts'
import { passTime } from './delays.ts'
import type { DetectedFacility } from './detected-facility.ts'
import {
  type ConditionChange,
  type Emit,
  type InForce,
  inForce,
  observe,
  observeEntered,
  observeLink,
  observeSign,
  observeSupply,
  rejudge,
} from './detection.ts'
import { followClock } from './device-clock.ts'
import { nextDue } from './due.ts'
import type { Surroundings } from './expected.ts'
import { beginFork, endFork, isForkOver, pastFor } from './fork.ts'
import type { RuleSetting } from './rule.ts'
import { loadDetection } from './saved-state.ts'
import { defaultSettings } from './settings.ts'
import { Detection } from './state.ts'
import { layoutOf, Slabs } from './state-layout.ts'
import { noteCircuits } from './supply.ts'

/** Delays are judged at whole ticks of our clock, so that a replay of the same messages judges at the same moments. */
export const TICK = seconds(1)

/** How much later than due a delay is judged without a report, so that one on its way through the network is not overtaken. */
const NETWORK_ALLOWANCE = seconds(1)

const NO_TICK = Number.NEGATIVE_INFINITY

/** What came about since a state was saved, at our times, ms. */
export interface RestoreOptions {
  /** Ticks up to here have done their part with it. */
  ticked?: number
  /** Nobody was listening for a while, until then: that was no silence, and the ticks up to then have done their part. */
  resumedAt?: number
  /** The same, where it is not known whether the state was saved before or after: a facility that was heard since was saved after. */
  resumedAtUnlessHeard?: number
}

/** The detection of all facilities: reports and ticks in, condition changes out, in event time. */
export class Detector {
  readonly #states: (Detection | undefined)[] = []
  readonly #byId = new Map<string, Detection>()
  /** Those fed by a facility, and those it reports for, whether it is registered or not. */
  readonly #fedBy = new Map<string, Set<Detection>>()
  readonly #behind = new Map<string, Set<Detection>>()
  readonly #surroundings: Surroundings
  readonly #slabs: Slabs
  /** Facilities to look at, by the tick (ms) at which their next delay may have run out. */
  readonly #agenda = new Map<number, Detection[]>()
  /** Tick at which each facility stands in the agenda, Infinity when it does not. */
  readonly #scheduled: number[] = []
  /** Told, in order among the changes, when the reports of a facility are as new as they should be after late ones. */
  onCaughtUp: (facility: DetectedFacility) => void = () => {}
  #ticked = NO_TICK
  /** Told of each facility whose state changes otherwise than by what it says itself: by time, or by what feeds it. */
  onJudged: (facility: DetectedFacility) => void = () => {}

  /** Detectors that come and go, one after the other, may share `slabs`. */
  constructor(surroundings: Surroundings = {}, slabs = new Slabs()) {
    this.#surroundings = surroundings
    this.#slabs = slabs
  }

  /** Adds a facility, or takes its new description and the settings in force for its rules; what is known of it stays. */
  put(facility: DetectedFacility, settings: readonly RuleSetting[] = defaultSettings(facility.kind, facility.rated)): void {
    let state = this.#states[facility.number]
    if (state) {
      this.#unlink(state)
      state.facility = facility
      state.rated = { ...facility.kind.rated, ...facility.rated }
    } else {
      state = new Detection(facility, this.#surroundings, this.#slabs.take(layoutOf(facility.kind)))
      this.#states[facility.number] = state
      this.#scheduled[facility.number] = Number.POSITIVE_INFINITY
    }
    state.settings = settings
    this.#link(state)
  }

  /** Lets these settings be in force from now on; returns what was before, where that is something else. */
  use(facility: number, settings: readonly RuleSetting[]): InForce | undefined {
    const state = this.#states[facility]
    if (!state || state.settings === settings) return undefined
    const before = inForce(state)
    state.settings = settings
    return before
  }

  /** The settings and the mode in force for a facility. */
  inForce(facility: number): InForce | undefined {
    const state = this.#states[facility]
    return state && inForce(state)
  }

  /** Judges at once what others than were in force `before` say of a facility's latest report; without this they count from its next report on. */
  resettle(facility: number, before: InForce, now: number, emit: Emit): void {
    const state = this.#states[facility]
    if (!state) return
    rejudge(state, before, now, emit)
    this.#schedule(state)
  }

  remove(facility: number): void {
    const state = this.#states[facility]
    if (!state) return
    this.#unlink(state)
    this.#byId.delete(state.facility.id)
    for (const child of this.#fedBy.get(state.facility.id) ?? []) child.feeder = null
    for (const child of this.#behind.get(state.facility.id) ?? []) child.reporter = null
    this.#states[facility] = undefined
    this.#slabs.give(state.layout, state.values)
  }

  #link(state: Detection): void {
    const { id, fedBy, gateway } = state.facility
    this.#byId.set(id, state)
    if (fedBy) addTo(this.#fedBy, fedBy, state)
    const parent = this.#byId.get(fedBy ?? '')
    if (parent) parent.fed = this.#fedBy.get(parent.facility.id) ?? parent.fed
    state.fed = this.#fedBy.get(id) ?? state.fed
    if (gateway) addTo(this.#behind, gateway, state)
    state.feeder = this.#byId.get(fedBy ?? '') ?? null
    state.reporter = this.#byId.get(gateway ?? '') ?? null
    // Whoever is fed may have been registered before.
    for (const child of this.#fedBy.get(id) ?? []) child.feeder = state
    for (const child of this.#behind.get(id) ?? []) child.reporter = state
    if (!state.feeder) state.fedFrom = Number.NEGATIVE_INFINITY
  }

  #unlink(state: Detection): void {
    const { fedBy, gateway } = state.facility
    this.#fedBy.get(fedBy ?? '')?.delete(state)
    this.#behind.get(gateway ?? '')?.delete(state)
  }

  /** Puts back a saved state as far as the kind still has its points and rules. */
  restore(facility: DetectedFacility, bytes: Uint8Array, layout: string, options: RestoreOptions = {}): void {
    const settings = this.#states[facility.number]?.settings
    this.remove(facility.number)
    this.put(facility, settings)
    const state = loadDetection(this.#states[facility.number] as Detection, bytes, layout)
    const { ticked = NO_TICK, resumedAtUnlessHeard = NO_TICK } = options
    const resumedAt = options.resumedAt ?? (state.lastReceived <= resumedAtUnlessHeard ? resumedAtUnlessHeard : undefined)
    if (resumedAt !== undefined) resumeState(state, resumedAt)
    this.#schedule(state, Math.max(this.#ticked, resumedAt === undefined ? ticked : tickOf(resumedAt)))
  }

  state(facility: number): Detection | undefined {
    return this.#states[facility]
  }

  /** Admits a report and judges what it brings. */
  report(report: Report, emit: Emit): Admission {
    const state = this.#states[report.facility.number] as Detection
    const { received, readings } = report
    if (report.entered) {
      const older = readings.filter(({ point }) => (state.times[point] as number) > report.at)
      const admission = admit(state.latest, report)
      if (admission.fresh + older.length > 0) {
        const fresh = new Set(readings.filter((reading) => !older.includes(reading)).map(({ point }) => point))
        observeEntered(state, { taken: report.at, fresh, older }, received, emit)
        this.#schedule(state)
      }
      return admission
    }
    const isSign = readings.length > 0 && followClock(state, report.at, received)
    if (isForkOver(state, report.at)) endFork(state, emit)
    beginFork(state, report.at, received, emit)
    const admission = admit(state.latest, report)
    if (report.at < state.lastReport && readings.length > 0) this.#reportPast(state, report, emit)
    // A report without readings is still a sign of life, told by the clocks of others.
    const at = readings.length > 0 ? report.at : Math.min(report.at, received - (state.clockOffset || 0))
    if (admission.fresh > 0 || (readings.length === 0 && !(at <= state.lastReport))) {
      if (observe(state, at, received, emit)) this.onCaughtUp(state.facility)
      this.#schedule(state)
      if (state.layout.circuits < state.layout.size) this.#switchCircuits(state, received, emit)
    } else if (isSign) {
      observeSign(state, received, emit)
      this.#schedule(state)
    }
    return admission
  }

  /** Judges a report from a gap, as though it had come in when it was taken. */
  #reportPast(state: Detection, report: Report, emit: Emit): void {
    const past = pastFor(state, report.at)
    if (!past) return
    if (admit(past.latest, report).fresh > 0) observe(past, report.at, report.at + (past.clockOffset || 0), emit)
    if (isForkOver(state, report.at)) endFork(state, emit)
  }

  /** What a facility feeds learns that its circuit was switched. */
  #switchCircuits(state: Detection, received: number, emit: Emit): void {
    const changed = noteCircuits(state, received)
    const children = changed.length > 0 ? this.#fedBy.get(state.facility.id) : undefined
    if (!children) return
    const concerned = [...children].filter(({ facility: { circuit } }) => !circuit || changed.includes(circuit))
    for (const child of concerned.sort((a, b) => a.facility.number - b.facility.number)) {
      observeSupply(child, received, emit)
      this.onJudged(child.facility)
      this.#schedule(child)
    }
  }

  link(status: LinkStatus, emit: Emit): void {
    const state = this.#states[status.facility.number]
    if (!state) return
    observeLink(state, status.online, status.received, emit)
    this.#schedule(state)
  }

  /** Runs all whole ticks up to `now` that have not run yet. Changes of one tick come in event time. */
  advance(now: number, emit: Emit): void {
    const last = tickOf(now)
    if (last <= this.#ticked) return
    const first = Math.max(this.#ticked, this.#earliest())
    for (let tick = first; tick <= last; tick += TICK) {
      this.#ticked = tick
      this.#runTick(tick, emit)
    }
    this.#ticked = last
  }

  /** Last tick that has run, ms. */
  get ticked(): number {
    return this.#ticked
  }

  /**
   * After a pause: the program was not running, the machine slept or its clock was set. Nobody was listening then, so it was no silence, and
   * every facility gets its full time from `now` on.
   */
  resume(now: number): void {
    this.#agenda.clear()
    this.#ticked = tickOf(now)
    for (const state of this.#states) {
      if (!state) continue
      resumeState(state, now)
      this.#scheduled[state.facility.number] = Number.POSITIVE_INFINITY
      this.#schedule(state)
    }
  }

  #earliest(): number {
    let earliest = Number.POSITIVE_INFINITY
    for (const tick of this.#agenda.keys()) if (tick < earliest) earliest = tick
    return earliest
  }

  #runTick(tick: number, emit: Emit): void {
    const states = this.#agenda.get(tick)
    if (!states) return
    this.#agenda.delete(tick)
    const changes: ConditionChange[] = []
    const caughtUp: DetectedFacility[] = []
    // Silence of what is fed depends on what feeds it, so their order must not depend on when each was put down here.
    for (const state of states.sort((a, b) => a.facility.number - b.facility.number)) {
      const { number } = state.facility
      if (this.#states[number] !== state || this.#scheduled[number] !== tick) continue
      this.#scheduled[number] = Number.POSITIVE_INFINITY
      if (passTime(state, tick - NETWORK_ALLOWANCE, (change) => changes.push(change))) caughtUp.push(state.facility)
      this.onJudged(state.facility)
      this.#schedule(state)
    }
    changes.sort((a, b) => a.at - b.at)
    for (const change of changes) emit(change)
    for (const facility of caughtUp) this.onCaughtUp(facility)
  }

  #schedule(state: Detection, ticked = this.#ticked): void {
    const due = nextDue(state)
    if (!Number.isFinite(due)) return
    const tick = Math.max(Math.ceil((due + NETWORK_ALLOWANCE) / TICK) * TICK, ticked + TICK)
    const { number } = state.facility
    // Standing earlier in the agenda is harmless: it is looked at again then.
    if ((this.#scheduled[number] as number) <= tick) return
    this.#scheduled[number] = tick
    const states = this.#agenda.get(tick)
    if (states) states.push(state)
    else this.#agenda.set(tick, [state])
  }
}

/** The last tick that has run at our time `now`, ms. */
const tickOf = (now: number) => Math.floor(now / TICK) * TICK

function resumeState(state: Detection, now: number): void {
  // Whoever was never heard has nothing to resume.
  if (Number.isNaN(state.lastReceived)) return
  state.lastReceived = now
  state.isResumed = true
}

function addTo(index: Map<string, Set<Detection>>, key: string, state: Detection): void {
  const known = index.get(key)
  if (known) known.add(state)
  else index.set(key, new Set([state]))
}
