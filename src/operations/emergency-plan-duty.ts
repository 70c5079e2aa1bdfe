import type { Duty, DutyException, Rotation } from '../dispatch/duty.ts'
import { type Activation, bearsOn, type DutyChange } from './emergency-plan.ts'

const DAY = 86_400_000

/** Who is on duty at a moment, ms, with what emergency plans change of it then; plans that are older come first. */
export const dutyUnderPlans = (
  duty: readonly Duty[],
  rotations: readonly Rotation[],
  activations: readonly Activation[],
  at: number,
): Duty[] =>
  activations
    .filter((activation) => bearsOn(activation, at))
    .sort((a, b) => a.at - b.at || a.id - b.id)
    .reduce<Duty[]>(
      (before, activation) =>
        activation.plan.duty.reduce((changed, change) => changeDuty(changed, change, rotations, activation, at), before),
      [...duty],
    )

function changeDuty(duty: Duty[], change: DutyChange, rotations: readonly Rotation[], activation: Activation, at: number): Duty[] {
  const isMeant = (one: Duty) => one.rotation === change.rotation && one.team.key === change.team
  switch (change.type) {
    case 'stand-down':
      return duty.filter((one) => !isMeant(one))
    case 'stand-in':
      return duty.map((one) => (isMeant(one) ? { ...one, people: standIn(one.people, change) } : one))
    case 'call-in': {
      const team = rotations.find(({ id }) => id === change.rotation)?.teams.find(({ key }) => key === change.team)
      if (!team || duty.some(isMeant)) return duty
      return [...duty, { rotation: change.rotation, team, people: [...team.people], ...planShift(activation, at) }]
    }
  }
}

const standIn = (people: readonly string[], { away, substitute }: { away: string | null; substitute: string | null }): string[] => [
  ...new Set([...people.filter((person) => person !== away), ...(substitute === null ? [] : [substitute])]),
]

/** Day after day from the activation on. */
function planShift({ id, at: from, plan }: Activation, at: number) {
  const day = Math.floor((at - from) / DAY)
  return { shift: { key: `plan-${id}`, name: plan.name, from: 0, to: 0 }, from: from + day * DAY, to: from + (day + 1) * DAY }
}

/** People who are on duty day and night besides the shifts, from `from`, ms, until the plan ends. */
export interface CalledIn {
  activation: number
  plan: string
  rotation: string
  team: string
  people: readonly string[]
  from: number
}

/** Teams that plans call in, and who comes to a team in addition. */
export const calledIn = (activations: readonly Activation[], rotations: readonly Rotation[], at: number): CalledIn[] =>
  activations
    .filter((activation) => bearsOn(activation, at))
    .flatMap(({ id: activation, plan: { name: plan, duty }, at: from }) =>
      duty.flatMap((change): CalledIn[] => {
        const { rotation, team: key } = change
        const team = rotations.find(({ id }) => id === rotation)?.teams.find((one) => one.key === key)
        const called = { activation, plan, rotation, team: key, from }
        if (change.type === 'call-in') return team ? [{ ...called, people: team.people }] : []
        return change.type === 'stand-in' && change.away === null && change.substitute !== null
          ? [{ ...called, people: [change.substitute] }]
          : []
      }),
    )

/** What plans change of shifts that are planned, as exceptions that nobody can remove by hand: those have no id. */
export const exceptionsOfPlans = (activations: readonly Activation[], at: number): DutyException[] =>
  activations
    .filter((activation) => bearsOn(activation, at))
    .flatMap(({ plan, at: from }) =>
      plan.duty.flatMap((change): DutyException[] => {
        if (change.type === 'call-in' || (change.type === 'stand-in' && change.away === null)) return []
        const [person, substitute] = change.type === 'stand-in' ? [change.away, change.substitute] : [null, null]
        const { rotation, team } = change
        return [{ id: 0, rotation, team, person, substitute, from, to: Number.MAX_SAFE_INTEGER, reason: plan.name }]
      }),
    )
