import { computed, effect, signal } from '@preact/signals'
import { io, type Socket } from 'socket.io-client'
import type { AlarmView, KindView } from '../../../../src/edges/http/schemas.ts'
import { facilitiesOf } from '../../../../src/edges/live/plant-columns.ts'
import type {
  ClientEvents,
  LiveCommands,
  LiveEmergencies,
  LiveLightChanges,
  LiveOrders,
  LiveReadings,
  LiveReports,
  LiveRounds,
  ServerEvents,
} from '../../../../src/edges/live/protocol.ts'
import { shownHash } from '../../../../src/edges/live/shown-hash.ts'
import { ApiProblem, getKinds, getPlant, getSession, getSnapshot, session } from './api.ts'
import { initialLiveState, type LiveEvent, linkState, receive, type WallFacility } from './live-state.ts'

/** Events are taken in batches this far apart, so that a flood costs a few redraws a second. */
const BATCH = 100
/** A held arrow key runs through many alarms a second; the server is told where it stops. */
const WATCH_PAUSE = 200
const MAX_QUEUED = 5000
/** At least so long between two snapshots. */
const PAUSE = 1000
/** The same for the facilities, which are many bytes: during an import they change all the time. */
const PLANT_PAUSE = 5000
/** A connection that says nothing for so long is taken for dead. */
const DEAD_AFTER = 10_000
/** More than clocks are corrected by: the browser's was set, or the machine slept. */
const CLOCK_JUMP = 2000
const RETRY_AFTER = [500, 1000, 2000, 5000, 10_000] as const

let clockStart = Date.now() - performance.now()
/** Ms since 1970 by a clock that nobody can set; one that was set between two ticks begins anew from there. */
const clock = () => clockStart + performance.now()

export const live = signal(initialLiveState(clock()))
/** Client clock, once a second; with `serverNow` the only clock components read. */
const tick = signal(clock())
export const serverNow = computed(() => tick.value + (live.value.clockOffset ?? 0))
export const link = computed(() => linkState(live.value, tick.value))
/** Ms since the last heartbeat, or since the connection went. */
export const silentFor = computed(() => tick.value - (live.value.heartbeat?.received ?? live.value.changedAt))
export const view = computed(() => live.value.view)

const noAlarms: ReadonlyMap<number, AlarmView> = new Map()
export const alarms = computed(() => view.value?.alarms ?? noAlarms)
/** The facilities with their version; null until they have come, which is after the alarms. */
export const plant = computed(() => live.value.plant)
const noFacilities: readonly WallFacility[] = []
export const facilities = computed(() => plant.value?.facilities ?? noFacilities)
export const facilityById = computed(() => new Map<string, WallFacility>(facilities.value.map((facility) => [facility.id, facility])))
export const kinds = signal<ReadonlyMap<string, KindView>>(new Map())

/** Readings of the watched facility as they came, by point; `facility` null while none is watched. */
export const watched = signal<{ facility: string | null; readings: ReadonlyMap<string, LiveReadings['readings'][number]> }>({
  facility: null,
  readings: new Map(),
})

/** What the newest event told of orders; each event is one value. */
export const toldOrders = signal<LiveOrders>({ orders: [], gone: [] })

/** The same of commands. */
export const toldCommands = signal<LiveCommands['commands']>([])
/** The same of changes of light. */
export const toldLightChanges = signal<LiveLightChanges['changes']>([])
/** Counts what was told of lighting programmes: configured, overridden or taken over by a device. */
export const toldProgrammes = signal(0)
/** Plans of whose rounds something is otherwise. */
export const toldRounds = signal<LiveRounds['plans']>([])
/** Emergency plans that are active now, drills too. */
export const emergencies = signal<LiveEmergencies['emergencies']>([])
/** The same of citizens' reports. */
export const toldReports = signal<LiveReports['reports']>([])

let socket: Socket<ServerEvents, ClientEvents> | null = null
/** Where a command comes from: it is carried out for a live console alone. Undefined while there is no connection. */
export function consoleSeat(): { connection: string; heartbeat: number } | undefined {
  const { heartbeat } = live.peek()
  return socket?.id && heartbeat ? { connection: socket.id, heartbeat: heartbeat.at } : undefined
}
let queue: LiveEvent[] = []
let flushing: ReturnType<typeof setTimeout> | undefined
let failures = 0

let flushedAt = Number.NEGATIVE_INFINITY
function push(event: LiveEvent): void {
  // An overfull queue is dropped: the next delta or heartbeat shows the gap and a snapshot repairs it.
  if (queue.length >= MAX_QUEUED) queue = []
  queue.push(event)
  // By the clock and not by a timer alone: those of a hidden page may run once a minute.
  const wait = flushedAt + BATCH - performance.now()
  if (wait <= 0) flush()
  else flushing ??= setTimeout(flush, wait)
}

