import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { EmergencyPlan } from '../../../operations/emergency-plan.ts'
import type { Actor } from '../../emergency-plans.ts'
import {
  AlarmIdSchema,
  type Api,
  cursorSchema,
  FacilityIdSchema,
  findFacility,
  knownAlarm,
  limitSchema,
  personOf,
  type RouteParts,
  scopeOf,
  signedIn,
} from '../api.ts'
import {
  ActivatePlanSchema,
  ActivationContactSchema,
  ActivationIdSchema,
  ActivationItemSchema,
  ActivationListQuerySchema,
  ActivationPageSchema,
  ActivationSchema,
  AlarmRaiseSchema,
  ArmedPlanSchema,
  ArmPlanSchema,
  CityStateSchema,
  DoItemSchema,
  EndSchema,
  EntryPageSchema,
  EntrySchema,
  FacilityEmergenciesSchema,
  NoteSchema,
  PlanChoicesSchema,
  PlanIdSchema,
  PlanInputSchema,
  PlanListSchema,
  PlanProblemsSchema,
  PlanSchema,
  PutPlanSchema,
  ReachSchema,
} from '../emergency-schemas.ts'
import { activationView, effectsView, emergencyView, planView } from '../emergency-views.ts'

const tags = ['emergency']
const removed = { 204: Type.Null() }

