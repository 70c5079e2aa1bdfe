import type { Crew, CrewPerson } from '../dispatch/crew.ts'
import type { DispatchPolicy } from '../dispatch/dispatch-policy.ts'
import type { Duty, DutyException, PlannedDuty, Rotation } from '../dispatch/duty.ts'

/** Who is on duty at a moment, and when that changes, ms. */
export interface DutyNow {
  at: number
  duty: (Duty & { name: string })[]
  /** By rotation; null: not within a fortnight. */
  handovers: { rotation: string; name: string; at: number | null }[]
}

/** Crews, their duty, and how faults become repairs. `by` is the account; methods throw `LamplighterError`, with all that is wrong in words. */
export interface RosterServices {
  dutyAt(at: number): DutyNow
  /** From a date, YYYY-MM-DD; today in the city when absent. */
  plan(from: string | undefined, days: number): { from: string; items: PlannedDuty[] }
  crews(): Crew[]
  people(): CrewPerson[]
  rotations(): Rotation[]
  /** Those that are not over. */
  exceptions(): DutyException[]
  putCrew(crew: Crew, by: string): Crew
  /** Refused while a rotation, a route or an order speaks of it. */
  removeCrew(id: string, by: string): void
  putPerson(person: CrewPerson, by: string): CrewPerson
  removePerson(account: string, by: string): void
  putRotation(rotation: Rotation, by: string): Rotation
  removeRotation(id: string, by: string): void
  addException(exception: DutyException, by: string): DutyException
  removeException(id: number, by: string): void
  policy(): DispatchPolicy
  setPolicy(policy: DispatchPolicy, reason: string, by: string): DispatchPolicy
  /** Adds dates out of a pasted list to the holidays, or to the days worked in their place; a date of the other list moves over. */
  importDates(text: string, as: 'holidays' | 'workdays', by: string): { policy: DispatchPolicy; dates: string[]; refused: string[] }
}
