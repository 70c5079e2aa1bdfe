import type { Snapshot, SnapshotReason } from '../../../../src/edges/http/live-schemas.ts'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { facilityStates, unpackStates } from '../../../../src/edges/live/facility-states.ts'
import type { WallFacility } from '../../../../src/edges/live/plant-columns.ts'
import type { Delta, Heartbeat } from '../../../../src/edges/live/protocol.ts'
import { shownHash } from '../../../../src/edges/live/shown-hash.ts'

/** Without a heartbeat for so long the values are no longer to be trusted. */
export const STALE_AFTER = 5000
/** Deltas kept while a snapshot is on its way; beyond, they are dropped and the gap brings another snapshot. */
export const MAX_BUFFERED = 2000
const FLOOD_BEGINS_ABOVE = 10
const FLOOD_ENDS_BELOW = 5
const QUARTER = 15 * 60_000
/** 2 to the power of it seconds are the longest time between two looks at what is shown. */
const MOST_DOUBTS = 6

/** What the codes of `WallView.states` mean. */
export const stateCodes = facilityStates

export type { WallFacility }
export type TimelineEntry = Snapshot['timeline'][number]

/** What the wall shows at one `seq`; never changed in place. */
export interface WallView {
  epoch: string
  seq: number
  alarms: ReadonlyMap<number, AlarmView>
  /** By facility number, an index into `stateCodes`. */
  states: Uint8Array
  /** Numbers of the facilities whose state may differ from the view before; null: of any. */
  changed: readonly number[] | null
  /** Version of the facilities that belong to it. */
  plant: string
  timeline: readonly TimelineEntry[]
}

/** The facilities, which change seldom and come apart from the rest. */
export interface WallPlant {
  version: string
  facilities: readonly WallFacility[]
}

export interface LiveState {
  /** wanted: a snapshot is to be fetched; loading: it is on its way. */
  sync: 'wanted' | 'loading' | 'synchronised'
  /** Time since which `sync` is not 'synchronised'. */
  unsynchronisedSince: number
  /** Something asked for a newer snapshot than the one on its way. */
  again: boolean
  /** Why one is wanted. */
  reason: SnapshotReason
  view: WallView | null
  plant: WallPlant | null
  /** Versions of alarms as actions were answered, by id, until the deltas have caught up. */
  answered: ReadonlyMap<number, number>
  /** How often in a row what is shown was something else than what the server says, and until when that is not looked at again. */
  doubts: number
  trustedUntil: number
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
  | { type: 'connected' | 'disconnected' | 'loading' | 'failed' }
  | { type: 'plant'; plant: WallPlant }
  | { type: 'answer'; alarms: readonly AlarmView[] }
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
    reason: 'start',
    view: null,
    plant: null,
    answered: new Map(),
    doubts: 0,
    trustedUntil: Number.NEGATIVE_INFINITY,
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
  const batch = new DeltaBatch(before.view)
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
  else if (event.type === 'plant') state.plant = event.plant
  else if (event.type === 'answer') takeAnswer(state, event.alarms, batch)
  else if (event.type === 'failed') state.sync = 'wanted'
  else if (event.type === 'loading') {
    state.sync = 'loading'
    state.again = false
  } else {
    state.connected = event.type === 'connected'
    state.everConnected ||= state.connected
    state.changedAt = event.at
    // The clock may have been set back.
    state.unsynchronisedSince = Math.min(state.unsynchronisedSince, event.at)
    state.heartbeat = null
  }
}

function want(state: LiveState, reason: SnapshotReason, at: number): void {
  state.reason = reason
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
  const isSameRun = delta.epoch === view.epoch
  if (isSameRun && delta.seq <= view.seq) return
  if (isSameRun && delta.seq === view.seq + 1) {
    batch.apply(state, delta)
    return
  }
  want(state, isSameRun ? 'gap' : 'restart', at)
  state.buffer = [delta]
}

function takeHeartbeat(state: LiveState, heartbeat: Heartbeat, at: number): void {
  state.heartbeat = { ...heartbeat, received: at }
  state.clockOffset = heartbeat.at - at
  state.flood = state.flood ? heartbeat.rate >= FLOOD_ENDS_BELOW : heartbeat.rate > FLOOD_BEGINS_ABOVE
  const { view } = state
  if (state.sync !== 'synchronised' || !view) return
  if (heartbeat.epoch !== view.epoch) want(state, 'restart', at)
  else if (heartbeat.seq > view.seq) want(state, 'gap', at)
  else if (heartbeat.seq === view.seq) compare(state, view, heartbeat.hash, at)
}

