import type { Server as HttpServer, IncomingMessage } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import { Server, type Socket } from 'socket.io'
import { may, type Person } from '../../access/person.ts'
import { isInScope, isWhole, scopeKey } from '../../access/scope.ts'
import type { Command } from '../../control/command.ts'
import type { Order } from '../../dispatch/order.ts'
import { LastHour } from '../../facilities/server/sampler.ts'
import { seconds } from '../../telemetry/duration.ts'
import type { ConsoleFigures } from '../health.ts'
import { MOST_SHOWN } from '../http/command-schemas.ts'
import { commandView } from '../http/command-views.ts'
import { emergencyView } from '../http/emergency-views.ts'
import { lightChangeView } from '../http/light-change-views.ts'
import { isOrderOf, isOrderSeen, orderView, orderViewer } from '../http/order-views.ts'
import { isOwnOrigin } from '../http/origin.ts'
import { isReportInScope, reportView } from '../http/report-views.ts'
import { isRoundSeen, roundNewsView } from '../http/round-views.ts'
import { personOfSession, type Session, type Sessions } from '../http/session.ts'
import type { OrderChange } from '../orders.ts'
import type { Services } from '../services.ts'
import type { LiveCounts } from './counts.ts'
import { connectionNeeds, mayUse } from './event-access.ts'
import type { LiveFeed } from './feed.ts'
import type { LiveFeeds } from './feeds.ts'
import type { ClientEvents, ServerEvents } from './protocol.ts'
import { type Schedule, Throttle } from './throttle.ts'
import { WatchedReadings } from './watched-readings.ts'

const HEARTBEAT = seconds(1)
/** Heartbeats between two looks at whether sessions still stand. */
const SESSION_CHECK = 5
const MAX_CLIENTS = 500
/** Bytes that may wait for a client; one that falls further behind is dropped and starts again from a snapshot. */
const MAX_WAITING = 4 * 1024 * 1024
/** Bytes that may wait for one that keeps up: more than a busy second brings. */
const BEHIND = 64 * 1024
/** Times a client may change what it watches between two heartbeats. */
const MAX_WATCHES = 20

export interface LiveOptions {
  server: HttpServer
  services: Services
  sessions: Pick<Sessions, 'ofCookie' | 'touch' | 'onEnd'>
  feeds: LiveFeeds
  counts: LiveCounts
  now: () => number
  schedule: Schedule
  log: FastifyBaseLogger
  allowedOrigins?: readonly string[]
  maxClients?: number
  maxWaiting?: number
}

export interface LiveEdge {
  clients(): number
  figures(): ConsoleFigures
  /** Whether a connection of this id is open, and of this session. */
  isConnected(connection: string, session: string): boolean
  close(): void
}

/** What we keep of a client; `session` is the key of its session. */
interface ClientData {
  session: string
  person: Person
  feed: LiveFeed
  watching: string | null
  watches: number
}
type LiveServer = Server<ClientEvents, ServerEvents, Record<string, never>, ClientData>
type Client = Socket<ClientEvents, ServerEvents, Record<string, never>, ClientData>

const watchRoom = (facility: string) => `facility:${facility}`
const sessionRoom = (key: string) => `session:${key}`
const feedRoom = ({ epoch }: LiveFeed) => `feed:${epoch}`
/** Of those who may see orders. */
const orderRoom = ({ epoch }: LiveFeed) => `orders:${epoch}`
/** Of those who may see what citizens report. */
const reportRoom = ({ epoch }: LiveFeed) => `reports:${epoch}`

