import { LamplighterError } from '../../../errors.ts'
import type { StateStore } from '../../../storage/state-store.ts'
import { days, hours, minutes } from '../../../telemetry/duration.ts'
import { LoginLimits } from '../../login-limits.ts'
import { senderOf } from '../../mqtt/senders.ts'
import { verifyPassword } from '../password.ts'
import type { Client, Session, Sessions } from '../session.ts'
import type { FailedSignIns } from './failed-sign-ins.ts'
import type { SecondFactors } from './second-factor.ts'
import { hashToken, newToken } from './tokens.ts'

const PENDING = minutes(5)
const MOST_PENDING = 1000
/** How long a browser counts as known after the last sign-in there, and how many do of one person. */
export const DEVICE_KNOWN = days(180)
const MOST_DEVICES = 20
/** People of one browser who count as known there, such as at the console of a control room. */
const MOST_PEOPLE = 10

/** Where somebody signs in; `device` is what the browser was given at earlier sign-ins: a token for each person, with dots between. */
export interface SigningClient extends Client {
  device: string | undefined
}

export interface SignedIn {
  token: string
  session: Session
  /** For the browser to show at the next sign-in. */
  device: string
}

/** The password was right; a code is awaited together with this token. */
export interface CodeAwaited {
  pending: string
  expires: number
}

export interface SignInOptions {
  state: StateStore
  sessions: Sessions
  secondFactors: SecondFactors
  failed: FailedSignIns
  now: () => number
  /** Compares a password with a hash, or with none; takes as long either way. */
  verify?: typeof verifyPassword
}

type Limit = [limits: LoginLimits, key: string]

/**
 * Proves who somebody is. Guesses wait longer and longer, by name and by address; who comes from a browser on which that person has signed in
 * before is counted apart, so that others who guess keep nobody out for ever.
 */
export class SignIn {
  readonly #options: SignInOptions
  readonly #verify: typeof verifyPassword
  /** Apart, so that made-up names push out no count of a real one. */
  readonly #known = new LoginLimits(5, hours(1), days(1))
  readonly #strangers = new LoginLimits(5, hours(1), days(1))
  readonly #addresses = new LoginLimits(15)
  readonly #trusted = new LoginLimits(5)
  readonly #codes = new LoginLimits(5, hours(1), days(1))
  readonly #pending = new Map<string, { user: string; passwordHash: string | null; expires: number }>()

  constructor(options: SignInOptions) {
    this.#options = options
    this.#verify = options.verify ?? verifyPassword
  }

