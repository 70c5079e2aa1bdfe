import { ALONE_WITHIN } from '../../control/approval.ts'
import { type Command, isOver } from '../../control/command.ts'
import type { Facility, Plant } from '../../facilities/plant.ts'
import type { StateStore } from '../../storage/state-store.ts'
import { definitionOf } from './subject.ts'

/** Lamps that a command lights, dims or puts out: these, and those on a circuit that it switches, or on a circuit of which nobody knows. */
export function lampsOf(told: readonly Facility[], { command, value }: Pick<Command, 'command' | 'value'>, plant: Plant): Set<string> {
  const lamps = new Set<string>()
  for (const facility of told) {
    if (facility.kind.light) lamps.add(facility.id)
    const circuit = definitionOf(facility, { command })?.circuit(value) ?? null
    if (circuit === null) continue
    for (const lamp of plant.fedBy(facility.id)) if (lamp.kind.light && (lamp.circuit ?? circuit) === circuit) lamps.add(lamp.id)
  }
  return lamps
}

/** Lamps to which an account gave another light with nobody's approval: of the last ten minutes, and by commands and overrides that are not over. */
export function lampsToldAlone(
  account: string,
  at: number,
  { state, plant }: { state: Pick<StateStore, 'commands' | 'lightChanges'>; plant: Plant },
): Set<string> {
  const since = at - ALONE_WITHIN
  const lamps = new Set(state.lightChanges.alone(account, since))
  for (const command of state.commands.alone(account, since)) {
    const told = command.targets.flatMap(({ facility: id, times, state: reached }) => {
      const isTold = times.sent !== null || (times.accepted !== null && !isOver(reached))
      const facility = isTold ? plant.get(id) : undefined
      return facility ?? []
    })
    for (const lamp of lampsOf(told, command, plant)) lamps.add(lamp)
  }
  return lamps
}