/** Attaches the live edge to the HTTP server: numbered deltas of each scope to those who have it, readings to those who watch, a heartbeat each second. */
export function startLive(options: LiveOptions): LiveEdge {
  const { server, services, sessions, feeds, counts, now, schedule, log, maxWaiting = MAX_WAITING } = options
  const io: LiveServer = new Server(server, {
    serveClient: false,
    maxHttpBufferSize: 4096,
    connectTimeout: seconds(10),
    pingInterval: seconds(10),
    pingTimeout: seconds(10),
    perMessageDeflate: false,
    allowRequest: (request, decide) => {
      const refusal = refuse(request, options, io.engine.clientsCount)
      decide(refusal, refusal === null)
    },
  })
  const watched = new WatchedReadings({
    services,
    now,
    schedule,
    send: (readings) => io.to(watchRoom(readings.facility)).emit('readings', readings),
  })
  feeds.onFeed((feed) => {
    const room = feedRoom(feed)
    feed.listen({
      delta: (delta) => io.to(room).emit('delta', delta),
      plant() {
        for (const client of clientsOf(io, room)) {
          // What they watch may lie in another district now.
          const { watching, person } = client.data
          const facility = watching === null ? undefined : services.plant.get(watching)
          if (facility && !isInScope(person.scope, facility)) stopWatching(client, watched)
        }
      },
    })
  })
  const tellOrders = (change: Pick<OrderChange, 'orders' | 'before'>) => {
    for (const feed of feeds.all()) {
      const viewer = { scope: feed.scope, crews: [] }
      const orders = change.orders.filter((order) => isOrderSeen(order, viewer)).map((order) => orderView(order, services, viewer))
      if (orders.length > 0) io.to(orderRoom(feed)).emit('orders', { orders, gone: [] })
      if (isWhole(feed.scope)) continue
      for (const client of clientsOf(io, orderRoom(feed))) tellOwnOrders(client, change, services)
    }
  }
  services.orders.onChange(tellOrders)
  services.reports.onChange((changed) => {
    for (const feed of feeds.all()) {
      const reports = changed.filter(({ report }) => isReportInScope(report, feed.scope)).map((one) => reportView(one, services))
      if (reports.length > 0) io.to(reportRoom(feed)).emit('reports', { reports })
    }
  })
  const tellCommands = (changed: readonly Command[]) => {
    for (const feed of feeds.all()) {
      const commands = changed.flatMap((command) => commandView(command, services, feed.scope) ?? [])
      if (commands.length > 0) io.to(feedRoom(feed)).emit('commands', { commands })
    }
  }
  // Thousands move on for minutes, and an eye follows a count once a second.
  const moving = new Map<string, Command>()
  const groups = new Throttle({
    ...{ interval: seconds(1), now, schedule },
    flush() {
      const changed = [...moving.values()]
      moving.clear()
      tellCommands(changed)
      return changed.length > 0
    },
  })
  services.commands.onChange((changed) => {
    const small = changed.filter(({ targets }) => targets.length <= MOST_SHOWN)
    if (small.length > 0) tellCommands(small)
    for (const command of changed) if (command.targets.length > MOST_SHOWN) moving.set(command.id, command)
    if (moving.size > 0) groups.request()
  })
  services.programmes.onChange(() => {
    for (const feed of feeds.all()) io.to(feedRoom(feed)).emit('programmes', { version: services.programmes.current().id })
  })
  services.lightChanges.onChange((changed) => {
    for (const feed of feeds.all()) {
      const view = lightChangeView(changed, services, feed.scope)
      if (view) io.to(feedRoom(feed)).emit('light-changes', { changes: [view] })
    }
  })
  const emergencies = ({ scope }: LiveFeed) => ({
    emergencies: services.emergencyPlans.active(scope).map((activation) => emergencyView(activation, now())),
  })
  services.emergencyPlans.onChange((activation, step) => {
    // A clock that begins or ends with a plan is no change of any order.
    if (step !== 'move' && !activation.drill && activation.plan.measuresWithin !== null) {
      const orders = [...services.orders.open()].filter((order) => services.emergencyPlans.concerns(activation, order))
      tellOrders({ orders, before: new Map(orders.map((order) => [order.id, order])) })
    }
    for (const feed of feeds.all()) io.to(feedRoom(feed)).emit('emergencies', emergencies(feed))
  })
  services.rounds.onChange((changed) => {
    for (const feed of feeds.all()) {
      const viewer = { scope: feed.scope, crews: [] }
      const seen = changed.filter((one) => isRoundSeen(one, services, viewer))
      const others = changed.filter((one) => !seen.includes(one))
      if (seen.length > 0) io.to(orderRoom(feed)).emit('rounds', roundNewsView(seen))
      if (others.length === 0) continue
      for (const client of clientsOf(io, orderRoom(feed))) {
        const { crews } = orderViewer(services, client.data.person)
        const own = others.filter(({ crew }) => crew !== null && crews.includes(crew))
        if (own.length > 0) client.emit('rounds', roundNewsView(own))
      }
    }
  })
  sessions.onEnd((key) => signOut(io, key))

  io.use((client, next) => {
    try {
      const session = sessions.ofCookie(client.request.headers.cookie)
      if (!session) return next(new Error('not-signed-in'))
      const person = personOfSession(session)
      if (!may(person, connectionNeeds)) return next(new Error('not-allowed'))
      const feed = feeds.of(person.scope)
      Object.assign(client.data, { session: session.key, person, feed, watching: null, watches: 0 } satisfies ClientData)
      next()
    } catch (error) {
      log.error({ err: error }, 'a session could not be checked')
      next(new Error('store-unavailable'))
    }
  })
  io.on('connection', (client) => {
    // A phone on a weak link is told of orders, and spared all that happens in the city.
    const wantsAll = client.handshake.auth.only !== 'orders'
    client.join(sessionRoom(client.data.session))
    if (wantsAll) client.join(feedRoom(client.data.feed))
    if (mayUse(client.data.person, 'orders')) client.join(orderRoom(client.data.feed))
    if (mayUse(client.data.person, 'reports')) client.join(reportRoom(client.data.feed))
    client.use(([event], next) => {
      if (mayUse(client.data.person, event)) next()
      else log.warn({ event, person: client.data.person.name }, 'an event of a console is not allowed and is passed over')
    })
    if (wantsAll) {
      client.emit('heartbeat', pulse.heartbeat(client.data.feed))
      client.emit('emergencies', emergencies(client.data.feed))
    }
    client.on('watch', (facility: unknown) => changeWatch(client, facility, services, watched))
    client.on('disconnect', () => stopWatching(client, watched))
  })

  const droppedLastHour = new LastHour(now(), 0)
  const pulse = startPulse(options, io, (client) => {
    const waiting = waitingBytes(client)
    if (waiting <= maxWaiting) return
    counts.drop()
    droppedLastHour.grown(now(), counts.dropped)
    log.warn({ waiting, address: client.request.socket.remoteAddress }, 'a console does not keep up and is dropped; it will start again')
    drop(client.conn)
  })
  counts.consoles = () => io.engine.clientsCount
  return {
    clients: () => io.engine.clientsCount,
    isConnected(connection, session) {
      const client = io.sockets.sockets.get(connection)
      return client?.connected === true && client.data.session === session
    },
    figures: () => ({
      connected: io.engine.clientsCount,
      most: options.maxClients ?? MAX_CLIENTS,
      behind: [...io.sockets.sockets.values()].filter((client) => waitingBytes(client) > BEHIND).length,
      dropped: droppedLastHour.grown(now(), counts.dropped),
    }),
    close() {
      pulse.stop()
      groups.close()
      watched.close()
      feeds.close()
      for (const client of io.sockets.sockets.values()) drop(client.conn)
      io.engine.close()
    },
  }
}

