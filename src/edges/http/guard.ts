import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import { LamplighterError } from '../../errors.ts'
import type { Api } from './api.ts'
import { isOwnOrigin } from './origin.ts'
import type { Sessions } from './session.ts'

const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

export interface GuardOptions {
  sessions: Sessions
  secureCookies: boolean
  allowedOrigins: readonly string[]
}

/** Headers, limits, and who may pass: deny by default, a route under /api is open only when it says so. */
export async function guard(app: Api, { sessions, secureCookies, allowedOrigins }: GuardOptions): Promise<void> {
  await app.register(fastifyCookie)
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentPolicy(secureCookies) },
    strictTransportSecurity: secureCookies,
    crossOriginOpenerPolicy: secureCookies,
    originAgentCluster: secureCookies,
  })
  await app.register(fastifyRateLimit, {
    max: 3000,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, { after }) =>
      new LamplighterError('too-many-requests', `Too many requests from this address. Try again in ${after}.`),
  })
  app.decorateRequest('session', null)
  app.addHook('onRequest', async (request) => {
    const route = request.routeOptions.url
    // No route: the answer is 404. The catch-all serves the console's files, which hold no secrets.
    if (route === undefined || route === '/*') return
    checkOrigin(request, allowedOrigins)
    request.session = sessions.ofCookie(request.headers.cookie) ?? null
    if (!request.session && !request.routeOptions.config.open) {
      throw new LamplighterError('not-signed-in', 'Sign in first: POST /api/session with name and password.')
    }
  })
}

function checkOrigin(request: FastifyRequest, allowed: readonly string[]): void {
  if (!CHANGING.has(request.method) || isOwnOrigin(request.headers, allowed)) return
  throw new LamplighterError('not-allowed', 'This request comes from a page of another site. Use the console of this server.')
}

/** Plots and maps set style attributes, hence 'unsafe-inline' for styles; scripts never. 'self' covers the WebSocket. */
function contentPolicy(overTls: boolean): Record<string, string[]> {
  return {
    'default-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'object-src': ["'none'"],
    'base-uri': ["'self'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
    ...(overTls && { 'upgrade-insecure-requests': [] }),
  }
}
