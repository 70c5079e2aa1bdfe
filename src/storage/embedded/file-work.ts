import { createHash } from 'node:crypto'
import { closeSync, constants, copyFileSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { type StatePositions, statePositions } from './state-file.ts'

const CHUNK = 1024 * 1024

export interface FileDigest {
  bytes: number
  /** Hex. */
  sha256: string
}

/** What the file thread can be asked for. All of it blocks. `pause` is called after each megabyte with the ms it took. */
export const fileWork = (pause: (took: number) => void) => ({
  /** Copies a file, or its first `bytes` bytes, to a place where there is none, durably; shares its blocks where the file system can. */
  copy(source: string, target: string, bytes: number | null): FileDigest {
    if (bytes === null && clone(source, target)) return readThrough(target, null, null, pause)
    return readThrough(source, bytes, target, pause)
  },
  digest: (path: string): FileDigest => readThrough(path, null, null, pause),
  /** Of a state file that nobody uses and nothing is left beside. */
  statePositions(path: string): StatePositions {
    const db = new DatabaseSync(new URL(`${pathToFileURL(path)}?immutable=1`), { readOnly: true })
    try {
      return statePositions(db)
    } finally {
      db.close()
    }
  },
  /** What SQLite finds wrong with a database that nobody uses, at most a hundred lines. */
  checkDatabase(path: string): string[] {
    const db = new DatabaseSync(path, { readOnly: false })
    try {
      const broken = db
        .prepare('PRAGMA integrity_check')
        .all()
        .map(({ integrity_check: found }) => `${found}`)
      const dangling = db
        .prepare('PRAGMA foreign_key_check')
        .all()
        .map(({ table, rowid, parent }) => `${table} ${rowid} names no ${parent}`)
      return [...broken.filter((line) => line !== 'ok'), ...dangling].slice(0, 100)
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)]
    } finally {
      db.close()
    }
  },
})

export type FileWork = ReturnType<typeof fileWork>

function clone(source: string, target: string): boolean {
  try {
    copyFileSync(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
  } catch (error) {
    if (['ENOENT', 'EEXIST', 'ENOSPC', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    return false
  }
  const file = openSync(target, 'r+')
  fdatasyncSync(file)
  closeSync(file)
  return true
}

function readThrough(source: string, bytes: number | null, target: string | null, pause: (took: number) => void): FileDigest {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(CHUNK)
  const from = openSync(source, 'r')
  const to = target === null ? null : openSync(target, 'wx')
  try {
    let at = 0
    for (;;) {
      const began = performance.now()
      const read = readSync(from, buffer, 0, Math.min(CHUNK, (bytes ?? Number.POSITIVE_INFINITY) - at), at)
      if (read === 0) break
      hash.update(buffer.subarray(0, read))
      at += read
      if (to !== null) {
        for (let written = 0; written < read; ) written += writeSync(to, buffer, written, read - written)
        // At once: what piles up would hold up others who wait for the same disk, the journal first.
        fdatasyncSync(to)
      }
      pause(performance.now() - began)
    }
    return { bytes: at, sha256: hash.digest('hex') }
  } finally {
    closeSync(from)
    if (to !== null) closeSync(to)
  }
}
