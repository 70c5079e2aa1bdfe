import { LamplighterError } from '../errors.ts'
import type { Order, UsedPart } from './order.ts'
import { type OrderEvent, stepOrder } from './order-step.ts'

/** What somebody of a crew did on the phone, perhaps without a network; kept there until the server has answered. */
export type CrewAction = {
  /** Made by the phone, unique: sent twice it counts once. */
  id: string
  order: number
  /** When they did it, by the phone's clock set right by the server's, ms. */
  at: number
} & (
  | { type: 'accept' | 'set-out' | 'arrive' | 'begin' }
  | { type: 'decline' | 'hand-back'; reason: string }
  | { type: 'repair'; cause: string; minutes: number; parts: readonly UsedPart[] }
  | { type: 'note'; text: string }
  | { type: 'photo'; photo: string }
)

export interface Actor {
  crew: string
  person: string
}

/**
 * done: it counts. unchanged: it was done before, or a later step says the same. kept: the order has moved on without this crew; what they did
 * is in its log, but moves nothing.
 */
export type Outcome = 'done' | 'unchanged' | 'kept'

export interface Taken {
  order: Order
  outcome: Outcome
  /** Why it moved nothing; empty when it did. */
  why: string
}

/**
 * Takes what a phone tells, now or hours later, at our time `now`, ms. It never fails: somebody who was out of reach for an hour cannot mend
 * what was decided meanwhile, so that whatever no longer fits is kept in the log for the desk to read, and the phone is told.
 */
export function takeAction(order: Order, action: CrewAction, { crew, person }: Actor, now: number): Taken {
  const at = claimedAt(order, action.at, now)
  try {
    const next = stepOrder(order, eventOf(action, at, crew, person))
    return { order: next, outcome: next === order ? 'unchanged' : 'done', why: '' }
  } catch (problem) {
    if (!(problem instanceof LamplighterError)) throw problem
    return { order, outcome: 'kept', why: problem.message }
  }
}

/** When something was done of which a phone says `at`, ms: one whose clock is wrong must not put a step before the order or into the future. */
export const claimedAt = ({ created }: Order, at: number, now: number): number => Math.min(now, Math.max(created, at))

function eventOf(action: CrewAction, at: number, crew: string, by: string): OrderEvent {
  switch (action.type) {
    case 'note':
    case 'photo':
      return { type: action.type, at, by }
    case 'repair':
      return { type: 'repair', at, crew, by, cause: action.cause, minutes: action.minutes, parts: action.parts }
    case 'decline':
    case 'hand-back':
      return { type: action.type, at, crew, by, reason: action.reason }
    default:
      return { type: action.type, at, crew, by }
  }
}
