import { type Duty, dutyAt } from '../../dispatch/duty.ts'
import { dutyUnderPlans } from '../../operations/emergency-plan-duty.ts'
import type { StateStore } from '../../storage/state-store.ts'

/** Who is on duty at a moment, ms, with what the emergency plans of that moment change of it. */
export function dutyNow({ roster, emergencies }: StateStore, at: number, utcOffset: (at: number) => number): Duty[] {
  const rotations = roster.rotations()
  return dutyUnderPlans(dutyAt(rotations, roster.exceptions(at), at, utcOffset), rotations, emergencies.activeAt(at), at)
}
