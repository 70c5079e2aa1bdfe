import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import type { Role } from '../../src/access/permissions.ts'
import { type Scope, WHOLE_CITY } from '../../src/access/scope.ts'
import { usualFloodLimits } from '../../src/alarms/flood.ts'
import { FloodLog } from '../../src/alarms/flood-log.ts'
import { AlarmRegister } from '../../src/alarms/register.ts'
import { backtest } from '../../src/backtest/backtest.ts'
import { createBacktests } from '../../src/backtest/backtest-jobs.ts'
import { FloodReviewer } from '../../src/backtest/flood-reviewer.ts'
import { storedHistory } from '../../src/backtest/stored-history.ts'
import { readConfig } from '../../src/config.ts'
import { lightingOf } from '../../src/control/lighting-history.ts'
import { utcOffsets } from '../../src/control/local-time.ts'
import { Detector } from '../../src/detection/detector.ts'
import { BrokerConnections } from '../../src/edges/brokers/connections.ts'
import { createTelemetryExports } from '../../src/edges/exchange/telemetry/export-jobs.ts'
import { createTelemetryImports } from '../../src/edges/exchange/telemetry/import-jobs.ts'
import { type HttpEdge, type HttpOptions, startHttp } from '../../src/edges/http/server.ts'
import { newUser } from '../../src/edges/http/session.ts'
import { openNotifier } from '../../src/edges/notify/open-notifier.ts'
import type { Figures } from '../../src/edges/services.ts'
import type { FacilityKind } from '../../src/facilities/facility-kind.ts'
import { Plant } from '../../src/facilities/plant.ts'
import { RuleBook } from '../../src/facilities/rule-book.ts'
import type { Ingest } from '../../src/ingest.ts'
import { type Change, Pipeline } from '../../src/pipeline.ts'
import { CommandDesk } from '../../src/services/control/command-desk.ts'
import { AlarmAlerts } from '../../src/services/dispatch/alarm-alerts.ts'
import { deliveryFigures } from '../../src/services/dispatch/channel-services.ts'
import { OrderDesk } from '../../src/services/dispatch/order-desk.ts'
import { LateData } from '../../src/services/duty-reports/late-data.ts'
import { ActivePlans } from '../../src/services/emergency/active-plans.ts'
import { ExternalSystems } from '../../src/services/external-systems/external-systems.ts'
import { HealthWatch } from '../../src/services/health/health-watch.ts'
import type { MapGround } from '../../src/services/map-services.ts'
import { openLighting } from '../../src/services/programmes/lighting.ts'
import { lightingHistory } from '../../src/services/programmes/lighting-history.ts'
import { requestSamples } from '../../src/services/sample-keeper.ts'
import { createServices } from '../../src/services/services.ts'
import { vendorCodecServices } from '../../src/services/vendor-codec-services.ts'
import { calendarOrigin } from '../../src/storage/bucket-series.ts'
import { openPhotoFolder } from '../../src/storage/embedded/photo-folder.ts'
import { openSetAsideFolder } from '../../src/storage/embedded/set-aside-folder.ts'
import { openStateStore } from '../../src/storage/embedded/state-store.ts'
import { openMemoryTelemetryStore } from '../../src/storage/memory/telemetry-store.ts'
import { RowBuffer } from '../../src/storage/row-buffer.ts'
import type { TelemetryStore } from '../../src/storage/telemetry-store.ts'
import { decodeNative } from '../../src/telemetry/codecs/native.ts'
import { days, minutes } from '../../src/telemetry/duration.ts'
import { RejectionLog } from '../../src/telemetry/rejection-log.ts'
import { dialectParts } from '../../src/telemetry/translation-parts.ts'
import { quickHash } from '../quick-hash.ts'
import { tankKind } from '../tank-kind.ts'

