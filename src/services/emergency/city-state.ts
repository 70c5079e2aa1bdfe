import { createHash } from 'node:crypto'
import type { RuleSetting } from '../../detection/rule.ts'
import type { CityState } from '../../edges/emergency-plans.ts'
import { dutyNow } from '../dispatch/duty-now.ts'
import type { ServiceParts } from '../parts.ts'
import { sha256 } from '../sha256.ts'
import { takeTurns } from '../turns.ts'
import type { ActivePlans } from './active-plans.ts'

type Parts = Pick<ServiceParts, 'state' | 'plant' | 'rules' | 'register' | 'desk' | 'utcOffset'> & { activePlans: ActivePlans }

/** JSON whose keys are in order, so that what says the same reads the same. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

/** A large city is looked at piece by piece; the hash is that of one JSON after another. */
async function hashOfEach<T>(all: Iterable<T>, read: (one: T) => unknown): Promise<string> {
  const hash = createHash('sha256')
  const turn = takeTurns()
  for (const one of all) {
    hash.update(JSON.stringify(read(one)))
    await turn()
  }
  return hash.digest('hex')
}

/** What is in force for facilities, without the numbers of the changes that made it so: those are its log. */
function rulesPart({ plant, rules }: Parts): Promise<string> {
  const known = new Map<readonly RuleSetting[], string>()
  const inForce = (settings: readonly RuleSetting[]): string => {
    const found = known.get(settings) ?? sha256(canonical(settings.map(({ version: _, ...setting }) => setting)))
    known.set(settings, found)
    return found
  }
  const own = [...plant].filter(({ kind }) => !kind.reportsItself)
  return hashOfEach(own, (facility) => [facility.id, inForce(rules.settingsOf(facility))])
}

function dutyPart({ state, utcOffset }: Parts, at: number): unknown {
  const { roster } = state
  return {
    onDuty: dutyNow(state, at, utcOffset).map(({ rotation, team, people }) => [rotation, team.key, [...people].sort()]),
    rotations: roster.rotations(),
    exceptions: roster.exceptions(at).map(({ id: _, ...exception }) => exception),
  }
}

/**
 * The state that plans could change, at a moment, ms, as hashes: what is in force of the rules for each facility, how urgent live alarms are,
 * who is on duty, the clocks of open orders, modes, and what `more` adds. Numbers and times of changes are no part of it. What is changed
 * while a large city is looked at may be in it or not.
 */
export async function cityState(parts: Parts, at: number, more: Readonly<Record<string, unknown>>): Promise<CityState> {
  const { plant, register, desk, state, activePlans } = parts
  const alarms = [...register.live()].map(({ facility, rule, basePriority }) => `${facility} ${rule} ${basePriority}`).sort()
  const all: Record<string, unknown> = {
    duty: dutyPart(parts, at),
    dispatch: state.roster.dispatchPolicy(),
    orders: [...desk.book.open()].map((order) => [
      ...[order.id, order.class, order.arriveBy, order.repairBy, activePlans.measuresOf(order, at)?.by ?? null],
    ]),
    ...more,
  }
  const hashes: Record<string, string> = {
    ...Object.fromEntries(Object.entries(all).map(([name, part]) => [name, sha256(canonical(part))])),
    alarms: await hashOfEach(alarms, (alarm) => alarm),
    modes: await hashOfEach([...plant], ({ id, mode }) => [id, mode]),
    rules: await rulesPart(parts),
  }
  return { hash: sha256(canonical(hashes)), parts: hashes }
}
