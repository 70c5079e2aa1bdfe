import type { FacilityScope } from '../access/scope.ts'
import type { DeliveryState, GasDelivery } from '../operations/gas-delivery.ts'
import type { Page } from './state-store.ts'

export interface StoredDeliveryQuery {
  /** Only those of stations that are registered and in scope. */
  within?: FacilityScope | undefined
  station?: string
  state?: DeliveryState
  /** At or after / before, ms. */
  from?: number
  to?: number
  /** Only those with a lower id. */
  before?: number
  limit: number
}

/** Deliveries of gas, planned and past. */
export interface GasDeliveryStore {
  /** Returns its id; that of `delivery` is ignored. */
  insert(delivery: GasDelivery): number
  update(delivery: GasDelivery): void
  find(id: number): GasDelivery | undefined
  /** Those entered last first. */
  list(query: StoredDeliveryQuery): Page<GasDelivery>
  /** Forgets up to `limit` deliveries whose time was before this, ms. */
  prune(before: number, limit: number): void
}
