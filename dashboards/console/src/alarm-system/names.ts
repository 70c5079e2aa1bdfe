import type { IncidentSummary } from '../../../../src/edges/alarm-system.ts'
import { facilityById, kinds } from '../live/live.ts'
import { say } from '../settings.ts'
import { s } from '../texts/alarm-system.ts'

/** The fault of a rule in words; its key where the facility is no more. */
export function faultOf(facility: string, rule: string): string {
  const kind = kinds.value.get(facilityById.value.get(facility)?.kind ?? '')
  const found = kind?.rules.find(({ key }) => key === rule)
  return found ? say(found.title) : rule
}

/** What the alarms of an incident have in common, in words. */
export function causeOf({ cause, firstOut }: Pick<IncidentSummary, 'cause' | 'firstOut'>): string {
  const { type, facility, circuit, district, road } = cause
  const names = [facility, road, district].filter(Boolean).join(' · ')
  if (type === 'alarm') return s().causes.alarm(`${firstOut.facility} · ${faultOf(firstOut.facility, firstOut.rule)}`)
  if (type === 'feeder' && circuit !== null) return s().causes.circuit(names, String(circuit))
  return s().causes[type](names)
}