/** Why a handshake is refused, or null. The text goes to the client. */
function refuse(
  request: IncomingMessage,
  { sessions, allowedOrigins, maxClients = MAX_CLIENTS, log }: LiveOptions,
  clients: number,
): string | null {
  if (!isOwnOrigin(request.headers, allowedOrigins)) return 'not-allowed'
  if (clients >= maxClients) return 'too-many-clients'
  try {
    return sessions.ofCookie(request.headers.cookie) ? null : 'not-signed-in'
  } catch (error) {
    log.error({ err: error }, 'a session could not be checked')
    return 'store-unavailable'
  }
}

function changeWatch(client: Client, facility: unknown, { plant }: Pick<Services, 'plant'>, watched: WatchedReadings): void {
  if (++client.data.watches > MAX_WATCHES) {
    drop(client.conn)
    return
  }
  if (facility !== null && typeof facility !== 'string') return
  stopWatching(client, watched)
  if (facility === null) return
  const known = plant.get(facility)
  if (!known || !isInScope(client.data.person.scope, known)) return
  const readings = watched.watch(facility)
  if (!readings) return
  client.data.watching = facility
  client.join(watchRoom(facility))
  client.emit('readings', readings)
}

function stopWatching(client: Client, watched: WatchedReadings): void {
  const { watching } = client.data
  if (watching === null) return
  client.data.watching = null
  client.leave(watchRoom(watching))
  watched.unwatch(watching)
}

