import { isInScope, isWhole, type Scope } from '../../access/scope.ts'
import type { Alarm } from '../../alarms/alarm.ts'
import { priorities } from '../../detection/rule.ts'
import type { Facility } from '../../facilities/plant.ts'
import { seconds } from '../../telemetry/duration.ts'
import type { AlarmSystem, FloodNow } from '../alarm-system.ts'
import type { AlarmView, FacilityState } from '../http/schemas.ts'
import { alarmViewer } from '../http/views.ts'
import type { Change, Services } from '../services.ts'
import type { Delta } from './protocol.ts'
import { type Schedule, Throttle } from './throttle.ts'
import { TIMELINE_SPAN, Timeline } from './timeline.ts'

/** Changes that come closer together than this go out in one delta, ms. */
export const DELTA_INTERVAL = 50
/** Alarms per delta; a flood goes out in several. */
const MAX_ALARMS = 500
/** The time and the timeline in a snapshot may be this old. */
const SNAPSHOT_AGE = seconds(1)

export interface FeedOptions {
  services: Pick<Services, 'kinds' | 'plant' | 'state' | 'liveAlarms' | 'facilityState'> & {
    alarmSystem: Pick<AlarmSystem, 'floodNow'>
  }
  now: () => number
  schedule: Schedule
  /** Names this feed in this run of the server. */
  epoch: string
  scope: Scope
}

export interface FeedListener {
  delta(delta: Delta): void
  /** The facility list changed. */
  plant(): void
}

interface ListedFacility {
  /** JSON of what does not change, up to the state. */
  head: string
  state: FacilityState
}

/**
 * What the wall of one scope shows, as all deltas sent so far have made it, and the deltas. The snapshot is taken from that mirror
 * and not from the services, so that a change that comes and goes between two deltas can never stay in a snapshot.
 */
export class LiveFeed {
  readonly epoch: string
  readonly #options: FeedOptions
  readonly #isWhole: boolean
  readonly #viewOf: (alarm: Alarm) => AlarmView
  readonly #throttle: Throttle
  readonly #timeline = new Timeline()
  readonly #listeners: FeedListener[] = []
  /** JSON of each live alarm. */
  readonly #alarms = new Map<number, string>()
  #facilities = new Map<number, ListedFacility>()
  /** Live alarms that nobody has been bothered with. */
  readonly #suppressed = new Set<number>()
  #pendingAlarms = new Map<number, Alarm>()
  #pendingFacilities = new Set<number>()
  #plantPending = false
  #newestAlarm: number
  #seq = 0
  #snapshot: { text: string; seq: number; at: number } | undefined

