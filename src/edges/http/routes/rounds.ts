import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { may } from '../../../access/person.ts'
import { isWhole } from '../../../access/scope.ts'
import { LamplighterError } from '../../../errors.ts'
import { isLate, type Round } from '../../../operations/round.ts'
import { days } from '../../../telemetry/duration.ts'
import type { CheckInClaim } from '../../rounds.ts'
import { type Api, isIdInScope, personOf, type RouteParts, scopeOf, signedIn } from '../api.ts'
import { orderViewer } from '../order-views.ts'
import {
  CallOffSchema,
  CheckInAnswersSchema,
  CheckInsSchema,
  ComingRoundsQuerySchema,
  ComingRoundsSchema,
  CoverageQuerySchema,
  CoverageSchema,
  CrewRoundsSchema,
  RoundDetailSchema,
  RoundIdSchema,
  RoundLabelsSchema,
  RoundListQuerySchema,
  RoundPageSchema,
  RoundPlanIdSchema,
  RoundPlanInputSchema,
  RoundPlanSchema,
  RoundPlansSchema,
  RoundSchema,
  VisitsQuerySchema,
  VisitsSchema,
} from '../round-schemas.ts'
import { comingRoundView, isRoundSeen, knownRound, planInput, planView, roundDetailView, roundView } from '../round-views.ts'

const tags = ['rounds']
const LONGEST = days(31)
const LONGEST_AHEAD = days(7)

