import { isDeepStrictEqual } from 'node:util'
import { dateOf } from '../../control/calendar-day.ts'
import { changedParts } from '../../dispatch/changed-parts.ts'
import { quietUntilAt } from '../../dispatch/delivery.ts'
import { dutyPlan, nextHandover } from '../../dispatch/duty.ts'
import { type FieldProblem, problemWords } from '../../dispatch/field-problem.ts'
import { withDates } from '../../dispatch/order-clock.ts'
import {
  crewProblems,
  exceptionProblems,
  policyProblems,
  type RosterWorld,
  readDates,
  rotationProblems,
} from '../../dispatch/roster-problems.ts'
import type { RosterServices } from '../../edges/roster.ts'
import { LamplighterError, refuse } from '../../errors.ts'
import { calledIn, exceptionsOfPlans } from '../../operations/emergency-plan-duty.ts'
import { days } from '../../telemetry/duration.ts'
import type { ServiceParts } from '../parts.ts'
import { dutyNow } from './duty-now.ts'
import { policyPreview } from './policy-preview.ts'

/** A city has a handful of each; more is a mistake of a program. */
const MOST = { crews: 500, rotations: 50, exceptions: 2000, dates: 1000 }
/** What is planned reaches back so far, ms. */
const EARLIEST = days(400)

type Parts = Pick<ServiceParts, 'state' | 'plant' | 'kinds' | 'desk' | 'now' | 'utcOffset' | 'lightChanges'>