function flush(): void {
  clearTimeout(flushing)
  flushing = undefined
  flushedAt = performance.now()
  const events = queue
  queue = []
  tick.value = clock()
  live.value = receive(live.peek(), events)
  if (!session.peek()) return
  if (live.peek().sync === 'wanted') void synchronise()
  else void followPlant()
}

function pushNow(event: LiveEvent): void {
  push(event)
  flush()
}

let retrying = false
let loadedAt = Number.NEGATIVE_INFINITY
async function synchronise(): Promise<void> {
  // A server whose deltas never fit its snapshot must not be asked without pause; the next heartbeat comes back here.
  if (retrying || performance.now() - loadedAt < PAUSE) return
  loadedAt = performance.now()
  const { reason } = live.peek()
  live.value = receive(live.peek(), [{ type: 'loading', at: clock() }])
  try {
    const [snapshot] = await Promise.all([getSnapshot(reason), loadKinds()])
    failures = 0
    pushNow({ type: 'snapshot', snapshot, at: clock() })
  } catch {
    const pause = RETRY_AFTER[Math.min(failures++, RETRY_AFTER.length - 1)] as number
    retrying = true
    setTimeout(() => {
      retrying = false
      pushNow({ type: 'failed', at: clock() })
    }, pause)
  }
}

let plantAskedAt = Number.NEGATIVE_INFINITY
let followsPlant = false
/** Fetches the facilities when what is shown belongs to another version of them; a failure is tried again later. */
async function followPlant(): Promise<void> {
  const wanted = view.peek()?.plant
  if (wanted === undefined || wanted === plant.peek()?.version) return
  if (followsPlant || performance.now() - plantAskedAt < PLANT_PAUSE) return
  plantAskedAt = performance.now()
  followsPlant = true
  try {
    const columns = await getPlant()
    pushNow({ type: 'plant', plant: { version: columns.version, facilities: facilitiesOf(columns) }, at: clock() })
  } catch {
    // The next heartbeat comes back here.
  } finally {
    followsPlant = false
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
  pushNow({ type: 'answer', alarms: changed, at: clock() })
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
    pushNow({ type: 'connected', at: clock() })
    if (watched.peek().facility) emitWatch()
  })
  socket.on('disconnect', (reason) => {
    pushNow({ type: 'disconnected', at: clock() })
    // The one case in which the library waits to be told.
    if (reason === 'io server disconnect' && session.peek()) socket?.connect()
  })
  socket.on('connect_error', () => void checkSession())
  socket.on('delta', (delta) => push({ type: 'delta', delta, at: clock() }))
  socket.on('heartbeat', (heartbeat) => push({ type: 'heartbeat', heartbeat, at: clock() }))
  socket.on('readings', takeReadings)
  socket.on('orders', (told) => {
    toldOrders.value = told
  })
  socket.on('commands', ({ commands }) => {
    toldCommands.value = commands
  })
  socket.on('light-changes', ({ changes }) => {
    toldLightChanges.value = changes
  })
  socket.on('programmes', () => {
    toldProgrammes.value++
  })
  socket.on('emergencies', (active) => {
    emergencies.value = active.emergencies
  })
  socket.on('rounds', ({ plans }) => {
    toldRounds.value = plans
  })
  socket.on('reports', ({ reports }) => {
    toldReports.value = reports
  })
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
  loadedAt = plantAskedAt = Number.NEGATIVE_INFINITY
  queue = []
  live.value = initialLiveState(clock())
}

/** Each second. A connection over which nothing comes may be dead without that anybody has said so, above all after the machine slept. */
function beat(): void {
  const drift = Date.now() - clock()
  clockStart += drift
  tick.value = clock()
  const isDead = live.peek().connected && silentFor.peek() > DEAD_AFTER
  const isSet = Math.abs(drift) > CLOCK_JUMP
  if (isSet && session.peek()) pushNow({ type: 'disconnected', at: clock() })
  if (isSet || isDead) socket?.io.engine?.close()
}

/** For whoever looks after a wall from outside: what it shows, to compare with what the server says. */
function tellShown(): void {
  const shown = view.peek()
  document.documentElement.dataset.shown = shown ? `${shown.epoch} ${shown.seq} ${shownHash(shown.alarms.values(), shown.states)}` : ''
}

/** Connects while somebody is signed in. */
export function startLive(): void {
  setInterval(() => {
    beat()
    tellShown()
  }, 1000)
  const signedIn = computed(() => Boolean(session.value && !session.value.owes))
  effect(() => {
    if (signedIn.value) {
      connect()
      flush()
    } else if (socket) disconnect()
  })
}
