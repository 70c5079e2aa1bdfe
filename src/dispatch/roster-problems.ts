import { addDays } from '../control/calendar-day.ts'
import { type Text, text } from '../telemetry/point.ts'
import type { Crew } from './crew.ts'
import type { DispatchPolicy } from './dispatch-policy.ts'
import type { DutyException, Rotation } from './duty.ts'
import { type FieldProblem, fieldProblem, within } from './field-problem.ts'
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

const names = {
  account: text('account', '账号'),
  district: text('district', '区域'),
  crew: text('crew', '班组'),
  rule: text('rule', '规则'),
} as const

const unknown = (at: string, what: keyof typeof names, named: readonly string[], known: ReadonlySet<string>): FieldProblem[] =>
  [...new Set(named)]
    .filter((one) => !known.has(one))
    .map((one) => fieldProblem(at, `There is no ${names[what].en} ${JSON.stringify(one)}.`, `没有${names[what].zh}“${one}”。`))

const repeated = (list: readonly string[]): string[] => [...new Set(list.filter((one, i) => list.indexOf(one) < i))]

const twice = (at: string, { en, zh }: Text, list: readonly string[]): FieldProblem[] =>
  repeated(list).map((one) => fieldProblem(at, `${en} ${one} stands there twice.`, `${zh}“${one}”重复。`))

const listed = (list: 'all' | readonly string[] | undefined): readonly string[] => (list === 'all' ? [] : (list ?? []))

/** What is wrong with a crew; empty when nothing is. */
export const crewProblems = ({ members, districts }: Crew, world: RosterWorld): FieldProblem[] => [
  ...twice('members', text('Account', '账号'), members),
  ...unknown('members', 'account', members, world.accounts),
  ...unknown('districts', 'district', listed(districts), world.districts),
]

/** What is wrong with a rotation in itself and among all that it speaks of. */
export function rotationProblems(rotation: Rotation, world: RosterWorld): FieldProblem[] {
  const { shifts, teams, cycle, start } = rotation
  const keys = new Set(teams.map(({ key }) => key))
  const strangers = Object.keys(cycle).filter((key) => !keys.has(key))
  return [
    ...sameKeys('shifts', shifts, (key) => fieldProblem('', `Two shifts have the key ${key}.`, `两个班次的编号同为“${key}”。`)),
    ...sameKeys('teams', teams, (key) => fieldProblem('', `Two teams have the key ${key}.`, `两个班组的编号同为“${key}”。`)),
    ...cycleProblems(rotation),
    ...strangers.map((key) =>
      fieldProblem('cycle', `The cycle has days for a team ${key} that does not exist.`, `周期中的班组“${key}”不存在。`),
    ),
    ...(isDate(start) ? [] : [fieldProblem('start', `The start ${start} is no day of the calendar.`, `起始日“${start}”不是有效日期。`)]),
    ...teams.flatMap(({ name, people, crew }, i) =>
      within(`teams.${i}`, text(`Team ${name}`, `班组“${name}”`), [
        ...twice('people', text('account', '账号'), people),
        ...unknown('people', 'account', people, world.accounts),
        ...unknown('crew', 'crew', crew === null ? [] : [crew], world.crews),
      ]),
    ),
  ]
}

/** The second of two of a key is where it is told. */
const sameKeys = (at: string, list: readonly { key: string }[], told: (key: string) => FieldProblem): FieldProblem[] =>
  list.flatMap(({ key }, i) => (list.findIndex((one) => one.key === key) < i ? within(`${at}.${i}.key`, undefined, [told(key)]) : []))

function cycleProblems({ shifts, teams, cycle }: Rotation): FieldProblem[] {
  const keys = new Set(shifts.map(({ key }) => key))
  const lengths = new Set(teams.map(({ key }) => (cycle[key] ?? []).length))
  const all = [...lengths].join(', ')
  const uneven =
    lengths.size > 1
      ? [fieldProblem('cycle', `The teams have cycles of different lengths (${all} days).`, `各班组的周期长度不一（${all} 天）。`)]
      : []
  const ofTeams = teams.flatMap(({ key, name }) => {
    const days = cycle[key] ?? []
    const none = fieldProblem(`cycle.${key}`, `Team ${name} has no days in the cycle.`, `班组“${name}”在周期中没有任何一天。`)
    const strange = [...new Set(days)].filter((shift) => shift !== null && !keys.has(shift))
    return [
      ...(days.length === 0 ? [none] : []),
      ...strange.map((shift) =>
        fieldProblem(`cycle.${key}`, `Team ${name} has a shift ${shift} that does not exist.`, `班组“${name}”的班次“${shift}”不存在。`),
      ),
    ]
  })
  return [...ofTeams, ...uneven]
}

