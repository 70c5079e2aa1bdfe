import { createHash } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { link, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { LamplighterError } from '../../errors.ts'
import { type BackupFile, listBackups, MANIFEST, type Manifest, newManifest, readManifest } from './backup-manifest.ts'
import type { DataFolder } from './data-folder.ts'
import { type FileKey, fileName } from './day-name.ts'
import { syncFolder, syncingMeanwhile } from './durable-write.ts'
import { type FileThread, withFileThread } from './file-thread.ts'
import type { FileDigest } from './file-work.ts'
import { otherFiles, UNFINISHED } from './folder-walk.ts'
import { FLOORS } from './retention.ts'
import type { Segment } from './segment.ts'
import type { EmbeddedTelemetryStore } from './telemetry-store.ts'

/** What must stay free beside the backup, bytes. */
const RESERVE = 16 * 1024 * 1024

/** Data folders of this process of which a backup is under way. */
const underWay = new Set<string>()

export interface BackupOrder {
  folder: DataFolder
  /** Holds any number of backups, each in a folder of its own; made when missing. */
  target: string
  /** Of the program. */
  version: string
  signal: AbortSignal
  onProgress(progress: { doing: string; done: number; total: number }): void
}

export interface BackupResult {
  /** The backup's folder. */
  path: string
  files: number
  bytes: number
  /** Bytes of it that an earlier backup shares. */
  shared: number
  manifest: Omit<Manifest, 'files' | 'format'>
}

/**
 * Backs a data folder up, also while its server works: state, time series, journal, in this order, so that whatever the state does not account
 * for yet is in the journal. A folder is a backup when it is there under its name; before that it is named otherwise, and removed when it fails
 * or is cancelled. Throws `store-unavailable` with what to do when the target is full or cannot be written.
 */
export async function backUp(order: BackupOrder): Promise<BackupResult> {
  const { folder, signal } = order
  const target = resolve(order.target)
  await prepareTarget(folder.path, target)
  const origin = originOf(folder.path)
  if (underWay.has(origin)) throw new LamplighterError('action-refused', 'A backup of this data folder is under way already.')
  underWay.add(origin)
  const letGo = folder.journal.hold()
  const name = `lamplighter-${new Date(folder.now()).toISOString().replaceAll(':', '-')}`
  const unfinished = join(target, `${name}${UNFINISHED}-${origin}`)
  try {
    // A folder has one owner: what is there of it was left by a crash.
    for (const left of await readdir(target))
      if (left.endsWith(`${UNFINISHED}-${origin}`)) await rm(join(target, left), { recursive: true })
    await mkdir(unfinished, { mode: 0o700 })
    const earlier = await earlierBackup(target, origin)
    const result = await withFileThread(folder.isServed, signal, (thread) => copyAll({ ...order, to: unfinished, origin, earlier, thread }))
    await rename(unfinished, join(target, name))
    await syncFolder(target)
    return { path: join(target, name), ...result }
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    signal.throwIfAborted()
    throw explained(error, target)
  } finally {
    letGo()
    underWay.delete(origin)
  }
}

async function prepareTarget(folder: string, target: string): Promise<void> {
  try {
    await mkdir(target, { recursive: true })
  } catch (error) {
    throw explained(error, target)
  }
  const below = relative(realpathSync(folder), realpathSync(target))
  if (!below.startsWith('..') && resolve(below) !== below) {
    throw new LamplighterError('invalid-request', `A backup in the data folder itself is none: name another folder than ${target}.`)
  }
}

function explained(error: unknown, target: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (error instanceof LamplighterError) return error
  if (code === 'ENOSPC' || code === 'EDQUOT' || /disk is full|No space left/i.test(message)) {
    return new LamplighterError('store-unavailable', `The disk of ${target} is full. Free space there, or name another folder.`, error)
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new LamplighterError(
      'store-unavailable',
      `${target} cannot be written (${message}). Let the user of this program write there.`,
      error,
    )
  }
  return error
}

/** Which data folder a backup is of: its path, because it is there whatever happens to what is in it. */
const originOf = (folder: string) => createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 8)

