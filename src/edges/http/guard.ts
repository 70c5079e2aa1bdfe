import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import { may, type Person } from '../../access/person.ts'
import { isWhole } from '../../access/scope.ts'
import { LamplighterError } from '../../errors.ts'
import { type TileSource, tileOrigins } from '../map/tile-source.ts'
import type { Api } from './api.ts'
import { isOwnOrigin } from './origin.ts'
import type { People } from './people/people.ts'
import { type RouteAccess, routeAccess } from './route-access.ts'
import { personOfSession, type Session } from './session.ts'

const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** Only for people who have signed in: no key gives keys, or more than itself. */
const PEOPLE_ONLY: readonly RouteAccess['needs'][] = ['account.manage', 'own.change', 'view.keep']

export interface GuardOptions {
  people: Pick<People, 'sessions' | 'keys'>
  secureCookies: boolean
  allowedOrigins: readonly string[]
  /** Whose hosts the map may fetch from. */
  tiles: TileSource | null
}

/** Headers, limits, and who may pass, by the table of routes. */
export async function guard(app: Api, { people: { sessions, keys }, secureCookies, allowedOrigins, tiles }: GuardOptions): Promise<void> {
  await app.register(fastifyCookie)
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentPolicy(secureCookies, tiles) },
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
  app.addHook('onRoute', (route) => {
    const config = { ...route.config, access: accessOf([route.method].flat()[0] as string, route.url) }
    Object.assign(route, { config })
  })
  app.decorateRequest('session', null)
  app.decorateRequest('person', null)
  app.addHook('onRequest', async (request) => {
    const route = request.routeOptions.url
    // No route: the answer is 404. The catch-all serves the console's files, which hold no secrets.
    if (route === undefined || route === '/*') return
    const access = request.routeOptions.config.access as RouteAccess
    // No browser sends such a token by itself, and no session counts.
    if (access.needs === 'token') return
    const key = keys.personOf(request.headers.authorization, request.ip)
    if (key) {
      // No browser sends a key by itself, so no page of another site can have it sent.
      request.person = key
      checkAccess(access, key)
      if (PEOPLE_ONLY.includes(access.needs)) throw new LamplighterError('not-allowed', 'This is not for keys. Sign in to the console.')
      return
    }
    checkOrigin(request, allowedOrigins)
    request.session = sessions.ofCookie(request.headers.cookie) ?? null
    request.person = request.session && personOfSession(request.session)
    checkAccess(access, request.person)
    if (request.session) checkOwed(access, request.session)
  })
}

/** Throws where a route has no entry: nobody has said who may use it. */
function accessOf(method: string, url: string): RouteAccess {
  if (url === '/*') return { needs: 'nothing', scope: 'none' }
  if (url.startsWith('/api/docs')) return { needs: 'session', scope: 'none' }
  const route = `${method === 'HEAD' ? 'GET' : method} ${url}`
  const access = routeAccess[route]
  if (!access) throw new Error(`${route} has no entry in the table of routes, so that nobody knows who may use it`)
  return access
}

function checkAccess({ needs, scope }: RouteAccess, person: Person | null): void {
  if (needs === 'nothing' || needs === 'token') return
  if (!person) throw new LamplighterError('not-signed-in', 'Sign in first: POST /api/session with name and password.')
  if (needs === 'session') return
  if (!may(person, needs)) {
    throw new LamplighterError('not-allowed', `An account of the role ${person.role} may not do this (${needs}). Ask somebody who may.`)
  }
  if (scope === 'whole' && !isWhole(person.scope)) {
    throw new LamplighterError('not-allowed', 'This concerns the whole city; your account is limited to a part of it.')
  }
}

/** Until it is there, only what leads to it is open. */
function checkOwed({ needs }: RouteAccess, { owes }: Session): void {
  if (owes === null || needs === 'nothing' || needs === 'token' || needs === 'session' || needs === 'own.change') return
  const what = owes === 'password' ? 'Choose another password first.' : 'Your role demands a second factor. Set it up first.'
  throw new LamplighterError('not-allowed', `${what} The console shows how, at /own.`)
}

function checkOrigin(request: FastifyRequest, allowed: readonly string[]): void {
  if (!CHANGING.has(request.method) || isOwnOrigin(request.headers, allowed)) return
  throw new LamplighterError('not-allowed', 'This request comes from a page of another site. Use the console of this server.')
}

/** Plots and maps set style attributes, hence 'unsafe-inline' for styles; scripts never. 'self' covers the WebSocket. */
function contentPolicy(overTls: boolean, tiles: TileSource | null): Record<string, string[]> {
  const hosts = tiles ? tileOrigins(tiles) : []
  return {
    'default-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:', ...(tiles?.type === 'raster' ? hosts : [])],
    ...(tiles?.type === 'archive' && hosts.length > 0 && { 'connect-src': ["'self'", ...hosts] }),
    'object-src': ["'none'"],
    'base-uri': ["'self'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
    ...(overTls && { 'upgrade-insecure-requests': [] }),
  }
}
