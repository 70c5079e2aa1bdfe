import { createHash, randomBytes } from 'node:crypto'
import { isRole, type Role } from '../../access/permissions.ts'
import type { Person } from '../../access/person.ts'
import { type Scope, WHOLE_CITY } from '../../access/scope.ts'
import { LamplighterError } from '../../errors.ts'
import type { SessionRecord, StateStore } from '../../storage/state-store.ts'
import { hours, minutes } from '../../telemetry/duration.ts'
import { LoginLimits } from '../login-limits.ts'
import { hashPassword, randomPassword, verifyPassword } from './password.ts'

export const SESSION_IDLE = minutes(30)
export const SESSION_ABSOLUTE = hours(12)
/** How stale `lastSeen` in the store may be; each renewal is a write to disk. */
const SEEN_EVERY = minutes(1)
const COOKIE = 'lamplighter-session'

/** Makes the user `admin` when there is nobody yet; returns the password so that it can be shown once, or null. */
export async function ensureAdmin(
  state: StateStore,
  now: number,
  password = randomPassword(),
): Promise<{ name: string; password: string } | null> {
  if (state.hasUsers()) return null
  const name = 'admin'
  const passwordHash = await hashPassword(password)
  state.transaction(() => {
    state.putUser({ name, passwordHash, role: 'admin' })
    state.audit({ at: now, by: 'system', action: 'create-user', subject: name, detail: 'first start' })
  })
  return { name, password }
}

/** A session as the edges know it; the key (a hash of the cookie's value) names it and gives no access. */
export interface Session {
  key: string
  user: string
  role: Role
  scope: Scope
  expires: number
}

export const personOfSession = ({ user, role, scope }: Session): Person => ({ name: user, role, scope })

export interface SessionOptions {
  state: StateStore
  now: () => number
  /** The cookie is sent over TLS only, and belongs to this host alone. */
  secureCookies: boolean
}

/** Who is signed in. Sessions live in the state store and end by idleness, age, or signing out. */
export class Sessions {
  readonly cookieName: string
  readonly #state: StateStore
  readonly #now: () => number
  readonly #byName = new LoginLimits(5)
  readonly #byAddress = new LoginLimits(15)
  readonly #ended: ((key: string) => void)[] = []

  constructor({ state, now, secureCookies }: SessionOptions) {
    this.#state = state
    this.#now = now
    this.cookieName = secureCookies ? `__Host-${COOKIE}` : COOKIE
  }

  /** Returns the cookie's value, which is stored nowhere. Throws `not-signed-in` or `too-many-requests`. */
  async signIn(name: string, password: string, address: string): Promise<{ token: string; session: Session }> {
    if (await this.isPasswordOf(name, password, address)) return this.#begin(name, address, this.#now())
    throw new LamplighterError('not-signed-in', 'The name or the password is wrong.')
  }

  /** Whether it is; wrong tries are noted and make the next one wait. Throws `too-many-requests`. */
  async isPasswordOf(name: string, password: string, address: string): Promise<boolean> {
    const started = this.#now()
    const wait = Math.max(this.#byName.wait(name, started), this.#byAddress.wait(address, started))
    if (wait > 0) throw new LamplighterError('too-many-requests', `Too many failed tries. Try again in ${Math.ceil(wait / 1000)} s.`)
    this.#byName.tried(name, started)
    this.#byAddress.tried(address, started)
    const user = this.#state.user(name)
    // While it was looked at, the account may have got another password or gone.
    const isRight = (await verifyPassword(password, user?.passwordHash)) && this.#state.user(name)?.passwordHash === user?.passwordHash
    if (!isRight) {
      this.#state.audit({ at: this.#now(), by: name, action: 'sign-in-failed', subject: name, detail: `from ${address}` })
      return false
    }
    this.#byName.succeeded(name)
    this.#byAddress.succeeded(address)
    return true
  }

  #begin(user: string, address: string, now: number): { token: string; session: Session } {
    const token = randomBytes(32).toString('base64url')
    const record: SessionRecord = { tokenHash: hash(token), user, created: now, lastSeen: now }
    this.#state.transaction(() => {
      this.#state.removeSessionsBefore(now - SESSION_IDLE, now - SESSION_ABSOLUTE)
      this.#state.putSession(record)
      this.#state.audit({ at: now, by: user, action: 'sign-in', subject: user, detail: `from ${address}` })
    })
    return { token, session: this.#view(record) }
  }

  /** The session a Cookie header belongs to, if it is still good. Being asked counts as activity. */
  ofCookie(header: string | undefined): Session | undefined {
    const prefix = `${this.cookieName}=`
    const pair = header?.split(';').find((part) => part.trimStart().startsWith(prefix))
    const token = pair?.trim().slice(prefix.length)
    return token ? this.touch(hash(token)) : undefined
  }

  /** Renews a session; undefined when it has ended. */
  touch(key: string): Session | undefined {
    const record = this.#state.session(key)
    if (!record) return undefined
    const now = this.#now()
    if (now - record.lastSeen > SESSION_IDLE || now - record.created > SESSION_ABSOLUTE) {
      this.#end(record, 'expired')
      return undefined
    }
    if (now - record.lastSeen >= SEEN_EVERY) this.#state.putSession({ ...record, lastSeen: now })
    return this.#view(record)
  }

  #view({ tokenHash, user, created }: SessionRecord): Session {
    const role = this.#state.user(user)?.role ?? ''
    // An account whose role this program does not know may look and no more.
    return { key: tokenHash, user, role: isRole(role) ? role : 'viewer', scope: WHOLE_CITY, expires: created + SESSION_ABSOLUTE }
  }

  signOut(key: string): void {
    const record = this.#state.session(key)
    if (record) this.#end(record, 'sign-out')
  }

  /** Signs a person out everywhere, but for one session. */
  endAllOf(user: string, except?: string): void {
    for (const record of this.#state.sessionsOf(user)) if (record.tokenHash !== except) this.#end(record, 'ended')
  }

  /** Called with the key of each session that ends before its time or is found expired. */
  onEnd(listener: (key: string) => void): void {
    this.#ended.push(listener)
  }

  #end({ tokenHash, user }: SessionRecord, action: string): void {
    this.#state.transaction(() => {
      this.#state.removeSession(tokenHash)
      this.#state.audit({ at: this.#now(), by: user, action: `session-${action}`, subject: user, detail: '' })
    })
    for (const listener of this.#ended) listener(tokenHash)
  }
}

const hash = (token: string) => createHash('sha256').update(token).digest('hex')
