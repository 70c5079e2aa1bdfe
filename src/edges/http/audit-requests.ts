import { watchAudit } from '../../storage/audit-watch.ts'
import type { StateStore } from '../../storage/state-store.ts'
import type { Api } from './api.ts'
import { routeAccess } from './route-access.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** By whom records were left while it was answered; null for one that need not leave a record. */
    auditedBy: Set<string> | null
  }
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])
/** What only asks, with a question that is too long for an address; consoles ask it while somebody types or selects. */
const asking = new Set([
  'POST /api/device-profiles/try',
  'POST /api/device-profiles/try-command',
  'POST /api/dispatch-policy/preview',
  'POST /api/lamp-on-rate/selection',
  'POST /api/vendor-codecs/try',
])

/**
 * Sees to it that every action of a person or a key is in the audit trail: what its service has not written there is written as the request, before
 * the answer goes out. Must come after the guard, which says who asks.
 */
export function auditRequests(app: Api, state: Pick<StateStore, 'audit'>, now: () => number): void {
  app.decorateRequest('auditedBy', null)
  // No earlier than here: reading the body goes on where the connection is heard, not where the request is.
  app.addHook('preHandler', (request, _reply, done) => {
    const { method, routeOptions } = request
    const route = `${method} ${routeOptions.url}`
    const isAction = READING.has(method) ? routeAccess[route]?.takesOut === true : !asking.has(route)
    if (!request.person || !isAction) return done()
    request.auditedBy = new Set()
    watchAudit(request.auditedBy, done)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const { person, auditedBy, method, url } = request
    if (!person || auditedBy === null || reply.statusCode >= 400) return payload
    request.auditedBy = null
    if (!auditedBy.has(person.name)) {
      state.audit({ at: now(), by: person.name, action: 'request', subject: `${method} ${url.slice(0, 500)}`, detail: '' })
    }
    return payload
  })
}
