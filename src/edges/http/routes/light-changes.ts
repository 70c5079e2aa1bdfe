import type { FastifyRequest } from 'fastify'
import { may } from '../../../access/person.ts'
import { type KeptLightChange, type LightChange, permissionFor } from '../../../control/light-change.ts'
import { LamplighterError } from '../../../errors.ts'
import { type Api, personOf, type RouteParts, scopeOf, signedIn } from '../api.ts'
import type { ConsoleSeat } from '../command-schemas.ts'
import { auditRefused, commanderOf } from '../commander.ts'
import {
  ArmLightChangeSchema,
  DecideLightChangeSchema,
  ExecuteLightChangeSchema,
  LightArmingSchema,
  type LightArmingView,
  LightChangeIdSchema,
  type LightChangeInput,
  LightChangeListQuerySchema,
  LightChangePageSchema,
  LightChangeSchema,
  type LightChangeView,
  WithdrawLightChangeSchema,
} from '../light-change-schemas.ts'
import { differenceView, lightChangeView } from '../light-change-views.ts'

const tags = ['programmes']

/** Changes of light: looked at, then put in force by one person or two. */
export function lightChangeRoutes(app: Api, { services, live, now }: RouteParts): void {
  const { lightChanges } = services
  const onError = auditRefused('light change', 'light-change-refused', { services, now })
  const seatedBy = (request: FastifyRequest, seat: ConsoleSeat | undefined) => commanderOf(request, seat, { live, now })
  const toChange = (given: LightChangeInput): LightChange =>
    given.type === 'override' ? { ...given, override: { ...given.override, from: given.override.from ?? now() } } : given
  /** Throws where it is nothing that this person may ask for or approve. */
  const checkMay = (request: FastifyRequest, change: LightChange): void => {
    const needs = permissionFor(change)
    if (!may(personOf(request), needs)) throw new LamplighterError('not-allowed', `Your role has not the permission ${needs}.`)
  }
  const noSuch = (id: string): never => {
    throw new LamplighterError('not-found', `There is no change of light ${id}; /api/light-changes lists them.`)
  }
  const viewFor = (request: FastifyRequest, kept: KeptLightChange): LightChangeView =>
    lightChangeView(kept, services, scopeOf(request)) ?? noSuch(kept.id)
  /** One that is seen; what is out of scope is as little there as what there is not. */
  const known = (request: FastifyRequest<{ Params: { id: string } }>): { kept: KeptLightChange; view: LightChangeView } => {
    const kept = lightChanges.change(request.params.id) ?? noSuch(request.params.id)
    return { kept, view: viewFor(request, kept) }
  }
  const allowed = (request: FastifyRequest<{ Params: { id: string } }>): string => {
    const { kept } = known(request)
    checkMay(request, kept.change)
    return kept.id
  }

  app.get(
    '/api/light-changes',
    {
      schema: {
        tags,
        summary: 'Changes of light that people asked for, newest first, and what became of them',
        querystring: LightChangeListQuerySchema,
        response: { 200: LightChangePageSchema },
      },
    },
    (request) => {
      const { state: wanted = 'all', limit = 50, before } = request.query
      const { items, next } = lightChanges.list({ waiting: wanted === 'waiting', limit, ...(before !== undefined && { before }) })
      return { items: items.flatMap((one) => lightChangeView(one, services, scopeOf(request)) ?? []), next }
    },
  )
  app.get(
    '/api/light-changes/:id',
    { schema: { tags, summary: 'One change of light', params: LightChangeIdSchema, response: { 200: LightChangeSchema } } },
    (request) => known(request).view,
  )
  app.post(
    '/api/light-changes/arm',
    {
      onError,
      bodyLimit: 1024 * 1024,
      schema: {
        tags,
        summary: 'Say what a change would do to whose light, and give the token by which it does; nothing is done yet',
        body: ArmLightChangeSchema,
        response: { 200: LightArmingSchema },
      },
    },
    async (request): Promise<LightArmingView> => {
      const change = toChange(request.body.change)
      checkMay(request, change)
      const { differences, secondPerson, ...rest } = await lightChanges.arm(change, seatedBy(request, request.body.console))
      return {
        ...rest,
        ...{ differences: differences.map(differenceView), secondPerson: [...secondPerson] },
        danger: secondPerson.length > 0 ? 'second-person' : 'routine',
      }
    },
  )
  app.post(
    '/api/light-changes',
    {
      onError,
      schema: {
        tags,
        summary: 'Put in force what was armed, or let it wait for a second person; counts once however often it is sent',
        body: ExecuteLightChangeSchema,
        response: { 200: LightChangeSchema },
      },
    },
    async (request) => {
      const { id, token = null, count = null, console } = request.body
      return viewFor(request, await lightChanges.execute({ id, token, count }, seatedBy(request, console)))
    },
  )
  app.post(
    '/api/light-changes/:id/approve',
    {
      onError,
      schema: {
        tags,
        summary: 'Say yes as the second person, who is never the one who asked',
        params: LightChangeIdSchema,
        body: DecideLightChangeSchema,
        response: { 200: LightChangeSchema },
      },
    },
    async (request) => viewFor(request, await lightChanges.approve(allowed(request), seatedBy(request, request.body.console))),
  )
  app.post(
    '/api/light-changes/:id/decline',
    {
      onError,
      schema: {
        tags,
        summary: 'Say no as the second person: nothing is done',
        params: LightChangeIdSchema,
        body: DecideLightChangeSchema,
        response: { 200: LightChangeSchema },
      },
    },
    async (request) => {
      const { reason = '', console } = request.body
      return viewFor(request, await lightChanges.decline(allowed(request), reason, seatedBy(request, console)))
    },
  )
  app.post(
    '/api/light-changes/:id/withdraw',
    {
      onError,
      schema: {
        tags,
        summary: 'Take back what still waits',
        params: LightChangeIdSchema,
        body: WithdrawLightChangeSchema,
        response: { 200: LightChangeSchema },
      },
    },
    (request) => viewFor(request, lightChanges.withdraw(allowed(request), request.body.reason ?? '', signedIn(request))),
  )
}
