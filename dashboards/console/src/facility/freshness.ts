import type { FacilityDetail, LatestView } from '../../../../src/edges/http/schemas.ts'

/** A device clock that differs by less is as good as right, ms. */
export const SHOWN_SKEW = 10_000

export interface Freshness {
  /** Ms by our clock since it was taken; null when it never came. */
  age: number | null
  isOld: boolean
  isBad: boolean
}

/** By how much the device's times are to be set back to be ours, ms. */
export const skewOf = ({ clockSkew }: Pick<FacilityDetail, 'clockSkew'>): number =>
  clockSkew !== null && Math.abs(clockSkew) >= SHOWN_SKEW ? clockSkew : 0

/** How old a value is and whether it can be relied on; it is old after `oldAfter` ms, null: never. */
export function freshnessOf(latest: LatestView | undefined, now: number, skew: number, oldAfter: number | null): Freshness {
  if (!latest) return { age: null, isOld: false, isBad: false }
  const age = now - latest.at + skew
  return { age, isOld: oldAfter !== null && age > oldAfter, isBad: !latest.good }
}
