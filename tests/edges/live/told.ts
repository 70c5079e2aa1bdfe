import type { PlantColumns, Snapshot } from '../../../src/edges/http/live-schemas.ts'
import { type FacilityState, facilityStates, unpackStates } from '../../../src/edges/live/facility-states.ts'
import { facilitiesOf } from '../../../src/edges/live/plant-columns.ts'
import type { Delta } from '../../../src/edges/live/protocol.ts'

/** Changed states of a delta in words. */
export function statesOf({ states }: Pick<Delta, 'states'>): [number, FacilityState][] {
  const told: [number, FacilityState][] = []
  if (states) unpackStates(states, (number, code) => told.push([number, facilityStates[code] as FacilityState]))
  return told
}

/** The states of a snapshot in words, by facility number; a number that no facility has is normal. */
export const stateList = ({ states }: Pick<Snapshot, 'states'>): FacilityState[] =>
  [...Buffer.from(states, 'base64')].map((code) => facilityStates[code] as FacilityState)

/** Each facility of a plant with its state. */
export function listed(plant: PlantColumns, snapshot: Pick<Snapshot, 'states'>): { number: number; id: string; state: FacilityState }[] {
  const states = stateList(snapshot)
  return facilitiesOf(plant).map(({ number, id }) => ({ number, id, state: states[number] ?? 'normal' }))
}
