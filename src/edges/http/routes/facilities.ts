import Type, { type Static } from 'typebox'
import { isOwnIn, isWhole, type Scope } from '../../../access/scope.ts'
import { LamplighterError } from '../../../errors.ts'
import { MAX_QUERY_LENGTH } from '../../../facilities/facility-query.ts'
import type { Facility } from '../../../facilities/plant.ts'
import { type FacilityOrder, facilityOrders, type Services } from '../../services.ts'
import {
  type Api,
  cursorSchema,
  FacilityIdSchema,
  findFacility,
  isIdInScope,
  limitSchema,
  type RouteParts,
  scopeOf,
  signedIn,
} from '../api.ts'
import {
  type FacilityDetail,
  FacilityDetailSchema,
  FacilityInputSchema,
  FacilityPageSchema,
  FacilitySchema,
  type FacilityState,
  facilityStates,
  literals,
  ModeChangeSchema,
  type ModesChanged,
  ModesChangedSchema,
  ModesChangeSchema,
  ReasonSchema,
} from '../schemas.ts'
import { facilityPageView, facilityView } from '../views.ts'

const QuerySchema = Type.Optional(
  Type.String({
    maxLength: MAX_QUERY_LENGTH,
    description:
      'conditions separated by blanks, all of which must hold: kind=street-light district="新华区 Xinhua" roadClass=main,secondary keyArea=yes fedBy=LC-001 circuit=3 id=SL-00* rated.power=120 label.pole=steel gateway!=; * and ? are wildcards, commas separate values of which one must be there, != means none of them, no value means that it has none',
  }),
)

const ListQuerySchema = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 100, description: 'part of id, name or road' })),
    query: QuerySchema,
    kind: Type.Optional(Type.String({ maxLength: 64 })),
    district: Type.Optional(Type.String({ maxLength: 100 })),
    alarmed: Type.Optional(Type.Boolean({ default: false, description: 'true: only those with live alarms' })),
    state: Type.Optional(
      Type.String({
        maxLength: 100,
        description: `only those that are in one of these states now, comma separated: ${facilityStates.join(', ')}`,
      }),
    ),
    sort: Type.Optional(
      literals([...facilityOrders, ...facilityOrders.map((by) => `-${by}` as const)], {
        description: 'in this order, descending with a minus; `state`: the worst first. By registration when absent',
      }),
    ),
    limit: limitSchema(1000, 100),
    after: cursorSchema,
  },
  { additionalProperties: false },
)

type ListQuery = Static<typeof ListQuerySchema>

/** The order and the states that are asked for; null for the order of registration and any state. */
function orderOf(sort: ListQuery['sort'], state: string | undefined): FacilityOrder | null {
  if (sort === undefined && state === undefined) return null
  const isDescending = sort?.startsWith('-') ?? false
  const by = sort === undefined ? null : ((isDescending ? sort.slice(1) : sort) as FacilityOrder['by'])
  return { by, isDescending, states: state === undefined ? null : statesOf(state) }
}

function statesOf(text: string): ReadonlySet<FacilityState> {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !(facilityStates as readonly string[]).includes(name))
  if (unknown.length > 0)
    throw new LamplighterError('invalid-request', `There is no state ${unknown.join(', ')}; there are ${facilityStates.join(', ')}.`)
  return new Set(names as FacilityState[])
}

