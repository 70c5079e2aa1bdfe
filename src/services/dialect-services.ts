import type { Dialects } from '../edges/dialects.ts'
import { bindingServices } from './binding-services.ts'
import type { ServiceParts } from './parts.ts'
import { profileServices } from './profile-services.ts'

/** What engineers do with device profiles and bindings; those that are kept count from here on. */
export function dialectServices(parts: ServiceParts): Dialects {
  const { profiles: store } = parts.state
  const profiles = new Map(store.profiles().map((profile) => [profile.id, profile]))
  parts.dialects.index.replace(profiles.values(), store.bindings())
  return { ...profileServices(parts, profiles), ...bindingServices(parts, profiles) }
}
