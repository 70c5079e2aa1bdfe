import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, rmdir, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LamplighterError } from '../../errors.ts'
import { listBackups, MANIFEST, type Manifest, readBackups, readManifest } from './backup-manifest.ts'
import { syncFolder } from './durable-write.ts'
import { withFileThread } from './file-thread.ts'
import { lockFolder } from './folder-lock.ts'
import { isOurs, REPLACED, RESTORING, STAGED, STAYS } from './folder-walk.ts'
import { openStateFile } from './state-file.ts'
import { migrations } from './state-migrations.ts'

export interface RestoreOrder {
  /** A backup, or a folder of backups of one data folder, of which the newest is meant. */
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
  /** Names of what does not belong to the data folder, could not be moved, and is where it was. */
  left: string[]
  /** Names that were links and are now in the data folder itself. */
  unlinked: string[]
}

/**
 * Puts a backup in the place of a data folder. The folder stays as it was until a copy of every file has been found to be what was backed up, and
 * no server starts on it meanwhile; a crash after that leaves a folder that no server starts on. Throws what is wrong, with what to do.
 */
export async function restore(order: RestoreOrder): Promise<RestoreResult> {
  const backup = await findBackup(order.from)
  const manifest = await readManifest(backup)
  if (manifest.schema > migrations.length) {
    throw new LamplighterError('invalid-request', `${backup} was made by a newer program (${manifest.version}); restore it with that one.`)
  }
  await mkdir(order.folder, { recursive: true })
  const release = lockFolder(order.folder)
  try {
    return await restoreLocked(backup, manifest, order)
  } finally {
    release()
  }
}

async function restoreLocked(backup: string, manifest: Manifest, order: RestoreOrder): Promise<RestoreResult> {
  const { folder, replace, now, signal, onProgress } = order
  refuseInUse(folder)
  const before = (await readdir(folder)).filter((name) => !STAYS.includes(name) && !name.startsWith(REPLACED))
  if (before.length > 0 && !replace) {
    throw new LamplighterError('invalid-request', `${folder} is not empty. With --replace what it holds is put aside, not removed.`)
  }
  const staged = join(folder, STAGED)
  await rm(staged, { recursive: true, force: true })
  try {
    await stage(backup, manifest, staged, signal, onProgress)
    const { replaced, left, unlinked } = await putInPlace(folder, before, now)
    return { from: backup, at: manifest.at, files: manifest.files.length, bytes: bytesOf(manifest), replaced, left, unlinked }
  } catch (error) {
    await rm(staged, { recursive: true, force: true })
    throw error
  }
}

const bytesOf = ({ files }: Manifest) => files.reduce((sum, { bytes }) => sum + bytes, 0)

async function findBackup(from: string): Promise<string> {
  if (existsSync(join(from, MANIFEST))) return from
  const newestOf = new Map((await readBackups(from)).map((backup) => [backup.manifest.origin, backup]))
  const [newest, ...others] = [...newestOf.values()]
  // Whatever is wrong with those there are, one of them that is named says it.
  const damaged = newest ? undefined : (await listBackups(from)).at(-1)
  if (damaged) return damaged
  if (!newest) throw new LamplighterError('invalid-request', `${from} is no backup, and there is none in it.`)
  if (others.length === 0) return newest.path
  const choices = [newest, ...others].map(
    ({ path, manifest: { home, time } }) =>
      `  ${path}, made at ${time} of ${home ? `${home.folder} on ${home.host}` : 'another data folder'}`,
  )
  throw new LamplighterError(
    'invalid-request',
    `${from} has backups of ${choices.length} data folders. Name one, such as the newest of each:\n${choices.join('\n')}`,
  )
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

/** All of it or, when something cannot be moved, nothing: then all is back where it was. */
async function putInPlace(
  folder: string,
  before: readonly string[],
  now: number,
): Promise<Pick<RestoreResult, 'replaced' | 'left' | 'unlinked'>> {
  const [staged, restoring] = [join(folder, STAGED), join(folder, RESTORING)]
  const replaced = join(folder, `${REPLACED}${new Date(now).toISOString().replaceAll(':', '-')}`)
  const moved: [from: string, to: string][] = []
  const move = async (from: string, to: string) => {
    await rename(from, to)
    moved.push([from, to])
  }
  const coming = await readdir(staged)
  const left: string[] = []
  const entries = await readdir(folder, { withFileTypes: true })
  const unlinked = entries.filter((entry) => entry.isSymbolicLink() && coming.includes(entry.name)).map(({ name }) => name)
  if (before.length > 0) await mkdir(replaced, { mode: 0o700 })
  try {
    // From here on no server starts until all is in place. What an interrupted restore left under this name is put aside with the rest.
    if (before.includes(RESTORING)) await move(restoring, join(replaced, RESTORING))
    await move(staged, restoring)
    await syncFolder(folder)
    for (const name of before) {
      if (name === RESTORING) continue
      await move(join(folder, name), join(replaced, name)).catch((error: unknown) => {
        if (isOurs(name) || coming.includes(name)) throw error
        left.push(name)
      })
    }
    for (const name of coming) await move(join(restoring, name), join(folder, name))
  } catch (error) {
    for (const [from, to] of moved.reverse()) await rename(to, from)
    if (before.length > 0) await rmdir(replaced)
    await syncFolder(folder)
    throw unmovable(error, folder)
  }
  await syncFolder(folder)
  await rm(restoring, { recursive: true })
  const isEmpty = before.length === left.length
  if (isEmpty && before.length > 0) await rmdir(replaced)
  await syncFolder(folder)
  return { replaced: isEmpty ? null : replaced, left, unlinked }
}

function unmovable(error: unknown, folder: string): LamplighterError {
  const { path, message } = error as NodeJS.ErrnoException
  return new LamplighterError(
    'store-unavailable',
    `${path ?? folder} cannot be moved (${message}): it belongs to another user, or is a disk of its own. Nothing was changed. Restore as a user who may move it, or into an empty folder.`,
    error,
  )
}
