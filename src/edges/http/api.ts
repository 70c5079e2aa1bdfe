import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import Type from 'typebox'
import type { Person } from '../../access/person.ts'
import { isInScope, isWhole, type Scope } from '../../access/scope.ts'
import type { Alarm } from '../../alarms/alarm.ts'
import { LamplighterError } from '../../errors.ts'
import type { Facility } from '../../facilities/plant.ts'
import type { ConsoleFigures } from '../health.ts'
import type { LiveCounts } from '../live/counts.ts'
import type { LiveFeed } from '../live/feed.ts'
import type { Services } from '../services.ts'
import type { RouteAccess } from './route-access.ts'
import type { Session, Sessions } from './session.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where a program asks with a key. */
    session: Session | null
    person: Person | null
  }
  interface FastifyContextConfig {
    /** Set from the table of routes. */
    access?: RouteAccess
  }
}

/** The HTTP server with types taken from the schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** The live edge, as far as routes have to do with it. */
export interface LiveParts {
  /** What consoles of a part of the city are told. */
  feed(scope: Scope): LiveFeed
  readonly counts: LiveCounts
  /** Whether a live connection of this id is open, and of this session. */
  isConnected(connection: string, session: string): boolean
}

/** How citizens reach the desk. */
export interface ReportContact {
  /** Address of the page for reports; null while nobody has said how people reach the server. */
  url: string | null
  phone: string | null
}

/** What routes are made of. */
export interface RouteParts {
  services: Services
  sessions: Sessions
  now: () => number
  live: LiveParts
  /** Who has a live connection. */
  consoles: () => ConsoleFigures
  reportContact: ReportContact
}

/** Who asks; throws `not-signed-in`. */
export function personOf(request: FastifyRequest): Person {
  if (!request.person) throw new LamplighterError('not-signed-in', 'Sign in first: POST /api/session with name and password.')
  return request.person
}

/** Name of the signed-in person. */
export function signedIn(request: FastifyRequest): string {
  return personOf(request).name
}

/** The part of the city that is theirs who ask; throws `not-signed-in`. */
export function scopeOf(request: FastifyRequest): Scope {
  return personOf(request).scope
}

/** Throws `not-found`, for what is out of scope too. */
export function findFacility(services: Pick<Services, 'plant'>, id: string, scope: Scope): Facility {
  const facility = services.plant.get(id)
  if (!facility || !isInScope(scope, facility))
    throw new LamplighterError('not-found', `There is no facility ${JSON.stringify(id)}; /api/facilities lists them.`)
  return facility
}

/** Whether a facility is in scope; one that is not registered any more only is for who is limited by nothing. */
export function isIdInScope({ plant }: Pick<Services, 'plant'>, id: string, scope: Scope): boolean {
  if (isWhole(scope)) return true
  const facility = plant.get(id)
  return facility !== undefined && isInScope(scope, facility)
}

/** Throws `not-found`, for an alarm of a facility out of scope too. */
export function knownAlarm(services: Pick<Services, 'plant' | 'state'>, id: number, scope: Scope): Alarm {
  const alarm = services.state.alarm(id)
  if (!alarm || !isIdInScope(services, alarm.facility, scope))
    throw new LamplighterError('not-found', `There is no alarm ${id}; /api/alarms lists them.`)
  return alarm
}

/** Whole numbers and facility ids in addresses. */
export const AlarmIdSchema = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
export const OverrideIdSchema = AlarmIdSchema
export const FacilityIdSchema = Type.Object({ id: Type.String({ maxLength: 64 }) })
export const limitSchema = (maximum: number, usual: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum, default: usual, description: 'entries per page' }))
export const cursorSchema = Type.Optional(
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: '`next` of the page before; the first page when absent' }),
)
