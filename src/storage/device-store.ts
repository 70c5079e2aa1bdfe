import type { Credential, Device } from '../access/device.ts'

/** A credential with what it is checked by; nothing of it opens anything by itself. */
export interface StoredCredential extends Credential {
  /** Of a password or token; null of a certificate. */
  salt: Uint8Array | null
  /** SHA-256 of salt and password; null of what is no password. */
  hash: Uint8Array | null
}

/** Lets devices that stand in it fetch their first credential, each once. */
export interface ClaimCode {
  id: number
  /** Of the code, keyed. */
  hash: Uint8Array
  devices: readonly string[]
  claimed: readonly string[]
  expires: number
  created: number
  by: string
}

/** Devices and how they show who they are. Calls belong to the caller's transaction. */
export interface DeviceStore {
  /** By id. */
  devices(): Device[]
  /** In order of id. */
  credentials(): StoredCredential[]
  /** Inserts, or replaces all but its credentials. */
  putDevice(device: Device): void
  /** Its credentials go too. */
  removeDevice(id: string): void
  /** Returns its id. */
  addCredential(credential: Omit<StoredCredential, 'id'>): number
  setExpiry(credential: number, expires: number): void
  noteUse(credential: number, at: number): void
  removeCredential(credential: number): void

  /** Newest first. */
  claimCodes(): ClaimCode[]
  addClaimCode(code: Omit<ClaimCode, 'id'>): number
  /** For whom it still is or was, and who has used it. */
  setDevices(code: number, devices: readonly string[], claimed: readonly string[]): void
  removeClaimCode(code: number): void
}
