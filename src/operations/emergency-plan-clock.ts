import { isOver, type Order } from '../dispatch/order.ts'
import { type Activation, bearsOn } from './emergency-plan.ts'

/** By when something must have been done at the place of an order, because an emergency plan is active there. */
export interface Measures {
  activation: number
  /** Name of the plan. */
  plan: string
  planEn: string
  /** ms */
  by: number
  /** A crew is at work there, or was; null: not yet, ms. */
  takenAt: number | null
}

/**
 * The nearest of the deadlines that the active plans set an order at a moment, ms: so long after both the order and the plan were there.
 * `isInArea` tells whether an activation is for a facility of the order.
 */
export function measuresOf(
  order: Order,
  activations: readonly Activation[],
  isInArea: (activation: Activation) => boolean,
  at: number,
): Measures | null {
  if (isOver(order.state)) return null
  const found = activations.flatMap((activation): Measures[] => {
    const { id, plan, at: activated } = activation
    if (plan.measuresWithin === null || !bearsOn(activation, at) || !isInArea(activation)) return []
    const by = Math.max(order.opened, activated) + plan.measuresWithin * 60_000
    return [
      { activation: id, plan: plan.name, planEn: plan.nameEn || plan.name, by, takenAt: order.times.begun ?? order.repair?.at ?? null },
    ]
  })
  return found.sort((a, b) => a.by - b.by)[0] ?? null
}
