import type { ClaimCodeView, IssuedCredential } from '../../edges/devices.ts'
import { LoginLimits } from '../../edges/login-limits.ts'
import { senderOf } from '../../edges/mqtt/senders.ts'
import { LamplighterError } from '../../errors.ts'
import type { ClaimCode } from '../../storage/device-store.ts'
import type { StateStore } from '../../storage/state-store.ts'
import { days } from '../../telemetry/duration.ts'
import { hashClaimCode, isSame, makeClaimCode } from './device-secrets.ts'
import { RefusedClaims } from './refused-claims.ts'

const MAX_CODES = 1_000
const MAX_DEVICES = 1_000
const LONGEST_LIFE = days(30)
/** What is over is still listed for so long, so that people see what became of it. */
const LISTED_AFTER = days(7)
/** The same whatever is wrong, so that nobody learns which code or id there is. */
const NOT_GOOD = 'This code is not good for this device: it is wrong, used or has expired.'

export interface ClaimCodeParts {
  state: StateStore
  deviceKey: Uint8Array
  now: () => number
  /** Whether there is such a device or facility, and it may connect. */
  admits: (id: string) => boolean
  /** Gives a device its first credential; `more` belongs to the same transaction. */
  issue: (id: string, label: string, more: () => void) => IssuedCredential
}

/** Short codes with which devices in the field fetch their first credential, each once. */
export class ClaimCodes {
  readonly #parts: ClaimCodeParts
  readonly #byAddress = new LoginLimits(5)
  readonly #byDevice = new LoginLimits(5)
  readonly #refused = new RefusedClaims()
  #codes: ClaimCode[]

  constructor(parts: ClaimCodeParts) {
    this.#parts = parts
    this.#codes = parts.state.devices.claimCodes()
  }

  list(): ClaimCodeView[] {
    return this.#codes.map(({ hash: _, ...code }) => code)
  }

  add(devices: readonly string[], lifetime: number, by: string): { code: string; claim: ClaimCodeView } {
    const { state, deviceKey, now, admits } = this.#parts
    const unknown = devices.find((id) => !admits(id))
    if (unknown !== undefined)
      throw new LamplighterError('invalid-request', `There is no facility and no device ${JSON.stringify(unknown)} that may connect.`)
    if (devices.length < 1 || devices.length > MAX_DEVICES || new Set(devices).size < devices.length)
      throw new LamplighterError('invalid-request', `A code is for 1 to ${MAX_DEVICES} devices, each named once.`)
    if (!(lifetime > 0 && lifetime <= LONGEST_LIFE)) throw new LamplighterError('invalid-request', 'A code is good for at most 30 days.')
    if (this.#codes.length >= MAX_CODES) throw new LamplighterError('action-refused', `There are ${MAX_CODES} codes already. Remove some.`)
    const code = makeClaimCode()
    const at = now()
    const claim = { hash: hashClaimCode(deviceKey, code), devices: [...devices], claimed: [], expires: at + lifetime, created: at, by }
    const id = state.transaction(() => {
      const some = devices.length > 3 ? `${devices.slice(0, 3).join(', ')} and ${devices.length - 3} more` : devices.join(', ')
      state.audit({ at, by, action: 'add-claim-code', subject: some, detail: `until ${new Date(claim.expires).toISOString()}` })
      return state.devices.addClaimCode(claim)
    })
    const { hash: _, ...shown } = claim
    this.#codes = [{ ...claim, id }, ...this.#codes]
    return { code, claim: { ...shown, id } }
  }

  remove(id: number, by: string): void {
    const { state, now } = this.#parts
    const code = this.#codes.find((one) => one.id === id)
    if (!code) throw new LamplighterError('not-found', `There is no claim code ${id}.`)
    state.transaction(() => {
      state.audit({ at: now(), by, action: 'remove-claim-code', subject: `claim code ${id}`, detail: `of ${code.by}` })
      state.devices.removeClaimCode(id)
    })
    this.#codes = this.#codes.filter((one) => one !== code)
  }

  /** Throws `not-allowed`, always in the same words, and `too-many-requests` after failed tries. */
  claim(typed: string, id: string, address: string): IssuedCredential {
    const { state, deviceKey, now, admits, issue } = this.#parts
    const at = now()
    const sender = senderOf(address)
    const wait = Math.max(this.#byAddress.wait(sender, at), this.#byDevice.wait(id, at))
    if (wait > 0) throw new LamplighterError('too-many-requests', `Too many failed tries. Try again in ${Math.ceil(wait / 1000)} s.`)
    this.#byAddress.tried(sender, at)
    this.#byDevice.tried(id, at)
    const hash = hashClaimCode(deviceKey, typed)
    const code = this.#codes.find((one) => isSame(one.hash, hash))
    if (!code || code.expires <= at || !code.devices.includes(id) || code.claimed.includes(id) || !admits(id)) {
      this.#refused.note(id, address)
      throw new LamplighterError('not-allowed', NOT_GOOD)
    }
    const claimed = [...code.claimed, id]
    const issued = issue(id, `claimed with the code of ${code.by}`, () => state.devices.setDevices(code.id, code.devices, claimed))
    this.#codes = this.#codes.map((one) => (one === code ? { ...code, claimed } : one))
    this.#byAddress.succeeded(sender)
    this.#byDevice.succeeded(id)
    return issued
  }

  /** Takes a device out of all codes. Belongs to the caller's transaction; what is returned is to be called after it. */
  forget(device: string, by: string): () => void {
    const { state, now } = this.#parts
    const left = new Map<ClaimCode, ClaimCode | null>()
    for (const code of this.#codes.filter(({ devices }) => devices.includes(device))) {
      const without = (ids: readonly string[]) => ids.filter((id) => id !== device)
      const rest = { ...code, devices: without(code.devices), claimed: without(code.claimed) }
      left.set(code, rest.devices.length > 0 ? rest : null)
      if (rest.devices.length > 0) state.devices.setDevices(code.id, rest.devices, rest.claimed)
      else state.devices.removeClaimCode(code.id)
      state.audit({
        at: now(),
        by,
        action: 'take-from-claim-code',
        subject: `device ${device}`,
        detail: `claim code ${code.id} of ${code.by}`,
      })
    }
    return () => {
      this.#codes = this.#codes.flatMap((code) => left.get(code) ?? (left.has(code) ? [] : [code]))
    }
  }

  /** Brings refused claims into the audit trail. Belongs to the caller's transaction. */
  writeRefused(): void {
    this.#refused.write(this.#parts.state, this.#parts.now())
  }

  /** Belongs to the caller's transaction. */
  forgetExpired(): void {
    const { state, now } = this.#parts
    const over = this.#codes.filter(({ expires }) => expires + LISTED_AFTER <= now())
    for (const { id } of over) state.devices.removeClaimCode(id)
    this.#codes = this.#codes.filter((code) => !over.includes(code))
  }
}
