import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyInstance } from 'fastify'
import { Server } from 'socket.io'
import { permissionsOf, type Role, roles } from '../../src/access/permissions.ts'
import { type Scope, WHOLE_CITY } from '../../src/access/scope.ts'
import { defaultPolicy } from '../../src/alarms/policy.ts'
import type { PlantColumns, Snapshot } from '../../src/edges/http/live-schemas.ts'
import type { AlarmView, FacilityDetail, FacilityView } from '../../src/edges/http/schemas.ts'
import { packStates, stateCode } from '../../src/edges/live/facility-states.ts'
import { plantColumns } from '../../src/edges/live/plant-columns.ts'
import type { ClientEvents, ServerEvents } from '../../src/edges/live/protocol.ts'
import { shownHash } from '../../src/edges/live/shown-hash.ts'
import { LamplighterError } from '../../src/errors.ts'
import { matchesFacility, parseFacilityQuery } from '../../src/facilities/facility-query.ts'
import type { Facility } from '../../src/facilities/plant.ts'
import { buildCity, type City, raiseAlarm, type Scenario, seriesOf, settle, valueAt } from './fixture-city.ts'

export const login = { name: 'admin', password: 'lamplight' }

export interface FixtureOptions {
  scenario?: Scenario
  lamps?: number
  /** Where the console was built to. */
  folder?: string
  /** Alarms in ten minutes, as the heartbeat says; 148 in a flood, else 7. */
  rate?: number
  /** Server clock minus this machine's, ms. */
  skew?: number
  /** Of who signs in. */
  role?: Role
  scope?: Scope
}

/** The console's server side without the rest of the product: seeded data, and switches for what seldom happens. */
export interface ConsoleFixture {
  url: string
  city: City
  /** Raises an alarm of this rule; returns it. */
  raise(facility: string, rule: string): AlarmView
  /** Keeps connections but sends no heartbeat. */
  holdHeartbeats(on: boolean): void
  /** Numbers deltas without sending them. */
  loseDeltas(on: boolean): void
  /** Cuts all connections and refuses new ones. */
  cut(on: boolean): void
  /** Ends the session of every client. */
  endSessions(): void
  close(): Promise<void>
}

class FixtureServer {
  readonly city: City
  /** Alarms that ended. */
  readonly past = new Map<number, AlarmView>()
  readonly #epoch = `run-${Date.now()}`
  #seq = 0
  #losing = false
  #holding = false
  #isCut = false
  readonly #options: FixtureOptions
  readonly #io: Server<ClientEvents, ServerEvents>

