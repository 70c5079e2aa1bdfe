import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LamplighterError } from '../../errors.ts'
import { listBackups, MANIFEST, type Manifest, readManifest } from './backup-manifest.ts'
import { syncFolder } from './durable-write.ts'
import { withFileThread } from './file-thread.ts'
import { REPLACED, RESTORING, STAGED } from './folder-walk.ts'
import { openStateFile } from './state-file.ts'
import { migrations } from './state-migrations.ts'

export interface RestoreOrder {
  /** A backup, or a folder of backups, of which the newest is meant. */
  from: string
  /** The data folder; made when missing. No server may use it. */
  folder: string
  /** Puts aside what the folder holds, if anything. */
  replace: boolean
  now: number
  signal: AbortSignal
  onProgress(progress: { doing: string; done: number; total: number }): void
}

export interface RestoreResult {
  /** The backup that was taken. */
  from: string
  /** ms; when it was made. */
  at: number
  files: number
  bytes: number
  /** Where what was there before is now; null when there was nothing. */
  replaced: string | null
}

/**
 * Puts a backup in the place of a data folder. The folder stays as it was until a copy of every file has been found to be what was backed up; a
 * crash after that leaves a folder that no server starts on. Throws what is wrong, with what to do.
 */
export async function restore({ from, folder, replace, now, signal, onProgress }: RestoreOrder): Promise<RestoreResult> {
  const backup = await findBackup(from)
  const manifest = await readManifest(backup)
  if (manifest.schema > migrations.length) {
    throw new LamplighterError('invalid-request', `${backup} was made by a newer program (${manifest.version}); restore it with that one.`)
  }
  await mkdir(folder, { recursive: true })
  refuseInUse(folder)
  const before = (await readdir(folder)).filter((name) => name !== STAGED && !name.startsWith(REPLACED))
  if (before.length > 0 && !replace) {
    throw new LamplighterError('invalid-request', `${folder} is not empty. With --replace what it holds is put aside, not removed.`)
  }
  const staged = join(folder, STAGED)
  await rm(staged, { recursive: true, force: true })
  try {
    await stage(backup, manifest, staged, signal, onProgress)
  } catch (error) {
    await rm(staged, { recursive: true, force: true })
    throw error
  }
  const replaced = await putInPlace(folder, before, now)
  return { from: backup, at: manifest.at, files: manifest.files.length, bytes: bytesOf(manifest), replaced }
}

const bytesOf = ({ files }: Manifest) => files.reduce((sum, { bytes }) => sum + bytes, 0)

async function findBackup(from: string): Promise<string> {
  if (existsSync(join(from, MANIFEST))) return from
  const newest = (await listBackups(from)).at(-1)
  if (newest === undefined) throw new LamplighterError('invalid-request', `${from} is no backup, and there is none in it.`)
  return newest
}

/** A state file that cannot be read is no reason to refuse: a backup may be what is wanted because of it. */
function refuseInUse(folder: string): void {
  const path = join(folder, 'state.sqlite')
  if (!existsSync(path)) return
  try {
    openStateFile(path).close()
  } catch (error) {
    if (/locked|busy/i.test(String((error as Error).cause))) throw error
  }
}

async function stage(
  backup: string,
  { files, ...manifest }: Manifest,
  staged: string,
  signal: AbortSignal,
  onProgress: RestoreOrder['onProgress'],
): Promise<void> {
  const total = bytesOf({ files, ...manifest })
  await mkdir(staged, { mode: 0o700 })
  const { bsize, bavail } = await statfs(staged)
  if (bsize * bavail < total) {
    throw new LamplighterError(
      'store-unavailable',
      `The backup has ${Math.ceil(total / 1e6)} MB; ${dirname(staged)} has ${Math.floor((bsize * bavail) / 1e6)} MB free.`,
    )
  }
  const damaged: string[] = []
  await withFileThread(false, signal, async (thread) => {
    let done = 0
    for (const { path, bytes, sha256 } of files) {
      onProgress({ doing: path, done, total })
      await mkdir(dirname(join(staged, path)), { recursive: true })
      const copied = await thread.copy(join(backup, path), join(staged, path), null).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null
        throw error
      })
      if (copied?.sha256 !== sha256 || copied.bytes !== bytes) damaged.push(copied ? `${path} was changed` : `${path} is missing`)
      done += bytes
    }
  })
  if (damaged.length > 0) {
    throw new LamplighterError(
      'invalid-request',
      `${backup} is damaged: ${damaged.slice(0, 5).join(', ')}${damaged.length > 5 ? `, and ${damaged.length - 5} more` : ''}. Nothing was restored; take an earlier one.`,
    )
  }
  for (const below of new Set(['.', ...files.map(({ path }) => dirname(path))])) await syncFolder(join(staged, below))
}

async function putInPlace(folder: string, before: readonly string[], now: number): Promise<string | null> {
  const restoring = join(folder, RESTORING)
  // From here on no server starts until all is in place. What an interrupted restore left under this name is put aside with the rest.
  const replaced = before.length === 0 ? null : join(folder, `${REPLACED}${new Date(now).toISOString().replaceAll(':', '-')}`)
  if (replaced) {
    await mkdir(replaced, { mode: 0o700 })
    if (before.includes(RESTORING)) await rename(restoring, join(replaced, RESTORING))
  }
  await rename(join(folder, STAGED), restoring)
  await syncFolder(folder)
  if (replaced) for (const name of before) if (name !== RESTORING) await rename(join(folder, name), join(replaced, name))
  for (const name of await readdir(restoring)) await rename(join(restoring, name), join(folder, name))
  await syncFolder(folder)
  await rm(restoring, { recursive: true })
  await syncFolder(folder)
  return replaced
}

/** Throws `config-invalid` when a restore into the folder was interrupted where it cannot be taken as it is. */
export function refuseHalfRestored(folder: string): void {
  if (!existsSync(join(folder, RESTORING))) return
  throw new LamplighterError(
    'config-invalid',
    `A restore into ${folder} was interrupted. Run it again with --replace; what was there before is in ${join(folder, `${REPLACED}…`)}.`,
  )
}
