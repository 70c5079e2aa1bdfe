import type { Scope } from '../access/scope.ts'

export interface UserRecord {
  name: string
  /** As others call them; may be empty. */
  displayName: string
  /** PHC string; null until the person has chosen a password. */
  passwordHash: string | null
  role: string
  scope: Scope
  /** ms; 0 where an older program did not say. */
  created: number
  createdBy: string
  disabled: boolean
  /** ms; null while nobody has. */
  passwordChanged: number | null
  /** Another password is to be chosen before anything else. */
  mustChange: boolean
  /** ms. */
  lastSignIn: number | null
  /** When the person was first told that a second factor is demanded, ms. */
  secondFactorAsked: number | null
}

export interface SessionRecord {
  /** SHA-256 of the cookie's value, hex. */
  tokenHash: string
  user: string
  created: number
  lastSeen: number
  /** Of a wall: does not end by idleness of minutes. */
  lasting: boolean
  /** Whence it was begun. */
  address: string
  userAgent: string
}

/** A confirmed second factor. */
export interface SecondFactorRecord {
  user: string
  /** Shared secret of RFC 6238, base 32. */
  secret: string
  confirmed: number
  /** Time step of the last code taken; no code of it or of an earlier one is taken again. */
  lastStep: number
  /** SHA-256 of the codes that are left, hex. */
  recovery: readonly string[]
}

export interface ApiKeyRecord {
  id: number
  /** Unique for ever, revoked ones too, because the audit trail names keys by it. */
  name: string
  /** SHA-256 of the key, hex. */
  keyHash: string
  owner: string
  role: string
  scope: Scope
  created: number
  expires: number
  lastUsed: number | null
  revoked: number | null
}

/** A link by which somebody chooses a password, once. */
export interface InvitationRecord {
  user: string
  tokenHash: string
  purpose: 'invitation' | 'reset'
  created: number
  createdBy: string
  expires: number
}

/** A browser on which somebody has signed in before. */
export interface DeviceRecord {
  tokenHash: string
  user: string
  lastUsed: number
}

/** Who may sign in, and with what. Calls belong to the caller's transaction. */
export interface PeopleStore {
  user(name: string): UserRecord | undefined
  hasUsers(): boolean
  /** By name. */
  users(): UserRecord[]
  /** Inserts or replaces. */
  putUser(user: UserRecord): void
  /** Sessions, second factor, invitations and devices go too; keys stay, so that their names are never taken again. */
  removeUser(name: string): void

  session(tokenHash: string): SessionRecord | undefined
  /** The one seen last first. */
  sessionsOf(user: string): SessionRecord[]
  /** Fails with `action-refused` when there is no such user. */
  putSession(session: SessionRecord): void
  removeSession(tokenHash: string): void
  /** Those last seen or created before; lasting ones only by `lastingSeen`. */
  removeSessionsBefore(lastSeen: number, created: number, lastingSeen: number): void

  secondFactor(user: string): SecondFactorRecord | undefined
  putSecondFactor(record: SecondFactorRecord): void
  removeSecondFactor(user: string): void

  /** Of one person or of all, by name, revoked ones too. */
  apiKeys(owner?: string): ApiKeyRecord[]
  apiKey(keyHash: string): ApiKeyRecord | undefined
  /** `id` is ignored; returns the new one. Fails with `action-refused` when the name has ever been taken. */
  addApiKey(key: ApiKeyRecord): number
  /** Changes when it was used last and when it was revoked. */
  updateApiKey(key: ApiKeyRecord): void

  invitation(tokenHash: string): InvitationRecord | undefined
  invitationOf(user: string): InvitationRecord | undefined
  /** Replaces an earlier one of the same person. */
  putInvitation(invitation: InvitationRecord): void
  removeInvitation(user: string): void

  device(tokenHash: string): DeviceRecord | undefined
  /** Keeps the newest `most` of the person. */
  putDevice(device: DeviceRecord, most: number): void
  removeDevicesOf(user: string): void
}
