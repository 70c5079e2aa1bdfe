import Type from 'typebox'
import { may } from '../../../access/person.ts'
import type { DispatchPolicy } from '../../../dispatch/dispatch-policy.ts'
import type { Duty } from '../../../dispatch/duty.ts'
import { LamplighterError } from '../../../errors.ts'
import { AlarmIdSchema, type Api, personOf, type RouteParts, signedIn } from '../api.ts'
import {
  CrewInputSchema,
  CrewPersonInputSchema,
  CrewPersonSchema,
  CrewSchema,
  DispatchPolicyChangeSchema,
  type DispatchPolicyInput,
  type DispatchPolicyView,
  DutyPlanQuerySchema,
  DutyPlanSchema,
  DutyQuerySchema,
  DutySchema,
  ExceptionInputSchema,
  ExceptionSchema,
  HolidayImportedSchema,
  HolidayImportSchema,
  KeptPolicySchema,
  PersonAccountSchema,
  PolicyPreviewInputSchema,
  PolicyPreviewSchema,
  type PolicyPreviewView,
  RosterIdSchema,
  RosterSchema,
  type RosterView,
  RotationInputSchema,
  RotationSchema,
} from '../roster-schemas.ts'

/** A moment that a calendar can name: from 1970 to 9999, ms. */
const LAST_MOMENT = Date.UTC(9999, 0, 1)

