import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { permissionsOf, roles } from '../../../access/permissions.ts'
import { LamplighterError } from '../../../errors.ts'
import type { Api, RouteParts } from '../api.ts'
import type { People } from '../people/people.ts'
import { type CodeAwaited, DEVICE_KNOWN, type SignedIn, type SigningClient } from '../people/sign-in.ts'
import { AcceptSchema, CodeStepSchema, InvitationTokenSchema, InvitedSchema, SignInAnswerSchema } from '../people-schemas.ts'
import { LoginSchema, SessionSchema } from '../schemas.ts'
import { cookieOf, SESSION_ABSOLUTE, type Session } from '../session.ts'

/** Browsers keep no cookie longer; the server ends a wall's session by itself. */
const LONGEST_COOKIE_SECONDS = 400 * 86_400
/** A second line behind the growing waits after failures: scrypt is dear even when the password is right. */
const config = { rateLimit: { max: 30, timeWindow: '1 minute' } }

/** Signing in, by password and code or by a link, and out. */
export function sessionRoutes(
  app: Api,
  { services, people, secureCookies }: RouteParts & { people: People; secureCookies: boolean },
): void {
  const { sessions, signIn, invitations } = people
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: secureCookies } as const
  const deviceCookie = sessions.cookieName.replace('session', 'device')
  const answer = ({ user, displayName, role, scope, expires, owes, secondFactorDue }: Session) => ({
    ...{
      name: user,
      displayName,
      role,
      roleTitle: roles[role],
      scope,
      permissions: [...permissionsOf(role)],
      expires,
      owes,
      secondFactorDue,
    },
    timeZone: services.dayFigures.timeZone,
  })
  const forget = (reply: FastifyReply) => reply.clearCookie(sessions.cookieName, cookie)
  const setSession = (reply: FastifyReply, token: string, { role }: Session) =>
    reply.setCookie(sessions.cookieName, token, { ...cookie, maxAge: role === 'wall' ? LONGEST_COOKIE_SECONDS : SESSION_ABSOLUTE / 1000 })

  const clientOf = (request: FastifyRequest): SigningClient => ({
    address: request.ip,
    userAgent: request.headers['user-agent'] ?? '',
    device: cookieOf(request.headers.cookie, deviceCookie),
  })
  const enter = (request: FastifyRequest, reply: FastifyReply, step: SignedIn) => {
    if (request.session) sessions.signOut(request.session.key)
    setSession(reply, step.token, step.session)
    reply.setCookie(deviceCookie, step.device, { ...cookie, maxAge: DEVICE_KNOWN / 1000 })
    return answer(step.session)
  }

  const enterOrAwait = (request: FastifyRequest, reply: FastifyReply, step: SignedIn | CodeAwaited) =>
    'pending' in step ? step : enter(request, reply, step)

  app.post(
    '/api/session',
    {
      config,
      bodyLimit: 4096,
      schema: {
        tags: ['session'],
        summary: 'Sign in; sets the session cookie, or asks for a code of the second factor',
        body: LoginSchema,
        response: { 200: SignInAnswerSchema },
      },
    },
    async (request, reply) => {
      const { name, password } = request.body
      return enterOrAwait(request, reply, await signIn.withPassword(name, password, clientOf(request)))
    },
  )
  app.post(
    '/api/session/code',
    {
      config,
      bodyLimit: 4096,
      schema: {
        tags: ['session'],
        summary: 'The second step of signing in; sets the session cookie',
        body: CodeStepSchema,
        response: { 200: SessionSchema },
      },
    },
    (request, reply) => enter(request, reply, signIn.withCode(request.body.pending, request.body.code, clientOf(request))),
  )

  app.get(
    '/api/session',
    { schema: { tags: ['session'], summary: 'Who is signed in', response: { 200: SessionSchema } } },
    (request, reply) => {
      if (!request.session) throw new LamplighterError('not-signed-in', 'Sign in first.')
      const token = request.session.role === 'wall' ? cookieOf(request.headers.cookie, sessions.cookieName) : undefined
      // Each look renews it, so that the screen is not signed out by its own browser.
      if (token) setSession(reply, token, request.session)
      return answer(request.session)
    },
  )

  app.delete('/api/session', { schema: { tags: ['session'], summary: 'Sign out', response: { 204: Type.Null() } } }, (request, reply) => {
    if (request.session) sessions.signOut(request.session.key)
    forget(reply).code(204)
    return null
  })

  app.post(
    '/api/invitations/look',
    {
      config,
      bodyLimit: 4096,
      schema: {
        tags: ['session'],
        summary: 'Whom a link is for',
        body: InvitationTokenSchema,
        response: { 200: InvitedSchema },
      },
    },
    (request) => {
      const { user, invitation } = invitations.look(request.body.token)
      return { name: user.name, displayName: user.displayName, role: user.role, purpose: invitation.purpose }
    },
  )
  app.post(
    '/api/invitations/accept',
    {
      config,
      bodyLimit: 4096,
      schema: {
        tags: ['session'],
        summary: 'Choose a password by a link, which is used up, and sign in; a wall signs in without one',
        body: AcceptSchema,
        response: { 200: SignInAnswerSchema },
      },
    },
    async (request, reply) => {
      const { token, password } = request.body
      return enterOrAwait(request, reply, await invitations.accept(token, password, clientOf(request)))
    },
  )
}
