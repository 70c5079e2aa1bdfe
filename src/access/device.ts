/** What speaks MQTT: a facility's own device, a gateway that speaks for the facilities registered behind it, or another program. */
export const deviceSorts = ['device', 'gateway', 'service'] as const
export type DeviceSort = (typeof deviceSorts)[number]

/** How much a device may send, where it differs from what all may. */
export interface DeviceLimits {
  /** Messages a second in the long run. */
  rate: number
  /** Messages at once after a pause. */
  burst: number
}

export interface Device {
  /** Of the facility or gateway it speaks for; a name of its own for another program. */
  id: string
  sort: DeviceSort
  /** Topic filters beside its own topics on which it may publish. */
  topics: readonly string[]
  /** Topic filters beside its own commands to which it may subscribe. */
  subscriptions: readonly string[]
  limits: DeviceLimits | null
  /** It may not connect. */
  disabled: boolean
  note: string
  created: number
}

export const credentialTypes = ['password', 'token', 'certificate'] as const
export type CredentialType = (typeof credentialTypes)[number]

/** One of the ways in which a device shows who it is. */
export interface Credential {
  id: number
  device: string
  type: CredentialType
  label: string
  created: number
  /** ms; null = never. */
  expires: number | null
  lastUsed: number | null
  /** SHA-256 of the certificate it must be, lower-case hex; null = any that names the device. */
  fingerprint: string | null
}

export const isExpired = ({ expires }: Pick<Credential, 'expires'>, now: number): boolean => expires !== null && expires <= now

/** Of whom a client id is: everything before the first colon or slash, neither of which is in an id. */
export const ownerOfClientId = (clientId: string): string => clientId.split(/[:/]/, 1)[0] as string
