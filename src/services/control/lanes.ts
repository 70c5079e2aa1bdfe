import type { Command } from '../../control/command.ts'
import type { Lane } from '../../control/pacing.ts'
import type { Facility } from '../../facilities/plant.ts'
import { definitionOf } from './subject.ts'

/** Messages over the city, so that neither broker nor radio chokes. */
export const cityLane: Lane = { key: 'city', perSecond: 200, burst: 50 }

/** What a command to a facility must wait its turn for: its feeder and its gateway; a circuit that is switched, those of its cabinet and of the city. */
export function lanesOf(facility: Facility, command: Pick<Command, 'command' | 'value'>): Lane[] {
  const { id, fedBy, gateway } = facility
  const lanes: Lane[] = []
  // The inrush of a few drivers at a time is what the breaker of a circuit bears.
  if (fedBy !== null) lanes.push({ key: `feeder ${fedBy}`, perSecond: 20, burst: 5 })
  if (gateway !== null) lanes.push({ key: `gateway ${gateway}`, perSecond: 50, burst: 10 })
  if (definitionOf(facility, command)?.circuit(command.value) != null)
    lanes.push({ key: `circuits of ${id}`, perSecond: 0.5, burst: 1 }, { key: 'circuits', perSecond: 20, burst: 5 })
  return lanes
}
