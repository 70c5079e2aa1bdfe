import type { Priority } from '../detection/rule.ts'
import type { Crew, CrewPerson } from '../dispatch/crew.ts'
import type { DispatchPolicy } from '../dispatch/dispatch-policy.ts'
import type { Duty, DutyException, PlannedDuty, Rotation } from '../dispatch/duty.ts'
import type { FieldProblem } from '../dispatch/field-problem.ts'
import type { OrderClass } from '../dispatch/order.ts'
import type { RehearsedStep } from '../dispatch/rehearsal.ts'
import type { Hindrance } from '../dispatch/route.ts'
import type { CalledIn } from '../operations/emergency-plan-duty.ts'

/** Who is on duty at a moment, and when that changes, ms. */
export interface DutyNow {
  at: number
  duty: (Duty & { name: string })[]
  /** By rotation; null: not within a fortnight. */
  handovers: { rotation: string; name: string; at: number | null }[]
  /** End of the quiet hours that the moment lies in, ms; null: in none. */
  quietUntil: number | null
}

/** A fault that somebody imagines, at `at`, ms. */
export interface ImaginedFault {
  facility: string
  priority: Priority
  /** Key of a rule of the facility's kind; empty: any that no route names. */
  rule: string
  at: number
}

/** What would become of it, if nobody took the order. */
export interface DispatchTrial {
  /** Place of its route; null: none fits, and nothing happens by itself. */
  route: number | null
  /** Null where no order is made by itself. */
  order: { class: OrderClass; arriveBy: number; repairBy: number; steps: TrialStep[] } | null
  /** Phones are told of it only then, ms; null: at once. */
  quietUntil: number | null
}

export interface TrialStep extends RehearsedStep {
  /** People of the crews asked who are on duty then, accounts by crew. */
  people: Readonly<Record<string, readonly string[]>>
  /** Why the other crews are not asked. */
  others: readonly { crew: string; why: Hindrance }[]
}

/** What a policy would do, before it is in force. */
export interface PolicyPreview {
  problems: FieldProblem[]
  /** By route: facilities of which an alarm, at its usual priority, would go that way, and open orders that would. */
  reach: { facilities: number; orders: number }[]
  trial: DispatchTrial | null
}

/** Crews, their duty, and how faults become repairs. `by` is the account; methods throw `LamplighterError`, with all that is wrong in words. */
export interface RosterServices {
  dutyAt(at: number): DutyNow
  /** From a date, YYYY-MM-DD; today in the city when absent. */
  plan(from: string | undefined, days: number): { from: string; items: PlannedDuty[]; calledIn: CalledIn[] }
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
  /** Grows by one with each change. */
  policyVersion(): number
  /** Refused when another one than the version `seen` is in force. */
  setPolicy(policy: DispatchPolicy, reason: string, by: string, seen?: number): DispatchPolicy
  previewPolicy(policy: DispatchPolicy, fault?: ImaginedFault): PolicyPreview
  /** Adds dates out of a pasted list to the holidays, or to the days worked in their place; a date of the other list moves over. */
  importDates(text: string, as: 'holidays' | 'workdays', by: string): { policy: DispatchPolicy; dates: string[]; refused: string[] }
}
