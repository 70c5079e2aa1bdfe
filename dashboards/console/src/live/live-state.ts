import type { AlarmView, FacilityState, Snapshot } from '../../../../src/edges/http/schemas.ts'
import type { Delta, Heartbeat } from '../../../../src/edges/live/protocol.ts'

/** Without a heartbeat for so long the values are no longer to be trusted. */
export const STALE_AFTER = 5000
/** Deltas kept while a snapshot is on its way; beyond, they are dropped and the gap brings another snapshot. */
export const MAX_BUFFERED = 2000
const FLOOD_BEGINS_ABOVE = 10
const FLOOD_ENDS_BELOW = 5
const QUARTER = 15 * 60_000

/** Codes of `WallView.states`, so that 20,000 states are 20 kB and one copy. */
export const stateCodes = [
  'normal',
  'no-report',
  'low',
  'medium',
  'high',
  'critical',
  'out-of-service',
] as const satisfies readonly FacilityState[]
const codeOf = new Map<FacilityState, number>(stateCodes.map((state, code) => [state, code]))

export type WallFacility = Omit<Snapshot['facilities'][number], 'state'>
export type TimelineEntry = Snapshot['timeline'][number]

/** What the wall shows at one `seq`; never changed in place. */
export interface WallView {
  epoch: string
  seq: number
  alarms: ReadonlyMap<number, AlarmView>
  facilities: readonly WallFacility[]
  /** By facility number, an index into `stateCodes`. */
  states: Uint8Array
  timeline: readonly TimelineEntry[]
}

export interface LiveState {
  /** wanted: a snapshot is to be fetched; loading: it is on its way. */
  sync: 'wanted' | 'loading' | 'synchronised'
  /** Time since which `sync` is not 'synchronised'. */
  unsynchronisedSince: number
  /** Something asked for a newer snapshot than the one on its way. */
  again: boolean
  view: WallView | null
  buffer: readonly Delta[]
  connected: boolean
  everConnected: boolean
  /** When the connection last came or went, client clock. */
  changedAt: number
  heartbeat: (Heartbeat & { received: number }) | null
  /** Server clock minus client clock, ms; null before the first heartbeat. */
  clockOffset: number | null
  flood: boolean
}

/** `at` is the client's clock, ms. */
export type LiveEvent = { at: number } & (
  | { type: 'connected' | 'disconnected' | 'loading' | 'failed' | 'plant' }
  | { type: 'snapshot'; snapshot: Snapshot }
  | { type: 'delta'; delta: Delta }
  | { type: 'heartbeat'; heartbeat: Heartbeat }
)

export type LinkState = 'connecting' | 'live' | 'stale' | 'disconnected'

export function initialLiveState(at: number): LiveState {
  return {
    sync: 'wanted',
    unsynchronisedSince: at,
    again: false,
    view: null,
    buffer: [],
    connected: false,
    everConnected: false,
    changedAt: at,
    heartbeat: null,
    clockOffset: null,
    flood: false,
  }
}

/** The state after a batch of events, in the order they came. Copies what it changes once per batch. */
export function receive(before: LiveState, events: readonly LiveEvent[]): LiveState {
  const state = { ...before }
  const batch = new DeltaBatch()
  for (const event of events) step(state, event, batch)
  batch.finish(state)
  return state
}

export function linkState(state: LiveState, at: number): LinkState {
  if (!state.connected) return !state.everConnected && at - state.changedAt <= STALE_AFTER ? 'connecting' : 'disconnected'
  if (state.sync !== 'synchronised' && at - state.unsynchronisedSince > STALE_AFTER) return 'stale'
  if (!state.heartbeat) return at - state.changedAt <= STALE_AFTER ? 'connecting' : 'stale'
  if (at - state.heartbeat.received > STALE_AFTER) return 'stale'
  return state.view ? 'live' : 'connecting'
}

function step(state: LiveState, event: LiveEvent, batch: DeltaBatch): void {
  if (event.type === 'delta') takeDelta(state, event.delta, event.at, batch)
  else if (event.type === 'heartbeat') takeHeartbeat(state, event.heartbeat, event.at)
  else if (event.type === 'snapshot') takeSnapshot(state, event.snapshot, event.at, batch)
  else if (event.type === 'plant') want(state, event.at)
  else if (event.type === 'failed') state.sync = 'wanted'
  else if (event.type === 'loading') {
    state.sync = 'loading'
    state.again = false
  } else {
    state.connected = event.type === 'connected'
    state.everConnected ||= state.connected
    state.changedAt = event.at
    state.heartbeat = null
  }
}

function want(state: LiveState, at: number): void {
  if (state.sync === 'synchronised') state.unsynchronisedSince = at
  if (state.sync === 'loading') state.again = true
  else state.sync = 'wanted'
}

