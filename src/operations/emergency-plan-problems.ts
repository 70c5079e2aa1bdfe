import { type FieldProblem, fieldProblem, within } from '../dispatch/field-problem.ts'
import { LamplighterError } from '../errors.ts'
import { exactValue, parseFacilityQuery } from '../facilities/facility-query.ts'
import { text } from '../telemetry/point.ts'
import type { EmergencyPlan } from './emergency-plan.ts'

/** What there is in the city that a plan can speak of. */
export interface PlanWorld {
  accounts: ReadonlySet<string>
  channels: ReadonlySet<string>
  /** As `kind/rule`. */
  rules: ReadonlySet<string>
  kinds: ReadonlySet<string>
  /** Teams by rotation. */
  teams: ReadonlyMap<string, ReadonlySet<string>>
  /** Ids of control programmes. */
  programmes: ReadonlySet<string>
}

/** Why a facility query cannot be that of an area; none when it can. */
export function areaProblems(at: string, query: string, kinds: ReadonlySet<string>, mayBeEmpty = false): FieldProblem[] {
  try {
    const parsed = parseFacilityQuery(query)
    if (parsed.conditions.length === 0 && !mayBeEmpty)
      return [fieldProblem(at, 'Say where it is, such as district=North.', '请说明范围，例如 district=城北。')]
    const kind = exactValue(parsed, 'kind')
    return kind === undefined || kinds.has(kind) ? [] : [fieldProblem(at, `There is no kind ${kind}.`, `没有设施类型“${kind}”。`)]
  } catch (error) {
    if (error instanceof LamplighterError) return [fieldProblem(at, error.message, `查询有误：${error.message}`)]
    throw error
  }
}

const missing = (at: string, what: [string, string], named: string | null, known: ReadonlySet<string>): FieldProblem[] =>
  named === null || known.has(named)
    ? []
    : [fieldProblem(at, `There is no ${what[0]} ${JSON.stringify(named)}.`, `没有${what[1]}“${named}”。`)]

/** What is wrong with a plan in itself and among all that it speaks of; empty when nothing is. */
export function planProblems(plan: EmergencyPlan, world: PlanWorld): FieldProblem[] {
  const { priorities, light, rounds, duty, contacts, checklist } = plan
  return [
    ...areaProblems('area', plan.area, world.kinds),
    ...priorities.flatMap(({ rules }, i) =>
      rules === 'all' ? [] : rules.flatMap((rule) => missing(`priorities.${i}.rules`, ['rule', '规则'], rule, world.rules)),
    ),
    ...(light ? lightProblems(light, world) : []),
    ...(rounds ? areaProblems('rounds.query', rounds.query, world.kinds, true) : []),
    ...duty.flatMap((change, i) => {
      const teams = world.teams.get(change.rotation)
      const people = change.type === 'stand-in' ? [change.away, change.substitute] : []
      return within(`duty.${i}`, text(`Duty, line ${i + 1}`, `值班第 ${i + 1} 行`), [
        ...(teams
          ? missing('team', ['team', '班组'], change.team, teams)
          : [fieldProblem('rotation', `There is no rotation ${change.rotation}.`, `没有轮班“${change.rotation}”。`)]),
        ...people.flatMap((person) => missing('substitute', ['account', '账号'], person, world.accounts)),
        ...(change.type === 'stand-in' && change.away === null && change.substitute === null
          ? [fieldProblem('substitute', 'Say who is away, who stands in, or both.', '请说明谁离岗、谁顶岗。')]
          : []),
      ])
    }),
    ...contacts.flatMap(({ name, phone, channel, account }, i) =>
      within(`contacts.${i}`, text(`Contact ${name}`, `联系人“${name}”`), [
        ...missing('channel', ['channel', '通道'], channel, world.channels),
        ...missing('account', ['account', '账号'], account, world.accounts),
        ...(channel === null && account === null && phone === ''
          ? [fieldProblem('phone', 'Give a channel, an account or a telephone number.', '请填写通道、账号或电话。')]
          : []),
      ]),
    ),
    ...checklist.flatMap(({ key }, i) =>
      checklist.findIndex((one) => one.key === key) < i
        ? [fieldProblem(`checklist.${i}.key`, `Two items have the key ${key}.`, `两项的编号同为“${key}”。`)]
        : [],
    ),
  ]
}

const lightProblems = ({ query, level, programme }: NonNullable<EmergencyPlan['light']>, { kinds, programmes }: PlanWorld) => [
  ...areaProblems('light.query', query, kinds, true),
  ...((level === null) === (programme === null)
    ? [fieldProblem('light.level', 'Give a level or a programme.', '请填写亮度或照明方案，二者选一。')]
    : []),
  ...missing('light.programme', ['control programme', '照明方案'], programme, programmes),
]
