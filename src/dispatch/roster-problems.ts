import { addDays } from '../control/calendar-day.ts'
import type { Crew } from './crew.ts'
import type { DispatchPolicy } from './dispatch-policy.ts'
import { type DutyException, type Rotation, rotationProblems } from './duty.ts'
import { orderClasses } from './order.ts'
import type { WorkCalendar } from './order-clock.ts'
import type { Route, RouteCondition } from './route.ts'

/** What there is in the city that a roster can speak of. */
export interface RosterWorld {
  accounts: ReadonlySet<string>
  districts: ReadonlySet<string>
  crews: ReadonlySet<string>
  /** As `kind/rule`. */
  rules: ReadonlySet<string>
}

/** Whether a text is a day of the calendar, YYYY-MM-DD. */
export function isDate(text: string): boolean {
  try {
    return addDays(text, 0) === text
  } catch {
    return false
  }
}

const unknown = (what: string, named: readonly string[], known: ReadonlySet<string>): string[] =>
  [...new Set(named)].filter((one) => !known.has(one)).map((one) => `There is no ${what} ${JSON.stringify(one)}.`)

const twice = (what: string, list: readonly string[]): string[] =>
  [...new Set(list.filter((one, i) => list.indexOf(one) < i))].map((one) => `${what} ${one} stands there twice.`)

const listed = (list: 'all' | readonly string[] | undefined): readonly string[] => (list === 'all' ? [] : (list ?? []))

/** What is wrong with a crew, in words; empty when nothing is. */
export const crewProblems = ({ members, districts }: Crew, world: RosterWorld): string[] => [
  ...twice('Account', members),
  ...unknown('account', members, world.accounts),
  ...unknown('district', listed(districts), world.districts),
]

/** What is wrong with a rotation among all that it speaks of, in words. */
export function rotationTroubles(rotation: Rotation, world: RosterWorld): string[] {
  const keys = new Set(rotation.teams.map(({ key }) => key))
  const strangers = Object.keys(rotation.cycle).filter((key) => !keys.has(key))
  return [
    ...rotationProblems(rotation),
    ...strangers.map((key) => `The cycle has days for a team ${key} that does not exist.`),
    ...(isDate(rotation.start) ? [] : [`The start ${rotation.start} is no day of the calendar.`]),
    ...rotation.teams.flatMap(({ name, people }) => twice(`Team ${name}: account`, people)),
    ...unknown(
      'account',
      rotation.teams.flatMap(({ people }) => people),
      world.accounts,
    ),
    ...unknown(
      'crew',
      rotation.teams.flatMap(({ crew }) => crew ?? []),
      world.crews,
    ),
  ]
}

/** What is wrong with an exception of a rotation, in words. */
export function exceptionProblems(exception: DutyException, rotation: Rotation, world: RosterWorld): string[] {
  const { team, person, substitute, from, to } = exception
  const found = rotation.teams.find(({ key }) => key === team)
  const problems = unknown(
    'account',
    [person, substitute].flatMap((one) => one ?? []),
    world.accounts,
  )
  if (from >= to) problems.push('It ends before it begins.')
  if (!found) problems.push(`There is no team ${JSON.stringify(team)} in this rotation.`)
  if (found && person !== null && !found.people.includes(person)) problems.push(`${person} is not in team ${found.name}.`)
  if (substitute !== null && (substitute === person || (found?.people.includes(substitute) ?? false)))
    problems.push(`${substitute} is in that team already and cannot stand in for it.`)
  return problems
}

/** What is wrong with a calendar, in words. */
export function calendarProblems({ holidays, workdays }: WorkCalendar): string[] {
  const both = holidays.filter((date) => workdays.includes(date))
  return [
    ...[...holidays, ...workdays].filter((date) => !isDate(date)).map((date) => `${date} is no day of the calendar.`),
    ...twice('Holiday', holidays),
    ...twice('Working day', workdays),
    ...both.map((date) => `${date} cannot be a holiday and a working day.`),
  ]
}

/** What is wrong with a policy, in words. */
export function policyProblems({ routes, clocks, calendar }: DispatchPolicy, world: RosterWorld): string[] {
  const slow = Object.entries(clocks).filter(([, { arrive, repair }]) => arrive > repair)
  return [
    ...twice(
      'Route',
      routes.map(({ id }) => id),
    ),
    ...routes.flatMap((route) => routeProblems(route, world)),
    ...routes.flatMap((route, i) => hiddenBy(route, routes.slice(0, i))),
    ...slow.map(([cls]) => `${orderClasses[cls as keyof typeof orderClasses].en}: a crew must be there before it can have repaired.`),
    ...calendarProblems(calendar),
  ]
}

function routeProblems({ name, when, chain, class: cls, quiet }: Route, world: RosterWorld): string[] {
  const problems = [
    ...unknown('district', listed(when.districts), world.districts),
    ...unknown('rule', listed(when.rules), world.rules),
    ...unknown(
      'crew',
      chain.flatMap(({ to }) => (to.type === 'crew' ? to.id : [])),
      world.crews,
    ),
  ]
  if (chain.length === 0) problems.push('Nobody is asked.')
  if (cls === 'danger' && quiet) problems.push('Danger cannot wait for the end of quiet hours.')
  const empty = ([, list]: [string, unknown]) => Array.isArray(list) && list.length === 0
  for (const [field] of Object.entries(when).filter(empty)) problems.push(`It lets nothing through, since ${field} is empty.`)
  return problems.map((problem) => `Route ${name}: ${problem}`)
}

/** A route is never reached when an earlier one takes all that it would. */
function hiddenBy(route: Route, before: readonly Route[]): string[] {
  const earlier = before.find(({ when }) => includes(when, route.when))
  return earlier ? [`Route ${route.name} is never reached: ${earlier.name} before it takes all of it.`] : []
}

function includes(wide: RouteCondition, narrow: RouteCondition): boolean {
  const holdsAll = <T>(all: readonly T[] | undefined, some: readonly T[] | undefined) =>
    all === undefined || (some?.every((one) => all.includes(one)) ?? false)
  return (
    holdsAll(wide.domains, narrow.domains) &&
    holdsAll(wide.priorities, narrow.priorities) &&
    holdsAll(wide.districts, narrow.districts) &&
    holdsAll(wide.rules, narrow.rules) &&
    (wide.keyArea === undefined || wide.keyArea === narrow.keyArea)
  )
}

/** Dates out of a list that somebody pasted: one by line, comma or blank, behind each what else stands in its line up to the next. */
export function readDates(text: string): { dates: string[]; refused: string[] } {
  const parts = text.split(/[\s,;，；、]+/).filter((part) => /^\d/.test(part))
  const written = parts.map((part) =>
    part.replace(/^(\d{4})[./年](\d{1,2})[./月](\d{1,2})日?$/, (_, y, m, d) => [y, m, d].map(two).join('-')),
  )
  return { dates: [...new Set(written.filter(isDate))].sort(), refused: written.filter((one) => !isDate(one)) }
}

const two = (digits: string): string => digits.padStart(2, '0')