/** Of a service that has done nothing yet. */
export const figures: Figures = {
  messages: 0,
  readings: 0,
  duplicates: 0,
  late: 0,
  badValues: 0,
  pipelineBacklog: 0,
  storage: {
    store: 'memory',
    journal: {
      ...{ bytes: 0, waitingBytes: 0, maxBytes: 0, maxAge: 0, segments: 1, next: 0, oldest: 0, oldestAt: null, givenUp: 0, tornBytes: 0 },
      ...{ corruptBlocks: 0, trouble: null, slowestSync: 0 },
    },
    writer: {
      ...{ storedThrough: -1, buffered: 0, written: 0, failures: 0, setAside: 0, catchingUp: false, backlog: 0, backlogReached: null },
      ...{ gaps: 0, oldestGap: null, newestGap: null, liveLag: 0, sinceWrite: null, lastError: null },
    },
    backup: null,
    setAside: { batches: 0, rows: 0, values: 0, bytes: 0, maxBatches: 0, maxBytes: 0, givenUp: 0, damaged: 0 },
  },
  mqttClients: 0,
  broker: null,
  facilities: 0,
  liveAlarms: 0,
  alarmsRaised: 0,
}

export const PASSWORD = 'correct horse battery staple'
const passwordHash = quickHash(PASSWORD)

const limits = { maxPayload: 10_000, maxFuture: minutes(5), maxAge: days(400) }

/** A running city of tanks: the real road, state and edges; messages and the clock come from the test. */
const noGround: MapGround = { tiles: null, archive: null, roads: null }

export interface CityOptions extends Partial<HttpOptions> {
  map?: MapGround
  /** Settings by which people are told. */
  notify?: Readonly<Record<string, string>>
  kinds?: readonly FacilityKind[]
  /** What exports read and imports write, in place of what was reported. */
  exchanged?: TelemetryStore
}

function later(work: () => void, delay: number): () => void {
  const timer = setTimeout(work, delay)
  return () => clearTimeout(timer)
}

