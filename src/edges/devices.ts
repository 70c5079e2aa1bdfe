import type { Credential, CredentialType, Device, DeviceLimits, DeviceSort } from '../access/device.ts'
import type { Scope } from '../access/scope.ts'
import type { MqttAccess } from './mqtt/access.ts'

export interface DeviceState extends Device {
  credentials: readonly Credential[]
  /** Open connections. */
  connections: number
  /** When it was let in last since the start of this program, ms. */
  lastConnected: number | null
  /** It can show who it is with none of its credentials. */
  lacksCredential: boolean
  /** Facilities whose reports it may send. */
  speaksFor: number
}

export interface DeviceInput {
  /** As the plant says when absent; needed for an id that no facility has. */
  sort?: DeviceSort
  topics?: readonly string[]
  subscriptions?: readonly string[]
  limits?: DeviceLimits | null
  disabled?: boolean
  note?: string
}

export interface CredentialInput {
  type: CredentialType
  label?: string
  expires?: number | null
  /** Of a certificate: SHA-256, hex. */
  fingerprint?: string | null
}

/** A credential as it is made; the secret is told this once. */
export interface IssuedCredential {
  credential: Credential
  /** The password, or the key of tokens in hex; null of a certificate. */
  secret: string | null
}

export interface DeviceFilter {
  /** Part of id or note. */
  words?: string
  sort?: DeviceSort
  state?: 'connected' | 'away' | 'no-credential' | 'disabled'
}

export interface DevicePage {
  items: DeviceState[]
  /** Id of the last one, to be passed back as `after`; null at the end. */
  next: string | null
  total: number
}

/** A line of a list of devices that get credentials. */
export interface ProvisionRow {
  /** Line of the file, for what is told of it. */
  row: number
  id: string
  sort?: DeviceSort
  note?: string
  fingerprint?: string
}

export interface ProvisionOrder {
  type: CredentialType
  /** What happens to devices that have a credential: `skip` leaves them, `add` gives one more, `replace` lets only the new one count. */
  existing: 'skip' | 'add' | 'replace'
  label: string
  expires: number | null
}

export interface Provisioned {
  issued: (IssuedCredential & { device: Device })[]
  skipped: number
}

export interface ClaimCodeView {
  id: number
  devices: readonly string[]
  claimed: readonly string[]
  expires: number
  created: number
  by: string
}

/** Devices and how they show who they are. Methods throw `LamplighterError`; `by` is the name of the person who asks. */
export interface Devices {
  /** By id. */
  list(filter: DeviceFilter, scope: Scope, after: string | undefined, limit: number): DevicePage
  get(id: string): DeviceState
  has(id: string): boolean
  /**
   * Whether a person may deal with this device. With another program, one that is no facility, has topics of others or speaks for facilities
   * out of scope, only who may everywhere.
   */
  isInScope(id: string, scope: Scope): boolean
  /** Registers or changes. What is left out stays, or is as usual. */
  put(id: string, input: DeviceInput, by: string): DeviceState
  remove(id: string, reason: string, by: string): void
  addCredential(id: string, input: CredentialInput, by: string): IssuedCredential
  /** Another one of the same kind; the old one goes on for `overlap` ms. */
  rotate(id: string, credential: number, overlap: number, by: string): IssuedCredential
  /** Connections that came by it end at once. */
  revoke(id: string, credential: number, reason: string, by: string): void
  /** Registers those that are not and gives credentials; nothing when one of the rows is wrong. */
  provision(rows: readonly ProvisionRow[], order: ProvisionOrder, by: string): Promise<Provisioned>
  /** Facilities that need a device of their own and have none with a credential: those that no gateway reports for. */
  withoutCredential(kind: string | undefined, scope: Scope): string[]
  /** Newest first. */
  claimCodes(): ClaimCodeView[]
  /** Each device may use it once. The code is told this once. */
  addClaimCode(devices: readonly string[], lifetime: number, by: string): { code: string; claim: ClaimCodeView }
  removeClaimCode(id: number, by: string): void
  /** A device's first password. Throws `not-allowed` with the same words for every code that is not good. */
  claim(code: string, id: string, address: string): IssuedCredential
  /** For brokers. `isOpen`: who gives no user name may do everything. */
  access(options: { isOpen: boolean; username: string; password: string }): MqttAccess
  /** Notes uses, ends connections whose credential has expired, forgets codes; to be called each minute. */
  tick(): void
}