function clientsOf(io: LiveServer, room: string): Client[] {
  const ids = io.sockets.adapter.rooms.get(room) ?? new Set<string>()
  return [...ids].map((id) => io.sockets.sockets.get(id)).filter((client) => client !== undefined)
}

/** What the feed does not tell somebody who is limited to a part of the city: orders of their crews, whole, and those that are theirs no more. */
function tellOwnOrders(client: Client, { orders: changed, before }: Pick<OrderChange, 'orders' | 'before'>, services: Services): void {
  const viewer = orderViewer(services, client.data.person)
  if (viewer.crews.length === 0) return
  const orders = changed.filter((order) => isOrderOf(order, viewer.crews)).map((order) => orderView(order, services, viewer))
  const wasSeen = ({ id }: Order) => isOrderOf(before.get(id) ?? { offer: null, holder: null }, viewer.crews)
  const gone = changed.filter((order) => !isOrderSeen(order, viewer) && wasSeen(order)).map(({ id }) => id)
  if (orders.length + gone.length > 0) client.emit('orders', { orders, gone })
}

function signOut(io: LiveServer, key: string): void {
  const clients = io.in(sessionRoom(key))
  clients.emit('signed-out')
  clients.disconnectSockets(true)
}

/** Each second: the heartbeat, a look at slow clients, and now and then at sessions; an open console counts as activity. */
function startPulse({ services, sessions, feeds, now, schedule, log }: LiveOptions, io: LiveServer, look: (client: Client) => void) {
  let beats = 0
  let lastCount = services.figures().messages
  let messagesPerSecond = 0
  // How many alarms and messages there are in the whole city tells nothing of any facility.
  const heartbeat = (feed: LiveFeed) => ({
    epoch: feed.epoch,
    seq: feed.seq,
    hash: feed.hash,
    at: now(),
    rate: services.alarmSystem.rate(),
    messagesPerSecond,
    flood: feed.flood(),
  })
  const beat = () => {
    cancel = schedule(beat, HEARTBEAT)
    const { messages } = services.figures()
    messagesPerSecond = Math.max(0, messages - lastCount)
    lastCount = messages
    for (const feed of feeds.all()) io.to(feedRoom(feed)).emit('heartbeat', heartbeat(feed))
    const clients = [...io.sockets.sockets.values()]
    for (const client of clients) {
      client.data.watches = 0
      look(client)
    }
    if (++beats % SESSION_CHECK !== 0) return
    feeds.forgetUnused((feed) => [feedRoom(feed), orderRoom(feed)].some((room) => io.sockets.adapter.rooms.has(room)))
    try {
      checkSessions(io, clients, sessions)
    } catch (error) {
      log.error({ err: error }, 'sessions could not be checked')
    }
  }
  let cancel = schedule(beat, HEARTBEAT)
  return { heartbeat, stop: () => cancel() }
}

function checkSessions(io: LiveServer, clients: readonly Client[], sessions: Pick<Sessions, 'touch'>): void {
  const found = new Map<string, Session | undefined>()
  for (const { data } of clients) if (!found.has(data.session)) found.set(data.session, sessions.touch(data.session))
  for (const client of clients) {
    const { session: key, person } = client.data
    const session = found.get(key)
    if (!session) signOut(io, key)
    // It comes back at once, as who the account is now.
    else if (session.role !== person.role || scopeKey(session.scope) !== scopeKey(person.scope)) drop(client.conn)
  }
}

type Connection = Client['conn']

function waitingBytes(client: Client): number {
  let bytes = 0
  const { writeBuffer } = client.conn as unknown as { writeBuffer: { data?: string | Buffer }[] }
  for (const { data } of writeBuffer) bytes += data?.length ?? 0
  return bytes
}

/** Ends the connection without waiting for a peer that may never read again; the client takes it for a broken link and comes back. */
function drop(connection: Connection): void {
  const { socket } = connection.transport as unknown as { socket?: { terminate?: () => void } }
  socket?.terminate?.()
  connection.close(true)
}