export async function startCity({ kinds = [tankKind], exchanged, map = noGround, notify = {}, ...options }: CityOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-city-'))
  const consoleFolder = join(folder, 'dist')
  const clock: { ahead: number; stoppedAt: number | null } = { ahead: 0, stoppedAt: null }
  const now = () => (clock.stoppedAt ?? Date.now()) + clock.ahead
  const state = openStateStore(':memory:')
  state.people.putUser({ ...newUser('admin', 'admin', WHOLE_CITY, 'system', now()), passwordHash, passwordChanged: now() })
  const plant = new Plant()
  const utcOffset = utcOffsets('Asia/Shanghai')
  const lightingAsKept = lightingOf(lightingHistory(state), { utcOffset, plant })
  const detector = new Detector({ commanded: lightingAsKept.surroundings.commanded })
  const register = new AlarmRegister(state, new FloodLog(state.floods, usualFloodLimits))
  const rejections = new RejectionLog()
  const telemetry = openMemoryTelemetryStore()
  const kindByKey = new Map(kinds.map((kind) => [kind.key, kind]))
  const listeners: ((change: Change) => void)[] = []
  const publish = (change: Change) => {
    for (const listener of listeners) listener(change)
  }
  const lateData = new LateData(state.dutyReports, plant, days(400), now())
  const pipeline = new Pipeline({
    plant,
    detector,
    register,
    state,
    rejections,
    decode: (message) => decodeNative(message, plant, limits),
    store: {
      append(report) {
        const buffer = new RowBuffer(kindByKey)
        buffer.append(report)
        void telemetry.write(buffer.batches())
      },
      reached: () => {},
    },
    dispatch: publish,
    onReport: (report, at) => lateData.note(report, at),
    onActivated: (alarm, at) => requestSamples(state.samples, alarm, at),
    onTrouble: (error) => {
      throw error
    },
    onMishap: (error) => {
      throw error
    },
  })
  const problems: string[] = []
  const logged: string[] = []
  const rules = new RuleBook()
  const reviews = new FloodReviewer({
    ...{ state, register, plant, kinds: kindByKey, rules, telemetry, now },
    backtest: ({ subjects, stored, ...order }, signal, onProgress) =>
      backtest({
        ...{ ...order, kinds: kindByKey, subjects: new Set(subjects), signal, onProgress },
        history: storedHistory({ store: telemetry, kinds: kindByKey, span: stored }),
      }),
    onTrouble: (error) => {
      throw error
    },
  })
  const setAside = await openSetAsideFolder({ folder: join(folder, 'set-aside'), maxBatches: 100, maxBytes: 1e8, store: telemetry, now })
  const exchange = {
    telemetry: exchanged ?? telemetry,
    remote: null,
    kinds: kindByKey,
    plant,
    now,
    log: (_: unknown, message: string) => void logged.push(message),
  }
  const vendorCodecs = vendorCodecServices({ state, now, onTrouble: (_, message) => void logged.push(message) })
  const dialects = dialectParts((id) => plant.get(id), vendorCodecs)
  const brokers = new BrokerConnections({ state, now, schedule: () => () => {} })
  const watch = new HealthWatch({
    ...{ id: '', settings: [], maxConnections: 20_000, plant, detector, rules, register, brokers, vendorCodecs, now },
    own: () => ({ 'journal-writable': true, 'store-reachable': true }),
    figures: () => services.figures(),
    refusedConnects: () => 0,
    deliveries: () => deliveryFigures(notifying.notifier, alerts, state.deliveries, now()),
    disk: () => null,
    stateBytes: () => state.file.size().bytes,
    certificateProblems: () => options.certificates?.problems() ?? [],
    notReady: () => problems,
  })
  const parts = {
    ...{ plant, kinds: kindByKey, state, register, detector, pipeline, utcOffset, now },
    /** Tests see at once what comes a moment later. */
    schedule(work: () => void) {
      work()
      return () => {}
    },
    onTrouble: (error: unknown) => {
      throw error
    },
  }
  const activePlans = new ActivePlans(state.emergencies, plant)
  const desk = new OrderDesk({ ...parts, activePlans })
  const published: { topic: string; payload: string }[] = []
  const notifying = openNotifier({
    ...{ config: readConfig([], notify), store: state.deliveries, pushSecret: Buffer.alloc(32, 7), utcOffset, now },
    mayBeTold: (account) => state.people.user(account)?.disabled === false,
    quiet: () => desk.policy().quiet,
    publish: async (topic, payload) => void published.push({ topic, payload }),
    schedule: later,
    log: pino({ level: 'silent' }),
  })
  const alerts = new AlarmAlerts({
    ...parts,
    schedule: later,
    post: notifying.postAlerts,
    publicUrl: notify.PUBLIC_URL ?? '',
    random: Math.random,
  })
  listeners.push((change) => alerts.take(change.alarms))
  listeners.push((change) => desk.take(change))
  const commands = new CommandDesk({
    ...{ ...parts, dialects },
    levelOf: () => null,
    orders: () => desk.book.open(),
    publish: async (topic, payload) => void published.push({ topic, payload }),
  })
  listeners.push((change) => commands.take(change))
  const lighting = openLighting({
    ...{ ...parts, ...lightingAsKept, commands, dialects },
    // A small city is looked at at once, however busy the machine is.
    lookFor: Number.POSITIVE_INFINITY,
    publish: async (topic, payload) => void published.push({ topic, payload }),
  })
  let position = 0
  const process = (topic: string, payload: Uint8Array) => pipeline.process([{ position: position++, received: now(), topic, payload }])
  const ingest: Pick<Ingest, 'take'> = {
    take(topic, payload, acknowledge) {
      acknowledge()
      process(topic, payload)
    },
  }
  const externalSystems = new ExternalSystems({ plant, register, sources: state.alertSources, now, ingest })
  const services = createServices({
    ...{ ingest, limits, utcOffset, desk, activePlans, commands, externalSystems, notifying, alerts, lateData },
    photos: openPhotoFolder(join(folder, 'photos')),
    ...{ programmes: lighting.programmes, lightChanges: lighting.lightChanges, book: lightingAsKept.book },
    dialects,
    roadFinders: () => undefined,
    vendorCodecs,
    brokers,
    telemetryExports: createTelemetryExports({ ...exchange, rules, timeZone: 'Asia/Shanghai', folder: join(folder, 'exports') }),
    telemetryImports: createTelemetryImports({
      ...{ ...exchange, state, folder: join(folder, 'telemetry-imports') },
      maxFuture: minutes(5),
    }),
    storage: { figures: () => ({ ...figures.storage, setAside: setAside.stats() }), setAside },
    kinds: kindByKey,
    plant,
    rules,
    reviews,
    state,
    telemetry,
    gridOrigin: calendarOrigin(utcOffsets('Asia/Shanghai')),
    timeZone: 'Asia/Shanghai',
    detector,
    register,
    pipeline,
    rejections,
    deviceKey: new Uint8Array(32).fill(7),
    now,
    publish,
    onChange: (listener) => void listeners.push(listener),
    backtests: createBacktests({
      kinds: kindByKey,
      plant,
      rules,
      register,
      telemetry,
      remote: null,
      journalFolder: join(folder, 'journal'),
      limits,
      timeZone: 'Asia/Shanghai',
      lighting: () => lightingHistory(state),
      now,
    }),
    imports: {
      folder: join(folder, 'imports'),
      onTrouble: (error) => {
        throw error
      },
    },
    certificate: () => options.certificates?.served() ?? null,
    health: (consoles) => watch.health(consoles),
    map,
    notReady: () => problems,
    figures: () => ({ ...figures, ...pipeline.counts, facilities: plant.size, liveAlarms: register.size }),
  })
  const http: HttpEdge = await startHttp({
    services,
    host: '127.0.0.1',
    port: 0,
    consoleFolder,
    secureCookies: false,
    now,
    schedule: later,
    epoch: randomUUID(),
    log: pino({ level: 'silent' }),
    ...options,
  })
  let cookie = ''
  let signIns = 0

  return {
    url: http.url,
    clients: http.clients,
    listeners,
    services,
    dialects,
    telemetry,
    setAside,
    reviews,
    state,
    clock,
    now,
    problems,
    logged,
    /** A report of one tank, as from its device. */
    report(id: string, values: Record<string, unknown>, at = now()) {
      process(`facilities/tank/${id}/telemetry`, Buffer.from(JSON.stringify({ at, values })))
    },
    publishRaw: process,
    externalSystems,
    /** What a desk of its own would be made of. */
    parts,
    desk,
    commands,
    lighting,
    notifier: notifying.notifier,
    /** What went out by the broker of the service. */
    published,
    tick() {
      pipeline.tick(now())
      desk.tick()
      commands.tick()
    },
    /** Puts a file where the built console lies. */
    putConsoleFile(path: string, content: string) {
      mkdirSync(join(consoleFolder, path, '..'), { recursive: true })
      writeFileSync(join(consoleFolder, path), content)
    },
    consoleFolder,
    folder,
    /** From another address each time, where the server believes what a proxy says of it. */
    async signIn(name = 'admin', password = PASSWORD): Promise<Response> {
      signIns++
      const response = await fetch(`${http.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `10.0.${signIns >> 8}.${signIns & 255}` },
        body: JSON.stringify({ name, password }),
      })
      const set = response.headers.getSetCookie().find((one) => /^(__Host-)?lamplighter-session=/.test(one))
      if (set) cookie = set.split(';', 1)[0] as string
      return response
    },
    /** An account with the usual password. */
    async addPerson(name: string, role: Role, scope: Scope = WHOLE_CITY): Promise<void> {
      state.people.putUser({ ...newUser(name, role, scope, 'admin', now()), passwordHash })
    },
    cookie: () => cookie,
    /** A request with the session of the last sign-in. A body goes as JSON, a string as it is. */
    async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const response = await fetch(http.url + path, {
        method,
        headers: { ...(cookie && { cookie }), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      const isJson = text !== '' && /json\b/.test(response.headers.get('content-type') ?? '')
      // biome-ignore lint/suspicious/noExplicitAny: what came is what the test is about to look at
      const answer: any = isJson ? JSON.parse(text) : text
      return { status: response.status, headers: response.headers, body: answer }
    },
    async stop() {
      notifying.notifier.close()
      alerts.stop()
      await http.close()
      services.imports.close()
      services.dutyReports.close()
      await services.vendorCodecs.close()
      await services.telemetryExports.close()
      await services.telemetryImports.close()
      await reviews.close()
      state.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type City = Awaited<ReturnType<typeof startCity>>
