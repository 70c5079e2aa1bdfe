import type { Role } from '../../../access/permissions.ts'
import { isWhole, type Scope } from '../../../access/scope.ts'
import { LamplighterError } from '../../../errors.ts'
import type { UserRecord } from '../../../storage/people-store.ts'
import type { StateStore } from '../../../storage/state-store.ts'
import { newUser, type Session, type Sessions } from '../session.ts'
import { revokeKeysOf } from './api-keys.ts'
import type { Invitation, Invitations } from './invitations.ts'
import { hashNewPassword } from './new-password.ts'

/** Names that the audit trail gives to the program itself, and to whom nobody knows. */
const RESERVED = ['system', 'plant file', 'lamplighter', 'unknown', 'backup', 'claim', 'npm run db']

export interface AccountChange {
  displayName: string
  role: Role
  scope: Scope
  disabled: boolean
}

/** The people who may sign in. */
export class Accounts {
  readonly #state: StateStore
  readonly #sessions: Sessions
  readonly #invitations: Invitations
  readonly #now: () => number

  constructor(state: StateStore, sessions: Sessions, invitations: Invitations, now: () => number) {
    this.#state = state
    this.#sessions = sessions
    this.#invitations = invitations
    this.#now = now
  }

  /** By name. */
  list(): UserRecord[] {
    return this.#state.people.users()
  }

  /** Throws `not-found`. */
  known(name: string): UserRecord {
    const user = this.#state.people.user(name)
    if (!user) throw new LamplighterError('not-found', `There is no account ${JSON.stringify(name)}; /api/accounts lists them.`)
    return user
  }

  /** Adds an account without a password, and the link by which the person chooses one. Throws `action-refused` when the name is taken. */
  create(name: string, change: Omit<AccountChange, 'disabled'>, by: string): { user: UserRecord; invitation: Invitation } {
    this.#checkName(name)
    checkRole(change)
    const now = this.#now()
    const user = { ...newUser(name, change.role, change.scope, by, now), displayName: change.displayName }
    return this.#state.transaction(() => {
      this.#state.people.putUser(user)
      this.#state.audit({ at: now, by, action: 'create-account', subject: name, detail: describe({ ...change, disabled: false }) })
      return { user, invitation: this.#invitations.make(user, by) }
    })
  }

  /** Ends its sessions where it may do other things now. Throws `action-refused` for one's own, so that the last one can never go. */
  change(name: string, change: AccountChange, by: string): UserRecord {
    const user = this.known(name)
    checkRole(change)
    const before = { displayName: user.displayName, role: user.role, scope: user.scope, disabled: user.disabled }
    const isOther = describe(before) !== describe(change)
    if (isOther && name === by) throw refusedForOneself('role, scope or state')
    if (change.role !== 'admin' || change.disabled) this.#keepAnAdmin(name)
    const changed = { ...user, ...change }
    this.#state.transaction(() => {
      this.#state.people.putUser(changed)
      if (change.disabled) this.#state.people.removeInvitation(name)
      const detail = isOther ? `${describe(before)} to ${describe(change)}` : `called ${change.displayName}`
      this.#state.audit({ at: this.#now(), by, action: 'change-account', subject: name, detail })
    })
    if (isOther) this.#sessions.endAllOf(name, by)
    return changed
  }

  /** Ends its sessions too. Throws `action-refused` for one's own, so that the last one can never go. */
  remove(name: string, by: string): void {
    this.known(name)
    if (name === by) throw refusedForOneself('account')
    this.#keepAnAdmin(name)
    this.#sessions.endAllOf(name, by)
    this.#state.transaction(() => {
      const audit = this.#state.audit.bind(this.#state)
      revokeKeysOf(this.#state.people, audit, { owner: name, by, at: this.#now(), why: `with the account ${name}` })
      this.#state.people.removeUser(name)
      this.#state.audit({ at: this.#now(), by, action: 'remove-account', subject: name, detail: '' })
    })
  }

  /** A link by which the person chooses a new password, or, for a wall, by which one more screen is signed in. */
  invite(name: string, by: string): Invitation {
    const user = this.known(name)
    if (user.disabled) throw new LamplighterError('action-refused', `${name} is disabled. Enable the account first.`)
    return this.#invitations.make(user, by)
  }

  /** One's own, which has been proved to be known; other sessions of the account end. Throws `invalid-request` when it is too weak. */
  async setPassword({ user: name, key }: Session, password: string): Promise<void> {
    const passwordHash = await hashNewPassword(password, this.known(name))
    this.#state.transaction(() => {
      this.#state.people.putUser({ ...this.known(name), passwordHash, passwordChanged: this.#now(), mustChange: false })
      this.#state.people.removeDevicesOf(name)
      this.#state.people.removeInvitation(name)
      this.#state.audit({ at: this.#now(), by: name, action: 'set-password', subject: name, detail: '' })
    })
    this.#sessions.endAllOf(name, name, key)
  }

  /** Somebody besides must be able to manage accounts. */
  #keepAnAdmin(name: string): void {
    const others = this.list().filter((user) => user.name !== name && user.role === 'admin' && !user.disabled && user.passwordHash !== null)
    if (others.length === 0) {
      throw new LamplighterError('action-refused', `${name} is the last administrator who can sign in. Make another one first.`)
    }
  }

  /** Two names that look the same would make the audit trail worthless. */
  #checkName(name: string): void {
    const like = (other: string) => other.normalize('NFKC').toLowerCase() === name.normalize('NFKC').toLowerCase()
    const taken = [...RESERVED, ...this.list().map((account) => account.name)].find(like)
    if (taken !== undefined) throw new LamplighterError('action-refused', `The name ${taken} is taken. Choose another one.`)
  }
}

/** Whoever gives others their scopes has none themselves. */
function checkRole({ role, scope }: Pick<AccountChange, 'role' | 'scope'>): void {
  if (role === 'admin' && !isWhole(scope)) {
    throw new LamplighterError('invalid-request', 'Administrators are responsible for the whole city. Choose another role, or no limits.')
  }
}

const describe = ({ role, scope, disabled }: Omit<AccountChange, 'displayName' | 'role'> & { role: string }): string =>
  `${role}${disabled ? ' (disabled)' : ''}, districts ${scope.districts}, domains ${scope.domains}`

const refusedForOneself = (what: string) =>
  new LamplighterError('action-refused', `Nobody can change or remove their own ${what}. Ask another administrator.`)
