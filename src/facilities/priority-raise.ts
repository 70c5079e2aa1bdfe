import { type Priority, priorities, type Rule, type RuleSetting } from '../detection/rule.ts'
import type { Domain } from './facility-kind.ts'
import { type FacilityQuery, matchesFacility } from './facility-query.ts'
import type { Facility } from './plant.ts'

/** How much more urgent alarms are taken: by one step, or at least so urgent. */
export const raiseSteps = ['one-step', 'critical', 'high', 'medium'] as const
export type RaiseTo = (typeof raiseSteps)[number]

/** Alarms of an area that an emergency plan takes to be more urgent than their rules say, while it is active. */
export interface PriorityRaise {
  /** The activation of the plan. */
  readonly activation: number
  readonly area: FacilityQuery
  readonly domains: 'all' | readonly Domain[]
  /** As `kind/rule`. */
  readonly rules: 'all' | readonly string[]
  readonly to: RaiseTo
}

const rankOf = (priority: Priority): number => priorities.indexOf(priority)

/** What a priority becomes; never a less urgent one. */
export function raisedPriority(priority: Priority, to: RaiseTo): Priority {
  if (to === 'one-step') return priorities[Math.max(0, rankOf(priority) - 1)] as Priority
  return rankOf(to) < rankOf(priority) ? to : priority
}

const isOf = <T>(list: 'all' | readonly T[], one: T): boolean => list === 'all' || list.includes(one)

/** Whether a facility is one whose alarms may be raised; the service's own faults lie in no area. */
export const isRaisedBy = ({ area, domains }: Pick<PriorityRaise, 'area' | 'domains'>, facility: Facility): boolean =>
  !facility.kind.reportsItself && isOf(domains, facility.kind.domain) && matchesFacility(area, facility)

/** The raise that makes a rule of a kind most urgent, of equal ones the older; null when none makes it more urgent than it is. */
export function strongestRaise(raises: readonly PriorityRaise[], kind: string, { key }: Rule, priority: Priority): PriorityRaise | null {
  let [strongest, rank]: [PriorityRaise | null, number] = [null, rankOf(priority)]
  for (const raise of raises) {
    if (!isOf(raise.rules, `${kind}/${key}`)) continue
    const raised = rankOf(raisedPriority(priority, raise.to))
    if (raised < rank || (strongest && raised === rank && raise.activation < strongest.activation)) [strongest, rank] = [raise, raised]
  }
  return strongest
}

/** Before the activation that raised it, in the version of a setting: an alarm keeps it as proof. */
const RAISED_BY = '^'

/** The settings with what raises make of them; `raises` are those that hold for the facility. */
export const applyRaises = (
  settings: readonly RuleSetting[],
  { key, rules }: { readonly key: string; readonly rules: readonly Rule[] },
  raises: readonly PriorityRaise[],
): readonly RuleSetting[] =>
  settings.map((setting, i) => {
    const raise = strongestRaise(raises, key, rules[i] as Rule, setting.priority)
    if (!raise) return setting
    const priority = raisedPriority(setting.priority, raise.to)
    return { ...setting, priority, version: `${setting.version}${RAISED_BY}${raise.activation}` }
  })

/** The activation by which the priority of a version was raised; null where none did. */
export function raisedBy(version: string): number | null {
  const [, activation] = version.split(RAISED_BY)
  return activation === undefined ? null : Number(activation)
}
