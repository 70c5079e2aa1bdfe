import { createHash } from 'node:crypto'
import { isInScope, isWhole, type Scope } from '../../access/scope.ts'
import type { Alarm } from '../../alarms/alarm.ts'
import { priorities } from '../../detection/rule.ts'
import { seconds } from '../../telemetry/duration.ts'
import type { AlarmSystem, FloodNow } from '../alarm-system.ts'
import type { AlarmView } from '../http/schemas.ts'
import { SharedText } from '../http/shared-text.ts'
import { alarmViewer } from '../http/views.ts'
import type { Change, Services } from '../services.ts'
import { type FacilityState, packStates, stateCode } from './facility-states.ts'
import { plantColumns } from './plant-columns.ts'
import type { Delta } from './protocol.ts'
import { alarmHash, stateHash } from './shown-hash.ts'
import { type Schedule, Throttle } from './throttle.ts'
import { TIMELINE_SPAN, Timeline } from './timeline.ts'

/** Changes that come closer together than this go out in one delta, ms. */
export const DELTA_INTERVAL = 50
/** Alarms per delta; a flood goes out in several. */
const MAX_ALARMS = 500
/** The time and the timeline in a snapshot may be this old. */
const SNAPSHOT_AGE = seconds(1)
/** Alarms that may go into snapshots per ms: in a flood, when all consoles come back at once, those who ask wait for the next one together. */
const SNAPSHOT_PACE = 10
/** Facilities that may be read anew per ms, since each change of the plant makes the whole list anew. */
const PLANT_PACE = 50
/** Level of compression: snapshots are made often, the plant rarely. */
const SNAPSHOT_EFFORT = { gzip: 1 }
const PLANT_EFFORT = { gzip: 6, brotli: 5 }

export interface FeedOptions {
  services: Pick<Services, 'kinds' | 'plant' | 'state' | 'liveAlarms' | 'facilityState'> & {
    alarmSystem: Pick<AlarmSystem, 'floodNow'>
  } & Partial<Pick<Services, 'emergencyPlans'>>
  now: () => number
  schedule: Schedule
  /** Names this feed in this run of the server. */
  epoch: string
  scope: Scope
}

export interface FeedListener {
  delta(delta: Delta): void
  /** The facilities were read anew; what is listed, or in scope, may be other ones. */
  plant(): void
}

interface MirroredAlarm {
  text: string
  hash: number
}

