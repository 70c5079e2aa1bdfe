import type { EmergencyView, PlanView } from '../../../../src/edges/http/emergency-schemas.ts'
import { planKinds } from '../../../../src/operations/emergency-plan.ts'
import { nameIn } from '../programmes/programme-words.ts'
import { language, say } from '../settings.ts'
import { em } from '../texts/emergency.ts'

type Named = Pick<EmergencyView, 'name' | 'nameEn'>

export const planName = ({ name, nameEn }: Named): string => (language.value === 'en' && nameEn ? nameEn : name)
export const kindWords = ({ kind }: Pick<PlanView, 'kind'>): string => say(planKinds[kind])

/** What a plan does by itself, in a few words; `programmes` are those that it may name. */
export function planDoes(
  { priorities, measuresWithin, light, rounds, duty, contacts }: PlanView,
  programmes: Parameters<typeof nameIn>[0],
): string {
  const parts = [
    ...priorities.map(({ to }) => em().raise(em().raiseTo[to])),
    measuresWithin !== null && em().measures(measuresWithin),
    light && (light.level === null ? em().programme(nameIn(programmes, light.programme)) : em().level(light.level)),
    rounds && em().rounds(rounds.factor),
    duty.length > 0 && em().duty(duty.length),
    contacts.length > 0 && em().contacts(contacts.length),
  ].filter((part): part is string => typeof part === 'string')
  return parts.length > 0 ? parts.join(' · ') : em().nothing
}
