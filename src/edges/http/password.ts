import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { LamplighterError } from '../../errors.ts'
import { isCommonPassword } from './people/common-passwords.ts'

const COST_LOG2 = 15
const BLOCK = 8
const PARALLEL = 3
const SALT_BYTES = 16
const KEY_BYTES = 32
/** scrypt needs 128 * N * r bytes; a little more than that for ours. */
const MEMORY = 64 * 1024 * 1024

/** Each hash takes 32 MB and a tenth of a second: two at once, a short queue, and no more. */
const AT_ONCE = 2
const MAX_WAITING = 20

/** The least that OWASP ASVS 4.0.3, 2.1.1 asks of a password. */
const LEAST_LENGTH = 12
const LEAST_DIFFERENT = 5

/** What is wrong with a new password and what to do, in words; null when nothing is. */
export function passwordProblem(password: string, name: string): string | null {
  if ([...password].length < LEAST_LENGTH)
    return `A password must have at least ${LEAST_LENGTH} characters. Several words are easy to remember.`
  if (new Set(password).size < LEAST_DIFFERENT)
    return `A password must have at least ${LEAST_DIFFERENT} different characters. Choose another one.`
  if (password.toLowerCase().includes(name.toLowerCase())) return 'A password must not contain the name. Choose another one.'
  if (isCommonPassword(password))
    return 'This password is one of those that are tried first. Choose several words that do not belong together.'
  return null
}

let running = 0
const waiting: (() => void)[] = []

/** Hashes a password into a PHC string with a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const key = await derive(password, salt, COST_LOG2, BLOCK, PARALLEL)
  return `$scrypt$ln=${COST_LOG2},r=${BLOCK},p=${PARALLEL}$${unpadded(salt)}$${unpadded(key)}`
}

/** A hash that no password matches, so that an unknown name costs as much as a wrong password. */
const NOBODY = `$scrypt$ln=${COST_LOG2},r=${BLOCK},p=${PARALLEL}$${unpadded(randomBytes(SALT_BYTES))}$${unpadded(randomBytes(KEY_BYTES))}`

/** True when the password is the one of the PHC string; `undefined` stands for a user who does not exist. */
export async function verifyPassword(password: string, phc: string | undefined): Promise<boolean> {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(phc ?? NOBODY)
  if (!match) throw new Error('A stored password hash is not a PHC string of scrypt')
  const [, ln, r, p, salt, key] = match as unknown as [string, string, string, string, string, string]
  const expected = Buffer.from(key, 'base64')
  const actual = await derive(password, Buffer.from(salt, 'base64'), Number(ln), Number(r), Number(p), expected.length)
  return timingSafeEqual(actual, expected) && phc !== undefined
}

/** 20 characters without those that are easily mistaken for each other; some 110 bits. */
export function randomPassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
  // Bytes past the last whole multiple are dropped, or the first letters would come more often.
  const fair = [...randomBytes(64)].filter((byte) => byte < 256 - (256 % letters.length))
  return fair
    .slice(0, 20)
    .map((byte) => letters[byte % letters.length])
    .join('')
}

async function derive(password: string, salt: Buffer, costLog2: number, r: number, p: number, length = KEY_BYTES): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** costLog2, r, p, maxmem: MEMORY }
  await takeTurn()
  try {
    return await new Promise((resolve, reject) => {
      scrypt(password.normalize('NFKC'), salt, length, options, (error, key) => (error ? reject(error) : resolve(key)))
    })
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

async function takeTurn(): Promise<void> {
  if (running < AT_ONCE) {
    running++
    return
  }
  if (waiting.length >= MAX_WAITING) {
    throw new LamplighterError('too-many-requests', 'Too many people are signing in at this moment. Try again in a few seconds.')
  }
  await new Promise<void>((resolve) => waiting.push(resolve))
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
