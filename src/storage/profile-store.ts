import type { DeviceBinding, DeviceProfile, ProfileDialect } from '../telemetry/device-profile.ts'
import type { Page } from './state-store.ts'

interface Written {
  /** Of the last change; `at` in ms since 1970. */
  by: string
  at: number
}

export type StoredProfile = DeviceProfile & Written
/** `id` grows and is never given again. */
export type StoredBinding = DeviceBinding & Written & { id: number }

/** What tells one binding from all others; plain topics are bound for each profile by itself. */
export type BindingKey = Pick<DeviceBinding, 'dialect' | 'address' | 'profile'>

export interface BindingQuery {
  dialect?: ProfileDialect
  profile?: string
  facility?: string
  /** Part of the address or of the facility's id. */
  words?: string
  /** Only those with a lower id. */
  before?: number
  limit: number
}

/** How devices of other dialects speak, and for which facilities. Calls belong to the caller's transaction. */
export interface ProfileStore {
  /** By id. */
  profiles(): StoredProfile[]
  /** Inserts or replaces. */
  putProfile(profile: StoredProfile): void
  /** Fails while a device is bound with it. */
  removeProfile(id: string): void

  /** All, in order of id, read in parts. */
  bindings(): Iterable<StoredBinding>
  binding(key: BindingKey): StoredBinding | undefined
  /** Newest first. */
  findBindings(query: BindingQuery): Page<StoredBinding>
  bindingsOf(profile: string): number
  /** Inserts, or replaces the one of that address; which keeps its id. */
  putBinding(binding: DeviceBinding & Written): void
  removeBinding(key: BindingKey): void
}
