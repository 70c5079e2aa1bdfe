import type { Alarm } from '../alarms/alarm.ts'
import type { RuleType } from '../detection/rule.ts'
import { LamplighterError } from '../errors.ts'
import type { Facility } from '../facilities/plant.ts'

/** They tell that nobody could see a danger, and not that there is one: what is taken away for good is silent for good. */
const BLIND: readonly RuleType[] = ['silence', 'loss', 'stuck']

/** Throws `action-refused` when removing a facility would end alarms that people still have to deal with; says what to do first. */
export function checkLiveAlarms({ id, mode, kind }: Facility, live: Iterable<Alarm>): void {
  const alarms = [...live]
  const blind = new Set(kind.rules.filter(({ type }) => BLIND.includes(type)).map(({ key }) => key))
  const dangers = alarms.filter(({ shelvable, active, latched, rule }) => !shelvable && (active || latched) && !blind.has(rule))
  if (dangers.length > 0) {
    const some = dangers.slice(0, 3).map(({ rule, active }) => `${rule} ${active ? 'is active' : 'is to be reset'}`)
    throw new LamplighterError(
      'action-refused',
      `${id} has alarms that protect lives (${some.join(', ')}${dangers.length > 3 ? ', …' : ''}). Make the place safe first; when the fault is gone, acknowledge them and have two people reset what is latched.`,
    )
  }
  if (mode !== 'out-of-service' && alarms.length > 0)
    throw new LamplighterError(
      'action-refused',
      `${id} has live alarms. Take it out of service first; then it can be removed, and its alarms end.`,
    )
}
