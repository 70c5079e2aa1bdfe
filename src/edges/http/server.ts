import { STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyBaseLogger, type FastifyHttpOptions, type FastifyReply, LogController, type RawServerDefault } from 'fastify'
import type { Registry } from 'prom-client'
import { LamplighterError } from '../../errors.ts'
import { LiveCounts } from '../live/counts.ts'
import { LiveFeeds } from '../live/feeds.ts'
import { startLive } from '../live/live.ts'
import type { Schedule } from '../live/throttle.ts'
import type { Services } from '../services.ts'
import type { CertificateWatch, TlsServer } from '../tls/certificate-watch.ts'
import type { Api, LiveParts, ReportContact, RouteParts } from './api.ts'
import { auditRequests } from './audit-requests.ts'
import { serveConsole } from './console-files.ts'
import { guard } from './guard.ts'
import { documentApi } from './openapi.ts'
import { createPeople, type People } from './people/people.ts'
import { handleErrors, problem, sendProblem } from './problem.ts'
import { proxyCheck, warnOfUnknownProxy } from './proxies.ts'
import { accountRoutes } from './routes/accounts.ts'
import { alarmActionRoutes } from './routes/alarm-actions.ts'
import { alarmPolicyRoutes } from './routes/alarm-policy.ts'
import { alarmRecordRoutes } from './routes/alarm-record.ts'
import { alarmSampleRoutes } from './routes/alarm-samples.ts'
import { alarmRoutes } from './routes/alarms.ts'
import { alertSourceRoutes } from './routes/alert-sources.ts'
import { auditRoutes } from './routes/audit.ts'
import { backtestRoutes } from './routes/backtests.ts'
import { brokerConnectionRoutes } from './routes/broker-connections.ts'
import { certificateRoutes } from './routes/certificate.ts'
import { channelRoutes } from './routes/channels.ts'
import { commandRoutes } from './routes/commands.ts'
import { companyFigureRoutes } from './routes/company-figures.ts'
import { crewOrderRoutes } from './routes/crew-orders.ts'
import { dayRoutes } from './routes/days.ts'
import { deviceBindingRoutes } from './routes/device-bindings.ts'
import { deviceProfileRoutes } from './routes/device-profiles.ts'
import { deviceRoutes } from './routes/devices.ts'
import { dutyReportRoutes } from './routes/duty-reports.ts'
import { emergencyPlanRoutes } from './routes/emergency-plans.ts'
import { enteredReadingRoutes } from './routes/entered-readings.ts'
import { exportRoutes } from './routes/export.ts'
import { facilityRoutes } from './routes/facilities.ts'
import { facilityRecordRoutes } from './routes/facility-records.ts'
import { floodRoutes } from './routes/floods.ts'
import { handoverRoutes } from './routes/handovers.ts'
import { healthRoutes } from './routes/health.ts'
import { importRoutes } from './routes/imports.ts'
import { keptViewRoutes } from './routes/kept-views.ts'
import { kindRoutes } from './routes/kinds.ts'
import { lampHistoryRoutes } from './routes/lamp-history.ts'
import { lampOnRateRoutes } from './routes/lamp-on-rate.ts'
import { latestRoutes } from './routes/latest.ts'
import { lightChangeRoutes } from './routes/light-changes.ts'
import { mapRoutes } from './routes/map.ts'
import { operationRoutes } from './routes/operation.ts'
import { orderRoutes } from './routes/orders.ts'
import { ownRoutes } from './routes/own.ts'
import { plotContextRoutes } from './routes/plot-context.ts'
import { programmeRoutes } from './routes/programmes.ts'
import { publicReportRoutes } from './routes/public-reports.ts'
import { readingRoutes } from './routes/readings.ts'
import { recordRoutes } from './routes/records.ts'
import { reportContactRoutes } from './routes/report-contact.ts'
import { reportRoutes } from './routes/reports.ts'
import { rosterRoutes } from './routes/roster.ts'
import { roundRoutes } from './routes/rounds.ts'
import { ruleRoutes } from './routes/rules.ts'
import { sessionRoutes } from './routes/session.ts'
import { snapshotRoutes } from './routes/snapshot.ts'
import { soundSilenceRoutes } from './routes/sound-silences.ts'
import { storageRoutes } from './routes/storage.ts'
import { telemetryExportRoutes } from './routes/telemetry-exports.ts'
import { telemetryImportRoutes } from './routes/telemetry-imports.ts'
import { trafficRoutes } from './routes/traffic.ts'
import { vendorCodecRoutes } from './routes/vendor-codecs.ts'
import { type SecondFactorPolicy, Sessions } from './session.ts'

