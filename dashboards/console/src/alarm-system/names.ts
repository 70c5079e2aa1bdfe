import { partsOfKey } from '../../../../src/detection/rule-key.ts'
import type { IncidentSummary } from '../../../../src/edges/alarm-system.ts'
import { facilityById, kinds } from '../live/live.ts'
import { say } from '../settings.ts'
import { s } from '../texts/alarm-system.ts'

/** The fault of a rule in words. Of a facility that is not in the city any more, or is the service itself, the one rule of that key; else the key. */
export function faultOf(facility: string, rule: string): string {
  const own = kinds.value.get(facilityById.value.get(facility)?.kind ?? '')
  const { rule: wanted } = partsOfKey(rule)
  const found = [...(own ? [own] : kinds.value.values())].flatMap(({ rules }) => rules.filter(({ key }) => key === wanted))
  return found.length === 1 ? say((found[0] as (typeof found)[number]).title) : rule
}

/** What the alarms of an incident have in common, in words. */
export function causeOf({ cause, firstOut }: Pick<IncidentSummary, 'cause' | 'firstOut'>): string {
  const { type, facility, circuit, district, road } = cause
  const names = [facility, road, district].filter(Boolean).join(' · ')
  if (type === 'alarm') return s().causes.alarm(`${firstOut.facility} · ${faultOf(firstOut.facility, firstOut.rule)}`)
  if (type === 'feeder' && circuit !== null) return s().causes.circuit(names, String(circuit))
  return s().causes[type](names)
}
