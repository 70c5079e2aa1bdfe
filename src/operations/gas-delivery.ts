/** What a delivery of gas to a station is, from its order to its arrival. */
export const deliveryStates = ['planned', 'arrived', 'cancelled'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** Liquefied gas on its way to a station. Times in ms since 1970. */
export interface GasDelivery {
  id: number
  station: string
  /** When it is to arrive, or did. */
  at: number
  tonnes: number
  state: DeliveryState
  /** From whom, or what is to be known of it. */
  note: string
  by: string
  /** When it was changed last. */
  changed: number
}

/** Planned, and its time is past: nobody has said that it came. */
export const isOverdue = ({ state, at }: Pick<GasDelivery, 'state' | 'at'>, now: number): boolean => state === 'planned' && at < now

/** What still counts as to come. */
export const isToCome = ({ state, at }: Pick<GasDelivery, 'state' | 'at'>, now: number): boolean => state === 'planned' && at >= now