  constructor(options: FeedOptions) {
    const { services, now, schedule, epoch } = options
    this.#options = options
    this.#isWhole = isWhole(options.scope)
    this.#viewOf = alarmViewer(services.kinds)
    this.epoch = epoch
    this.#throttle = new Throttle({ interval: DELTA_INTERVAL, now, schedule, flush: () => this.#flush() })
    const started = now()
    for (const { facility, raised, priority } of services.state.raisedSince(started - TIMELINE_SPAN)) {
      if (this.#concerns(facility)) this.#timeline.add(raised, priority, Math.min(raised, started))
    }
    this.#takeLive()
    this.#newestAlarm = services.state.newestAlarm()
    this.#listFacilities()
  }

  get scope(): Scope {
    return this.#options.scope
  }

  /** Number of the last delta. */
  get seq(): number {
    return this.#seq
  }

  listen(listener: FeedListener): void {
    this.#listeners.push(listener)
  }

  /** The mirror as JSON text (`Snapshot`), made once for all who ask at the same delta. */
  snapshot(): string {
    const now = this.#options.now()
    const cached = this.#snapshot
    if (cached && cached.seq === this.#seq && Math.abs(now - cached.at) < SNAPSHOT_AGE) return cached.text
    const facilities = [...this.#facilities.values()].map(({ head, state }) => `${head}"${state}"}`)
    const flood = this.flood()
    const head = JSON.stringify({ epoch: this.epoch, seq: this.#seq, at: now, flood, timeline: this.#timeline.view(now) })
    const text = `${head.slice(0, -1)},"alarms":[${[...this.#alarms.values()]}],"facilities":[${facilities}]}`
    this.#snapshot = { text, seq: this.#seq, at: now }
    return text
  }

  /** The flood that goes on. It is the city's; what is behind it is told to those who may see all of that. */
  flood(): FloodNow | null {
    const flood = this.#options.services.alarmSystem.floodNow()
    return flood && (this.#isWhole ? flood : { ...flood, incidents: [] })
  }

  close(): void {
    this.#throttle.close()
  }

  /** Takes note of a change; those of facilities elsewhere are passed over. */
  take({ alarms: changed, facilities, plant }: Change): void {
    const alarms = this.#isWhole ? changed : changed.filter(({ id, facility }) => this.#alarms.has(id) || this.#concerns(facility))
    const now = this.#options.now()
    const newestBefore = this.#newestAlarm
    for (const alarm of alarms) {
      this.#pendingAlarms.set(alarm.id, alarm)
      // What is suppressed by design is no load for an operator until it stands for itself.
      if (alarm.suppressed) this.#suppressed.add(alarm.id)
      const stands = this.#suppressed.has(alarm.id) ? !alarm.suppressed : alarm.id > newestBefore
      this.#newestAlarm = Math.max(this.#newestAlarm, alarm.id)
      if (alarm.ended !== null || !alarm.suppressed) this.#suppressed.delete(alarm.id)
      if (!stands) continue
      this.#timeline.add(alarm.raised, alarm.priority, now)
    }
    for (const { number } of facilities) if (this.#facilities.has(number)) this.#pendingFacilities.add(number)
    if (plant) this.#plantPending = true
    if (plant || alarms.length > 0 || this.#pendingFacilities.size > 0) this.#throttle.request()
  }

  #flush(): boolean {
    const plant = this.#plantPending
    const states = plant ? this.#listFacilities() : this.#changedStates()
    if (plant && !this.#isWhole) this.#follow()
    // In a flood the most urgent are on the wall first.
    const views = [...this.#pendingAlarms.values()].sort(byPriority).map(this.#viewOf)
    this.#pendingAlarms = new Map()
    this.#pendingFacilities = new Set()
    this.#plantPending = false
    if (!plant && views.length === 0 && states.length === 0) return false
    for (const view of views) this.#mirror(view)
    for (let from = 0; from === 0 || from < views.length; from += MAX_ALARMS) {
      this.#send(views.slice(from, from + MAX_ALARMS), from === 0 ? states : [])
    }
    if (plant) for (const listener of this.#listeners) listener.plant()
    return true
  }

  #concerns(facility: string): boolean {
    const { services, scope } = this.#options
    if (this.#isWhole) return true
    const known = services.plant.get(facility)
    return known !== undefined && isInScope(scope, known)
  }

  /** A facility may have come from another scope or gone to one: its alarms come and go with it, and whoever listens starts from a snapshot. */
  #follow(): void {
    this.#alarms.clear()
    this.#suppressed.clear()
    this.#takeLive()
    for (const { id, facility } of this.#pendingAlarms.values()) if (!this.#concerns(facility)) this.#pendingAlarms.delete(id)
  }

  #takeLive(): void {
    for (const alarm of this.#options.services.liveAlarms()) {
      if (!this.#concerns(alarm.facility)) continue
      this.#alarms.set(alarm.id, JSON.stringify(this.#viewOf(alarm)))
      if (alarm.suppressed) this.#suppressed.add(alarm.id)
    }
  }

  #mirror(view: AlarmView): void {
    if (view.ended === null) this.#alarms.set(view.id, JSON.stringify(view))
    else this.#alarms.delete(view.id)
  }

  #send(alarms: AlarmView[], states: Delta['states']): void {
    this.#seq++
    const delta: Delta = { epoch: this.epoch, seq: this.#seq, alarms, states }
    for (const listener of this.#listeners) listener.delta(delta)
  }

  /** Facilities of the pending changes whose state is another than the one sent last. */
  #changedStates(): Delta['states'] {
    const { plant, facilityState } = this.#options.services
    const states: Delta['states'] = []
    for (const number of this.#pendingFacilities) {
      const listed = this.#facilities.get(number)
      const facility = plant.at(number)
      if (!listed || !facility) continue
      const state = facilityState(facility)
      if (state === listed.state) continue
      listed.state = state
      states.push([number, state])
    }
    return states
  }

  /** Reads the whole plant anew; returns states that differ from those sent. */
  #listFacilities(): Delta['states'] {
    const {
      services: { plant, facilityState },
      scope,
    } = this.#options
    const before = this.#facilities
    const states: Delta['states'] = []
    this.#facilities = new Map()
    for (const facility of plant) {
      // The service is no facility of the city: its alarms are on the wall, but it is not counted and has no place on the map.
      if (facility.kind.reportsItself || !isInScope(scope, facility)) continue
      const state = facilityState(facility)
      this.#facilities.set(facility.number, { head: facilityHead(facility), state })
      if (before.get(facility.number)?.state !== state) states.push([facility.number, state])
    }
    return states
  }
}

const byPriority = (a: Alarm, b: Alarm) => priorities.indexOf(a.priority) - priorities.indexOf(b.priority)

function facilityHead(facility: Facility): string {
  const { number, id, kind, name, district, road, roadClass, keyArea, position, fedBy, circuit, gateway } = facility
  const told = { number, id, kind: kind.key, name, district, road, roadClass, keyArea, position, fedBy, circuit, gateway }
  return `${JSON.stringify(told).slice(0, -1)},"state":`
}