/** What is shown must be what the server says is shown; a difference that snapshots do not mend is looked at ever more seldom. */
function compare(state: LiveState, view: WallView, hash: number, at: number): void {
  if (state.answered.size > 0 || at < state.trustedUntil) return
  if (shownHash(view.alarms.values(), view.states) === hash) {
    state.doubts = 0
    return
  }
  state.doubts = Math.min(state.doubts + 1, MOST_DOUBTS)
  state.trustedUntil = at + 1000 * 2 ** state.doubts
  want(state, 'hash', at)
}

function takeSnapshot(state: LiveState, snapshot: Snapshot, at: number, batch: DeltaBatch): void {
  const waiting = state.buffer
  state.buffer = []
  state.view = viewOf(snapshot)
  // Until heartbeats tell it, so that a wall opened in a flood is drawn with its bar at once.
  if (!state.heartbeat) state.flood = snapshot.flood !== null
  state.answered = new Map()
  batch.forget()
  state.sync = 'synchronised'
  if (state.again) want(state, state.reason, at)
  // Those of another run of the server would ask for snapshots for ever; if that run is the newer one, its heartbeat asks.
  for (const delta of waiting) if (delta.epoch === snapshot.epoch) takeDelta(state, delta, at, batch)
}

/** Shows an action's answer at once; the delta with the same version follows. */
function takeAnswer(state: LiveState, alarms: readonly AlarmView[], batch: DeltaBatch): void {
  const known = alarms.filter(({ id, version }) => {
    const shown = state.view?.alarms.get(id)
    return shown && shown.version <= version
  })
  if (known.length === 0) return
  batch.answer(state, known)
  state.answered = new Map([...state.answered, ...known.map(({ id, version }) => [id, version] as const)])
}

function viewOf({ epoch, seq, alarms, states, plant, timeline }: Snapshot): WallView {
  return {
    ...{ epoch, seq, plant, timeline },
    alarms: new Map(alarms.map((alarm) => [alarm.id, alarm])),
    states: bytesOf(states),
    changed: null,
  }
}

function bytesOf(base64: string): Uint8Array {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** Copies the view's alarms, states and timeline at the first delta of a batch that needs them, not at each. */
class DeltaBatch {
  #alarms: Map<number, AlarmView> | null = null
  #states: Uint8Array | null = null
  #timeline: TimelineEntry[] | null = null
  #view: WallView | null = null
  #changed: number[] | null = null
  readonly #before: WallView | null

  constructor(before: WallView | null) {
    this.#before = before
  }

  apply(state: LiveState, delta: Delta): void {
    const view = this.#viewOf(state)
    for (const alarm of delta.alarms) {
      // An answer that was quicker shows more than this.
      if ((state.answered.get(alarm.id) ?? 0) > alarm.version) continue
      this.#putAlarm(view, alarm)
      if (state.answered.has(alarm.id)) state.answered = new Map([...state.answered].filter(([id]) => id !== alarm.id))
    }
    if (delta.states) unpackStates(delta.states, (number, code) => this.#putState(view, number, code))
    view.plant = delta.plant ?? view.plant
    view.seq = delta.seq
    this.finish(state)
  }

  answer(state: LiveState, alarms: readonly AlarmView[]): void {
    const view = this.#viewOf(state)
    for (const alarm of alarms) this.#putAlarm(view, alarm)
    this.finish(state)
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
    this.#changed = null
  }

  #viewOf(state: LiveState): WallView {
    if (this.#view) return this.#view
    const view = state.view as WallView
    // After a snapshot of the same batch nobody has seen what the view before it was.
    this.#changed = view === this.#before ? [] : null
    this.#view = { ...view, changed: this.#changed }
    return this.#view
  }

  #putState(view: WallView, number: number, code: number): void {
    this.#states ??= view.states.slice()
    if (number >= this.#states.length) {
      // Its facility comes with the next version of the plant.
      const longer = new Uint8Array(number + 1)
      longer.set(this.#states)
      this.#states = longer
    }
    this.#states[number] = code
    this.#changed?.push(number)
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

/** How many of so many facilities are in each state, by code; a number that no facility has counts as none. */
export function countStates(states: Uint8Array, facilities: number): number[] {
  const found = stateCodes.map(() => 0)
  for (const code of states) found[code] = (found[code] as number) + 1
  found[0] = facilities - found.slice(1).reduce((sum, count) => sum + count, 0)
  return found
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