/** Who works when, and how faults find them. */
export function rosterRoutes(app: Api, { services, now }: RouteParts): void {
  const { roster, state, plant } = services
  const tags = ['roster']
  const wholePolicy = (policy: DispatchPolicyInput) => ({ reports: roster.policy().reports, ...policy }) as DispatchPolicy
  const policyView = (policy: DispatchPolicy) => ({ ...policy, version: roster.policyVersion() }) as DispatchPolicyView
  const nameOf = (account: string): string => state.people.user(account)?.displayName || account
  const named = (accounts: readonly string[]) => accounts.map((account) => ({ account, name: nameOf(account) }))
  const shown = ({ rotation, team, shift, from, to }: Omit<Duty, 'people'>, rotationName: string) => ({
    ...{ rotation, rotationName, team: team.key, teamName: team.name, crew: team.crew },
    ...{ shift: shift.key, shiftName: shift.name, from, to },
  })
  const checkMoment = (at: number): number => {
    if (at >= 0 && at < LAST_MOMENT) return at
    throw new LamplighterError('invalid-request', 'at is no moment; give ms since 1970.')
  }

  app.get(
    '/api/duty',
    {
      schema: {
        tags,
        summary: 'Who is on duty, until when, and the next handover',
        querystring: DutyQuerySchema,
        response: { 200: DutySchema },
      },
    },
    ({ query }) => {
      const { duty, ...rest } = roster.dutyAt(checkMoment(query.at ?? now()))
      return { ...rest, items: duty.map((one) => ({ ...shown(one, one.name), people: named(one.people) })) }
    },
  )

  app.get(
    '/api/duty/plan',
    {
      schema: {
        tags,
        summary: 'The shifts of some days, with what is otherwise',
        querystring: DutyPlanQuerySchema,
        response: { 200: DutyPlanSchema },
      },
    },
    ({ query: { from, days = 7 } }) => {
      const names = new Map(roster.rotations().map(({ id, name }) => [id, name]))
      const plan = roster.plan(from, days)
      const items = plan.items.map(({ date, exceptions, ...duty }) => ({
        ...shown(duty, names.get(duty.rotation) ?? ''),
        ...{ date, people: named(duty.team.people), exceptions: [...exceptions] },
      }))
      const teamOf = ({ rotation, team }: { rotation: string; team: string }) =>
        roster
          .rotations()
          .find(({ id }) => id === rotation)
          ?.teams.find(({ key }) => key === team)?.name ?? team
      const calledIn = plan.calledIn.map((one) => ({ ...one, teamName: teamOf(one), people: named(one.people) }))
      return { from: plan.from, items, calledIn }
    },
  )

  app.get(
    '/api/roster',
    { schema: { tags, summary: 'Crews, people, rotations and what is otherwise', response: { 200: RosterSchema } } },
    (request) => {
      const isManager = may(personOf(request), 'roster.manage')
      const [crews, known, rotations, exceptions] = [roster.crews(), roster.people(), roster.rotations(), roster.exceptions()]
      const accounts = new Set([
        ...known.map(({ account }) => account),
        ...crews.flatMap(({ members }) => members),
        ...rotations.flatMap(({ teams }) => teams.flatMap(({ people }) => people)),
        ...exceptions.flatMap(({ person, substitute }) => [person, substitute].flatMap((one) => one ?? [])),
      ])
      const byAccount = new Map(known.map((person) => [person.account, person]))
      const people = [...accounts].sort().map((account) => {
        const { skills = [], phone = '', email = '' } = byAccount.get(account) ?? {}
        return { account, name: nameOf(account), skills: [...skills], ...(isManager ? { phone, email } : { phone: null, email: null }) }
      })
      const users = isManager ? state.people.users().filter(({ role }) => role !== 'wall') : []
      return {
        ...({ crews, rotations } as unknown as Pick<RosterView, 'crews' | 'rotations'>),
        ...{ people, exceptions },
        accounts: users.map(({ name, displayName, role, disabled }) => ({ account: name, name: displayName || name, role, disabled })),
        districts: [...new Set([...plant].map(({ district }) => district))].filter((district) => district !== '').sort(),
      }
    },
  )

  app.put(
    '/api/roster/crews/:id',
    { schema: { tags, summary: 'Add or change a crew', params: RosterIdSchema, body: CrewInputSchema, response: { 200: CrewSchema } } },
    (request) => {
      const crew = { id: request.params.id, ...request.body }
      roster.putCrew(crew, signedIn(request))
      return crew
    },
  )
  app.delete(
    '/api/roster/crews/:id',
    { schema: { tags, summary: 'Remove a crew that nothing speaks of any more', params: RosterIdSchema, response: { 204: Type.Null() } } },
    (request, reply) => {
      roster.removeCrew(request.params.id, signedIn(request))
      reply.code(204)
      return null
    },
  )

  app.put(
    '/api/roster/people/:account',
    {
      schema: {
        tags,
        summary: 'What somebody can do, and how they are reached',
        params: PersonAccountSchema,
        body: CrewPersonInputSchema,
        response: { 200: CrewPersonSchema },
      },
    },
    (request) => {
      const person = { account: request.params.account, ...request.body }
      roster.putPerson(person, signedIn(request))
      return { ...person, name: nameOf(person.account) }
    },
  )
  app.delete(
    '/api/roster/people/:account',
    {
      schema: {
        tags,
        summary: 'Forget what is known of somebody besides the account',
        params: PersonAccountSchema,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) => {
      roster.removePerson(request.params.account, signedIn(request))
      reply.code(204)
      return null
    },
  )

  app.put(
    '/api/roster/rotations/:id',
    {
      schema: {
        tags,
        summary: 'Add or change a rotation',
        params: RosterIdSchema,
        body: RotationInputSchema,
        response: { 200: RotationSchema },
      },
    },
    (request) => {
      const rotation = { id: request.params.id, ...request.body }
      roster.putRotation(rotation, signedIn(request))
      return rotation
    },
  )
  app.delete(
    '/api/roster/rotations/:id',
    { schema: { tags, summary: 'Remove a rotation with its exceptions', params: RosterIdSchema, response: { 204: Type.Null() } } },
    (request, reply) => {
      roster.removeRotation(request.params.id, signedIn(request))
      reply.code(204)
      return null
    },
  )

  app.post(
    '/api/roster/exceptions',
    {
      schema: {
        tags,
        summary: 'Somebody is away, and perhaps another one there instead',
        body: ExceptionInputSchema,
        response: { 200: ExceptionSchema },
      },
    },
    (request) => roster.addException({ id: 0, ...request.body }, signedIn(request)),
  )
  app.delete(
    '/api/roster/exceptions/:id',
    { schema: { tags, summary: 'It goes as planned after all', params: AlarmIdSchema, response: { 204: Type.Null() } } },
    (request, reply) => {
      roster.removeException(request.params.id, signedIn(request))
      reply.code(204)
      return null
    },
  )

  app.get(
    '/api/dispatch-policy',
    {
      schema: {
        tags,
        summary: 'How faults become repairs: routes, clocks, calendar, quiet hours',
        response: { 200: KeptPolicySchema },
      },
    },
    () => policyView(roster.policy()),
  )
  app.put(
    '/api/dispatch-policy',
    {
      bodyLimit: 512 * 1024,
      schema: {
        tags,
        summary: 'Change it; what is under way keeps its clocks',
        body: DispatchPolicyChangeSchema,
        response: { 200: KeptPolicySchema },
      },
    },
    (request) => {
      const { policy, reason, version } = request.body
      return policyView(roster.setPolicy(wholePolicy(policy), reason, signedIn(request), version))
    },
  )
  app.post(
    '/api/dispatch-policy/preview',
    {
      bodyLimit: 512 * 1024,
      schema: {
        tags,
        summary:
          'What a policy would do before it is in force: what is wrong with it, how much each route takes, and who would be asked for a fault',
        body: PolicyPreviewInputSchema,
        response: { 200: PolicyPreviewSchema },
      },
    },
    ({ body: { policy, fault } }): PolicyPreviewView => {
      if (fault) checkMoment(fault.at)
      const { problems, reach, trial } = roster.previewPolicy(wholePolicy(policy), fault)
      const order = trial?.order && {
        ...trial.order,
        steps: trial.order.steps.map(({ crews, people, passed, others, ...step }) => ({
          ...step,
          crews: crews.map((crew) => ({ crew, people: named(people[crew] ?? []) })),
          ...{ passed: [...passed], others: [...others] },
        })),
      }
      return { problems, reach, trial: trial && { ...trial, order: order ?? null } }
    },
  )
  app.post(
    '/api/dispatch-policy/holidays',
    {
      schema: {
        tags,
        summary: 'Add dates to the calendar out of a list',
        body: HolidayImportSchema,
        response: { 200: HolidayImportedSchema },
      },
    },
    (request) => {
      const { policy, ...told } = roster.importDates(request.body.text, request.body.as, signedIn(request))
      return { policy: policyView(policy), ...told }
    },
  )
}
