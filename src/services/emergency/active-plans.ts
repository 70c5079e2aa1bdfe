import type { Order } from '../../dispatch/order.ts'
import { type FacilityQuery, matchesFacility, parseFacilityQuery } from '../../facilities/facility-query.ts'
import type { Facility, Plant } from '../../facilities/plant.ts'
import type { PriorityRaise } from '../../facilities/priority-raise.ts'
import { type Activation, isActive } from '../../operations/emergency-plan.ts'
import { type Measures, measuresOf } from '../../operations/emergency-plan-clock.ts'
import type { EmergencyStore } from '../../storage/emergency-store.ts'

interface Placed {
  activation: Activation
  area: FacilityQuery
}

/** Raises of activations; drills raise nothing. */
const raisesOf = ({ activation: { id, drill, plan }, area }: Placed): PriorityRaise[] =>
  drill ? [] : plan.priorities.map((raise) => ({ activation: id, area, ...raise }))

/**
 * The emergency plans that are active, in memory as in the store. They lie over what people edit: rules, rosters and the clocks of orders are
 * read with them, and never changed by them, so that without them everything is as it would be had they never been there.
 */
export class ActivePlans {
  readonly #plant: Plant
  readonly #placed = new Map<number, Placed>()

  constructor(store: EmergencyStore, plant: Plant) {
    this.#plant = plant
    for (const activation of store.active()) this.put(activation)
  }

  /** As it is now; one that is over leaves. */
  put(activation: Activation): void {
    if (isActive(activation)) this.#placed.set(activation.id, { activation, area: parseFacilityQuery(activation.area) })
    else this.#placed.delete(activation.id)
  }

  /** The oldest first. */
  all(): Activation[] {
    return [...this.#placed.values()].map(({ activation }) => activation)
  }

  get(id: number): Activation | undefined {
    return this.#placed.get(id)?.activation
  }

  raises(): PriorityRaise[] {
    return [...this.#placed.values()].flatMap(raisesOf)
  }

  /** Active plans, drills too, in whose area a facility lies; the service itself lies in none. */
  of(facility: Facility): Activation[] {
    return [...this.#placed.values()].flatMap(({ activation, area }) => (isInArea(area, facility) ? [activation] : []))
  }

  /** By when measures must be taken at the place of an order, at a moment, ms. */
  measuresOf(order: Order, at: number): Measures | null {
    if (this.#placed.size === 0) return null
    const facilities = order.facilities.flatMap((id) => this.#plant.get(id) ?? [])
    const isIn = ({ id }: Activation) => {
      const area = this.#placed.get(id)?.area
      return area !== undefined && facilities.some((facility) => isInArea(area, facility))
    }
    return measuresOf(order, this.all(), isIn, at)
  }
}

export const isInArea = (area: FacilityQuery, facility: Facility): boolean =>
  !facility.kind.reportsItself && matchesFacility(area, facility)

export function facilitiesIn(area: string, plant: Iterable<Facility>): Facility[] {
  const query = parseFacilityQuery(area)
  return [...plant].filter((facility) => isInArea(query, facility))
}
