import { randomBytes } from 'node:crypto'
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { LamplighterError } from '../../errors.ts'

const BYTES = 32

/**
 * A random key in a file of its own that only this account may read, made when it is missing: what is derived from it stands in no database. It
 * belongs to the data folder and its backups. Throws `store-unavailable` when it cannot be read or made, or is damaged.
 */
export function openKeyFile(path: string): Buffer {
  try {
    if (!existsSync(path)) makeKey(path)
    const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url')
    if (key.length !== BYTES) throw new Error(`it holds ${key.length} bytes instead of ${BYTES}`)
    return key
  } catch (error) {
    throw new LamplighterError(
      'store-unavailable',
      `The key file ${path} cannot be used (${error instanceof Error ? error.message : error}). Restore it from a backup, or remove it: what was made with it must then be made anew.`,
      error,
    )
  }
}

function makeKey(path: string): void {
  const unfinished = `${path}.unfinished`
  const file = openSync(unfinished, 'w', 0o600)
  try {
    writeSync(file, `${randomBytes(BYTES).toString('base64url')}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  chmodSync(unfinished, 0o600)
  renameSync(unfinished, path)
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