export interface HttpOptions {
  services: Services
  /** `localhost` is taken as 127.0.0.1. */
  host: string
  /** 0 takes a free one. */
  port: number
  /** Where the built console lies; may be absent. */
  consoleFolder: string
  /** When given, HTTPS is spoken and not HTTP. */
  certificates?: CertificateWatch | null
  /** Cookies over TLS only; false where the server is reached over plain HTTP. */
  secureCookies: boolean
  /** Origins besides the server's own whose pages may change things. */
  allowedOrigins?: readonly string[]
  /** Addresses and networks of proxies whose word on the client's address is taken. */
  trustedProxies?: readonly string[]
  now: () => number
  schedule: Schedule
  /** Names this run of the server. */
  epoch: string
  log: FastifyBaseLogger
  /** Shown at /metrics besides the figures of the services and the process. */
  metrics?: Registry
  /** Consoles connected at once. */
  maxClients?: number
  /** How citizens reach the desk; not at all when absent. */
  reportContact?: ReportContact
  /** Demanded of nobody when absent. */
  secondFactor?: SecondFactorPolicy
  /** Bytes that may wait for one console before it is dropped. */
  maxWaiting?: number
}

export interface HttpEdge {
  url: string
  /** Connected consoles. */
  clients(): number
  close(): Promise<void>
}

/** Starts the HTTP edge with the live edge on it. Throws `config-invalid` when the address cannot be used. */
export async function startHttp(options: HttpOptions): Promise<HttpEdge> {
  const { services, now, secureCookies, port, secondFactor = { required: false, grace: 0 } } = options
  // A name with two addresses would get two servers, the second without the live edge.
  const host = options.host === 'localhost' ? '127.0.0.1' : options.host
  const sessions = new Sessions({ state: services.state, now, secureCookies, secondFactor })
  const people = createPeople(services.state, sessions, now, options.schedule)
  const feeds = new LiveFeeds(options)
  const counts = new LiveCounts()
  const { reportContact = { url: null, phone: null } } = options
  const liveParts: LiveParts = {
    feed: (scope) => feeds.of(scope),
    counts,
    isConnected: (connection, session) => live.isConnected(connection, session),
  }
  const routes = { live: liveParts, consoles: () => live.figures(), reportContact }
  const app = await buildApi(options, { services, sessions, now, ...routes }, people)
  const detach = options.certificates?.attach(app.server as unknown as TlsServer, 'anybody')
  const live = startLive({
    ...{ ...options, server: app.server, feeds, counts },
    // Who has yet to set up what their role demands sees nothing of the city.
    sessions: {
      ofCookie: (header) => sessions.fullOfCookie(header),
      touch: (key) => sessions.fullTouch(key),
      onEnd: (listener) => sessions.onEnd(listener),
    },
  })
  const close = async () => {
    detach?.()
    live.close()
    await app.close()
    people.close()
  }
  try {
    await app.listen({ host, port })
  } catch (error) {
    await close()
    throw new LamplighterError('config-invalid', listenProblem(host, port, error), error)
  }
  const { address, port: taken, family } = app.server.address() as AddressInfo
  const name = address === '0.0.0.0' || address === '::' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address
  const scheme = options.certificates ? 'https' : 'http'
  return { url: `${scheme}://${name}:${taken}`, clients: live.clients, close }
}

