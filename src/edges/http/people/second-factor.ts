import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { LamplighterError } from '../../../errors.ts'
import type { SecondFactorRecord } from '../../../storage/people-store.ts'
import type { StateStore } from '../../../storage/state-store.ts'
import { minutes } from '../../../telemetry/duration.ts'
import { hashToken } from './tokens.ts'

const ISSUER = 'Lamplighter'
/** RFC 6238 with what every authenticator app understands. */
const PERIOD_SECONDS = 30
const DIGITS = 6
/** 160 bits, as RFC 4226 advises. */
const SECRET_BYTES = 20
/** Steps a clock may be off. */
const WINDOW = 1
const RECOVERY_CODES = 10
/** Without letters and digits that are mistaken for each other; 32, so that a byte falls on each equally often. */
const RECOVERY_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'
/** 60 bits. */
const RECOVERY_LENGTH = 12
const ENROLMENT = minutes(10)
const MOST_ENROLMENTS = 1000

/** Codes by time beside the password, and recovery codes for when the telephone is gone. */
export class SecondFactors {
  readonly #state: StateStore
  readonly #now: () => number
  /** Secrets shown but not confirmed yet, by person. */
  readonly #enrolments = new Map<string, { secret: string; began: number }>()

  constructor(state: StateStore, now: () => number) {
    this.#state = state
    this.#now = now
  }

  /** Null without one. */
  of(user: string): { since: number; recoveryCodes: number } | null {
    const record = this.#state.people.secondFactor(user)
    return record ? { since: record.confirmed, recoveryCodes: record.recovery.length } : null
  }

  /** A new secret to be put into an app; what was in use stays so until a code of the new one is given. */
  begin(user: string): { secret: string; uri: string } {
    const secret = new Secret({ buffer: Uint8Array.from(randomBytes(SECRET_BYTES)).buffer }).base32
    this.#enrolments.delete(user)
    this.#enrolments.set(user, { secret, began: this.#now() })
    if (this.#enrolments.size > MOST_ENROLMENTS) this.#enrolments.delete(this.#enrolments.keys().next().value as string)
    return { secret, uri: totp(secret, user).toString() }
  }

  /** Puts the shown secret into use and returns recovery codes, which are shown once. Throws `action-refused` when the code is not of it. */
  confirm(user: string, code: string): string[] {
    const enrolment = this.#enrolments.get(user)
    const now = this.#now()
    if (!enrolment || now - enrolment.began > ENROLMENT) {
      throw new LamplighterError('action-refused', 'The secret was shown too long ago. Begin again.')
    }
    const step = stepOf(enrolment.secret, code, now)
    if (step === null)
      throw new LamplighterError('action-refused', 'The code is not of the secret shown. Check the clock of the telephone.')
    this.#enrolments.delete(user)
    const codes = recoveryCodes()
    this.#state.transaction(() => {
      this.#state.people.putSecondFactor({ user, secret: enrolment.secret, confirmed: now, lastStep: step, recovery: codes.map(hashCode) })
      this.#state.audit({ at: now, by: user, action: 'set-second-factor', subject: user, detail: '' })
    })
    return codes
  }

  /** Whether a code is right: of now or a step beside it and later than any taken before, or a recovery code, which is used up. */
  takes(user: string, code: string): boolean {
    const record = this.#state.people.secondFactor(user)
    if (!record) return false
    const given = code.replaceAll(/[\s-]/g, '').toLowerCase()
    const now = this.#now()
    const step = stepOf(record.secret, given, now)
    if (step !== null && step > record.lastStep) {
      this.#state.people.putSecondFactor({ ...record, lastStep: step })
      return true
    }
    return this.#takesRecovery(record, given, now)
  }

  #takesRecovery(record: SecondFactorRecord, given: string, now: number): boolean {
    const hash = hashCode(given)
    if (!record.recovery.includes(hash)) return false
    const { user } = record
    const recovery = record.recovery.filter((one) => one !== hash)
    this.#state.transaction(() => {
      this.#state.people.putSecondFactor({ ...record, recovery })
      this.#state.audit({ at: now, by: user, action: 'use-recovery-code', subject: user, detail: `${recovery.length} left` })
    })
    return true
  }

  /** New recovery codes in place of all others. Throws `action-refused` without a second factor. */
  renewRecovery(user: string): string[] {
    const record = this.#state.people.secondFactor(user)
    if (!record) throw new LamplighterError('action-refused', 'There is no second factor, so that there is nothing to recover.')
    const codes = recoveryCodes()
    this.#state.transaction(() => {
      this.#state.people.putSecondFactor({ ...record, recovery: codes.map(hashCode) })
      this.#state.audit({ at: this.#now(), by: user, action: 'renew-recovery-codes', subject: user, detail: '' })
    })
    return codes
  }

  /** The person may have to set up another one. */
  remove(user: string, by: string): void {
    this.#enrolments.delete(user)
    this.#state.transaction(() => {
      this.#state.people.removeSecondFactor(user)
      this.#state.audit({ at: this.#now(), by, action: 'remove-second-factor', subject: user, detail: '' })
    })
  }
}

const totp = (secret: string, label = '') =>
  new TOTP({ issuer: ISSUER, label, secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: DIGITS, period: PERIOD_SECONDS })

/** The time step a code belongs to; null when it is none of now. */
function stepOf(secret: string, code: string, now: number): number | null {
  if (!/^\d{6}$/.test(code)) return null
  const delta = totp(secret).validate({ token: code, timestamp: now, window: WINDOW })
  return delta === null ? null : Math.floor(now / 1000 / PERIOD_SECONDS) + delta
}

function recoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const letters = [...randomBytes(RECOVERY_LENGTH)].map((byte) => RECOVERY_ALPHABET[byte % RECOVERY_ALPHABET.length]).join('')
    return letters.replaceAll(/(.{4})(?=.)/g, '$1-')
  })
}

const hashCode = (code: string) => hashToken(code.replaceAll('-', ''))
