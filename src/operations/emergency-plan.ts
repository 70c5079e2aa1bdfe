import { LamplighterError } from '../errors.ts'
import type { Domain } from '../facilities/facility-kind.ts'
import type { RaiseTo } from '../facilities/priority-raise.ts'
import type { Text } from '../telemetry/point.ts'

/** What plans are for. */
export const planKinds = {
  'extreme-weather': { zh: '极端天气', en: 'Extreme weather' },
  flood: { zh: '内涝', en: 'Urban flooding' },
  gas: { zh: '燃气泄漏', en: 'Gas leak' },
  power: { zh: '大面积停电', en: 'Power failure' },
  closure: { zh: '封控值守', en: 'Closed city' },
  event: { zh: '重大活动保障', en: 'Major event' },
  other: { zh: '其他', en: 'Other' },
} as const satisfies Record<string, Text>
export type PlanKind = keyof typeof planKinds

/** Alarms that are taken to be more urgent than their rules say. */
export interface PlannedRaise {
  domains: 'all' | readonly Domain[]
  /** As `kind/rule`. */
  rules: 'all' | readonly string[]
  to: RaiseTo
}

/** Another light for what the area holds of these lamps and cabinets. */
export interface PlannedLight {
  /** Facility query besides the area; empty: all in the area. */
  query: string
  /** 0 to 100; or the name of a lighting programme. */
  level: number | null
  programme: string | null
}

/** Rounds of an area that are walked so many times as often. */
export interface PlannedRounds {
  query: string
  factor: number
}

/** What is otherwise on duty. */
export type DutyChange =
  /** A team is on duty day and night, besides its shifts. */
  | { type: 'call-in'; rotation: string; team: string }
  /** A team is not on duty in any shift. */
  | { type: 'stand-down'; rotation: string; team: string }
  /** Accounts; `away` null: the substitute comes in addition; `substitute` null: nobody stands in. */
  | { type: 'stand-in'; rotation: string; team: string; away: string | null; substitute: string | null }

/** Somebody who must know. Without channel and account they are called by hand, and who did it ticks that off. */
export interface Contact {
  name: string
  /** What they are, such as the duty officer of the fire brigade. */
  role: string
  phone: string
  channel: string | null
  account: string | null
}

/** Something to do, by whom, and within how many minutes of the activation; null: at any time. */
export interface ChecklistItem {
  key: string
  text: string
  /** An account or a role in words. */
  owner: string
  within: number | null
}

/** What the city does otherwise in an emergency, ready to be activated. */
export interface EmergencyPlan {
  id: string
  name: string
  nameEn: string
  kind: PlanKind
  /** Live facility query. */
  area: string
  priorities: readonly PlannedRaise[]
  /** Minutes within which measures are taken at each open order of the area; null: the clocks of orders stay as they are. */
  measuresWithin: number | null
  light: PlannedLight | null
  rounds: PlannedRounds | null
  duty: readonly DutyChange[]
  contacts: readonly Contact[]
  checklist: readonly ChecklistItem[]
  /** In words, for whoever activates it. */
  instructions: string
}

/** A plan as it is kept. */
export interface KeptPlan extends EmergencyPlan {
  /** Counts its changes. */
  version: number
  changedBy: string
  changedAt: number
}

/** That something was done, when, ms, and by whom. */
export interface Done {
  at: number
  by: string
  note: string
}

/** A plan in force from `at` until it is ended, ms. */
export interface Activation {
  id: number
  /** As it was then; later changes of the plan are none of the activation. */
  plan: KeptPlan
  /** Live facility query: that of the plan, or the part of it that somebody chose. */
  area: string
  /** Everything is shown and logged, and nothing of the city is changed. */
  drill: boolean
  reason: string
  by: string
  /** That answers for what it changes: of a key, that of its owner; absent where `by` does. */
  account?: string
  at: number
  ended: Done | null
  /** By the keys of the checklist, and by the places of the contacts. */
  done: Readonly<Record<string, Done>>
  reached: Readonly<Record<string, Done>>
  /** Places of the contacts that no message can reach: somebody calls them. */
  calls: readonly number[]
  /** Keys of the checklist of which people were told that they are late. */
  told: readonly string[]
}

/** What moves an activation; `at` in ms. */
export type ActivationEvent =
  | { type: 'do'; item: string; at: number; by: string; note: string }
  | { type: 'undo'; item: string; at: number; by: string; note: string }
  | { type: 'reach'; contact: number; at: number; by: string; note: string }
  | { type: 'tell'; item: string; at: number }
  | { type: 'end'; at: number; by: string; note: string }

export const isActive = ({ ended }: Pick<Activation, 'ended'>): boolean => ended === null

/** Whether it bears on the city at a moment, ms: a drill never does. */
export const bearsOn = ({ drill, at, ended }: Activation, moment: number): boolean =>
  !drill && at <= moment && (ended === null || moment < ended.at)

/** When an item of the checklist is due, ms; null: at any time. */
export const dueAt = ({ at }: Pick<Activation, 'at'>, { within }: Pick<ChecklistItem, 'within'>): number | null =>
  within === null ? null : at + within * 60_000

/** Items that are late at a moment, ms. */
export const lateItems = (activation: Activation, moment: number): ChecklistItem[] =>
  activation.plan.checklist.filter((item) => {
    const due = dueAt(activation, item)
    return due !== null && due <= moment && !Object.hasOwn(activation.done, item.key)
  })

/** How far it has come. */
export function progressOf(activation: Activation, moment: number) {
  const { plan, done, reached, calls } = activation
  return {
    items: plan.checklist.length,
    done: plan.checklist.filter(({ key }) => Object.hasOwn(done, key)).length,
    late: lateItems(activation, moment).length,
    calls: calls.length,
    reached: calls.filter((place) => Object.hasOwn(reached, place)).length,
  }
}

/** Moves an activation; the same object when nothing changes. Throws `not-found` where there is no such item or contact, `action-refused` when it is over. */
export function stepActivation(activation: Activation, event: ActivationEvent): Activation {
  if (!isActive(activation)) throw new LamplighterError('action-refused', `The plan ${activation.plan.name} is active no more.`)
  const { plan, done, reached, told } = activation
  if ('item' in event && !plan.checklist.some(({ key }) => key === event.item))
    throw new LamplighterError('not-found', `There is no item ${JSON.stringify(event.item)} in the checklist of ${plan.id}.`)
  switch (event.type) {
    case 'do':
      return Object.hasOwn(done, event.item) ? activation : { ...activation, done: { ...done, [event.item]: doneBy(event) } }
    case 'undo': {
      if (!Object.hasOwn(done, event.item)) return activation
      const { [event.item]: _, ...left } = done
      return { ...activation, done: left }
    }
    case 'reach':
      if (!plan.contacts[event.contact]) throw new LamplighterError('not-found', `There is no contact ${event.contact} in ${plan.id}.`)
      return Object.hasOwn(reached, event.contact) ? activation : { ...activation, reached: { ...reached, [event.contact]: doneBy(event) } }
    case 'tell':
      return told.includes(event.item) ? activation : { ...activation, told: [...told, event.item] }
    case 'end':
      return { ...activation, ended: doneBy(event) }
  }
}

const doneBy = ({ at, by, note }: Done): Done => ({ at, by, note })
