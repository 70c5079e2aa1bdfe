import type { StateStore } from '../../storage/state-store.ts'
import type { Api } from './api.ts'
import { routeAccess } from './route-access.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Id of the newest audit record when the request came; null for one that need not leave a record. */
    auditedBefore: number | null
  }
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])
/** What only asks, with a question that is too long for an address; consoles ask it while somebody types. */
const asking = new Set(['POST /api/device-profiles/try', 'POST /api/vendor-codecs/try'])

/**
 * Sees to it that every action of a person or a key is in the audit trail: what its service has not written there is written as the request, before
 * the answer goes out. Must come after the guard, which says who asks.
 */
export function auditRequests(app: Api, state: Pick<StateStore, 'audit' | 'auditChain' | 'isAudited'>, now: () => number): void {
  app.decorateRequest('auditedBefore', null)
  app.addHook('onRequest', async (request) => {
    const { method, routeOptions } = request
    const route = `${method} ${routeOptions.url}`
    const isAction = READING.has(method) ? routeAccess[route]?.takesOut === true : !asking.has(route)
    if (request.person && isAction) request.auditedBefore = state.auditChain.newest()
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const { person, auditedBefore, method, url } = request
    if (!person || auditedBefore === null || reply.statusCode >= 400) return payload
    request.auditedBefore = null
    if (!state.isAudited(person.name, auditedBefore)) {
      state.audit({ at: now(), by: person.name, action: 'request', subject: `${method} ${url.slice(0, 500)}`, detail: '' })
    }
    return payload
  })
}
