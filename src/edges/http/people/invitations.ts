import { LamplighterError } from '../../../errors.ts'
import type { InvitationRecord, UserRecord } from '../../../storage/people-store.ts'
import type { StateStore } from '../../../storage/state-store.ts'
import { hours } from '../../../telemetry/duration.ts'
import type { Sessions } from '../session.ts'
import { revokeKeysOf } from './api-keys.ts'
import { hashNewPassword } from './new-password.ts'
import type { CodeAwaited, SignedIn, SignIn, SigningClient } from './sign-in.ts'
import { hashToken, newToken } from './tokens.ts'

const VALID = hours(72)

export interface Invitation {
  /** Shown once, for the administrator to pass on; stored nowhere. */
  token: string
  purpose: InvitationRecord['purpose']
  expires: number
}

/** Links by which people choose their own password, so that nobody else ever knows it. A wall's link signs the screen in without one. */
export class Invitations {
  readonly #state: StateStore
  readonly #sessions: Sessions
  readonly #signIn: SignIn
  readonly #now: () => number

  constructor(state: StateStore, sessions: Sessions, signIn: SignIn, now: () => number) {
    this.#state = state
    this.#sessions = sessions
    this.#signIn = signIn
    this.#now = now
  }

  /** The one waiting for somebody, if it is still good. */
  of(user: string): InvitationRecord | undefined {
    const invitation = this.#state.people.invitationOf(user)
    return invitation && invitation.expires > this.#now() ? invitation : undefined
  }

  /** Replaces an earlier one. */
  make(user: UserRecord, by: string): Invitation {
    const now = this.#now()
    const token = newToken()
    const purpose = user.passwordHash === null ? 'invitation' : 'reset'
    const expires = now + VALID
    this.#state.transaction(() => {
      this.#state.people.putInvitation({ user: user.name, tokenHash: hashToken(token), purpose, created: now, createdBy: by, expires })
      this.#state.audit({ at: now, by, action: purpose === 'reset' ? 'allow-password-reset' : 'invite', subject: user.name, detail: '' })
    })
    return { token, purpose, expires }
  }

  /** Whose it is. Throws `not-found` when it is not, or no longer, good. */
  look(token: string): { invitation: InvitationRecord; user: UserRecord } {
    const invitation = this.#state.people.invitation(hashToken(token))
    const user = invitation && this.#state.people.user(invitation.user)
    if (!user || user.disabled || invitation.expires <= this.#now()) {
      throw new LamplighterError('not-found', 'This link has been used, replaced or is too old. Ask an administrator for another one.')
    }
    return { invitation, user }
  }

  /** Uses it up. Throws `not-found` as above, and `invalid-request` when the password is too weak. */
  async accept(token: string, password: string | undefined, client: SigningClient): Promise<SignedIn | CodeAwaited> {
    const { user } = this.look(token)
    if (user.role === 'wall') {
      this.#use(user, 'sign-in-wall', client.address)
      return this.#signIn.begin(user.name, client)
    }
    if (password === undefined) throw new LamplighterError('invalid-request', 'Choose a password.')
    const passwordHash = await hashNewPassword(password, user)
    // Somebody may have used it meanwhile.
    const { user: still, invitation } = this.look(token)
    this.#sessions.endAllOf(user.name, user.name)
    this.#state.transaction(() => {
      this.#state.people.putUser({ ...still, passwordHash, passwordChanged: this.#now(), mustChange: false })
      this.#state.people.removeDevicesOf(user.name)
      const audit = this.#state.audit.bind(this.#state)
      revokeKeysOf(this.#state.people, audit, { owner: user.name, by: user.name, at: this.#now(), why: 'with the password' })
      this.#use(still, invitation.purpose === 'reset' ? 'reset-password' : 'accept-invitation', client.address)
    })
    return this.#signIn.afterLink(user.name, client)
  }

  #use(user: UserRecord, action: string, address: string): void {
    this.#state.transaction(() => {
      this.#state.people.removeInvitation(user.name)
      this.#state.audit({ at: this.#now(), by: user.name, action, subject: user.name, detail: `from ${address}` })
    })
  }
}
