import { includesRole, isRole, permissionsOf, type Role } from '../../../access/permissions.ts'
import type { Person } from '../../../access/person.ts'
import { includesScope, type Scope } from '../../../access/scope.ts'
import { LamplighterError } from '../../../errors.ts'
import type { ApiKeyRecord, PeopleStore } from '../../../storage/people-store.ts'
import type { AuditRecord, StateStore } from '../../../storage/state-store.ts'
import { days, minutes } from '../../../telemetry/duration.ts'
import { LoginLimits } from '../../login-limits.ts'
import { senderOf } from '../../mqtt/senders.ts'
import { roleOf, type Sessions } from '../session.ts'
import type { FailedSignIns } from './failed-sign-ins.ts'
import { hashToken, newToken } from './tokens.ts'

/** Lets people, and programs that look for leaked secrets, see what it is. */
const PREFIX = 'lamplighter_'
export const KEY_DAYS = 366
const MOST_KEYS = 20
const USED_EVERY = minutes(1)
const PER_MINUTE = 600

export interface NewKey {
  name: string
  role: Role
  scope: Scope
  /** Whole days until it ends. */
  days: number
}

export interface ApiKeysOptions {
  state: StateStore
  sessions: Pick<Sessions, 'debtOf'>
  failed: FailedSignIns
  now: () => number
}

/** Keys with which programs ask in place of a person: never more than the person may, never for accounts. */
export class ApiKeys {
  readonly #state: StateStore
  readonly #sessions: Pick<Sessions, 'debtOf'>
  readonly #failed: FailedSignIns
  readonly #now: () => number
  readonly #addresses = new LoginLimits(15)
  readonly #asked = new Map<number, { minute: number; count: number }>()

  constructor({ state, sessions, failed, now }: ApiKeysOptions) {
    this.#state = state
    this.#sessions = sessions
    this.#failed = failed
    this.#now = now
  }

  /** Those in use or expired, of one person or of all. */
  list(owner?: string): ApiKeyRecord[] {
    return this.#state.people.apiKeys(owner).filter(({ revoked }) => revoked === null)
  }

