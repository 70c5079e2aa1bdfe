import { isRole, needsSecondFactor, type Role } from '../../access/permissions.ts'
import type { Person } from '../../access/person.ts'
import { type Scope, WHOLE_CITY } from '../../access/scope.ts'
import type { SessionRecord, UserRecord } from '../../storage/people-store.ts'
import type { StateStore } from '../../storage/state-store.ts'
import { days, hours, minutes } from '../../telemetry/duration.ts'
import { hashPassword, randomPassword } from './password.ts'
import { hashToken, newToken } from './people/tokens.ts'

export const SESSION_IDLE = minutes(30)
export const SESSION_ABSOLUTE = hours(12)
/** A phone sleeps in a pocket between two orders, and must take the next one at once: a crew stays signed in for a shift. */
export const CREW_IDLE = SESSION_ABSOLUTE
/** A wall that nobody switches on for so long is signed out. */
export const WALL_IDLE = days(90)
/** How stale `lastSeen` in the store may be; each renewal is a write to disk. */
const SEEN_EVERY = minutes(1)
const COOKIE = 'lamplighter-session'
const MOST_USER_AGENT = 300

/** Makes the user `admin` when there is nobody yet; returns the password so that it can be shown once, or null. */
export async function ensureAdmin(
  state: StateStore,
  now: number,
  password = randomPassword(),
): Promise<{ name: string; password: string } | null> {
  if (state.people.hasUsers()) return null
  const name = 'admin'
  const passwordHash = await hashPassword(password)
  state.transaction(() => {
    state.people.putUser({ ...newUser(name, 'admin', WHOLE_CITY, 'system', now), passwordHash, passwordChanged: now })
    state.audit({ at: now, by: 'system', action: 'create-user', subject: name, detail: 'first start' })
  })
  return { name, password }
}

/** An account that nobody has signed in to yet. */
export function newUser(name: string, role: Role, scope: Scope, createdBy: string, created: number): UserRecord {
  return {
    ...{ name, role, scope, created, createdBy, displayName: '', passwordHash: null, disabled: false },
    ...{ passwordChanged: null, mustChange: false, lastSignIn: null, secondFactorAsked: null },
  }
}

/** What a person has to do before anything else. */
export type Owed = 'password' | 'second-factor'

/** A session as the edges know it; the key (a hash of the cookie's value) names it and gives no access. */
export interface Session {
  key: string
  user: string
  displayName: string
  role: Role
  scope: Scope
  expires: number
  owes: Owed | null
  /** When a second factor is demanded that there is not yet, ms. */
  secondFactorDue: number | null
}

export const personOfSession = ({ user, role, scope }: Session): Person => ({ name: user, account: user, role, scope })

/** Where a request comes from. */
export interface Client {
  address: string
  userAgent: string
}

/** Which roles must have a second factor, and how long they may do without at first, ms. */
export interface SecondFactorPolicy {
  required: boolean
  grace: number
}

export interface SessionOptions {
  state: StateStore
  now: () => number
  /** The cookie is sent over TLS only, and belongs to this host alone. */
  secureCookies: boolean
  secondFactor: SecondFactorPolicy
}

/** Who is signed in. Sessions live in the state store and end by idleness, age, or signing out. */
export class Sessions {
  readonly cookieName: string
  readonly #state: StateStore
  readonly #now: () => number
  readonly #secondFactor: SecondFactorPolicy
  readonly #ended: ((key: string) => void)[] = []

  constructor({ state, now, secureCookies, secondFactor }: SessionOptions) {
    this.#state = state
    this.#now = now
    this.#secondFactor = secondFactor
    this.cookieName = secureCookies ? `__Host-${COOKIE}` : COOKIE
  }