/** What is wrong with an exception of a rotation. */
export function exceptionProblems(exception: DutyException, rotation: Rotation, world: RosterWorld): FieldProblem[] {
  const { team, person, substitute, from, to } = exception
  const found = rotation.teams.find(({ key }) => key === team)
  const problems = [
    ...unknown('person', 'account', person === null ? [] : [person], world.accounts),
    ...unknown('substitute', 'account', substitute === null ? [] : [substitute], world.accounts),
  ]
  if (from >= to) problems.push(fieldProblem('to', 'It ends before it begins.', '结束早于开始。'))
  if (!found) {
    problems.push(fieldProblem('team', `There is no team ${JSON.stringify(team)} in this rotation.`, `此轮班中没有班组“${team}”。`))
  }
  if (found && person !== null && !found.people.includes(person))
    problems.push(fieldProblem('person', `${person} is not in team ${found.name}.`, `${person} 不在班组“${found.name}”中。`))
  if (substitute !== null && (substitute === person || (found?.people.includes(substitute) ?? false))) {
    problems.push(
      fieldProblem(
        'substitute',
        `${substitute} is in that team already and cannot stand in for it.`,
        `${substitute} 已在该班组中，不能顶班。`,
      ),
    )
  }
  return problems
}

/** What is wrong with a calendar. */
export function calendarProblems(calendar: WorkCalendar): FieldProblem[] {
  const kinds = { holidays: text('Holiday', '节假日'), workdays: text('Working day', '调休上班日') } as const
  const lists = Object.keys(kinds) as (keyof typeof kinds)[]
  const strange = lists.flatMap((at) =>
    calendar[at]
      .filter((date) => !isDate(date))
      .map((date) => fieldProblem(at, `${date} is no day of the calendar.`, `“${date}”不是有效日期。`)),
  )
  const both = [...new Set(calendar.holidays)].filter((date) => calendar.workdays.includes(date))
  return [
    ...strange,
    ...lists.flatMap((at) => twice(at, kinds[at], calendar[at])),
    ...both.map((date) =>
      fieldProblem('workdays', `${date} cannot be a holiday and a working day.`, `${date} 不能既是节假日又是调休上班日。`),
    ),
  ]
}

/** What is wrong with a policy. */
export function policyProblems({ routes, clocks, calendar }: DispatchPolicy, world: RosterWorld): FieldProblem[] {
  const slow = Object.entries(clocks).filter(([, { arrive, repair }]) => arrive > repair)
  return [
    ...routes.flatMap((route, i) =>
      within(`routes.${i}`, text(`Route ${route.name}`, `派单规则“${route.name}”`), [
        ...(routes.findIndex(({ id }) => id === route.id) < i
          ? [fieldProblem('', `The key ${route.id} stands there twice.`, `编号“${route.id}”重复。`)]
          : []),
        ...routeProblems(route, world),
        ...hiddenBy(route, routes.slice(0, i)),
      ]),
    ),
    ...slow.map(([cls]) => ({
      ...fieldProblem(`clocks.${cls}.arrive`, 'A crew must be there before it can have repaired.', '到场时限不能晚于修复时限。'),
      of: orderClasses[cls as keyof typeof orderClasses],
    })),
    ...within('calendar', undefined, calendarProblems(calendar)),
  ]
}

function routeProblems({ when, chain, class: cls, quiet }: Route, world: RosterWorld): FieldProblem[] {
  const empty = ([, list]: [string, unknown]) => Array.isArray(list) && list.length === 0
  return [
    ...unknown('when.districts', 'district', listed(when.districts), world.districts),
    ...unknown('when.rules', 'rule', listed(when.rules), world.rules),
    ...chain.flatMap(({ to }, i) => unknown(`chain.${i}`, 'crew', to.type === 'crew' ? [to.id] : [], world.crews)),
    ...(chain.length === 0 ? [fieldProblem('chain', 'Nobody is asked.', '没有通知任何人。')] : []),
    ...(cls === 'danger' && quiet
      ? [fieldProblem('quiet', 'Danger cannot wait for the end of quiet hours.', '危险类不能等到免打扰时段结束。')]
      : []),
    ...Object.entries(when)
      .filter(empty)
      .map(([field]) =>
        fieldProblem(
          `when.${field}`,
          'It lets nothing through; choose at least one, or all.',
          '未选择任何项，没有故障会匹配；请至少选一项或选“全部”。',
        ),
      ),
  ]
}

/** A route is never reached when an earlier one takes all that it would. */
function hiddenBy(route: Route, before: readonly Route[]): FieldProblem[] {
  const earlier = before.find(({ when }) => includes(when, route.when))
  if (!earlier) return []
  const { name } = earlier
  return [fieldProblem('', `It is never reached: ${name} before it takes all of it.`, `永远不会用到：前面的“${name}”已涵盖其全部范围。`)]
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
