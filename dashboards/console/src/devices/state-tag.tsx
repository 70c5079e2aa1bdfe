import { dv } from '../texts/devices.ts'
import type { DeviceView } from './devices-api.ts'

/** How a device stands, in a word. */
export function StateTag({ device: { disabled, lacksCredential, connections } }: { device: DeviceView }) {
  if (disabled) return <span class="tag">✕ {dv().disabled}</span>
  if (connections > 0) return <span class="tag">● {dv().connected(connections)}</span>
  return <span class="tag">○ {lacksCredential ? dv().lacks : dv().away}</span>
}
