import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits: nothing that is so long can be guessed, so a plain hash of it is enough. */
export const newToken = (): string => randomBytes(32).toString('base64url')

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')
