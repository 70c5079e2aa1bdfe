import type { FastifyReply } from 'fastify'
import Type from 'typebox'
import { permissionsOf } from '../../../access/permissions.ts'
import { LamplighterError } from '../../../errors.ts'
import type { Api, RouteParts } from '../api.ts'
import { LoginSchema, SessionSchema } from '../schemas.ts'
import { SESSION_ABSOLUTE, type Session } from '../session.ts'

export function sessionRoutes(app: Api, { services, sessions, secureCookies }: RouteParts & { secureCookies: boolean }): void {
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: secureCookies } as const
  const answer = ({ user, role, scope, expires }: Session) => ({
    ...{ name: user, role, scope, permissions: [...permissionsOf(role)], expires },
    timeZone: services.dayFigures.timeZone,
  })
  const forget = (reply: FastifyReply) => reply.clearCookie(sessions.cookieName, cookie)

  app.post(
    '/api/session',
    {
      // A second line behind the growing waits after failures: scrypt is dear even when the password is right.
      config: { rateLimit: { max: 30, timeWindow: '1 minute' } },
      bodyLimit: 4096,
      schema: { tags: ['session'], summary: 'Sign in; sets the session cookie', body: LoginSchema, response: { 200: SessionSchema } },
    },
    async (request, reply) => {
      const { name, password } = request.body
      const { token, session } = await sessions.signIn(name, password, request.ip)
      if (request.session) sessions.signOut(request.session.key)
      reply.setCookie(sessions.cookieName, token, { ...cookie, maxAge: SESSION_ABSOLUTE / 1000 })
      return answer(session)
    },
  )

  app.get('/api/session', { schema: { tags: ['session'], summary: 'Who is signed in', response: { 200: SessionSchema } } }, (request) => {
    if (!request.session) throw new LamplighterError('not-signed-in', 'Sign in first.')
    return answer(request.session)
  })

  app.delete('/api/session', { schema: { tags: ['session'], summary: 'Sign out', response: { 204: Type.Null() } } }, (request, reply) => {
    if (request.session) sessions.signOut(request.session.key)
    forget(reply).code(204)
    return null
  })
}
