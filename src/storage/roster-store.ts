import type { Crew, CrewPerson } from '../dispatch/crew.ts'
import type { DispatchPolicy } from '../dispatch/dispatch-policy.ts'
import type { DutyException, Rotation } from '../dispatch/duty.ts'

/** Crews, who belongs to them, who works when, and how faults become repairs. */
export interface RosterStore {
  /** By id. */
  crews(): Crew[]
  putCrew(crew: Crew): void
  removeCrew(id: string): void
  /** By account. */
  people(): CrewPerson[]
  putPerson(person: CrewPerson): void
  removePerson(account: string): void
  /** By id. */
  rotations(): Rotation[]
  putRotation(rotation: Rotation): void
  /** Its exceptions go with it. */
  removeRotation(id: string): void
  /** Those that are not over at this time, ms, in the order of their beginning. */
  exceptions(at: number): DutyException[]
  /** Its `id` is ignored; returns the one it has from now on. */
  addException(exception: DutyException): number
  removeException(id: number): void
  /** The usual one in a new store. */
  dispatchPolicy(): DispatchPolicy
  /** How often it was set. */
  dispatchPolicyVersion(): number
  setDispatchPolicy(policy: DispatchPolicy): void
}
