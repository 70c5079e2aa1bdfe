import type { Scope } from '../access/scope.ts'
import type { Facility, RoadClass } from '../facilities/plant.ts'
import type { Integrity, PlacedLight } from '../operations/lamp-history.ts'
import type { LampFinding, LampOnRate, LampTally } from '../operations/lamp-on-rate.ts'

export const lampGroupings = ['road', 'district', 'class', 'key-area'] as const
/** By what lamps are taken together: name of the road, district, class of the road, key area or not. */
export type LampGrouping = (typeof lampGroupings)[number]

export interface LampOnRow {
  /** Name of the road or district, class of the road ('' where nobody said), yes or no for a key area. */
  key: string
  /** The one class of all its lamps; null where they have none or several. */
  roadClass: RoadClass | null
  tally: LampTally
  rate: LampOnRate
  /** Of its lamps and cabinets; null where only lamps were asked for. */
  integrity: Integrity | null
}

export interface LampOnPage {
  /** When the lamps were looked at, ms. */
  at: number
  total: LampOnRow
  /** In order of their keys. */
  rows: readonly LampOnRow[]
  /** Key of the last row, to be passed back as `after`; null at the end. */
  next: string | null
}

/** Whether a circuit carries voltage as far as its feeder tells: `dead` by a fault, `unknown` while it says nothing. */
export const circuitStates = ['on', 'off', 'dead', 'unknown'] as const
export type CircuitState = (typeof circuitStates)[number]

/** One circuit of what feeds others, and what hangs on it. */
export interface FedCircuit {
  /** Null for those of which nobody knows on which they hang, or whose feeder has none. */
  circuit: number | null
  state: CircuitState
  /** The alarm by which it is dead. */
  alarm: number | null
  facilities: number
  row: LampOnRow
}

/** How many of the lamps that should be lit are. */
export interface LampOnRates {
  /** All that is counted now, by place, to be written down. */
  places(): readonly PlacedLight[]
  /** Only lamps in scope are counted. */
  rates(by: LampGrouping, scope: Scope, after: string | undefined, limit: number): LampOnPage
  /** In order of their numbers; circuits on which nothing in scope hangs are left out. */
  circuits(feeder: Facility, scope: Scope): FedCircuit[]
  /** Of these, what is no lamp left out, with what is known of each lamp. */
  ofLamps(facilities: Iterable<Facility>): { at: number; row: LampOnRow; findings: [lamp: Facility, finding: LampFinding][] }
}