/** Emergency plans: what they say, what they would do, and what becomes of them while they are active. */
export function emergencyPlanRoutes(app: Api, { services, now }: RouteParts): void {
  const { emergencyPlans } = services
  const actorOf = (request: FastifyRequest): Actor => ({
    ...{ by: signedIn(request), account: personOf(request).account, session: request.session?.key ?? null, scope: scopeOf(request) },
  })
  const view = (id: number, request: FastifyRequest) => {
    const activation = emergencyPlans.activation(id, scopeOf(request))
    const facilities = emergencyPlans.facilitiesOf(activation, scopeOf(request)).length
    const phones = new Map(services.roster.people().map(({ account, phone }) => [account, phone]))
    return activationView(activation, personOf(request), facilities, phones, now())
  }

  app.get('/api/emergency-plans', { schema: { tags, summary: 'Emergency plans', response: { 200: PlanListSchema } } }, (request) => ({
    items: emergencyPlans.plans(scopeOf(request)).map((plan) => planView(plan, personOf(request))),
  }))
  app.get(
    '/api/emergency-plans/:id',
    { schema: { tags, summary: 'An emergency plan', params: PlanIdSchema, response: { 200: PlanSchema } } },
    (request) => planView(emergencyPlans.plan(request.params.id, scopeOf(request)), personOf(request)),
  )
  app.put(
    '/api/emergency-plans/:id',
    {
      schema: {
        tags,
        summary: 'Add an emergency plan, or change it; an activation keeps the plan as it was',
        params: PlanIdSchema,
        body: PutPlanSchema,
        response: { 200: PlanSchema },
      },
    },
    (request) => {
      const { plan, seen } = request.body
      const whole = { id: request.params.id, ...plan } as EmergencyPlan
      return planView(emergencyPlans.put(whole, seen, signedIn(request), scopeOf(request)), personOf(request))
    },
  )
  app.get(
    '/api/emergency-plan-choices',
    { schema: { tags, summary: 'What there is that a plan can name', response: { 200: PlanChoicesSchema } } },
    () => emergencyPlans.choices(),
  )
  app.post(
    '/api/emergency-plans/check',
    {
      schema: { tags, summary: 'What is wrong with a plan, by field', body: PlanInputSchema, response: { 200: PlanProblemsSchema } },
    },
    (request) => ({ items: emergencyPlans.problems({ id: 'x', ...request.body } as EmergencyPlan) }),
  )
  app.delete(
    '/api/emergency-plans/:id',
    { schema: { tags, summary: 'Remove a plan that is not active', params: PlanIdSchema, response: removed } },
    (request, reply) => {
      emergencyPlans.remove(request.params.id, signedIn(request), scopeOf(request))
      reply.code(204)
      return null
    },
  )
  app.post(
    '/api/emergency-plans/:id/arm',
    {
      schema: {
        tags,
        summary: 'What a plan would do now, and the token by which it is activated within two minutes',
        params: PlanIdSchema,
        body: ArmPlanSchema,
        response: { 200: ArmedPlanSchema },
      },
    },
    (request) => {
      const { area, drill, reason } = request.body
      const asked = { ...(area !== undefined && { area }), drill, reason }
      const { token, until, effects } = emergencyPlans.arm(request.params.id, asked, actorOf(request))
      return { token, until, effects: effectsView(effects) }
    },
  )

  app.get(
    '/api/emergency-activations',
    {
      schema: {
        tags,
        summary: 'When plans were active, newest first',
        querystring: ActivationListQuerySchema,
        response: { 200: ActivationPageSchema },
      },
    },
    (request) => {
      const { plan, active, before = Number.MAX_SAFE_INTEGER, limit = 20 } = request.query
      const { items, next } = active
        ? { items: emergencyPlans.active(scopeOf(request)), next: null }
        : emergencyPlans.list({ ...(plan !== undefined && { plan }), before, limit }, scopeOf(request))
      return { items: items.map((one) => ({ ...emergencyView(one, one.ended?.at ?? now()), ended: one.ended })), next }
    },
  )
  app.post(
    '/api/emergency-activations',
    {
      schema: { tags, summary: 'Activate the plan that was armed', body: ActivatePlanSchema, response: { 200: ActivationSchema } },
    },
    (request) => view(emergencyPlans.activate(request.body.token, actorOf(request)).id, request),
  )
  app.get(
    '/api/emergency-activations/:id',
    { schema: { tags, summary: 'An activation with its checklist', params: ActivationIdSchema, response: { 200: ActivationSchema } } },
    (request) => view(request.params.id, request),
  )
  app.get(
    '/api/emergency-activations/:id/log',
    {
      schema: {
        tags,
        summary: 'What happened while a plan was active, newest first',
        params: ActivationIdSchema,
        querystring: Type.Object({ before: cursorSchema, limit: limitSchema(500, 100) }, { additionalProperties: false }),
        response: { 200: EntryPageSchema },
      },
    },
    (request) => {
      const { before = Number.MAX_SAFE_INTEGER, limit = 100 } = request.query
      const { items, next } = emergencyPlans.log(request.params.id, before, limit, scopeOf(request))
      return { items: items.map(({ activation: _, ...entry }) => entry), next }
    },
  )
  app.post(
    '/api/emergency-activations/:id/items/:item',
    {
      schema: {
        tags,
        summary: 'Tick an item of the checklist, or take that back',
        params: ActivationItemSchema,
        body: DoItemSchema,
        response: { 200: ActivationSchema },
      },
    },
    (request) => {
      const { id, item } = request.params
      emergencyPlans.doItem(id, item, request.body.done, request.body.note.trim(), actorOf(request))
      return view(id, request)
    },
  )
  app.post(
    '/api/emergency-activations/:id/contacts/:contact',
    {
      schema: {
        tags,
        summary: 'Note that a contact was called and reached',
        params: ActivationContactSchema,
        body: ReachSchema,
        response: { 200: ActivationSchema },
      },
    },
    (request) => {
      const { id, contact } = request.params
      emergencyPlans.reach(id, contact, request.body.note.trim(), actorOf(request))
      return view(id, request)
    },
  )
  app.post(
    '/api/emergency-activations/:id/notes',
    {
      schema: { tags, summary: 'Write into the log', params: ActivationIdSchema, body: NoteSchema, response: { 200: EntrySchema } },
    },
    (request) => {
      const { activation: _, ...entry } = emergencyPlans.note(request.params.id, request.body.text.trim(), actorOf(request))
      return entry
    },
  )
  app.post(
    '/api/emergency-activations/:id/end',
    {
      schema: {
        tags,
        summary: 'End it: what it changed is undone, and nothing else',
        params: ActivationIdSchema,
        body: EndSchema,
        response: { 200: ActivationSchema },
      },
    },
    (request) => view(emergencyPlans.end(request.params.id, request.body.reason.trim(), actorOf(request)).id, request),
  )
  app.get(
    '/api/emergency-state',
    {
      schema: {
        tags,
        summary: 'The state that plans can change, as hashes: equal before and after a plan that was undone',
        response: { 200: CityStateSchema },
      },
    },
    async () => {
      const { hash, parts } = await emergencyPlans.state()
      return { hash, parts: { ...parts } }
    },
  )

  app.get(
    '/api/alarms/:id/emergency',
    {
      schema: {
        tags,
        summary: 'The emergency plan that makes an alarm more urgent, or did so when it came',
        params: AlarmIdSchema,
        response: { 200: AlarmRaiseSchema },
      },
    },
    (request) => {
      const found = emergencyPlans.raiseOf(knownAlarm(services, request.params.id, scopeOf(request)))
      if (!found) return { raise: null }
      const { activation, from, to } = found
      return { raise: { activation: emergencyView(activation, now()), from, to, ended: activation.ended } }
    },
  )
  app.get(
    '/api/facilities/:id/emergency',
    {
      schema: {
        tags,
        summary: 'Emergency plans that are active where a facility lies',
        params: FacilityIdSchema,
        response: { 200: FacilityEmergenciesSchema },
      },
    },
    (request) => {
      const facility = findFacility(services, request.params.id, scopeOf(request))
      return {
        items: emergencyPlans.of(facility).map((one) => ({
          ...emergencyView(one, now()),
          ...{
            raises: one.plan.priorities.length > 0,
            measuresWithin: one.plan.measuresWithin,
            light: emergencyPlans.lights(one, facility),
          },
        })),
      }
    },
  )
}
