import type { FastifyRequest, onErrorHookHandler } from 'fastify'
import { LamplighterError } from '../../errors.ts'
import { seconds } from '../../telemetry/duration.ts'
import type { Commander } from '../commands.ts'
import { personOf, type RouteParts } from './api.ts'
import type { ConsoleSeat } from './command-schemas.ts'

/** A console that has heard no heartbeat of this age is stale, ms: it says so itself after five seconds. */
const STALE = seconds(10)
const AHEAD = seconds(1)

/** Who commands; throws where a person does not do it from a console that is live. */
export function commanderOf(
  request: FastifyRequest,
  seat: ConsoleSeat | undefined,
  { live, now }: Pick<RouteParts, 'live' | 'now'>,
): Commander {
  const { name, account, scope } = personOf(request)
  const { session } = request
  if (!session) return { name, account, scope, session: null, connection: null }
  const refuse = (why: string): never => {
    throw new LamplighterError('action-refused', `${why} Nothing was done; reload the console and look again.`)
  }
  if (!seat || !live.isConnected(seat.connection, session.key)) return refuse('The console has no live connection.')
  const age = now() - seat.heartbeat
  if (age > STALE || age < -AHEAD) return refuse('What the console shows is stale.')
  return { name, account, scope, session: session.key, connection: seat.connection }
}

/** That something was not done is in the record, whoever or whatever kept it from being done. */
export const auditRefused =
  (what: string, action: string, { services, now }: Pick<RouteParts, 'services' | 'now'>): onErrorHookHandler =>
  (request, _reply, error, done) => {
    const { person, params, body, url } = request as FastifyRequest<{
      Params?: { id?: string }
      Body?: { id?: string; command?: string; change?: { type?: string } }
    }>
    const subject = body?.id ?? params?.id ?? body?.command ?? body?.change?.type ?? url
    if (person) {
      const detail = `${request.method} ${request.routeOptions.url}: ${error.message}`.slice(0, 1000)
      services.state.audit({ at: now(), by: person.name, action, subject: `${what} ${subject}`, detail })
    }
    done()
  }