/** When the newest backup of a data folder in `target` was made, ms; null when there is none. */
export async function newestBackup(folder: string, target: string): Promise<number | null> {
  return (await earlierBackup(target, originOf(folder)))?.at ?? null
}

/** The newest finished backup of the same data folder, whose day files need not be copied again when they are unchanged. */
async function earlierBackup(target: string, origin: string): Promise<EarlierBackup | null> {
  for (const path of (await listBackups(target)).reverse()) {
    // A damaged one is no help, and no reason to make none.
    const manifest = await readManifest(path).catch(() => null)
    if (manifest?.origin === origin) return { path, at: manifest.at, files: new Map(manifest.files.map((file) => [file.path, file])) }
  }
  return null
}

interface EarlierBackup {
  path: string
  at: number
  files: ReadonlyMap<string, BackupFile>
}

interface Copying extends BackupOrder {
  /** The unfinished backup. */
  to: string
  origin: string
  earlier: EarlierBackup | null
  thread: FileThread
}

async function copyAll(copying: Copying): Promise<Omit<BackupResult, 'path'>> {
  const { folder, to, version, origin, thread, signal, onProgress } = copying
  const days = (await folder.telemetry?.files.keys()) ?? []
  const sizes = await expectedSizes(copying, days)
  const total = sizes.state + sizes.journal + sum([...sizes.days.values()])
  await checkSpace(to, total)
  let done = 0
  const finish = (doing: string, bytes: number) => {
    done += bytes
    onProgress({ doing, done: Math.min(done, total), total })
    signal.throwIfAborted()
  }

  const state = join(to, 'state.sqlite')
  await folder.state.copyTo(state, signal, (pages, of) => onProgress({ doing: 'state', done: (sizes.state * pages) / of, total }))
  const positions = await thread.statePositions(state)
  const files: BackupFile[] = [{ path: 'state.sqlite', ...(await thread.digest(state)) }]
  finish('state', sizes.state)

  await mkdir(join(to, 'telemetry'))
  let shared = 0
  for (const day of days) {
    const copied = await copyDay(copying, day)
    if (copied) files.push(copied.file)
    if (copied?.isShared) shared += copied.file.bytes
    finish(day, sizes.days.get(day) ?? 0)
  }
  const floors = `telemetry/${FLOORS}`
  const noted = await copyIfThere(thread, join(folder.path, floors), join(to, floors), null)
  if (noted) files.push({ path: floors, ...noted })

  await mkdir(join(to, 'journal'))
  const segments = await folder.journal.segments()
  for (const segment of segments) {
    const path = `journal/${basename(segment.path)}`
    // The last one grows; what comes after its sound part is not acknowledged yet.
    const digest = await copyIfThere(thread, segment.path, join(to, path), segment === segments.at(-1) ? segment.bytes : null)
    if (digest) files.push({ path, ...digest })
    finish('journal', digest?.bytes ?? 0)
  }

  for (const path of (await otherFiles(folder.path)).files) {
    await mkdir(join(to, dirname(path)), { recursive: true })
    const digest = await copyIfThere(thread, join(folder.path, path), join(to, path), null)
    if (digest) files.push({ path, ...digest })
    finish(path, 0)
  }

  for (const below of new Set(['.', 'telemetry', 'journal', ...files.map(({ path }) => dirname(path))])) await syncFolder(join(to, below))
  const at = folder.now()
  const journal = segments[0] ? { oldest: segments[0].first, newest: (segments.at(-1) as Segment).next - 1 } : null
  const content = { version, origin, at, time: new Date(at).toISOString(), ...positions, journal, telemetry: folder.telemetry !== null }
  await writeManifest(to, newManifest({ ...content, files }))
  return { files: files.length, bytes: sum(files.map(({ bytes }) => bytes)), shared, manifest: content }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

const dayPath = (day: FileKey) => `telemetry/${fileName(day)}`

/** Bytes that are to be copied, about: a day that an earlier backup has costs nothing. */
async function expectedSizes({ folder, earlier }: Copying, days: readonly FileKey[]) {
  const sizes = {
    state: folder.state.size().bytes,
    journal: sum((await folder.journal.segments()).map(({ bytes }) => bytes)),
    days: new Map<FileKey, number>(),
  }
  for (const day of days) {
    const found = await stat(join(folder.path, dayPath(day))).catch(() => null)
    const isKnown = found && isSame(earlier?.files.get(dayPath(day)), found.size, found.mtimeMs)
    sizes.days.set(day, isKnown ? 0 : (found?.size ?? 0))
  }
  return sizes
}

async function checkSpace(folder: string, bytes: number): Promise<void> {
  const { bsize, bavail } = await statfs(folder)
  if (bsize * bavail >= bytes + RESERVE) return
  throw new LamplighterError(
    'store-unavailable',
    `The backup takes about ${Math.ceil(bytes / 1e6)} MB and ${dirname(folder)} has ${Math.floor((bsize * bavail) / 1e6)} MB free. Free space there, or name another folder.`,
  )
}

const isSame = (file: BackupFile | undefined, bytes: number, modified: number) =>
  file?.source !== undefined && file.source.bytes === bytes && file.source.modified === modified

/** Null when the day was removed meanwhile. */
async function copyDay(copying: Copying, day: FileKey): Promise<{ file: BackupFile; isShared: boolean } | null> {
  const { folder, to, earlier, thread } = copying
  const store = (folder.telemetry as EmbeddedTelemetryStore).files
  const path = dayPath(day)
  const target = join(to, path)
  const original = join(folder.path, path)
  const found = await stat(original).catch(() => null)
  if (!found) return null
  const known = earlier?.files.get(path)
  // What is in a log is not in the file.
  if (earlier && known && isSame(known, found.size, found.mtimeMs) && !existsSync(`${original}.wal`)) {
    if (await share(join(earlier.path, path), target, known.bytes)) return { file: known, isShared: true }
  }
  const held = await store.holdDay(day)
  let digest: FileDigest | null = null
  let isWhole = false
  try {
    if (held.isSealed) digest = await thread.copy(held.path, target, null)
  } finally {
    isWhole = await store.releaseDay(day)
  }
  if (digest && isWhole) {
    return { file: { path, ...digest, source: { bytes: held.bytes, modified: held.modified } }, isShared: false }
  }
  await rm(target, { force: true })
  await syncingMeanwhile(target, store.copyDay(day, target))
  return { file: { path, ...(await thread.digest(target)) }, isShared: false }
}

/** Backups are never changed, so two of them may have one file. False where the file system cannot do that. */
async function share(from: string, target: string, bytes: number): Promise<boolean> {
  try {
    if ((await stat(from)).size !== bytes) return false
    await link(from, target)
    return true
  } catch {
    return false
  }
}

/** Null when the file is gone: its owner needs it no more. */
function copyIfThere(thread: FileThread, from: string, target: string, bytes: number | null): Promise<FileDigest | null> {
  return thread.copy(from, target, bytes).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && !existsSync(from)) return null
    throw error
  })
}

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const file = await open(join(folder, MANIFEST), 'wx')
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 1)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await syncFolder(folder)
}

/** Removes all but the newest backups that the folder has of the same data folder as `path`; returns those removed. */
export async function pruneBackups(path: string, keep: number): Promise<string[]> {
  const { origin } = await readManifest(path)
  const own: string[] = []
  for (const one of await listBackups(dirname(path))) {
    if ((await readManifest(one).catch(() => null))?.origin === origin) own.push(one)
  }
  const old = own.slice(0, -keep)
  for (const one of old) {
    // Without its manifest it is no backup any more, however far the rest of this comes.
    await rm(join(one, MANIFEST))
    await rm(one, { recursive: true })
  }
  return old
}
