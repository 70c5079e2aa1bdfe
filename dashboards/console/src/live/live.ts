import { computed, effect, signal } from '@preact/signals'
import { io, type Socket } from 'socket.io-client'
import type { AlarmView, KindView } from '../../../../src/edges/http/schemas.ts'
import type { ClientEvents, LiveReadings, ServerEvents } from '../../../../src/edges/live/protocol.ts'
import { ApiProblem, getKinds, getSession, getSnapshot, session } from './api.ts'
import { initialLiveState, type LiveEvent, linkState, receive, type WallFacility } from './live-state.ts'

/** Events are taken in batches this far apart, so that a flood costs a few redraws a second. */
const BATCH = 100
/** A held arrow key runs through many alarms a second; the server is told where it stops. */
const WATCH_PAUSE = 200
const MAX_QUEUED = 5000
/** At least so long between two snapshots. */
const PAUSE = 1000
const RETRY_AFTER = [500, 1000, 2000, 5000, 10_000] as const

export const live = signal(initialLiveState(Date.now()))
/** Client clock, once a second; with `serverNow` the only clock components read. */
const tick = signal(Date.now())
export const serverNow = computed(() => tick.value + (live.value.clockOffset ?? 0))
export const link = computed(() => linkState(live.value, tick.value))
/** Ms since the last heartbeat, or since the connection went. */
export const silentFor = computed(() => tick.value - (live.value.heartbeat?.received ?? live.value.changedAt))
export const view = computed(() => live.value.view)

const noAlarms: ReadonlyMap<number, AlarmView> = new Map()
export const alarms = computed(() => view.value?.alarms ?? noAlarms)
export const facilities = computed(() => view.value?.facilities ?? [])
export const facilityById = computed(() => new Map<string, WallFacility>(facilities.value.map((facility) => [facility.id, facility])))
export const kinds = signal<ReadonlyMap<string, KindView>>(new Map())

/** Readings of the watched facility as they came, by point; `facility` null while none is watched. */
export const watched = signal<{ facility: string | null; readings: ReadonlyMap<string, LiveReadings['readings'][number]> }>({
  facility: null,
  readings: new Map(),
})

let socket: Socket<ServerEvents, ClientEvents> | null = null
let queue: LiveEvent[] = []
let flushing: ReturnType<typeof setTimeout> | undefined
let failures = 0

function push(event: LiveEvent): void {
  // An overfull queue is dropped: the next delta or heartbeat shows the gap and a snapshot repairs it.
  if (queue.length >= MAX_QUEUED) queue = []
  queue.push(event)
  flushing ??= setTimeout(flush, BATCH)
}

function flush(): void {
  clearTimeout(flushing)
  flushing = undefined
  const events = queue
  queue = []
  tick.value = Date.now()
  live.value = receive(live.peek(), events)
  if (live.peek().sync === 'wanted' && session.peek()) void synchronise()
}

function pushNow(event: LiveEvent): void {
  push(event)
  flush()
}

let retrying = false
let loadedAt = 0
async function synchronise(): Promise<void> {
  // A server whose deltas never fit its snapshot must not be asked without pause; the next heartbeat comes back here.
  if (retrying || Date.now() - loadedAt < PAUSE) return
  loadedAt = Date.now()
  live.value = receive(live.peek(), [{ type: 'loading', at: Date.now() }])
  try {
    const [snapshot] = await Promise.all([getSnapshot(), loadKinds()])
    failures = 0
    pushNow({ type: 'snapshot', snapshot, at: Date.now() })
  } catch {
    const pause = RETRY_AFTER[Math.min(failures++, RETRY_AFTER.length - 1)] as number
    retrying = true
    setTimeout(() => {
      retrying = false
      pushNow({ type: 'failed', at: Date.now() })
    }, pause)
  }
}

async function loadKinds(): Promise<void> {
  // A restarted server may know other kinds; the same run does not change them.
  if (kinds.peek().size > 0 && live.peek().heartbeat?.epoch === view.peek()?.epoch) return
  const answer = await getKinds()
  kinds.value = new Map(answer.kinds.map((kind) => [kind.key, kind]))
}

/** Shows an action's answer at once; the delta with the same version follows. */
export function takeAnswer(changed: readonly AlarmView[]): void {
  const state = live.peek()
  if (!state.view) return
  const next = new Map(state.view.alarms)
  for (const alarm of changed) {
    const known = next.get(alarm.id)
    if (!known || known.version > alarm.version) continue
    if (alarm.ended === null) next.set(alarm.id, alarm)
    else next.delete(alarm.id)
  }
  live.value = { ...state, view: { ...state.view, alarms: next } }
}

let watching: ReturnType<typeof setTimeout> | undefined
function emitWatch(): void {
  clearTimeout(watching)
  watching = undefined
  if (socket?.connected) socket.emit('watch', watched.peek().facility)
}

/** Asks for live readings of one facility, or of none. */
export function watch(facility: string | null): void {
  if (watched.peek().facility === facility) return
  watched.value = { facility, readings: new Map() }
  watching ??= setTimeout(emitWatch, WATCH_PAUSE)
}

function takeReadings({ facility, readings }: LiveReadings): void {
  const { facility: wanted, readings: known } = watched.peek()
  if (facility !== wanted) return
  const next = new Map(known)
  for (const reading of readings) next.set(reading[0], reading)
  watched.value = { facility, readings: next }
}

function connect(): void {
  socket = io({ transports: ['websocket', 'polling'], reconnectionDelay: 500, reconnectionDelayMax: 3000, timeout: 5000 })
  socket.on('connect', () => {
    pushNow({ type: 'connected', at: Date.now() })
    if (watched.peek().facility) emitWatch()
  })
  socket.on('disconnect', (reason) => {
    pushNow({ type: 'disconnected', at: Date.now() })
    // The one case in which the library waits to be told.
    if (reason === 'io server disconnect' && session.peek()) socket?.connect()
  })
  socket.on('connect_error', () => void checkSession())
  socket.on('delta', (delta) => push({ type: 'delta', delta, at: Date.now() }))
  socket.on('heartbeat', (heartbeat) => push({ type: 'heartbeat', heartbeat, at: Date.now() }))
  socket.on('plant', () => push({ type: 'plant', at: Date.now() }))
  socket.on('readings', takeReadings)
  socket.on('signed-out', () => void lookAgain())
}

/** A refused handshake does not say why; perhaps the session ended, or something is owed first. */
async function checkSession(): Promise<void> {
  try {
    const now = await getSession()
    if (now.owes) session.value = now
  } catch (problem) {
    if (problem instanceof ApiProblem && problem.status === 401) session.value = null
  }
}

/** The session is over, or good only for what the account owes, such as a second factor whose time is up. */
async function lookAgain(): Promise<void> {
  const now = await getSession().catch(() => null)
  session.value = now?.owes ? now : null
}

function disconnect(): void {
  socket?.close()
  socket = null
  loadedAt = 0
  queue = []
  live.value = initialLiveState(Date.now())
}

/** Connects while somebody is signed in. */
export function startLive(): void {
  setInterval(() => {
    tick.value = Date.now()
  }, 1000)
  const signedIn = computed(() => Boolean(session.value && !session.value.owes))
  effect(() => {
    if (signedIn.value) {
      connect()
      flush()
    } else if (socket) disconnect()
  })
}