function takeDelta(state: LiveState, delta: Delta, at: number, batch: DeltaBatch): void {
  const { view } = state
  if (state.sync !== 'synchronised' || !view) {
    state.buffer = state.buffer.length >= MAX_BUFFERED ? [] : [...state.buffer, delta]
    return
  }
  if (delta.epoch === view.epoch && delta.seq <= view.seq) return
  if (delta.epoch === view.epoch && delta.seq === view.seq + 1 && batch.apply(state, delta)) return
  want(state, at)
  state.buffer = [delta]
}

function takeHeartbeat(state: LiveState, heartbeat: Heartbeat, at: number): void {
  state.heartbeat = { ...heartbeat, received: at }
  state.clockOffset = heartbeat.at - at
  state.flood = state.flood ? heartbeat.rate >= FLOOD_ENDS_BELOW : heartbeat.rate > FLOOD_BEGINS_ABOVE
  const { view } = state
  if (state.sync !== 'synchronised' || !view) return
  if (heartbeat.epoch !== view.epoch || heartbeat.seq > view.seq) want(state, at)
}

function takeSnapshot(state: LiveState, snapshot: Snapshot, at: number, batch: DeltaBatch): void {
  const waiting = state.buffer
  state.buffer = []
  state.view = viewOf(snapshot)
  batch.forget()
  state.sync = 'synchronised'
  if (state.again) want(state, at)
  // Those of another run of the server would ask for snapshots for ever; if that run is the newer one, its heartbeat asks.
  for (const delta of waiting) if (delta.epoch === snapshot.epoch) takeDelta(state, delta, at, batch)
}

function viewOf(snapshot: Snapshot): WallView {
  const size = snapshot.facilities.reduce((most, { number }) => Math.max(most, number + 1), 0)
  const states = new Uint8Array(size)
  const facilities = snapshot.facilities.map(({ state, ...facility }) => {
    states[facility.number] = codeOf.get(state) ?? 0
    return facility
  })
  const alarms = new Map(snapshot.alarms.map((alarm) => [alarm.id, alarm]))
  return { epoch: snapshot.epoch, seq: snapshot.seq, alarms, facilities, states, timeline: snapshot.timeline }
}

/** Copies the view's alarms, states and timeline at the first delta of a batch that needs them, not at each. */
class DeltaBatch {
  #alarms: Map<number, AlarmView> | null = null
  #states: Uint8Array | null = null
  #timeline: TimelineEntry[] | null = null
  #view: WallView | null = null

  /** False: the delta speaks of a facility the view has not. */
  apply(state: LiveState, delta: Delta): boolean {
    const view = state.view as WallView
    if (delta.states.some(([number]) => number >= view.states.length)) return false
    this.#view ??= { ...view }
    for (const alarm of delta.alarms) this.#putAlarm(this.#view, alarm)
    for (const [number, facilityState] of delta.states) {
      this.#states ??= view.states.slice()
      this.#states[number] = codeOf.get(facilityState) ?? 0
    }
    this.#view.seq = delta.seq
    this.finish(state)
    return true
  }

  finish(state: LiveState): void {
    if (!this.#view) return
    if (this.#alarms) this.#view.alarms = this.#alarms
    if (this.#states) this.#view.states = this.#states
    if (this.#timeline) this.#view.timeline = this.#timeline
    state.view = this.#view
  }

  forget(): void {
    this.#alarms = this.#states = this.#timeline = this.#view = null
  }

  #putAlarm(view: WallView, alarm: AlarmView): void {
    this.#alarms ??= new Map(view.alarms)
    if (alarm.ended !== null) {
      this.#alarms.delete(alarm.id)
      return
    }
    // As the server counts: what is suppressed by design is no load until it stands for itself.
    const known = this.#alarms.get(alarm.id)
    if (!alarm.suppressed && (!known || known.suppressed)) {
      this.#timeline ??= [...view.timeline]
      countRaised(this.#timeline, alarm)
    }
    this.#alarms.set(alarm.id, alarm)
  }
}

function countRaised(timeline: TimelineEntry[], alarm: AlarmView): void {
  const at = Math.floor(alarm.raised / QUARTER) * QUARTER
  const index = timeline.findIndex((entry) => entry.at === at)
  const entry = index < 0 ? { at, critical: 0, high: 0, medium: 0, low: 0 } : { ...(timeline[index] as TimelineEntry) }
  entry[alarm.priority]++
  if (index < 0) timeline.push(entry)
  else timeline[index] = entry
}

/** The last 24 h as 96 quarters of an hour up to `now`, quarters without alarms included. */
export function lastDay(timeline: readonly TimelineEntry[], now: number): TimelineEntry[] {
  const last = Math.floor(now / QUARTER) * QUARTER
  const byTime = new Map(timeline.map((entry) => [Math.floor(entry.at / QUARTER) * QUARTER, entry]))
  return Array.from({ length: 96 }, (_, i) => {
    const at = last - (95 - i) * QUARTER
    return { ...(byTime.get(at) ?? { critical: 0, high: 0, medium: 0, low: 0 }), at }
  })
}
