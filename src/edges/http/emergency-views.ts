import { may, type Person } from '../../access/person.ts'
import { type Activation, type Contact, dueAt, type KeptPlan, lateItems, progressOf } from '../../operations/emergency-plan.ts'
import type { PlanEffects } from '../emergency-plans.ts'
import type { ActivationView, EmergencyView, PlanEffectsView, PlanView } from './emergency-schemas.ts'

/** Telephone numbers are for those who would call. */
const contactView = ({ phone, ...contact }: Contact, person: Person) => ({
  ...contact,
  phone: may(person, 'plan.activate') ? phone : null,
})

export const planView = (plan: KeptPlan, person: Person): PlanView =>
  ({ ...plan, contacts: plan.contacts.map((contact) => contactView(contact, person)) }) as unknown as PlanView

/** What is told of an activation on every page, at a moment, ms. */
export function emergencyView(activation: Activation, at: number): EmergencyView {
  const { id, plan, area, drill, reason, by } = activation
  const { name, nameEn, kind } = plan
  return {
    ...{ id, plan: plan.id, name, nameEn: nameEn || name, kind, area, drill, reason, by, at: activation.at },
    ...progressOf(activation, at),
  }
}

/** `phones` are those of accounts, for contacts of whom the plan gives no number. */
export function activationView(
  activation: Activation,
  person: Person,
  facilities: number,
  phones: ReadonlyMap<string, string>,
  at: number,
): ActivationView {
  const { plan, done, reached, calls, ended } = activation
  const late = new Set(lateItems(activation, ended?.at ?? at).map(({ key }) => key))
  return {
    ...emergencyView(activation, ended?.at ?? at),
    ...{ ended, measuresWithin: plan.measuresWithin, document: planView(plan, person), facilities },
    checklist: plan.checklist.map((item) => ({
      ...item,
      ...{ due: dueAt(activation, item), isLate: late.has(item.key), done: done[item.key] ?? null },
    })),
    contacts: plan.contacts.map((contact, i) => ({
      ...contactView({ ...contact, phone: contact.phone || (phones.get(contact.account ?? '') ?? '') }, person),
      ...{ isByHand: calls.includes(i), reached: reached[i] ?? null },
    })),
  }
}

export const effectsView = (effects: PlanEffects): PlanEffectsView => effects as unknown as PlanEffectsView
