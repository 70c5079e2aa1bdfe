import { LamplighterError } from '../../errors.ts'
import type { StateStore, UserRecord } from '../../storage/state-store.ts'
import { hashPassword, passwordProblem } from './password.ts'
import type { Session, Sessions } from './session.ts'

export type Account = Pick<UserRecord, 'name' | 'role'>

/** Names that the audit trail gives to the program itself. */
const RESERVED = ['system', 'plant file']

/** The people who may sign in. All may do everything until there are roles; who did what is in the audit trail. */
export class Accounts {
  readonly #state: StateStore
  readonly #sessions: Sessions
  readonly #now: () => number

  constructor(state: StateStore, sessions: Sessions, now: () => number) {
    this.#state = state
    this.#sessions = sessions
    this.#now = now
  }

  /** By name. */
  list(): Account[] {
    return this.#state.users().map(({ name, role }) => ({ name, role }))
  }

  /** Throws `invalid-request` when the password is too weak, `action-refused` when the name is taken. */
  async create(name: string, password: string, by: string): Promise<Account> {
    this.#checkName(name)
    const passwordHash = await hashWhenStrong(password, name)
    // Somebody may have taken it meanwhile.
    this.#checkName(name)
    const account = { name, role: 'admin' }
    this.#state.transaction(() => {
      this.#state.putUser({ ...account, passwordHash })
      this.#state.audit({ at: this.#now(), by, action: 'create-account', subject: name, detail: account.role })
    })
    return account
  }

  /** Ends its sessions too. Throws `action-refused` for one's own, so that the last one can never go. */
  remove(name: string, by: string): void {
    this.#known(name)
    if (name === by) throw new LamplighterError('action-refused', 'Nobody can remove their own account. Ask somebody else to do it.')
    this.#sessions.endAllOf(name)
    this.#state.transaction(() => {
      this.#state.removeUser(name)
      this.#state.audit({ at: this.#now(), by, action: 'remove-account', subject: name, detail: '' })
    })
  }

  /** `own` is the password of the person who asks; other sessions of the account end. Throws `not-allowed` when it is wrong. */
  async setPassword(name: string, password: string, own: string, session: Session, address: string): Promise<void> {
    this.#known(name)
    if (!(await this.#sessions.isPasswordOf(session.user, own, address))) {
      throw new LamplighterError('not-allowed', 'Your own password is wrong. Give it again; nothing was changed.')
    }
    const passwordHash = await hashWhenStrong(password, name)
    const user = this.#known(name)
    this.#state.transaction(() => {
      this.#state.putUser({ ...user, passwordHash })
      this.#state.audit({ at: this.#now(), by: session.user, action: 'set-password', subject: name, detail: '' })
    })
    this.#sessions.endAllOf(name, session.key)
  }

  #known(name: string): UserRecord {
    const user = this.#state.user(name)
    if (!user) throw new LamplighterError('not-found', `There is no account ${JSON.stringify(name)}; /api/accounts lists them.`)
    return user
  }

  /** Two names that look the same would make the audit trail worthless. */
  #checkName(name: string): void {
    const like = (other: string) => other.normalize('NFKC').toLowerCase() === name.normalize('NFKC').toLowerCase()
    const taken = [...RESERVED, ...this.list().map((account) => account.name)].find(like)
    if (taken !== undefined) throw new LamplighterError('action-refused', `The name ${taken} is taken. Choose another one.`)
  }
}

async function hashWhenStrong(password: string, name: string): Promise<string> {
  const problem = passwordProblem(password, name)
  if (problem) throw new LamplighterError('invalid-request', problem)
  return hashPassword(password)
}
