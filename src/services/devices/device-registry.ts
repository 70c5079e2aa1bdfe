import { type Credential, type Device, isExpired } from '../../access/device.ts'
import type { DeviceStore, StoredCredential } from '../../storage/device-store.ts'

export interface Entry {
  device: Device
  credentials: readonly StoredCredential[]
  connections: number
  lastConnected: number | null
}

/** What is told to people of a credential. */
export const plainCredential = ({ salt: _, hash: __, ...credential }: StoredCredential): Credential => credential

/** All devices in memory, so that ten thousand that come back at once wait for no disk. The store is written by who changes something here. */
export class DeviceRegistry {
  readonly #entries = new Map<string, Entry>()
  readonly #used = new Set<StoredCredential>()
  #ids: string[] | null = null

  constructor(store: Pick<DeviceStore, 'devices' | 'credentials'>) {
    for (const device of store.devices()) this.put(device)
    for (const credential of store.credentials()) this.addCredential(credential)
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id)
  }

  /** In order. */
  ids(): readonly string[] {
    this.#ids ??= [...this.#entries.keys()].sort()
    return this.#ids
  }

  put(device: Device): void {
    const known = this.#entries.get(device.id)
    if (known) known.device = device
    else {
      this.#entries.set(device.id, { device, credentials: [], connections: 0, lastConnected: null })
      this.#ids = null
    }
  }

  remove(id: string): void {
    this.#entries.delete(id)
    this.#ids = null
  }

  addCredential(credential: StoredCredential): void {
    const entry = this.#entries.get(credential.device)
    if (entry) entry.credentials = [...entry.credentials, credential]
  }

  setExpiry({ device, id }: StoredCredential, expires: number): void {
    this.#change(device, (list) => list.map((one) => (one.id === id ? { ...one, expires } : one)))
  }

  removeCredential({ device, id }: StoredCredential): void {
    this.#change(device, (list) => list.filter((one) => one.id !== id))
  }

  noteUse(credential: StoredCredential, at: number): void {
    credential.lastUsed = at
    this.#used.add(credential)
  }

  /** Those used since they were asked for last. */
  takeUsed(): StoredCredential[] {
    const used = [...this.#used]
    this.#used.clear()
    return used
  }

  /** Credentials that are over, with their devices. */
  *expired(now: number): Generator<StoredCredential> {
    for (const { credentials } of this.#entries.values())
      for (const credential of credentials) if (isExpired(credential, now)) yield credential
  }

  #change(id: string, change: (list: readonly StoredCredential[]) => StoredCredential[]): void {
    const entry = this.#entries.get(id)
    if (entry) entry.credentials = change(entry.credentials)
  }
}
