import type { BindingIndex } from './binding-index.ts'
import type { UnboundDevices } from './unbound-devices.ts'
import type { VendorCodecs } from './vendor-codec.ts'

/** What dialects share with those who edit profiles and bindings. */
export interface DialectParts {
  index: BindingIndex
  unbound: UnboundDevices
  codecs: VendorCodecs
}
