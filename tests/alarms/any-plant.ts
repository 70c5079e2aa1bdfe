import type { Suppression } from '../../src/alarms/alarm.ts'
import { AlarmClock } from '../../src/alarms/alarm-clock.ts'
import { AlarmRegister } from '../../src/alarms/register.ts'
import { AlarmSuppression, type TreeFacility } from '../../src/alarms/suppression.ts'
import { ruleBuilders } from '../../src/detection/builders.ts'
import type { Rule, RuleOptions, RuleSetting } from '../../src/detection/rule.ts'
import { kindOf, texts } from '../detection/fixtures.ts'
import { evidence, memoryAlarmStore } from './fixtures.ts'

const build = ruleBuilders<never, never>()
const rule = (more: Partial<RuleOptions> = {}) => build.condition({ ...texts, priority: 'medium', points: [], when: () => true, ...more })

/** Rules of anything that may feed others and report for them. */
export const { rules } = kindOf(
  'node',
  {},
  {
    dead: rule({ deprives: { of: ['supply', 'link'] }, needs: ['supply', 'link'] }),
    unfed: rule({ deprives: { of: ['supply'] }, needs: ['supply'] }),
    unlinked: rule({ deprives: { of: ['link'] }, needs: ['link'] }),
    tripped: rule({ deprives: { of: ['supply'], circuits: [1] } }),
    half: rule({ deprives: { of: ['supply', 'link'], circuits: [1] } }),
    gas: rule({ shelvable: false, needs: ['supply', 'link'] }),
    odd: rule({ expects: true }),
    plain: rule(),
    follows: rule({ consequenceOf: ['plain', 'odd'] }),
  },
)
export const GRACE = 100

/** What hangs on what, as the facilities say at the time they are asked. */
export const treeOf = (facilities: ReadonlyMap<string, TreeFacility>) => ({
  get: (id: string) => facilities.get(id),
  fedBy: (id: string) => [...facilities.values()].filter(({ fedBy }) => fedBy === id),
  behind: (id: string) => [...facilities.values()].filter(({ gateway }) => gateway === id),
})

export type Plant = Record<string, Partial<TreeFacility>>

export function plantOf(plant: Plant) {
  const facilities = new Map<string, TreeFacility>()
  const put = (id: string, more: Partial<TreeFacility>) => {
    facilities.set(id, { id, mode: 'auto', fedBy: null, circuit: null, gateway: null, kind: { rules }, ...more })
  }
  for (const [id, more] of Object.entries(plant)) put(id, more)
  const store = memoryAlarmStore()
  const register = new AlarmRegister(store)
  const suppression = new AlarmSuppression({
    register,
    tree: treeOf(facilities),
    grace: () => GRACE,
  })
  const facility = (id: string) => facilities.get(id) as TreeFacility
  const ruleOf = (key: string) => rules.find((one) => one.key === key) as Rule
  const explain = (id: string, key: string) => suppression.explain(facility(id), ruleOf(key))
  const unexplained = () => null
  const explained = (id: string, key: string, at: number): Suppression | null => {
    const cause = explain(id, key)
    return cause && { ...cause, since: at, until: null }
  }
  const apply = (id: string, key: string, active: boolean, at: number, late: boolean, context: typeof explained) =>
    register.apply(
      {
        facility: facility(id) as never,
        rule: ruleOf(key),
        setting: { priority: 'medium', texts } as unknown as RuleSetting,
        active,
        at,
        late,
        chattering: null,
      },
      at,
      () => ({ evidence, outOfService: false, suppressed: context(id, key, at), affects: 0 }),
    )
  return {
    store,
    register,
    suppression,
    clock: new AlarmClock(register, suppression),
    facility,
    facilities,
    put,
    /** Without anybody following it. */
    raise: (id: string, key: string, at = 1, late = false) => apply(id, key, true, at, late, unexplained)!,
    end: (id: string, key: string, at: number) => apply(id, key, false, at, false, unexplained)!,
    /** As a running program does: explained from the beginning, and followed. */
    change: (id: string, key: string, active: boolean, at: number, late = false) => {
      const alarm = apply(id, key, active, at, late, explained)
      if (alarm) suppression.follow(alarm, at)
    },
    explain,
    affected: (id: string, key: string) =>
      Object.fromEntries([...suppression.affected(facility(id), ruleOf(key))].map(([one, needs]) => [one.id, needs])),
    /** Numbers of alarms that a step changed. */
    ids: (changed: readonly { id: number }[]) => changed.map(({ id }) => id),
  }
}
