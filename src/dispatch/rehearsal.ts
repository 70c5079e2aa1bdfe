import { chainStart, nextStep, wakeAt } from './next-step.ts'
import { type NewOrder, newOrder } from './order.ts'
import { stepOrder } from './order-step.ts'
import type { Roster, Route } from './route.ts'

/** Who would be asked from `at` until `until`, ms, if nobody took the order. */
export interface RehearsedStep {
  /** Place in the chain of the route; that after the last: the chain is over, and the desk is told again and again. */
  step: number
  at: number
  until: number
  /** Ids; empty: the desk is told that nobody took it. */
  crews: readonly string[]
  /** Places before it that found nobody and were passed over. */
  passed: readonly number[]
}

/** Whom an order would be offered to, one after another, until its chain is over. `rosterAt` tells who can be asked at a moment, ms. */
export function rehearse(draft: NewOrder, route: Route, rosterAt: (at: number) => Roster): RehearsedStep[] {
  const steps: RehearsedStep[] = []
  let [order, place, at] = [newOrder(draft), chainStart, draft.created]
  while (place.step < route.chain.length) {
    const next = nextStep(order, route, place, rosterAt(at), at)
    if (!next) break
    for (const event of next.events) order = stepOrder(order, event)
    const { step, until } = next.place
    const passed = Array.from({ length: step - place.step - 1 }, (_, i) => place.step + 1 + i)
    steps.push({ step, at, until, crews: next.tellsDesk ? [] : (order.offer?.crews ?? []), passed })
    place = next.place
    at = wakeAt(order, place) ?? until
  }
  return steps
}
