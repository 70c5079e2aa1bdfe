import { type Crew, type CrewPerson, type Skill, worksIn } from './crew.ts'
import type { PlannedDuty, Team } from './duty.ts'
import type { Route } from './route.ts'

export interface Span {
  from: number
  to: number
}

/** Times between `from` and `to`, ms, in which a plan has nobody on duty; a team without people is nobody. */
export function dutyGaps(plan: readonly PlannedDuty[], { from, to }: Span): Span[] {
  const gaps: Span[] = []
  let covered = from
  const staffed = plan.filter(({ team }) => team.people.length > 0).toSorted((a, b) => a.from - b.from)
  for (const duty of [...staffed, { from: to, to }]) {
    const begin = Math.min(duty.from, to)
    if (begin > covered) gaps.push({ from: covered, to: begin })
    covered = Math.max(covered, duty.to)
  }
  return gaps
}

/** Somebody who would be in two places at once. */
export interface DoubleDuty {
  account: string
  /** Names of the two teams. */
  teams: readonly [string, string]
  /** The first time, and how often. */
  first: Span
  times: number
}

/** People who are planned twice at the same time, each with each pair of teams once; `plan` in order of time. */
export function doubleDuties(plan: readonly PlannedDuty[]): DoubleDuty[] {
  const found = new Map<string, DoubleDuty>()
  for (const [i, one] of plan.entries()) {
    for (const other of plan.slice(i + 1)) {
      if (other.from >= one.to) break
      const twice = one.team.people.filter((account) => other.team.people.includes(account))
      for (const account of twice) {
        const teams = [one.team.name, other.team.name].sort() as [string, string]
        const key = JSON.stringify([account, ...teams])
        const known = found.get(key)
        const first = known?.first ?? { from: other.from, to: Math.min(one.to, other.to) }
        found.set(key, { account, teams, first, times: (known?.times ?? 0) + 1 })
      }
    }
  }
  return [...found.values()]
}

/** A skill that a route asks for where a crew works, and that nobody of a team has. */
export interface MissingSkill {
  skill: Skill
  /** Names. */
  routes: readonly string[]
}

/** Where a team of a crew could not be asked, although its crew works there. */
export function missingSkills(
  { people }: Pick<Team, 'people'>,
  crew: Pick<Crew, 'districts' | 'domains'>,
  known: ReadonlyMap<string, Pick<CrewPerson, 'skills'>>,
  routes: readonly Route[],
): MissingSkill[] {
  const concerns = ({ when, makesOrder }: Route) =>
    makesOrder &&
    (when.districts?.some((one) => worksIn(crew.districts, one)) ?? true) &&
    (when.domains?.some((one) => worksIn(crew.domains, one)) ?? true)
  const missing = new Map<Skill, string[]>()
  for (const route of routes.filter(concerns)) {
    for (const skill of route.skills) {
      if (people.some((account) => known.get(account)?.skills.includes(skill))) continue
      missing.set(skill, [...(missing.get(skill) ?? []), route.name])
    }
  }
  return [...missing].map(([skill, names]) => ({ skill, routes: names }))
}
