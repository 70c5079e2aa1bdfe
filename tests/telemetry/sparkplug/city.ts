import { SparkplugDialect, type SparkplugParts } from '../../../src/telemetry/codecs/sparkplug/sparkplug.ts'
import type { Bindings, BoundDevice, DeviceProfile } from '../../../src/telemetry/device-profile.ts'
import { EMBEDDED } from '../../../src/telemetry/dialect.ts'
import { UnboundDevices } from '../../../src/telemetry/unbound-devices.ts'
import { bytesOf, type Fixture } from '../../fixtures/sparkplug/messages.ts'
import { tankKind } from '../../tank-kind.ts'

const nodeProfile: DeviceProfile = {
  id: 'edge-tank',
  title: 'Tank at an edge node',
  dialect: 'sparkplug',
  kind: 'tank',
  codec: null,
  fields: [
    { field: 'Level', point: 'level' },
    { field: 'Valve', point: 'valve' },
  ],
}
/** The device counts in centimetres from a mark at 5 m. */
const deviceProfile: DeviceProfile = {
  ...nodeProfile,
  id: 'far-tank',
  fields: [
    { field: 'Level', point: 'level', unit: 'cm', offset: 500 },
    { field: 'Valve', point: 'valve' },
  ],
}

const bound = (address: string, id: string, number: number, profile: DeviceProfile): BoundDevice => ({
  address,
  facility: { id, number, kind: tankKind, gateway: null },
  profile,
})

export const boundToBoth = [bound('City/Edge1', 'T-1', 1, nodeProfile), bound('City/Edge1/Tank2', 'T-2', 2, deviceProfile)]

export const bindingsOf = (devices: readonly BoundDevice[]): Bindings => ({
  find: (dialect, address) => devices.find((device) => device.profile.dialect === dialect && device.address === address),
  at: (dialect, prefix) =>
    devices.filter(({ profile, address }) => profile.dialect === dialect && (address === prefix || address.startsWith(`${prefix}/`))),
})

export interface Sent {
  source: string
  topic: string
  payload: Uint8Array | string
  qos: 0 | 1
  retain: boolean
}

/** A host with what it sent, and what it makes of messages that come one after the other. */
export function hostOf(devices: readonly BoundDevice[] = boundToBoth, parts: Partial<SparkplugParts> = {}) {
  const sent: Sent[] = []
  const unbound = new UnboundDevices()
  const host = new SparkplugDialect({
    bindings: bindingsOf(devices),
    unbound,
    send: (source, topic, payload, options) => void sent.push({ source, topic, payload, ...options }),
    hostId: 'lamplighter',
    reorderTimeout: 2000,
    ...parts,
  })
  const hear = (topic: string, payload: Uint8Array, received: number, source = EMBEDDED) =>
    host.translate({ topic, payload, received, source })
  return {
    ...{ host, sent, hear, unbound },
    /** Native topics without their first level, with what they say; then the reasons why something is not said. */
    told(fixture: Fixture, received: number, source = EMBEDDED): unknown[] {
      const { messages, rejections } = hear(fixture.topic, bytesOf(fixture), received, source)
      return [
        ...messages.map(({ topic, payload }) => [
          topic.split('/').slice(2).join('/'),
          topic.endsWith('/telemetry') ? [JSON.parse(payload)].flat() : payload,
        ]),
        ...rejections.map(({ reason }) => reason),
      ]
    },
  }
}