/** Crews, their duty and the policy of dispatch; every change is audited. */
export function rosterServices({ state, plant, kinds, desk, now, utcOffset, lightChanges }: Parts): RosterServices {
  const { roster } = state

  const world = (): RosterWorld => ({
    accounts: new Set(state.people.users().map(({ name }) => name)),
    districts: new Set([...plant].map(({ district }) => district)),
    crews: new Set(roster.crews().map(({ id }) => id)),
    rules: new Set([...kinds.values()].flatMap(({ key, rules }) => rules.map((rule) => `${key}/${rule.key}`))),
  })
  const check = (problems: readonly FieldProblem[]) => {
    if (problems.length > 0) throw new LamplighterError('invalid-request', problems.slice(0, 10).map(problemWords).join(' '))
  }
  const noSuch = (what: string, id: string | number): never => {
    throw new LamplighterError('not-found', `There is no ${what} ${id}; /api/roster lists them.`)
  }
  const checkRoom = (what: keyof typeof MOST, count: number) => {
    if (count > MOST[what]) refuse(`There are at most ${MOST[what]} ${what}.`)
  }
  /** What is written of a change: what is there afterwards, and only what differs of what was before. */
  const changed = (before: object | undefined, after: object): string =>
    before ? changedParts(before, after).join('; ') : JSON.stringify(after)
  const audited = <T>(by: string, action: string, subject: string, detail: string, work: () => T): T =>
    state.transaction(() => {
      const done = work()
      state.audit({ at: now(), by, action, subject, detail })
      return done
    })

  const setPolicy: RosterServices['setPolicy'] = (policy, reason, by, seen = roster.dispatchPolicyVersion()) => {
    if (seen !== roster.dispatchPolicyVersion()) refuse('The policy was changed meanwhile; look at it again.')
    check(policyProblems(policy, world()))
    const { holidays } = policy.calendar
    if (!isDeepStrictEqual(holidays, roster.dispatchPolicy().calendar.holidays)) lightChanges.checkHolidays([...holidays], by)
    const detail = `${changed(roster.dispatchPolicy(), policy)} (${reason})`
    return audited(by, 'set-dispatch-policy', 'dispatch policy', detail, () => {
      roster.setDispatchPolicy(policy)
      return policy
    })
  }

  return {
    dutyAt(at) {
      const rotations = roster.rotations()
      const names = new Map(rotations.map(({ id, name }) => [id, name]))
      return {
        at,
        duty: dutyNow(state, at, utcOffset).map((duty) => ({ ...duty, name: names.get(duty.rotation) ?? '' })),
        handovers: rotations.map((rotation) => ({
          ...{ rotation: rotation.id, name: rotation.name },
          at: nextHandover(rotation, at, utcOffset),
        })),
        quietUntil: quietUntilAt(roster.dispatchPolicy().quiet, at, utcOffset),
      }
    },
    plan(from = dateOf(now(), utcOffset), count) {
      const since = Math.max(now() - EARLIEST, Date.parse(`${from}T00:00:00Z`) - days(1))
      const [rotations, active] = [roster.rotations(), state.emergencies.active()]
      const exceptions = [...roster.exceptions(since), ...exceptionsOfPlans(active, now())]
      const items = dutyPlan(rotations, exceptions, { from, days: count }, utcOffset)
      return { from, items, calledIn: calledIn(active, rotations, now()) }
    },
    crews: () => roster.crews(),
    people: () => roster.people(),
    rotations: () => roster.rotations(),
    exceptions: () => roster.exceptions(now()),

    putCrew(crew, by) {
      const all = roster.crews()
      const before = all.find(({ id }) => id === crew.id)
      checkRoom('crews', before ? all.length : all.length + 1)
      check(crewProblems(crew, world()))
      return audited(by, before ? 'change-crew' : 'add-crew', `crew ${crew.id}`, changed(before, crew), () => {
        roster.putCrew(crew)
        return crew
      })
    },
    removeCrew(id, by) {
      if (!roster.crews().some((crew) => crew.id === id)) noSuch('crew', id)
      const rotation = roster.rotations().find(({ teams }) => teams.some(({ crew }) => crew === id))
      if (rotation) refuse(`Crew ${id} works in the rotation ${rotation.name}; take it out there first.`)
      const route = roster.dispatchPolicy().routes.find(({ chain }) => chain.some(({ to }) => to.type === 'crew' && to.id === id))
      if (route) refuse(`The route ${route.name} asks crew ${id}; change that first.`)
      const order = [...desk.book.open()].find(({ holder, offer }) => holder?.crew === id || offer?.crews.includes(id))
      if (order) refuse(`Crew ${id} has or is offered order ${order.id}; recall it first.`)
      audited(by, 'remove-crew', `crew ${id}`, '', () => roster.removeCrew(id))
    },
    putPerson(person, by) {
      if (!state.people.user(person.account)) noSuch('account', person.account)
      const before = roster.people().find(({ account }) => account === person.account)
      // Telephone numbers do not belong into a record that is never forgotten.
      const { phone, email, ...told } = person
      const reach = phone !== before?.phone || email !== before?.email ? '; phone or e-mail changed' : ''
      const detail = changed(before && { skills: before.skills }, { skills: told.skills }) + reach
      return audited(by, 'change-crew-person', `person ${person.account}`, detail, () => {
        roster.putPerson(person)
        return person
      })
    },
    removePerson(account, by) {
      if (!roster.people().some((person) => person.account === account)) noSuch('person', account)
      audited(by, 'remove-crew-person', `person ${account}`, '', () => roster.removePerson(account))
    },
    putRotation(rotation, by) {
      const all = roster.rotations()
      const before = all.find(({ id }) => id === rotation.id)
      checkRoom('rotations', before ? all.length : all.length + 1)
      check(rotationProblems(rotation, world()))
      return audited(by, before ? 'change-rotation' : 'add-rotation', `rotation ${rotation.id}`, changed(before, rotation), () => {
        roster.putRotation(rotation)
        return rotation
      })
    },
    removeRotation(id, by) {
      if (!roster.rotations().some((rotation) => rotation.id === id)) noSuch('rotation', id)
      audited(by, 'remove-rotation', `rotation ${id}`, '', () => roster.removeRotation(id))
    },
    addException(exception, by) {
      const rotation = roster.rotations().find(({ id }) => id === exception.rotation) ?? noSuch('rotation', exception.rotation)
      checkRoom('exceptions', roster.exceptions(now()).length + 1)
      check(exceptionProblems(exception, rotation, world()))
      if (exception.to <= now()) refuse('It is over already; what was cannot be planned.')
      const { id: _, ...told } = exception
      return audited(by, 'add-duty-exception', `rotation ${rotation.id}`, JSON.stringify(told), () => ({
        ...exception,
        id: roster.addException(exception),
      }))
    },
    removeException(id, by) {
      const found = roster.exceptions(now()).find((one) => one.id === id) ?? noSuch('exception', id)
      audited(by, 'remove-duty-exception', `rotation ${found.rotation}`, JSON.stringify(found), () => roster.removeException(id))
    },
    policy: () => roster.dispatchPolicy(),
    policyVersion: () => roster.dispatchPolicyVersion(),
    setPolicy,
    previewPolicy: (policy, fault) => ({
      problems: policyProblems(policy, world()),
      ...policyPreview(policy, fault, { plant, kinds, desk, utcOffset }),
    }),
    importDates(text, as, by) {
      const { dates, refused } = readDates(text)
      if (dates.length === 0) throw new LamplighterError('invalid-request', 'There is no date in it; write them as 2026-10-01.')
      const policy = roster.dispatchPolicy()
      const calendar = withDates(policy.calendar, dates, as)
      checkRoom('dates', calendar[as].length)
      return { policy: setPolicy({ ...policy, calendar }, `import of ${dates.length} dates`, by), dates, refused }
    },
  }
}
