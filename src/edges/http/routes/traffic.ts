import { PassThrough } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Scope } from '../../../access/scope.ts'
import { isInScope, isWhole, scopeKey } from '../../../access/scope.ts'
import { LamplighterError } from '../../../errors.ts'
import { seconds } from '../../../telemetry/duration.ts'
import { rejectionReasons } from '../../../telemetry/rejection.ts'
import type { RejectedMessage } from '../../../telemetry/rejection-log.ts'
import { parseTopic } from '../../../telemetry/topic.ts'
import { connectionFaults } from '../../mqtt/connection-faults.ts'
import type { TapListener } from '../../traffic.ts'
import { type Api, personOf, type RouteParts, signedIn } from '../api.ts'
import { DeviceIdSchema } from '../device-schemas.ts'
import { literals } from '../schema-parts.ts'
import type { Session } from '../session.ts'
import { countsView, DiagnosisSchema, diagnosisView, refusedConnectView, TrafficSchema, tappedView } from '../traffic-schemas.ts'
import { rejectionView } from '../views.ts'

const tags = ['traffic']
const TICK = seconds(1)
/** Ticks between two looks at whether the session still stands, and between two signs of life. */
const CHECK_EVERY = 5
/** Bytes that may wait for who taps; what would come on top is counted as skipped. */
const MAX_WAITING = 1_048_576

/** What comes and goes, for engineers. */
export function trafficRoutes(app: Api, parts: RouteParts): void {
  const { services, now } = parts
  const { traffic, rejections } = services
  app.get(
    '/api/traffic',
    {
      schema: {
        tags,
        summary: 'What was rejected and refused: counts by reason, of all time and of the last hour, and the newest of each',
        response: { 200: TrafficSchema },
      },
    },
    () => ({
      rejections: countsView(rejections.counts(), rejections.lastHour(now()), rejectionReasons),
      refusals: countsView(services.figures().broker?.refusedConnects ?? new Map(), traffic.refusedLastHour(), connectionFaults),
      rejected: rejections.samples().map(rejectionView),
      refused: traffic.refusedConnects().map(refusedConnectView),
      taps: traffic.taps(),
    }),
  )
  app.get(
    '/api/devices/:id/diagnosis',
    {
      schema: {
        tags,
        summary: 'Of one device, gateway, facility or client: when it was connected, what it sends, and what was refused of it and why',
        params: DeviceIdSchema,
        response: { 200: DiagnosisSchema },
      },
    },
    (request) => diagnosed(parts, request.params.id, personOf(request).scope),
  )
  tapRoute(app, parts)
}

function diagnosed({ services }: RouteParts, id: string, scope: Scope) {
  const { traffic, devices, plant } = services
  const unknown = () => new LamplighterError('not-found', `Nothing is known of ${JSON.stringify(id)}; /api/devices lists devices.`)
  const facility = plant.get(id)
  // Looking at what one's own gateway sends needs no right over all it speaks for.
  if (!(facility ? isInScope(scope, facility) : isWhole(scope))) throw unknown()
  const registered = devices.has(id)
  const found = traffic.diagnosis(id)
  const isKnown = facility || registered || found.connection || found.refused || found.rejected.length > 0 || found.topics.length > 0
  if (!isKnown) throw unknown()
  const mayBeSeen = ({ facility: ofFacility, topic }: RejectedMessage) =>
    [ofFacility, parseTopic(topic)?.id].every((one) => {
      const known = one ? plant.get(one) : undefined
      return !known || isInScope(scope, known)
    })
  const rejected = isWhole(scope) ? found.rejected : found.rejected.filter(mayBeSeen)
  const reports = facility && services.reportsOf(facility)
  return diagnosisView(
    { ...found, rejected },
    { registered, facility: facility && reports ? { kind: facility.kind.key, gateway: facility.gateway, ...reports } : null },
  )
}

/** Server-sent events: what the browser brings along for it asks for no more than this. */
function tapRoute(app: Api, { services: { traffic }, sessions, now }: RouteParts): void {
  /** How to end those of a session. */
  const open = new Map<string, Set<() => void>>()
  sessions.onEnd((key) => {
    for (const end of [...(open.get(key) ?? [])]) end()
  })
  app.get(
    '/api/traffic/tap',
    {
      exposeHeadRoute: false,
      schema: {
        tags,
        summary:
          'Messages as they come, as server-sent events `message`, `outcome`, `skipped` and `over`; at most 50 a second, for 10 minutes or until the session ends',
        querystring: Type.Object(
          {
            filter: Type.String({ minLength: 1, maxLength: 256, description: 'MQTT topic filter' }),
            source: Type.Optional(Type.String({ maxLength: 64, description: '`embedded`, or id of a broker connection' })),
            direction: Type.Optional(literals(['in', 'out'] as const)),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.String() },
      },
    },
    (request, reply) => {
      const session = sessionOf(request)
      const stream = new PassThrough()
      let missed = 0
      const write = (event: string, data: unknown) => {
        if (!stream.writableEnded) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
      }
      const listener: TapListener = {
        message(message) {
          if (stream.writableLength > MAX_WAITING) missed++
          else write('message', tappedView(message))
        },
        outcome: (outcome) => write('outcome', outcome),
        skipped: (count) => write('skipped', { count }),
      }
      const tap = traffic.tap(request.query, signedIn(request), listener)
      write('open', { until: tap.until })
      const end = (reason: 'time' | 'session') => {
        write('over', { reason })
        stream.end()
      }
      const ended = () => end('session')
      const ofSession = open.get(session.key) ?? new Set()
      open.set(session.key, ofSession.add(ended))
      let ticks = 0
      const ticking = setInterval(() => {
        tap.tick()
        if (missed > 0) listener.skipped(missed)
        missed = 0
        if (now() >= tap.until) return end('time')
        if (++ticks % CHECK_EVERY !== 0) return
        if (isAsBefore(sessions.touch(session.key), session)) stream.write(':\n\n')
        else ended()
      }, TICK)
      stream.once('close', () => {
        clearInterval(ticking)
        tap.close()
        ofSession.delete(ended)
        if (ofSession.size === 0 && open.get(session.key) === ofSession) open.delete(session.key)
      })
      reply.type('text/event-stream').header('cache-control', 'no-store').header('x-accel-buffering', 'no')
      reply.send(stream as unknown as string)
    },
  )
}

function sessionOf({ session }: FastifyRequest): Session {
  if (!session)
    throw new LamplighterError('not-allowed', 'A live tap lasts as long as a session and is not for keys. Sign in to the console.')
  return session
}

/** Whether somebody is still who they were when they began to look. */
const isAsBefore = (now: Session | undefined, { role, scope }: Session) =>
  now !== undefined && now.owes === null && now.role === role && scopeKey(now.scope) === scopeKey(scope)