export function facilityRoutes(app: Api, { services }: Pick<RouteParts, 'services'>): void {
  app.get(
    '/api/facilities',
    {
      schema: {
        tags: ['facilities'],
        summary: 'Registered facilities, in pages',
        querystring: ListQuerySchema,
        response: { 200: FacilityPageSchema },
      },
    },
    (request) => {
      const { q, limit = 100, after, alarmed = false, sort, state, ...filter } = request.query
      const wanted = { ...filter, scope: scopeOf(request), ...(q !== undefined && { words: q }) }
      const order = orderOf(sort, state)
      if (alarmed && order) throw new LamplighterError('invalid-request', 'alarmed goes with neither sort nor state; leave it out.')
      if (order) return facilityPageView(services.listOrdered(wanted, order, after ?? 0, limit), services.facilityState)
      const list = alarmed ? services.listAlarmed : services.listFacilities
      return facilityPageView(list(wanted, after ?? -1, limit), services.facilityState)
    },
  )

  app.post(
    '/api/facilities',
    {
      bodyLimit: 2 * 1024 * 1024,
      schema: {
        tags: ['facilities'],
        summary: 'Register or change facilities, all or nothing',
        body: Type.Object(
          { facilities: Type.Array(FacilityInputSchema, { minItems: 1, maxItems: 1000 }), reason: ReasonSchema },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ facilities: Type.Array(FacilitySchema) }) },
      },
    },
    (request) => {
      const { facilities, reason = '' } = request.body
      return { facilities: services.putFacilities(facilities, signedIn(request), { reason, scope: scopeOf(request) }).map(facilityView) }
    },
  )

  app.get(
    '/api/facilities/:id',
    {
      schema: {
        tags: ['facilities'],
        summary: 'One facility with its latest values, what feeds it and how many hang on it',
        params: FacilityIdSchema,
        response: { 200: FacilityDetailSchema },
      },
    },
    (request) => {
      const scope = scopeOf(request)
      return limitedDetail(services, findFacility(services, request.params.id, scope), scope)
    },
  )

  app.delete(
    '/api/facilities/:id',
    {
      schema: {
        tags: ['facilities'],
        summary: 'Remove a facility that feeds no other and has no alarm that protects lives and is active or latched',
        params: FacilityIdSchema,
        querystring: Type.Object({ reason: ReasonSchema }, { additionalProperties: false }),
        response: { 204: Type.Null() },
      },
    },
    (request, reply) => {
      const scope = scopeOf(request)
      services.removeFacility(findFacility(services, request.params.id, scope).id, signedIn(request), scope, request.query.reason)
      reply.code(204)
      return null
    },
  )

  app.put(
    '/api/facilities/:id/mode',
    {
      schema: {
        tags: ['facilities'],
        summary: 'Put a facility into automatic, manual, maintenance or out-of-service mode',
        params: FacilityIdSchema,
        body: ModeChangeSchema,
        response: { 200: FacilitySchema },
      },
    },
    (request) => {
      const { mode, reason } = request.body
      const scope = scopeOf(request)
      const facility = findFacility(services, request.params.id, scope)
      if (!isOwnIn(scope, facility))
        throw new LamplighterError('not-allowed', 'The service itself concerns the whole city; your account is limited to a part of it.')
      return facilityView(services.setMode(facility.id, mode, reason, signedIn(request)))
    },
  )
  modesRoute(app, { services })
}

function modesRoute(app: Api, { services }: Pick<RouteParts, 'services'>): void {
  app.put(
    '/api/facilities/mode',
    {
      bodyLimit: 128 * 1024,
      schema: {
        tags: ['facilities'],
        summary: 'Put many facilities into one mode; those that are not there are told and hold up nothing',
        body: ModesChangeSchema,
        response: { 200: ModesChangedSchema },
      },
    },
    (request): ModesChanged => {
      const { facilities, mode, reason } = request.body
      const scope = scopeOf(request)
      const known = new Set(facilities.filter((id) => isOwn(services, id, scope)))
      const changed = new Set(services.setModes([...known], mode, reason, signedIn(request)).map(({ id }) => id))
      const outcomeOf = (id: string) => (changed.has(id) ? 'changed' : known.has(id) ? 'unchanged' : 'unknown')
      return { results: facilities.map((facility) => ({ facility, outcome: outcomeOf(facility) })) }
    },
  )
}

function isOwn({ plant }: Pick<Services, 'plant'>, id: string, scope: Scope): boolean {
  const facility = plant.get(id)
  return facility !== undefined && isOwnIn(scope, facility)
}

/** What feeds a facility and what hangs on it, as far as that is in scope; what feeds it directly stands in its description. */
function limitedDetail(services: Services, facility: Facility, scope: Scope): FacilityDetail {
  const detail = services.facilityDetail(facility)
  if (isWhole(scope)) return detail
  const count = (of: 'supply' | 'link') => services.childrenOf(facility, { scope, of }, -1, 1).total
  return {
    ...detail,
    feeders: detail.feeders.filter(({ id }) => isIdInScope(services, id, scope)),
    children: { supply: count('supply'), link: count('link') },
  }
}