async function buildApi(options: HttpOptions, parts: RouteParts, people: People): Promise<Api> {
  const { certificates, secureCookies, allowedOrigins = [], trustedProxies = [], log } = options
  const { sessions } = parts
  const isProxy = proxyCheck(trustedProxies)
  const limits = { headersTimeout: 30_000 }
  const settings: FastifyHttpOptions<RawServerDefault> = {
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustedProxies.length > 0 ? isProxy : false,
    bodyLimit: 64 * 1024,
    connectionTimeout: 60_000,
    // A large file takes its time; one that stands still is cut off by the connection's own limit.
    requestTimeout: 15 * 60_000,
    http: limits,
    forceCloseConnections: true,
    clientErrorHandler,
    frameworkErrors: (error, _request, reply) => {
      const detail = `${error.message}. Correct the address.`
      sendProblem(reply as FastifyReply, { status: error.statusCode ?? 400, code: 'invalid-request', detail })
    },
  }
  const https = certificates && { https: { ...limits, ...certificates.contextFor('anybody'), handshakeTimeout: 10_000 } }
  const app: Api = Fastify({ ...settings, ...https } as FastifyHttpOptions<RawServerDefault>).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(TypeBoxValidatorCompiler)
  // Response schemas document; our own mappers build the answers, and a test holds both together.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  app.removeContentTypeParser('text/plain')

  handleErrors(app)
  warnOfUnknownProxy(app, isProxy)
  await guard(app, { people, secureCookies, allowedOrigins, tiles: parts.services.map.tiles })
  auditRequests(app, parts.services.state, parts.now)
  await documentApi(app, sessions.cookieName, parts.services.kinds)
  sessionRoutes(app, { ...parts, people, secureCookies })
  accountRoutes(app, people)
  ownRoutes(app, people)
  kindRoutes(app, parts)
  snapshotRoutes(app, parts)
  facilityRoutes(app, parts)
  facilityRecordRoutes(app, parts)
  ruleRoutes(app, parts)
  importRoutes(app, parts)
  deviceProfileRoutes(app, parts)
  deviceBindingRoutes(app, parts)
  exportRoutes(app, parts)
  telemetryExportRoutes(app, parts)
  telemetryImportRoutes(app, parts)
  readingRoutes(app, parts)
  plotContextRoutes(app, parts)
  latestRoutes(app, parts)
  lampOnRateRoutes(app, parts)
  lampHistoryRoutes(app, parts)
  dayRoutes(app, parts)
  mapRoutes(app, parts)
  alarmRoutes(app, parts)
  alarmActionRoutes(app, parts)
  alarmRecordRoutes(app, parts)
  alarmPolicyRoutes(app, parts)
  soundSilenceRoutes(app, parts)
  alarmSampleRoutes(app, parts)
  keptViewRoutes(app, parts)
  rosterRoutes(app, parts)
  programmeRoutes(app, parts)
  lightChangeRoutes(app, parts)
  handoverRoutes(app, parts)
  emergencyPlanRoutes(app, parts)
  dutyReportRoutes(app, parts)
  floodRoutes(app, parts)
  orderRoutes(app, parts)
  crewOrderRoutes(app, parts)
  reportContactRoutes(app, parts)
  reportRoutes(app, parts)
  roundRoutes(app, parts)
  publicReportRoutes(app, parts)
  commandRoutes(app, parts)
  recordRoutes(app, parts)
  auditRoutes(app, parts)
  brokerConnectionRoutes(app, parts)
  channelRoutes(app, parts)
  alertSourceRoutes(app, parts, people)
  enteredReadingRoutes(app, parts)
  companyFigureRoutes(app, parts)
  backtestRoutes(app, parts)
  deviceRoutes(app, parts)
  trafficRoutes(app, parts)
  storageRoutes(app, parts)
  vendorCodecRoutes(app, parts)
  certificateRoutes(app, parts)
  healthRoutes(app, parts)
  operationRoutes(app, { ...parts, metrics: options.metrics, isProxy })
  const words = { REPORT_PHONE: parts.reportContact.phone ?? '', TIME_ZONE: parts.services.dayFigures.timeZone }
  app.setNotFoundHandler(await serveConsole(app, options.consoleFolder, words))
  return app
}

function listenProblem(host: string, port: number, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is in use by another program. Stop it, or set another HTTP port.`
  if (code === 'EACCES') return `This user may not open port ${port}. Take one above 1023, or give the right to it.`
  return `The HTTP server cannot listen on ${host}:${port} (${error instanceof Error ? error.message : error}). Check host and port.`
}

/** Answers what is not even HTTP; there is no request and no reply then. */
function clientErrorHandler(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
  const body = JSON.stringify(problem(status, 'invalid-request', 'This is not a request the server can read.'))
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`
  socket.end(head + body)
}