  /** Throws `not-signed-in`, the same whatever is wrong, or `too-many-requests`. */
  async withPassword(name: string, password: string, client: SigningClient): Promise<SignedIn | CodeAwaited> {
    const limits = this.#limitsOf(name, client)
    const user = this.#options.state.people.user(name)
    if (await this.#isRight(name, password, client.address, limits)) {
      if (this.#options.secondFactors.of(name) && user) return this.#await(name)
      for (const [limit, key] of limits) limit.succeeded(key)
      return this.begin(name, client)
    }
    throw new LamplighterError('not-signed-in', 'The name or the password is wrong.')
  }

  /** The second step. Throws `not-signed-in` when the code is wrong or the first step too long ago, or `too-many-requests`. */
  withCode(pending: string, code: string, client: SigningClient): SignedIn {
    const { state, secondFactors, now } = this.#options
    const key = hashToken(pending)
    const awaited = this.#pending.get(key)
    const user = awaited && state.people.user(awaited.user)
    if (!user || user.disabled || user.passwordHash !== awaited.passwordHash || awaited.expires < now()) {
      this.#pending.delete(key)
      throw new LamplighterError('not-signed-in', 'The password was given too long ago. Sign in again.')
    }
    const limits = this.#limitsOf(user.name, client)
    const trusted = limits[0]?.[0] === this.#trusted ? limits[0][1] : null
    const codes: Limit = [this.#codes, trusted ?? user.name]
    this.#takeTurn(user.name, client.address, [codes])
    if (!secondFactors.takes(user.name, code)) {
      this.#wrong(user.name, client.address, [codes])
      throw new LamplighterError('not-signed-in', 'The code is wrong, or was used before. Wait for the next one.')
    }
    this.#pending.delete(key)
    for (const [limit, key] of [...limits, codes]) limit.succeeded(key)
    return this.begin(user.name, client)
  }

  /** Signs somebody in who has proved enough; those with a second factor have to go on to the code where only the first was. */
  afterLink(name: string, client: SigningClient): SignedIn | CodeAwaited {
    return this.#options.secondFactors.of(name) ? this.#await(name) : this.begin(name, client)
  }

  begin(name: string, client: SigningClient): SignedIn {
    const { state, sessions, now } = this.#options
    const begun = sessions.begin(name, client)
    const own = this.#deviceOf(client, name) ?? newToken()
    state.people.putDevice({ tokenHash: hashToken(own), user: name, lastUsed: now() }, MOST_DEVICES)
    const others = tokensOf(client).filter((token) => token !== own && this.#userOf(token) !== undefined)
    return { ...begun, device: [own, ...others].slice(0, MOST_PEOPLE).join('.') }
  }

  /** Whether a password is that of the person of a session; wrong tries make the next one wait. Throws `too-many-requests`. */
  isPasswordOf({ user, key }: Session, password: string, { address }: Client): Promise<boolean> {
    const limit: Limit = [this.#trusted, key]
    return this.#isRight(user, password, address, [limit]).then((isRight) => {
      if (isRight) limit[0].succeeded(key)
      return isRight
    })
  }

  /** The same for a code of the second factor. */
  isCodeOf({ user, key }: Session, code: string, { address }: Client): boolean {
    const limit: Limit = [this.#codes, key]
    this.#takeTurn(user, address, [limit])
    const isRight = this.#options.secondFactors.takes(user, code)
    if (isRight) limit[0].succeeded(key)
    else this.#wrong(user, address, [limit])
    return isRight
  }

  /** One hash each time, whoever is named. */
  async #isRight(name: string, password: string, address: string, limits: Limit[]): Promise<boolean> {
    const { people } = this.#options.state
    this.#takeTurn(name, address, limits)
    const user = people.user(name)
    const matches = await this.#verify(password, user?.passwordHash ?? undefined)
    // While it was looked at, the account may have got another password or gone.
    const still = people.user(name)
    if (matches && still && !still.disabled && still.passwordHash === user?.passwordHash) return true
    this.#wrong(name, address, limits)
    return false
  }

  #takeTurn(name: string, address: string, limits: Limit[]): void {
    const now = this.#options.now()
    const wait = Math.max(...limits.map(([limit, key]) => limit.wait(key, now)))
    if (wait > 0) {
      this.#options.failed.refused(name, address)
      throw new LamplighterError('too-many-requests', `Too many failed tries. Try again in ${Math.ceil(wait / 1000)} s.`)
    }
    for (const [limit, key] of limits) limit.tried(key, now)
  }

  #wrong(name: string, address: string, limits: Limit[]): void {
    const now = this.#options.now()
    this.#options.failed.wrong(name, address, Math.max(...limits.map(([limit, key]) => limit.wait(key, now))))
  }

  #limitsOf(name: string, client: SigningClient): Limit[] {
    const device = this.#deviceOf(client, name)
    if (device !== undefined) return [[this.#trusted, hashToken(device)]]
    const byName = this.#options.state.people.user(name) ? this.#known : this.#strangers
    return [
      [byName, name],
      [this.#addresses, senderOf(client.address)],
    ]
  }

  #deviceOf = (client: SigningClient, name: string) => tokensOf(client).find((token) => this.#userOf(token) === name)

  #userOf(device: string): string | undefined {
    const known = this.#options.state.people.device(hashToken(device))
    return known && this.#options.now() - known.lastUsed <= DEVICE_KNOWN ? known.user : undefined
  }

  #await(name: string): CodeAwaited {
    const { state, now } = this.#options
    const pending = newToken()
    const expires = now() + PENDING
    this.#pending.set(hashToken(pending), { user: name, passwordHash: state.people.user(name)?.passwordHash ?? null, expires })
    if (this.#pending.size > MOST_PENDING) this.#pending.delete(this.#pending.keys().next().value as string)
    return { pending, expires }
  }
}

const tokensOf = ({ device = '' }: SigningClient) => device.split('.', MOST_PEOPLE).filter((token) => token !== '')
