import type { Priority } from '../../../../src/detection/rule.ts'
import { changedParts } from '../../../../src/dispatch/changed-parts.ts'
import { skills } from '../../../../src/dispatch/crew.ts'
import type { DispatchPolicy } from '../../../../src/dispatch/dispatch-policy.ts'
import { type OrderClass, orderClasses } from '../../../../src/dispatch/order.ts'
import type { ClassClock } from '../../../../src/dispatch/order-clock.ts'
import { type ChainStep, type Route, usualRoutes } from '../../../../src/dispatch/route.ts'
import type { Domain } from '../../../../src/facilities/facility-kind.ts'
import { formatMinutes, formatNumber } from '../format.ts'
import { formatMinuteOfDay } from '../rules/time-of-day.ts'
import { say, t } from '../settings.ts'
import { dp } from '../texts/dispatch.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
export const classes = Object.keys(orderClasses) as OrderClass[]

type NameOf = (id: string) => string

/** What a route is called; the usual ones by their name in the language of whoever reads it, until somebody renames them. */
export const routeName = ({ id, name }: Pick<Route, 'id' | 'name'>): string =>
  usualRoutes.some((usual) => usual.id === id && usual.name === name) ? (dp().usualNames[id] ?? name) : name

/** Who is asked in a step. */
export function stepWho({ to }: ChainStep, crewName: NameOf): string {
  if (to.type === 'crews') return dp().crewsOnDuty
  return to.type === 'crew' ? dp().oneCrew(crewName(to.id)) : dp().desk
}

/** What a route means, in a sentence. */
export function routeSentence({ when, makesOrder, class: cls, skills: needed, chain, quiet }: Route, crewName: NameOf): string {
  const some = (list: readonly string[] | undefined, word: NameOf) => dp().or((list ?? []).map(word))
  const priorities = some(when.priorities, (one) => t().priorities[one as Priority].toLowerCase())
  const domains = some(when.domains, (one) => t().domains[one as Domain].toLowerCase())
  const place = dp().place(
    domains,
    some(when.districts, (one) => one),
    when.keyArea,
  )
  const skilled = needed.length > 0 ? dp().needs(needed.map((one) => say(skills[one])).join(dp().joiner)) : ''
  const steps = chain.map((step) =>
    dp().stepFor(stepWho(step, crewName) + (step.to.type === 'dispatcher' ? '' : skilled), formatMinutes(step.within / MINUTE)),
  )
  const asked = steps.length > 0 ? dp().asks(steps.join(dp().next)) : dp().asksNobody
  const then = makesOrder ? [dp().makes(say(orderClasses[cls])), asked, quiet ? dp().waits : ''] : [dp().makesNone]
  return dp().sentence(
    dp().alarms(
      priorities,
      some(when.rules, (one) => one),
    ),
    place,
    then.filter(Boolean).join(dp().gap),
  )
}

/** A length on a clock of a class, in working days where it counts those. */
export function clockLength(length: number, onWorkingDays: boolean): string {
  return onWorkingDays ? dp().workingDays(formatNumber(length / DAY, length % DAY === 0 ? 0 : 1)) : formatMinutes(length / MINUTE)
}

const clockWords = ({ arrive, repair, onWorkingDays }: ClassClock): string =>
  dp().clock(formatMinutes(arrive / MINUTE), clockLength(repair, onWorkingDays))

export interface PolicyChange {
  what: string
  before: string
  after: string
}

/** What differs between two policies, in words. */
export function policyChanges(before: DispatchPolicy, after: DispatchPolicy, crewName: NameOf): PolicyChange[] {
  const { changed } = dp()
  const { routes, clocks, calendar, quiet, closesVerified, reports, ...rest } = after
  const isNew = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b)
  const only = (list: readonly string[], other: readonly string[]) => list.filter((one) => !other.includes(one)).join(', ')
  const lists = (['holidays', 'workdays'] as const)
    .filter((list) => isNew(before.calendar[list], calendar[list]))
    .map((list) => ({
      what: changed[list],
      before: prefixed('−', only(before.calendar[list], calendar[list])),
      after: prefixed('+', only(calendar[list], before.calendar[list])),
    }))
  const hours = ({ from, to }: DispatchPolicy['quiet']) => (from === to ? dp().none : `${formatMinuteOfDay(from)}–${formatMinuteOfDay(to)}`)
  const yes = (is: boolean) => (is ? dp().yes : dp().no)
  const { routes: _, clocks: __, calendar: ___, quiet: ____, closesVerified: _____, reports: ______, ...restBefore } = before
  return [
    ...routeChanges(before.routes, routes, crewName),
    ...classes
      .filter((cls) => isNew(before.clocks[cls], clocks[cls]))
      .map((cls) => ({
        what: changed.clock(say(orderClasses[cls])),
        before: clockWords(before.clocks[cls]),
        after: clockWords(clocks[cls]),
      })),
    ...lists,
    ...(isNew(before.quiet, quiet) ? [{ what: changed.quiet, before: hours(before.quiet), after: hours(quiet) }] : []),
    ...(before.closesVerified === closesVerified
      ? []
      : [{ what: changed.closesVerified, before: yes(before.closesVerified), after: yes(closesVerified) }]),
    ...(before.reports === reports
      ? []
      : [{ what: changed.reports, before: dp().reportPolicies[before.reports], after: dp().reportPolicies[reports] }]),
    ...changedParts(restBefore, rest).map((line) => ({ what: line, before: '', after: '' })),
  ]
}

const prefixed = (sign: string, words: string) => (words ? `${sign} ${words}` : '')

function routeChanges(before: readonly Route[], after: readonly Route[], crewName: NameOf): PolicyChange[] {
  const { changed } = dp()
  const known = new Map(before.map((route) => [route.id, route]))
  const kept = new Set(after.map(({ id }) => id))
  const order = (list: readonly Route[]) => list.filter(({ id }) => known.has(id) && kept.has(id))
  const names = (list: readonly Route[]) => order(list).map(routeName)
  const ids = (list: readonly Route[]) => order(list).map(({ id }) => id)
  const isMoved = ids(before).join() !== ids(after).join()
  const words = (route: Route) => dp().named(routeName(route), routeSentence(route, crewName))
  return [
    ...(isMoved ? [{ what: changed.order, before: names(before).join(' → '), after: names(after).join(' → ') }] : []),
    ...before
      .filter(({ id }) => !kept.has(id))
      .map((route) => ({ what: changed.removed(routeName(route)), before: words(route), after: '' })),
    ...after.flatMap((route) => {
      const old = known.get(route.id)
      if (!old) return [{ what: changed.added(routeName(route)), before: '', after: words(route) }]
      return JSON.stringify(old) === JSON.stringify(route)
        ? []
        : [{ what: changed.route(routeName(route)), before: words(old), after: words(route) }]
    }),
  ]
}