/** Rounds that people walk: their plans, what became of each, and what phones tell. */
export function roundRoutes(app: Api, { services, now }: RouteParts): void {
  const { rounds, plant } = services
  const viewerOf = (request: unknown) => orderViewer(services, personOf(request as FastifyRequest))
  /** Throws `not-found`, for one out of scope too. */
  const knownPlan = (request: unknown, id: string) => {
    const plan = rounds.plan(id)
    const view = plan && planView(services, plan, viewerOf(request))
    if (!plan || !view) throw new LamplighterError('not-found', `There is no plan ${id}; /api/round-plans lists them.`)
    return { plan, view }
  }

  app.get(
    '/api/round-plans',
    { schema: { tags, summary: 'Plans of rounds, and by what emergency plans have tightened them', response: { 200: RoundPlansSchema } } },
    (request) => ({
      items: rounds.plans().flatMap((plan) => planView(services, plan, viewerOf(request)) ?? []),
      tightenings: isWhole(scopeOf(request)) ? rounds.tightenings().map((one) => ({ ...one })) : [],
    }),
  )

  app.get(
    '/api/round-plans/:id/labels',
    {
      schema: {
        tags,
        summary: 'What stands in the codes of the labels of its stops; who has a code shows by it that somebody was there',
        params: RoundPlanIdSchema,
        response: { 200: RoundLabelsSchema },
      },
    },
    (request, reply) => {
      const { plan } = knownPlan(request, request.params.id)
      const scope = scopeOf(request)
      reply.header('cache-control', 'no-store')
      const own = rounds
        .stopsOf(plan)
        .filter(({ facility }) => isWhole(scope) || (facility !== null && isIdInScope(services, facility, scope)))
      return { items: own.map(({ key, name, road }) => ({ key, name: { ...name }, road, path: rounds.labelOf(plan.id, key) })) }
    },
  )

  app.put(
    '/api/round-plans/:id',
    {
      bodyLimit: 256 * 1024,
      schema: {
        tags,
        summary: 'Add a plan or change it; rounds to come become what it says',
        params: RoundPlanIdSchema,
        body: RoundPlanInputSchema,
        response: { 200: RoundPlanSchema },
      },
    },
    (request) => {
      const { id } = request.params
      rounds.putPlan(planInput(id, request.body), signedIn(request), scopeOf(request))
      return knownPlan(request, id).view
    },
  )

  app.delete(
    '/api/round-plans/:id',
    {
      schema: { tags, summary: 'Remove a plan; the record of its rounds stays', params: RoundPlanIdSchema, response: { 204: Type.Null() } },
    },
    (request, reply) => {
      const { plan } = knownPlan(request, request.params.id)
      rounds.removePlan(plan.id, signedIn(request), scopeOf(request))
      reply.code(204)
      return null
    },
  )

  app.get(
    '/api/rounds',
    {
      schema: {
        tags,
        summary: 'Rounds, those made last first, in pages',
        querystring: RoundListQuerySchema,
        response: { 200: RoundPageSchema },
      },
    },
    (request) => {
      const { plan, state, late, from, to, before, limit = 100 } = request.query
      const viewer = viewerOf(request)
      const asked = { plans: plan === undefined ? undefined : [plan], states: state && [state], lateAt: late ? now() : undefined }
      const { items, next } = rounds.list({ ...asked, from, to, before, limit })
      return { items: items.filter((round) => isRoundSeen(round, services, viewer)).map(roundView), next }
    },
  )

  app.get(
    '/api/rounds/to-come',
    {
      schema: {
        tags,
        summary: 'What will be made of the plans as they are, of the rounds of a time: they are made half a day ahead',
        querystring: ComingRoundsQuerySchema,
        response: { 200: ComingRoundsSchema },
      },
    },
    (request) => {
      const { from, to, limit = 200 } = request.query
      if (!(to > from) || to - from > LONGEST_AHEAD)
        throw new LamplighterError('invalid-request', 'Give a time of 7 days at most, `to` after `from`.')
      const viewer = viewerOf(request)
      const seen = rounds.toCome(from, to).filter((round) => isRoundSeen(round, services, viewer))
      return { items: seen.slice(0, limit).map(comingRoundView), count: seen.length }
    },
  )

  app.get(
    '/api/rounds/:id',
    {
      schema: {
        tags,
        summary: 'One round with its stops and who was at each',
        params: RoundIdSchema,
        response: { 200: RoundDetailSchema },
      },
    },
    (request) => {
      const viewer = viewerOf(request)
      return roundDetailView(services, knownRound(services, request.params.id, viewer), viewer)
    },
  )

  app.post(
    '/api/rounds/:id/call-off',
    {
      schema: {
        tags,
        summary: 'Call a round off that is not to be walked',
        params: RoundIdSchema,
        body: CallOffSchema,
        response: { 200: RoundSchema },
      },
    },
    (request) => {
      const round = knownRound(services, request.params.id, viewerOf(request))
      const scope = scopeOf(request)
      if (!isWhole(scope) && !round.stops.every(({ facility }) => facility !== null && isIdInScope(services, facility, scope)))
        throw new LamplighterError('not-allowed', `Round ${round.id} has stops outside your part of the city too.`)
      return roundView(rounds.callOff(round.id, request.body.reason.trim(), signedIn(request)))
    },
  )

  app.get(
    '/api/round-coverage',
    {
      schema: { tags, summary: 'How often areas are walked', querystring: CoverageQuerySchema, response: { 200: CoverageSchema } },
    },
    async (request) => {
      const { by, from, to } = request.query
      if (!(to > from) || to - from > LONGEST)
        throw new LamplighterError('invalid-request', 'Give a time of 31 days at most, `to` after `from`.')
      const scope = scopeOf(request)
      const sees = (facility: string | null) => isWhole(scope) || (facility !== null && isIdInScope(services, facility, scope))
      return { items: (await rounds.coverage(by, from, to, sees)).map((one) => ({ ...one })) }
    },
  )

  app.get(
    '/api/round-visits',
    {
      schema: {
        tags,
        summary: 'Where somebody was last, and where somebody is to go now, for a map',
        querystring: VisitsQuerySchema,
        response: { 200: VisitsSchema },
      },
    },
    (request) => {
      const { since, limit = 2000 } = request.query
      const scope = scopeOf(request)
      const sees = (facility: string | null) => isWhole(scope) || (facility !== null && isIdInScope(services, facility, scope))
      const at = now()
      const visits = rounds.lastVisits(since, limit).flatMap(({ checkIn, place }) => {
        const position = (checkIn.facility === null ? null : plant.get(checkIn.facility)?.position) ?? checkIn.place?.position
        if (!position || !sees(checkIn.facility)) return []
        return [{ place, position: [...position] as [number, number], at: checkIn.at, round: checkIn.round, by: checkIn.by }]
      })
      const open = rounds
        .open()
        .filter(({ begins }) => begins <= at)
        .flatMap((round) => {
          const visited = new Set(round.visited > 0 ? rounds.checkInsOf(round.id).map(({ stop }) => stop) : [])
          return round.stops.flatMap(({ key, facility, position }) =>
            position && !visited.has(key) && sees(facility)
              ? [
                  {
                    place: facility ?? `${round.plan}:${key}`,
                    position: [...position] as [number, number],
                    round: round.id,
                    late: isLate(round, at),
                  },
                ]
              : [],
          )
        })
      return { visits, open: open.slice(0, limit) }
    },
  )

  app.get(
    '/api/crew/rounds',
    {
      schema: {
        tags,
        summary: 'Rounds that you may walk, open or to come, with all that a phone needs to go on without a network',
        response: { 200: CrewRoundsSchema },
      },
    },
    (request) => {
      const viewer = viewerOf(request)
      const own = rounds.ofWalker(signedIn(request), (round) => isRoundSeen(round, services, viewer))
      return { at: now(), rounds: own.map((round) => roundDetailView(services, round, viewer)) }
    },
  )

  app.post(
    '/api/crew/check-ins',
    {
      bodyLimit: 512 * 1024,
      schema: {
        tags,
        summary: 'Where somebody was on a round, now or while out of reach; each check-in counts once however often it is sent',
        body: CheckInsSchema,
        response: { 200: CheckInAnswersSchema },
      },
    },
    async (request) => {
      const person = personOf(request)
      const viewer = viewerOf(request)
      const crews = new Set(services.orders.crewsOf(person.name).map(({ id }) => id))
      const mayWalk = (round: Round) =>
        isRoundSeen(round, services, viewer) && (round.crew === null || crews.has(round.crew) || may(person, 'round.manage'))
      const claims = request.body.checkIns.map(
        ({ code = null, place = null, readings = [], note = '', ...rest }): CheckInClaim => ({ ...rest, code, place, readings, note }),
      )
      const answers = await rounds.checkIn(claims, person.name, mayWalk)
      return {
        at: now(),
        answers: answers.map(({ why, round, ...rest }) => ({ ...rest, why: why && { ...why }, round: round && roundView(round) })),
      }
    },
  )
}
