import type { Order } from '../../dispatch/order.ts'
import type { Plant } from '../../facilities/plant.ts'

/** Whether a repair is of a cabinet or of what hangs on one of its circuits; of any of them where none is named. */
export function isOrderThere(
  { facilities }: Pick<Order, 'facilities'>,
  cabinet: string,
  circuit: number | null,
  plant: Pick<Plant, 'get'>,
): boolean {
  return facilities.some((id) => {
    const facility = plant.get(id)
    return (
      id === cabinet || (facility?.fedBy === cabinet && (circuit === null || facility.circuit === null || facility.circuit === circuit))
    )
  })
}

/** A crew has its hands on it. */
export const isAtWork = ({ state }: Pick<Order, 'state'>): boolean => state === 'arrived' || state === 'repairing'