  constructor(options: FixtureOptions, app: FastifyInstance) {
    this.#options = options
    this.city = buildCity(options.scenario ?? 'normal', options.lamps ?? 2000, this.now())
    this.#io = new Server(app.server, { allowRequest: (_, decide) => decide(null, !this.#isCut), serveClient: false })
    this.#io.on('connection', (client) => {
      client.emit('heartbeat', this.#heartbeat())
      client.on('watch', (id) => {
        client.data.watching = id
        this.#sendReadings(client.data.watching, (readings) => client.emit('readings', readings))
      })
    })
  }

  now(): number {
    return Date.now() + (this.#options.skew ?? 0)
  }

  get isCut(): boolean {
    return this.#isCut
  }

  beat(): void {
    if (!this.#holding) this.#io.emit('heartbeat', this.#heartbeat())
    for (const client of this.#io.sockets.sockets.values())
      this.#sendReadings(client.data.watching, (readings) => client.emit('readings', readings))
  }

  snapshot(): Snapshot {
    const { alarms, timeline } = this.city
    const states = Buffer.from(this.#codes()).toString('base64')
    const head = { epoch: this.#epoch, seq: this.#seq, at: this.now(), hash: this.#hash(), plant: 'fixture', flood: null }
    return { ...head, alarms: [...alarms.values()], states, timeline }
  }

  plant(): PlantColumns {
    const facilities = this.city.facilities.map((facility) => ({ ...facility, kind: { key: facility.kind } }) as unknown as Facility)
    return { version: 'fixture', ...plantColumns(facilities) }
  }

  #codes(): Uint8Array {
    const codes = new Uint8Array(Math.max(0, ...this.city.states.keys()) + 1)
    for (const [number, state] of this.city.states) codes[number] = stateCode(state)
    return codes
  }

  #hash(): number {
    return shownHash(this.city.alarms.values(), this.#codes())
  }

  publish(changed: readonly AlarmView[]): void {
    const states: [number, number][] = []
    for (const alarm of changed) {
      alarm.version++
      settle(this.city, alarm)
      if (alarm.state === 'normal') {
        alarm.ended = this.now()
        this.city.alarms.delete(alarm.id)
        this.past.set(alarm.id, alarm)
      }
      const facility = this.city.facilities.find(({ id }) => id === alarm.facility)
      if (facility) states.push([facility.number, stateCode(this.city.states.get(facility.number) ?? 'normal')])
    }
    this.#seq++
    if (!this.#losing)
      this.#io.emit('delta', { epoch: this.#epoch, seq: this.#seq, alarms: [...changed], states: packStates(states), plant: null })
  }

  raise(id: string, key: string): AlarmView {
    const facility = this.city.facilities.find((one) => one.id === id) as FacilityView
    const rule = this.city.kinds.find((kind) => kind.key === facility.kind)?.rules.find((one) => one.key === key)
    if (!rule) throw new Error(`no rule ${key} at ${id}`)
    const alarm = raiseAlarm(this.city, facility, rule, this.now())
    this.publish([alarm])
    return alarm
  }

  hold(on: boolean): void {
    this.#holding = on
  }
  lose(on: boolean): void {
    this.#losing = on
  }
  cut(on: boolean): void {
    this.#isCut = on
    if (on) for (const client of this.#io.sockets.sockets.values()) client.conn.close()
  }
  endSessions(): void {
    this.#io.emit('signed-out')
    this.#io.disconnectSockets(true)
  }
  async close(): Promise<void> {
    await this.#io.close()
  }

  #heartbeat() {
    const rate = this.#options.rate ?? (this.#options.scenario === 'flood' ? 148 : 7)
    return { epoch: this.#epoch, seq: this.#seq, hash: this.#hash(), at: this.now(), rate, messagesPerSecond: 230, flood: null }
  }

  #sendReadings(id: string | null | undefined, send: ServerEvents['readings']): void {
    const facility = this.city.facilities.find((one) => one.id === id)
    const kind = this.city.kinds.find(({ key }) => key === facility?.kind)
    if (!facility || !kind) return
    const at = this.now() - 400
    send({
      facility: facility.id,
      readings: kind.points.slice(0, 20).map((point) => [point.key, valueAt(this.city, facility, point, at), at, true]),
    })
  }
}

/** Starts the fixture on a free port of this machine. The console must have been built. */
export async function startConsoleFixture(options: FixtureOptions = {}): Promise<ConsoleFixture> {
  const folder = options.folder ?? join(import.meta.dirname, '../../dashboards/console/dist')
  const app = Fastify()
  const server = new FixtureServer(options, app)
  await app.register(fastifyStatic, { root: folder })
  addRoutes(app, server, folder, options)
  const timer = setInterval(() => server.beat(), 1000)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    city: server.city,
    raise: (facility, rule) => server.raise(facility, rule),
    holdHeartbeats: (on) => server.hold(on),
    loseDeltas: (on) => server.lose(on),
    cut: (on) => server.cut(on),
    endSessions: () => server.endSessions(),
    async close() {
      clearInterval(timer)
      await server.close()
      await app.close()
    },
  }
}

const problem = (status: number, title: string, detail: string) => ({ type: 'about:blank', status, title, detail, code: 'fixture' })

function addRoutes(
  app: FastifyInstance,
  server: FixtureServer,
  folder: string,
  { role = 'admin', scope = WHOLE_CITY }: FixtureOptions,
): void {
  app.addHook('onRequest', async (request, reply) => {
    if (server.isCut && request.url.startsWith('/api')) return reply.code(503).send(problem(503, 'Cut', 'The fixture is cut off.'))
    const isOpen = !request.url.startsWith('/api') || (request.url === '/api/session' && request.method === 'POST')
    if (!isOpen && !request.headers.cookie?.includes('session=fixture'))
      return reply.code(401).send(problem(401, 'Not signed in', 'Sign in first.'))
  })
  const page = readFile(join(folder, 'index.html'), 'utf8')
  app.setErrorHandler((error, _, reply) => {
    const isOurs = error instanceof LamplighterError
    return reply
      .code(isOurs ? 400 : 500)
      .send({ ...problem(isOurs ? 400 : 500, 'Bad Request', String((error as Error).message)), code: isOurs ? error.code : 'internal' })
  })
  app.setNotFoundHandler(async (request, reply) => {
    if (request.url.startsWith('/api')) return reply.code(404).send(problem(404, 'Not found', request.url))
    return reply.type('text/html; charset=utf-8').send(await page)
  })
  const session = () => ({
    ...{ name: login.name, role, roleTitle: roles[role], scope, permissions: [...permissionsOf(role)] },
    ...{ expires: server.now() + 3_600_000, owes: null, secondFactorDue: null, timeZone: 'UTC' },
  })
  app.post<{ Body: typeof login }>('/api/session', async ({ body }, reply) => {
    if (body.password !== login.password) return reply.code(401).send(problem(401, 'Wrong', 'Name or password is wrong.'))
    return reply.header('set-cookie', 'session=fixture; Path=/; HttpOnly; SameSite=Strict').send(session())
  })
  app.get('/api/session', session)
  app.delete('/api/session', (_, reply) => reply.header('set-cookie', 'session=; Path=/; Max-Age=0').code(204).send())
  app.get('/api/kinds', () => ({ kinds: server.city.kinds }))
  app.get('/api/snapshot', () => server.snapshot())
  app.get('/api/plant', () => server.plant())
  addFacilityRoutes(app, server)
  addAlarmRoutes(app, server)
}

function addFacilityRoutes(app: FastifyInstance, server: FixtureServer): void {
  const { city } = server
  const find = (id: string) => city.facilities.find((facility) => facility.id === id)
  const childrenOf = (id: string) => city.facilities.filter(({ fedBy }) => fedBy === id)
  const feedersOf = ({ fedBy, circuit }: FacilityView) => {
    const feeder = city.facilities.find(({ id }) => id === fedBy)
    return feeder ? [{ id: feeder.id, kind: feeder.kind, name: feeder.name, nameEn: '', circuit, state: stateOf(server, feeder) }] : []
  }
  const pointsOf = (facility: FacilityView) => city.kinds.find(({ key }) => key === facility.kind)?.points ?? []
  app.get<{ Querystring: { q?: string; query?: string; kind?: string; limit?: number; after?: string } }>(
    '/api/facilities',
    ({ query }) => {
      const { q = '', query: conditions = '', kind, limit = 50, after = '-1' } = query
      const parsed = parseFacilityQuery(conditions)
      const found = city.facilities.filter(
        (one) =>
          matchesFacility(parsed, one) &&
          (!kind || one.kind === kind) &&
          `${one.id} ${one.name} ${one.road}`.toLowerCase().includes(q.toLowerCase()),
      )
      const rest = found.filter(({ number }) => number > Number(after))
      const items = rest.slice(0, Number(limit)).map((one) => ({ ...one, state: stateOf(server, one) }))
      return { items, next: rest.length > items.length ? String(items.at(-1)?.number) : null, total: found.length }
    },
  )
  app.get<{ Params: { id: string } }>('/api/facilities/:id', ({ params }, reply) => {
    const facility = find(params.id)
    if (!facility) return reply.code(404).send(problem(404, 'Not found', params.id))
    const at = server.now() - 2000
    const latest = pointsOf(facility)
      .slice(0, 20)
      .map((point, i) => ({ point: point.key, value: valueAt(city, facility, point, at), at, good: i !== 4 }))
    const expected = facility.kind === 'street-light' ? [{ point: 'dim-actual', value: 80, source: 'programme' as const }] : []
    const children = { supply: childrenOf(facility.id).length, link: 0 }
    const detail: FacilityDetail = {
      facility,
      state: city.states.get(facility.number) ?? 'normal',
      lastReport: at,
      lastReceived: at,
      clockSkew: 0,
      latest,
      expected,
      learned: [],
      feeders: feedersOf(facility),
      children,
    }
    return detail
  })
  addRecordRoutes(app, server)
  app.put<{ Params: { id: string }; Body: { mode: FacilityView['mode'] } }>('/api/facilities/:id/mode', ({ params, body }, reply) => {
    const facility = find(params.id)
    if (!facility) return reply.code(404).send(problem(404, 'Not found', params.id))
    facility.mode = body.mode
    const own = [...city.alarms.values()].filter((alarm) => alarm.facility === facility.id)
    for (const alarm of own) alarm.outOfService = body.mode === 'out-of-service'
    server.publish(own)
    return facility
  })
  app.get<{ Params: { id: string }; Querystring: { points: string; from: string; to: string; buckets: string } }>(
    '/api/facilities/:id/readings',
    ({ params, query }) => {
      const facility = find(params.id) as FacilityView
      const [from, to, buckets] = [Number(query.from), Number(query.to), Number(query.buckets)]
      const points = pointsOf(facility).filter(({ key }) => query.points.split(',').includes(key))
      return {
        facility: params.id,
        from,
        to,
        bucket: (to - from) / buckets,
        next: null,
        series: points.map((point) => seriesOf(city, facility, point, from, to, buckets)),
      }
    },
  )
}

const stateOf = (server: FixtureServer, { number }: FacilityView) => server.city.states.get(number) ?? 'normal'

/** What hangs on a facility, and what became of it. */
function addRecordRoutes(app: FastifyInstance, server: FixtureServer): void {
  type Params = { Params: { id: string } }
  app.get<Params & { Querystring: { after?: string; limit: string } }>('/api/facilities/:id/children', ({ params, query }) => {
    const all = server.city.facilities.filter(({ fedBy }) => fedBy === params.id)
    const rest = all.filter(({ number }) => number > Number(query.after ?? -1))
    const items = rest.slice(0, Number(query.limit)).map((one) => ({ ...one, state: stateOf(server, one) }))
    return { items, next: rest.length > items.length ? String(items.at(-1)?.number) : null, total: all.length }
  })
}

function addAlarmRoutes(app: FastifyInstance, server: FixtureServer): void {
  const { alarms } = server.city
  type Params = { Params: { id: string } }
  app.get<{ Querystring: { suppressedBy?: string } }>('/api/alarms', ({ query }) => ({
    items: query.suppressedBy ? [...alarms.values()].filter(({ suppressed }) => suppressed?.by === Number(query.suppressedBy)) : [],
    next: null,
  }))
  app.get<Params>('/api/alarms/:id/affected', ({ params }) => {
    const facility = alarms.get(Number(params.id))?.facility
    const all = server.city.facilities.filter(({ fedBy }) => fedBy === facility)
    return { items: all.slice(0, 20).map((one) => ({ ...one, state: stateOf(server, one) })), next: null, total: all.length }
  })
  app.get<Params>(
    '/api/alarms/:id',
    ({ params }, reply) =>
      alarms.get(Number(params.id)) ?? server.past.get(Number(params.id)) ?? reply.code(404).send(problem(404, 'Not found', params.id)),
  )
  app.get('/api/alarm-policy', () => defaultPolicy)
  app.get('/api/alarms/:id/samples', () => ({ items: [] }))
  app.get('/api/alarms/:id/record', () => ({ items: [], next: null }))
  app.post<{ Body: { alarms: { id: number }[] } }>('/api/alarms/acknowledge', ({ body }) => {
    const changed = body.alarms.flatMap(({ id }) => alarms.get(id) ?? [])
    for (const alarm of changed) alarm.acknowledged = { at: server.now(), by: login.name, comment: '' }
    server.publish(changed)
    return { alarms: changed }
  })
  const change = (action: string, apply: (alarm: AlarmView, body: Record<string, string>) => void) =>
    app.post<Params & { Body: Record<string, string> }>(`/api/alarms/:id/${action}`, ({ params, body }, reply) => {
      const alarm = alarms.get(Number(params.id))
      if (!alarm) return reply.code(404).send(problem(404, 'Not found', params.id))
      apply(alarm, body)
      server.publish([alarm])
      return alarm
    })
  change('comment', (alarm, { text = '' }) => {
    alarm.comments.push({ at: server.now(), by: login.name, text })
    alarm.commentCount++
  })
  change('shelve', (alarm, { minutes, reason = '' }) => {
    alarm.shelved = { at: server.now(), by: login.name, until: server.now() + Number(minutes) * 60_000, reason }
  })
  change('unshelve', (alarm) => {
    alarm.shelved = null
  })
  change('reset', (alarm) => {
    alarm.latched = false
  })
}
