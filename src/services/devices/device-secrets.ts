import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { days, minutes } from '../../telemetry/duration.ts'

/** How far the clock of a device may be wrong when its token is looked at. */
export const TOKEN_TOLERANCE = minutes(5)
/** A token that were good for longer would be a password that stands in a log. */
export const LONGEST_TOKEN = days(31)

const PASSWORD_BYTES = 24
const SALT_BYTES = 16
/** Crockford's base 32: no letter that is taken for another. */
const CODE_LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const CODE_LENGTH = 10

export const makeSalt = (): Buffer => randomBytes(SALT_BYTES)

/** 192 random bits as 32 characters that need no escaping anywhere; a spreadsheet would take a dash in front for a formula. */
export const makePassword = (): string => randomBytes(PASSWORD_BYTES).toString('base64url').replace(/^-/, '_')

/**
 * One round of SHA-256: what has 192 random bits cannot be guessed however fast guesses are checked, and ten thousand devices that come back at
 * once must not wait for a slow hash. Only passwords made by `makePassword` may be kept so.
 */
export const hashMadePassword = (salt: Uint8Array, password: Uint8Array | string): Buffer =>
  createHash('sha256').update(salt).update(password).digest()

export const isSame = (one: Uint8Array, other: Uint8Array): boolean => one.length === other.length && timingSafeEqual(one, other)

/** The key of one token credential, from the key of this server: it stands nowhere. */
export const tokenKey = (serverKey: Uint8Array, device: string, salt: Uint8Array): Buffer =>
  createHmac('sha256', serverKey).update(`device-token\0${device}\0`).update(salt).digest()

/** `expires.signature`: seconds since 1970, and HMAC-SHA256 of `device.expires` in base64url. */
export const makeToken = (key: Uint8Array, device: string, expires: number): string =>
  `${expires}.${createHmac('sha256', key).update(`${device}.${expires}`).digest('base64url')}`

export type TokenVerdict = 'good' | 'expired' | 'wrong'

/** `now` in ms. */
export function checkToken(key: Uint8Array, device: string, token: string, now: number): TokenVerdict {
  const expires = /^\d{1,12}/.exec(token)?.[0] ?? '0'
  if (!isSame(Buffer.from(makeToken(key, device, Number(expires))), Buffer.from(token))) return 'wrong'
  const left = Number(expires) * 1000 - now
  return left + TOKEN_TOLERANCE > 0 && left <= LONGEST_TOKEN + TOKEN_TOLERANCE ? 'good' : 'expired'
}

/** 50 random bits, as two groups of five letters. */
export function makeClaimCode(): string {
  const letters = [...randomBytes(CODE_LENGTH)].map((byte) => CODE_LETTERS[byte % CODE_LETTERS.length])
  return `${letters.slice(0, CODE_LENGTH / 2).join('')}-${letters.slice(CODE_LENGTH / 2).join('')}`
}

/** Keyed, because a code is too short for a plain hash to hide it. Letters that people mistake, case and dashes make no difference. */
export function hashClaimCode(serverKey: Uint8Array, typed: string): Buffer {
  const code = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  return createHmac('sha256', serverKey).update(`claim-code\0${code}`).digest()
}