  /** `token` is shown once and stored nowhere. Throws `not-allowed` before a second factor that is demanded, `action-refused` for more than the person may do, or a name that was taken. */
  make({ name, role, scope, days: length }: NewKey, owner: Person): { token: string; key: ApiKeyRecord } {
    const now = this.#now()
    if (this.#isSuspended(owner.name)) throw new LamplighterError('not-allowed', `${OWED} A key would go around it.`)
    if (!isWithin(role, scope, owner)) throw new LamplighterError('action-refused', 'A key may do at most what you may. Choose less.')
    if (this.list(owner.name).length >= MOST_KEYS) {
      throw new LamplighterError('action-refused', `There are ${MOST_KEYS} keys of yours already. Revoke one that is not used.`)
    }
    const token = `${PREFIX}${newToken()}`
    const made = {
      ...{ id: 0, name, keyHash: hashToken(token), owner: owner.name, role, scope },
      created: now,
      expires: now + days(length),
    }
    return this.#state.transaction(() => {
      if (this.#state.people.apiKeys().some((other) => other.name.toLowerCase() === name.toLowerCase())) {
        throw new LamplighterError('action-refused', `The name ${name} is or was that of a key. Choose another one.`)
      }
      const key = { ...made, lastUsed: null, revoked: null }
      const id = this.#state.people.addApiKey(key)
      const detail = `${role}, until ${new Date(key.expires).toISOString()}`
      this.#state.audit({ at: now, by: owner.name, action: 'make-key', subject: `key:${name}`, detail })
      return { token, key: { ...key, id } }
    })
  }

  /** Counts at once. Throws `not-found` when the person has no such key. */
  revoke(owner: string, id: number, by: string): void {
    const key = this.list(owner).find((one) => one.id === id)
    if (!key) throw new LamplighterError('not-found', `${owner} has no key ${id}.`)
    const now = this.#now()
    this.#state.transaction(() => {
      this.#state.people.updateApiKey({ ...key, revoked: now })
      this.#state.audit({ at: now, by, action: 'revoke-key', subject: `key:${key.name}`, detail: '' })
    })
  }

  /** All of somebody at once, because somebody else may have them. */
  revokeAll(owner: string, by: string, why: string): void {
    this.#state.transaction(() =>
      revokeKeysOf(this.#state.people, (record) => this.#state.audit(record), { owner, by, at: this.#now(), why }),
    )
  }

  /**
   * Whom an Authorization header stands for; undefined when it holds no key. Throws `not-signed-in` or `too-many-requests`.
   * Wrong ones wait by address; a right one never does, since nobody guesses 256 bits and others share an address.
   */
  personOf(authorization: string | undefined, address: string): Person | undefined {
    const [, token] = /^bearer +(\S+)$/i.exec(authorization ?? '') ?? []
    if (token === undefined) return undefined
    const key = token.startsWith(PREFIX) ? this.#state.people.apiKey(hashToken(token)) : undefined
    const now = this.#now()
    const owner = key && this.#state.people.user(key.owner)
    if (!owner || key.revoked !== null || key.expires <= now) throw this.#wrong(key, address)
    if (owner.disabled) throw notValid()
    if (this.#isSuspended(owner.name)) {
      throw new LamplighterError('not-signed-in', `The key rests until its owner has done what is demanded. ${OWED}`)
    }
    if (!isRole(key.role) || !isWithin(key.role, key.scope, { role: roleOf(owner), scope: owner.scope })) {
      throw new LamplighterError('not-signed-in', 'Whoever made the key may do less now than the key. Make another one in the console.')
    }
    this.#limit(key, now)
    if (now - (key.lastUsed ?? 0) >= USED_EVERY) this.#state.people.updateApiKey({ ...key, lastUsed: now })
    return { name: `key:${key.name}`, account: owner.name, role: key.role, scope: key.scope }
  }

  /** A key proves one thing; whoever made it must have proved all that their role demands, also while they may still do without. */
  #isSuspended(owner: string): boolean {
    const user = this.#state.people.user(owner)
    if (!user) return true
    const { owes, secondFactorDue } = this.#sessions.debtOf(user)
    return owes !== null || secondFactorDue !== null
  }

  #wrong(key: ApiKeyRecord | undefined, address: string): LamplighterError {
    const now = this.#now()
    const sender = senderOf(address)
    const subject = key ? `key:${key.name}` : 'unknown key'
    const wait = this.#addresses.wait(sender, now)
    if (wait > 0) {
      this.#failed.refused(subject, address)
      return new LamplighterError('too-many-requests', `Too many wrong keys. Try again in ${Math.ceil(wait / 1000)} s.`)
    }
    this.#addresses.tried(sender, now)
    this.#failed.wrong(subject, address, this.#addresses.wait(sender, now))
    return notValid()
  }

  #limit({ id, name }: ApiKeyRecord, now: number): void {
    const minute = Math.floor(now / minutes(1))
    const asked = this.#asked.get(id)
    const count = asked?.minute === minute ? asked.count + 1 : 1
    this.#asked.set(id, { minute, count })
    if (count > PER_MINUTE) {
      throw new LamplighterError('too-many-requests', `The key ${name} may ask ${PER_MINUTE} times a minute. Ask less often.`)
    }
  }
}

const OWED = 'Choose another password, or set up a second factor, at /own in the console.'

const notValid = () => new LamplighterError('not-signed-in', 'The key is not, or no longer, valid. Make another one in the console.')

/** Ends all keys of somebody. Belongs to the caller's transaction. */
export function revokeKeysOf(
  people: Pick<PeopleStore, 'apiKeys' | 'updateApiKey'>,
  audit: (record: AuditRecord) => void,
  { owner, by, at, why }: { owner: string; by: string; at: number; why: string },
): void {
  for (const key of people.apiKeys(owner)) {
    if (key.revoked !== null) continue
    people.updateApiKey({ ...key, revoked: at })
    audit({ at, by, action: 'revoke-key', subject: `key:${key.name}`, detail: why })
  }
}

/** No key manages accounts, whoever made it. */
const isWithin = (role: Role, scope: Scope, owner: Pick<Person, 'role' | 'scope'>): boolean =>
  includesRole(owner.role, role) && includesScope(owner.scope, scope) && !permissionsOf(role).has('account.manage')
