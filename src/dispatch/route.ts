import type { Priority } from '../detection/rule.ts'
import { minutes } from '../telemetry/duration.ts'
import type { Text } from '../telemetry/point.ts'
import { type Crew, type CrewPerson, hasSkills, type Skill, worksIn } from './crew.ts'
import type { Duty } from './duty.ts'
import type { OrderClass } from './order.ts'

/** All that is given must hold. */
export interface RouteCondition {
  domains?: readonly string[]
  priorities?: readonly Priority[]
  districts?: readonly string[]
  keyArea?: boolean
  /** Rules, as `kind/rule`. */
  rules?: readonly string[]
}

/** Who is asked, and for how long before the next step, ms. */
export interface ChainStep {
  /** `crews`: every crew on duty that fits; `crew`: one by name; `dispatcher`: the desk, which is told that nobody took it. */
  to: { type: 'crews' } | { type: 'crew'; id: string } | { type: 'dispatcher' }
  within: number
}

/** What becomes of a fault: the first route whose condition holds counts. */
export interface Route {
  id: string
  name: string
  when: RouteCondition
  /** False: an alarm makes no order by itself. */
  makesOrder: boolean
  class: OrderClass
  skills: readonly Skill[]
  chain: readonly ChainStep[]
  /** Nobody is woken for it in quiet hours. */
  quiet: boolean
}

/** What a route is chosen by. */
export interface Routed {
  domain: string
  priority: Priority
  district: string
  keyArea: boolean
  /** `kind/rule`; empty where no alarm is behind it. */
  rule: string
}

const holds = <T>(list: readonly T[] | undefined, one: T): boolean => list === undefined || list.includes(one)

/** The first route that fits; null when none does, and then nothing happens by itself. */
export function routeOf(routes: readonly Route[], { domain, priority, district, keyArea, rule }: Routed): Route | null {
  const found = routes.find(
    ({ when }) =>
      holds(when.domains, domain) &&
      holds(when.priorities, priority) &&
      holds(when.districts, district) &&
      holds(when.rules, rule) &&
      (when.keyArea === undefined || when.keyArea === keyArea),
  )
  return found ?? null
}

const crews = (within: number): ChainStep => ({ to: { type: 'crews' }, within: minutes(within) })
const desk = (within: number): ChainStep => ({ to: { type: 'dispatcher' }, within: minutes(within) })

/** Danger goes to all crews at once and to the desk after two minutes; what is only low waits for the desk. */
export const usualRoutes: readonly Route[] = [
  {
    ...{ id: 'gas', name: 'Gas and leakage', when: { domains: ['gas'], priorities: ['critical'] } },
    ...{ makesOrder: true, class: 'danger', skills: ['gas'], chain: [crews(2), desk(3), crews(5)], quiet: false },
  },
  {
    ...{ id: 'critical', name: 'Critical', when: { priorities: ['critical'] }, makesOrder: true, class: 'danger' },
    ...{ skills: [], chain: [crews(2), desk(3), crews(5)], quiet: false },
  },
  {
    ...{ id: 'high', name: 'High', when: { priorities: ['high'] }, makesOrder: true, class: 'severe' },
    ...{ skills: [], chain: [crews(10), desk(15)], quiet: false },
  },
  {
    ...{ id: 'lamps', name: 'Dark lamps', when: { domains: ['lighting', 'cabinets'], priorities: ['medium'] } },
    ...{ makesOrder: true, class: 'ordinary', skills: ['electrical'], chain: [crews(30), desk(60)], quiet: true },
  },
  {
    ...{
      id: 'others',
      name: 'Everything else',
      when: {},
      makesOrder: false,
      class: 'ordinary',
      skills: [],
      chain: [desk(60)],
      quiet: true,
    },
  },
]

export interface Roster {
  crews: readonly Crew[]
  people: ReadonlyMap<string, CrewPerson>
  duty: readonly Duty[]
}

/** What a repair asks of whoever takes it. */
export interface Need {
  district: string
  domain: string
  skills: readonly Skill[]
  /** Crews that refused it. */
  declined: readonly string[]
}

/** Why a crew is not asked. */
export const hindrances = {
  disabled: { zh: '已停用', en: 'out of use' },
  district: { zh: '不负责该区域', en: 'not its district' },
  domain: { zh: '不负责该专业', en: 'not its field' },
  'off-duty': { zh: '不在班', en: 'not on duty' },
  declined: { zh: '已拒单', en: 'refused' },
  skills: { zh: '缺少技能', en: 'lacks the skill' },
} as const satisfies Record<string, Text>
export type Hindrance = keyof typeof hindrances

/**
 * What keeps a crew from being asked; null: nothing does. Of a crew on duty those count who are really there: a person who may not open a gas
 * valve is no help.
 */
export function hindranceOf(crew: Crew, { duty, people }: Roster, { district, domain, skills, declined }: Need): Hindrance | null {
  if (crew.disabled) return 'disabled'
  if (!worksIn(crew.districts, district)) return 'district'
  if (!worksIn(crew.domains, domain)) return 'domain'
  const there = duty.filter(({ team }) => team.crew === crew.id)
  if (there.length === 0) return 'off-duty'
  if (declined.includes(crew.id)) return 'declined'
  return hasSkills({ ...crew, members: there.flatMap((one) => one.people) }, skills, people) ? null : 'skills'
}

/** Crews on duty that may take work in a place and a field. */
export const crewsFor = (roster: Roster, need: Need): Crew[] => roster.crews.filter((crew) => hindranceOf(crew, roster, need) === null)