type StateChange = [number: number, code: number]

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
  /** Each live alarm as JSON. */
  readonly #alarms = new Map<number, MirroredAlarm>()
  #listed: ReadonlySet<number> = new Set()
  /** Codes by facility number. */
  #states = new Uint8Array()
  #plant = new SharedText('', PLANT_EFFORT)
  #plantVersion = ''
  #plantReadAt: number
  #cancelPlant: (() => void) | undefined
  #hash = 0
  /** Live alarms that nobody has been bothered with. */
  readonly #suppressed = new Set<number>()
  #pendingAlarms = new Map<number, Alarm>()
  #pendingFacilities = new Set<number>()
  #plantPending = false
  #newestAlarm: number
  #seq = 0
  #snapshot: { shared: SharedText; seq: number; at: number } | undefined
  #nextSnapshot: Promise<SharedText> | undefined

  constructor(options: FeedOptions) {
    const { services, now, schedule, epoch } = options
    this.#options = options
    this.#isWhole = isWhole(options.scope)
    this.#viewOf = alarmViewer(services)
    this.epoch = epoch
    this.#throttle = new Throttle({ interval: DELTA_INTERVAL, now, schedule, flush: () => this.#flush() })
    const started = now()
    for (const { facility, raised, priority } of services.state.raisedSince(started - TIMELINE_SPAN)) {
      if (this.#concerns(facility)) this.#timeline.add(raised, priority, Math.min(raised, started))
    }
    this.#takeLive()
    this.#newestAlarm = services.state.newestAlarm()
    this.#plantReadAt = started
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

  /** What is shown at `seq`, as `shownHash` counts it. */
  get hash(): number {
    return this.#hash >>> 0
  }

  /** The facilities as columns (`PlantColumns`), and their version. */
  get plant(): { version: string; shared: SharedText } {
    return { version: this.#plantVersion, shared: this.#plant }
  }

  /** The mirror as JSON text (`Snapshot`), made once for all who ask at the same delta. */
  snapshot(): SharedText {
    const now = this.#options.now()
    const cached = this.#snapshot
    if (cached && cached.seq === this.#seq && Math.abs(now - cached.at) < SNAPSHOT_AGE) return cached.shared
    const head = JSON.stringify({
      ...{ epoch: this.epoch, seq: this.#seq, at: now, hash: this.hash, plant: this.#plantVersion },
      states: Buffer.from(this.#states).toString('base64'),
      flood: this.flood(),
      timeline: this.#timeline.view(now),
    })
    const alarms = [...this.#alarms.values()].map(({ text }) => text)
    const shared = new SharedText(`${head.slice(0, -1)},"alarms":[${alarms}]}`, SNAPSHOT_EFFORT)
    this.#snapshot = { shared, seq: this.#seq, at: now }
    return shared
  }

  /** The same for many who come at once: a large one is made so seldom that it takes no more than a small part of the time. */
  soonSnapshot(): Promise<SharedText> {
    const wait = this.#pause(this.#snapshot?.at, this.#alarms.size / SNAPSHOT_PACE)
    if (wait <= 0 || this.#snapshot?.seq === this.#seq) return Promise.resolve(this.snapshot())
    this.#nextSnapshot ??= new Promise((resolve) => {
      this.#options.schedule(() => {
        this.#nextSnapshot = undefined
        resolve(this.snapshot())
      }, wait)
    })
    return this.#nextSnapshot
  }

  /** The flood that goes on. It is the city's; what is behind it is told to those who may see all of that. */
  flood(): FloodNow | null {
    const flood = this.#options.services.alarmSystem.floodNow()
    return flood && (this.#isWhole ? flood : { ...flood, incidents: [] })
  }

  close(): void {
    this.#throttle.close()
    this.#cancelPlant?.()
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
    for (const { number } of facilities) if (this.#listed.has(number)) this.#pendingFacilities.add(number)
    if (plant) this.#expectPlant()
    if (this.#plantPending || alarms.length > 0 || this.#pendingFacilities.size > 0) this.#throttle.request()
  }

  /** The plant is read anew, at once or when it was read long enough ago. */
  #expectPlant(): void {
    if (this.#plantPending || this.#cancelPlant) return
    const wait = this.#pause(this.#plantReadAt, this.#listed.size / PLANT_PACE)
    if (wait <= DELTA_INTERVAL) {
      this.#plantPending = true
      return
    }
    this.#cancelPlant = this.#options.schedule(() => {
      this.#cancelPlant = undefined
      this.#plantPending = true
      this.#throttle.request()
    }, wait)
  }

  /** Ms until `interval` has passed since a time; a clock that was set back holds nothing up. */
  #pause(since: number | undefined, interval: number): number {
    if (since === undefined) return 0
    const wait = since + interval - this.#options.now()
    return wait > interval ? 0 : wait
  }

  #flush(): boolean {
    const plant = this.#plantPending
    const versionBefore = this.#plantVersion
    const states = plant ? this.#listFacilities() : this.#changedStates()
    const isMoved = plant && !this.#isWhole && this.#follow()
    // In a flood the most urgent are on the wall first.
    const views = [...this.#pendingAlarms.values()].sort(byPriority).map(this.#viewOf)
    this.#pendingAlarms = new Map()
    this.#pendingFacilities = new Set()
    this.#plantPending = false
    const version = this.#plantVersion === versionBefore ? null : this.#plantVersion
    // A gap, since no delta tells of alarms that came or went with their facilities: whoever listens starts from a snapshot.
    if (isMoved) this.#seq++
    if (isMoved || version !== null || views.length > 0 || states.length > 0) {
      for (const view of views) this.#mirror(view)
      for (let from = 0; from === 0 || from < views.length; from += MAX_ALARMS) {
        this.#send(views.slice(from, from + MAX_ALARMS), from === 0 ? states : [], from === 0 ? version : null)
      }
    } else if (!plant) return false
    if (plant) for (const listener of this.#listeners) listener.plant()
    return true
  }

  #concerns(facility: string): boolean {
    const { services, scope } = this.#options
    if (this.#isWhole) return true
    const known = services.plant.get(facility)
    return known !== undefined && isInScope(scope, known)
  }

  /** A facility may have come from another scope or gone to one, and its alarms with it; whether that is so. */
  #follow(): boolean {
    const before = [...this.#alarms.keys()]
    for (const id of before) this.#forget(id)
    this.#suppressed.clear()
    this.#takeLive()
    for (const { id, facility } of this.#pendingAlarms.values()) if (!this.#concerns(facility)) this.#pendingAlarms.delete(id)
    return before.length !== this.#alarms.size || before.some((id) => !this.#alarms.has(id))
  }

  #takeLive(): void {
    for (const alarm of this.#options.services.liveAlarms()) {
      if (!this.#concerns(alarm.facility)) continue
      this.#mirror(this.#viewOf(alarm))
      if (alarm.suppressed) this.#suppressed.add(alarm.id)
    }
  }

  #mirror(view: AlarmView): void {
    this.#forget(view.id)
    if (view.ended !== null) return
    const hash = alarmHash(view)
    this.#alarms.set(view.id, { text: JSON.stringify(view), hash })
    this.#hash ^= hash
  }

  #forget(id: number): void {
    this.#hash ^= this.#alarms.get(id)?.hash ?? 0
    this.#alarms.delete(id)
  }

  #send(alarms: AlarmView[], states: readonly StateChange[], plant: string | null): void {
    this.#seq++
    const packed = states.length > 0 ? packStates(states) : null
    const delta: Delta = { epoch: this.epoch, seq: this.#seq, alarms, states: packed, plant }
    for (const listener of this.#listeners) listener.delta(delta)
  }

  /** Facilities of the pending changes whose state is another than the one sent last. */
  #changedStates(): StateChange[] {
    const { plant, facilityState } = this.#options.services
    const changes: StateChange[] = []
    for (const number of this.#pendingFacilities) {
      const facility = this.#listed.has(number) ? plant.at(number) : undefined
      if (facility) this.#setState(number, facilityState(facility), changes)
    }
    return changes
  }

  #setState(number: number, state: FacilityState, changes: StateChange[]): void {
    const [before, code] = [this.#states[number] ?? 0, stateCode(state)]
    if (before === code) return
    this.#hash ^= stateHash(number, before) ^ stateHash(number, code)
    this.#states[number] = code
    changes.push([number, code])
  }

  /** Reads the whole plant anew; returns states that differ from those sent. One that is gone is told as normal. */
  #listFacilities(): StateChange[] {
    const { services, scope, now } = this.#options
    const changes: StateChange[] = []
    // The service is no facility of the city: its alarms are on the wall, but it is not counted and has no place on the map.
    const facilities = [...services.plant].filter((facility) => !facility.kind.reportsItself && isInScope(scope, facility))
    const before = this.#listed
    this.#listed = new Set(facilities.map(({ number }) => number))
    for (const number of before) if (!this.#listed.has(number)) this.#setState(number, 'normal', changes)
    const states = new Uint8Array((facilities.at(-1)?.number ?? -1) + 1)
    states.set(this.#states.subarray(0, states.length))
    this.#states = states
    for (const facility of facilities) this.#setState(facility.number, services.facilityState(facility), changes)
    const columns = JSON.stringify(plantColumns(facilities))
    const version = createHash('sha256').update(columns).digest('base64url').slice(0, 16)
    if (version !== this.#plantVersion) {
      this.#plantVersion = version
      this.#plant = new SharedText(`{"version":"${version}",${columns.slice(1)}`, PLANT_EFFORT)
    }
    this.#plantReadAt = now()
    return changes
  }
}

const byPriority = (a: Alarm, b: Alarm) => priorities.indexOf(a.priority) - priorities.indexOf(b.priority)