  /** Signs somebody in who has proved to be who they say. Returns the cookie's value, which is stored nowhere. */
  begin(name: string, { address, userAgent }: Client): { token: string; session: Session } {
    const now = this.#now()
    const token = newToken()
    const { people } = this.#state
    return this.#state.transaction(() => {
      const user = people.user(name) as UserRecord
      const lasting = user.role === 'wall'
      const record: SessionRecord = {
        ...{ tokenHash: hashToken(token), user: name, created: now, lastSeen: now, lasting, address },
        userAgent: userAgent.slice(0, MOST_USER_AGENT),
      }
      people.removeSessionsBefore(now - CREW_IDLE, now - SESSION_ABSOLUTE, now - WALL_IDLE)
      people.putUser({
        ...user,
        lastSignIn: now,
        secondFactorAsked: this.#lacksSecondFactor(user) ? (user.secondFactorAsked ?? now) : null,
      })
      people.putSession(record)
      this.#state.audit({ at: now, by: name, action: 'sign-in', subject: name, detail: `from ${address}` })
      return { token, session: this.#view(record) as Session }
    })
  }

  /** The session a Cookie header belongs to, if it is still good. Being asked counts as activity. */
  ofCookie(header: string | undefined): Session | undefined {
    const token = cookieOf(header, this.cookieName)
    return token ? this.touch(hashToken(token)) : undefined
  }

  /** The same for who has done all that is owed, and may use more than that. */
  fullOfCookie(header: string | undefined): Session | undefined {
    return withoutDebt(this.ofCookie(header))
  }

  fullTouch(key: string): Session | undefined {
    return withoutDebt(this.touch(key))
  }

  /** Renews a session; undefined when it has ended. */
  touch(key: string): Session | undefined {
    const record = this.#state.people.session(key)
    if (!record) return undefined
    const now = this.#now()
    if (this.#hasExpired(record, now)) {
      this.#end(record, record.user, 'expired')
      return undefined
    }
    const seen = now - record.lastSeen >= SEEN_EVERY ? { ...record, lastSeen: now } : record
    if (seen !== record) this.#state.people.putSession(seen)
    return this.#view(seen)
  }

  /** The sessions of somebody that have not ended, the one seen last first. */
  list(user: string): SessionRecord[] {
    const now = this.#now()
    return this.#state.people.sessionsOf(user).filter((record) => !this.#hasExpired(record, now))
  }

  #hasExpired({ user, lasting, lastSeen, created }: SessionRecord, now: number): boolean {
    if (lasting) return now - lastSeen > WALL_IDLE
    const idle = this.#state.people.user(user)?.role === 'crew' ? CREW_IDLE : SESSION_IDLE
    return now - lastSeen > idle || now - created > SESSION_ABSOLUTE
  }

  #view(record: SessionRecord): Session | undefined {
    const user = this.#state.people.user(record.user)
    if (!user || user.disabled) return undefined
    const { name, displayName, scope } = user
    return {
      ...{ key: record.tokenHash, user: name, displayName, role: roleOf(user), scope, expires: endOf(record) },
      ...this.debtOf(user),
    }
  }

  /** What somebody has to do before anything else, and what they will have to. */
  debtOf(user: UserRecord): Pick<Session, 'owes' | 'secondFactorDue'> {
    const due = this.#lacksSecondFactor(user) ? (user.secondFactorAsked ?? this.#now()) + this.#secondFactor.grace : null
    return { owes: user.mustChange ? 'password' : due !== null && this.#now() >= due ? 'second-factor' : null, secondFactorDue: due }
  }

  /** Whether somebody of this role may not do without a second factor. */
  isSecondFactorDemanded = (role: Role): boolean => this.#secondFactor.required && needsSecondFactor(role)

  #lacksSecondFactor = (user: UserRecord) => this.isSecondFactorDemanded(roleOf(user)) && !this.#state.people.secondFactor(user.name)

  signOut(key: string): void {
    const record = this.#state.people.session(key)
    if (record) this.#end(record, record.user, 'sign-out')
  }

  /** Ends one session of somebody; false when they have none of that key. */
  endOne(user: string, key: string, by: string): boolean {
    const record = this.#state.people.session(key)
    if (record?.user !== user) return false
    this.#end(record, by, 'ended')
    return true
  }

  /** Signs a person out everywhere, but for one session. */
  endAllOf(user: string, by: string, except?: string): void {
    for (const record of this.#state.people.sessionsOf(user)) if (record.tokenHash !== except) this.#end(record, by, 'ended')
  }

  /** Called with the key of each session that ends before its time or is found expired. */
  onEnd(listener: (key: string) => void): void {
    this.#ended.push(listener)
  }

  #end({ tokenHash, user }: SessionRecord, by: string, action: string): void {
    this.#state.transaction(() => {
      this.#state.people.removeSession(tokenHash)
      this.#state.audit({ at: this.#now(), by, action: `session-${action}`, subject: user, detail: '' })
    })
    for (const listener of this.#ended) listener(tokenHash)
  }
}

/** An account whose role this program does not know may look and no more. */
export const roleOf = ({ role }: Pick<UserRecord, 'role'>): Role => (isRole(role) ? role : 'viewer')

const withoutDebt = (session: Session | undefined) => (session?.owes === null ? session : undefined)

/** The value of a cookie of a Cookie header. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  const prefix = `${name}=`
  const pair = header?.split(';').find((part) => part.trimStart().startsWith(prefix))
  return pair?.trim().slice(prefix.length)
}

const endOf = ({ lasting, lastSeen, created }: SessionRecord) => (lasting ? lastSeen + WALL_IDLE : created + SESSION_ABSOLUTE)
