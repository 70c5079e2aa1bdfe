import { BindingIndex } from './binding-index.ts'
import type { ReportingFacility } from './report.ts'
import { UnboundDevices } from './unbound-devices.ts'
import type { VendorCodecs } from './vendor-codec.ts'

/** What dialects share with those who edit profiles and bindings. */
export interface DialectParts {
  index: BindingIndex
  unbound: UnboundDevices
  codecs: VendorCodecs
}

/** `facility` finds a registered one by its id. */
export const dialectParts = (facility: (id: string) => ReportingFacility | undefined, codecs: VendorCodecs = noCodecs): DialectParts => ({
  index: new BindingIndex(facility),
  unbound: new UnboundDevices(),
  codecs,
})

/** Where no codec was uploaded. */
export const noCodecs: VendorCodecs = {
  decode: (codec) => Promise.resolve({ error: `There is no codec ${codec}.`, reason: 'codec-unknown' }),
  encode: (codec) => Promise.resolve({ error: `There is no codec ${codec}.`, reason: 'codec-unknown' }),
}
