import { seconds } from '../telemetry/duration.ts'
import { type Admission, admit } from '../telemetry/latest.ts'
import type { LinkStatus, Report } from '../telemetry/report.ts'
import {
  type ConditionChange,
  createDetection,
  type DetectedFacility,
  type Detection,
  type Emit,
  facilityTime,
  loadDetection,
  nextDue,
  observe,
  observeLink,
  settle,
} from './detection.ts'

/** Delays are judged at whole ticks of our clock, so that a replay of the same messages judges at the same moments. */
export const TICK = seconds(1)

/** How much later than due a delay is judged without a report, so that one on its way through the network is not overtaken. */
const NETWORK_ALLOWANCE = seconds(1)

/** The detection of all facilities: reports and ticks in, condition changes out, in event time. */
export class Detector {
  readonly #states: (Detection | undefined)[] = []
  /** Facilities to look at, by the tick (ms) at which their next delay may have run out. */
  readonly #agenda = new Map<number, Detection[]>()
  /** Tick at which each facility stands in the agenda, Infinity when it does not. */
  readonly #scheduled: number[] = []
  #ticked = Number.NEGATIVE_INFINITY

  /** Adds a facility, or takes its new description; what is known of it stays. */
  put(facility: DetectedFacility): void {
    const known = this.#states[facility.number]
    if (known) {
      known.facility = facility
      known.rated = { ...facility.kind.rated, ...facility.rated }
      return
    }
    this.#states[facility.number] = createDetection(facility)
    this.#scheduled[facility.number] = Number.POSITIVE_INFINITY
  }

  remove(facility: number): void {
    this.#states[facility] = undefined
  }

  /** Puts back a saved state as far as the kind still has its points and rules; nobody was listening before `resumedAt`, ms. */
  restore(facility: DetectedFacility, bytes: Uint8Array, layout: string, resumedAt = 0): void {
    const state = loadDetection(facility, bytes, layout)
    if (state.lastReceived < resumedAt) {
      state.lastReceived = resumedAt
      state.isResumed = true
    }
    this.#states[facility.number] = state
    this.#scheduled[facility.number] = Number.POSITIVE_INFINITY
    this.#schedule(state)
  }

  state(facility: number): Detection | undefined {
    return this.#states[facility]
  }

  /** Admits a report and judges what it brings. */
  report(report: Report, emit: Emit): Admission {
    const state = this.#states[report.facility.number] as Detection
    const admission = admit(state.latest, report)
    // A report without readings is still a sign of life.
    if (admission.fresh > 0 || (report.readings.length === 0 && !(report.at <= state.lastReport))) {
      observe(state, report.at, report.received, emit)
      this.#schedule(state)
    }
    return admission
  }

  link(status: LinkStatus, emit: Emit): void {
    const state = this.#states[status.facility.number]
    if (!state) return
    observeLink(state, status.online, status.received, emit)
    this.#schedule(state)
  }

  /** Runs all whole ticks up to `now` that have not run yet. Changes of one tick come in event time. */
  advance(now: number, emit: Emit): void {
    const last = Math.floor(now / TICK) * TICK
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
    this.#ticked = Math.floor(now / TICK) * TICK
    for (const state of this.#states) {
      if (!state) continue
      if (!Number.isNaN(state.lastReceived)) state.lastReceived = now
      state.isResumed = true
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
    for (const state of states) {
      const { number } = state.facility
      if (this.#states[number] !== state || this.#scheduled[number] !== tick) continue
      this.#scheduled[number] = Number.POSITIVE_INFINITY
      settle(state, facilityTime(state, tick - NETWORK_ALLOWANCE), true, (change) => changes.push(change))
      this.#schedule(state)
    }
    changes.sort((a, b) => a.at - b.at || a.facility.number - b.facility.number)
    for (const change of changes) emit(change)
  }

  #schedule(state: Detection): void {
    const due = nextDue(state)
    if (!Number.isFinite(due)) return
    const tick = Math.max(Math.ceil((due + NETWORK_ALLOWANCE) / TICK) * TICK, this.#ticked + TICK)
    const { number } = state.facility
    // Standing earlier in the agenda is harmless: it is looked at again then.
    if ((this.#scheduled[number] as number) <= tick) return
    this.#scheduled[number] = tick
    const states = this.#agenda.get(tick)
    if (states) states.push(state)
    else this.#agenda.set(tick, [state])
  }
}
