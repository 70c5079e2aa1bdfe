import { randomBytes, scryptSync } from 'node:crypto'

/** A hash of a password that costs next to nothing to compare with, which the format allows: most tests sign in, and few are about passwords. */
export function quickHash(password: string): string {
  const salt = randomBytes(16)
  const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$scrypt$ln=1,r=1,p=1$${encode(salt)}$${encode(scryptSync(password.normalize('NFKC'), salt, 32, { N: 2, r: 1, p: 1 }))}`
}
