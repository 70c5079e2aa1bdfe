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
import type { Alarm } from '../../alarms/alarm.ts'
import { LamplighterError } from '../../errors.ts'
import type { Facility } from '../../facilities/plant.ts'
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

/** What routes are made of. */
export interface RouteParts {
  services: Services
  sessions: Sessions
  now: () => number
  /** The snapshot of the live feed as JSON text. */
  snapshot: () => string
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

export function findFacility(services: Services, id: string): Facility {
  const facility = services.plant.get(id)
  if (!facility) throw new LamplighterError('not-found', `There is no facility ${JSON.stringify(id)}; /api/facilities lists them.`)
  return facility
}

export function knownAlarm(services: Services, id: number): Alarm {
  const alarm = services.state.alarm(id)
  if (!alarm) throw new LamplighterError('not-found', `There is no alarm ${id}; /api/alarms lists them.`)
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
