import { existsSync } from 'node:fs'
import { access, constants, lstat, readdir, realpath, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** Made and removed by those who work in the folder; never part of a backup. */
export const UNFINISHED = '.unfinished'
/** Where a restore puts what was there before, and a repair what it cannot use. */
export const REPLACED = 'replaced-'
export const DAMAGED = 'damaged'
/** Batches that the store refused. */
export const SET_ASIDE = 'set-aside'
/** What a restore has copied and not yet put in place, and is putting in place. */
export const STAGED = `staged${UNFINISHED}`
export const RESTORING = `restoring${UNFINISHED}`
/** Copy of the state that is being verified. */
export const VERIFIED_COPY = `verify.sqlite${UNFINISHED}`

/** Held by whoever works in the folder. */
export const FOLDER_LOCK = 'folder.lock'
/** Tells the folder from another one at the same path. */
export const FOLDER_ID = 'folder.id'
/** What a file system keeps for itself at the top of a disk; only root may look into it. */
const LOST_AND_FOUND = 'lost+found'
/** What belongs to the place and not to what is kept there: no backup has it, and no restore moves it. */
export const STAYS: readonly string[] = [STAGED, FOLDER_LOCK, FOLDER_ID, LOST_AND_FOUND]

const ownFiles = /^state\.sqlite(-.*)?$|^server\.sock$/
const ownFolders = ['journal', 'telemetry']

/** Whether something in the data folder is what a server works with, so that the server of another time must not find it. */
export const isOurs = (name: string): boolean => ownFiles.test(name) || ownFolders.includes(name) || name === SET_ASIDE

/** What the server makes anew, or clears away at its start. */
const PASSING = ['exports', 'imports', 'telemetry-imports']

export interface OtherFiles {
  /** As paths below the data folder with slashes. */
  files: string[]
  /** What is there and cannot be read. */
  unreadable: string[]
}

/**
 * Files of a data folder that no store holds open, such as what was set aside; links are followed. Without what passes, and what earlier restores
 * and repairs have put aside.
 */
export async function otherFiles(folder: string): Promise<OtherFiles> {
  const found: OtherFiles = { files: [], unreadable: [] }
  const seen = new Set<string>()
  for (const name of await readdir(folder)) {
    if (ownFiles.test(name) || STAYS.includes(name) || name.startsWith(REPLACED)) continue
    if (!ownFolders.includes(name) && !PASSING.includes(name) && name !== DAMAGED) await walk(folder, name, seen, found)
  }
  if (existsSync(join(folder, 'journal'))) await walk(folder, 'journal', seen, found)
  return { files: found.files.filter((path) => !path.endsWith('.journal')).sort(), unreadable: found.unreadable.sort() }
}

async function walk(folder: string, path: string, seen: Set<string>, found: OtherFiles): Promise<void> {
  if (basename(path).includes(UNFINISHED)) return
  const full = join(folder, path)
  try {
    const entry = await stat(full)
    if (entry.isFile()) {
      await access(full, constants.R_OK)
      found.files.push(path)
    } else if (entry.isDirectory()) {
      // A link may lead to where it is.
      const real = await realpath(full)
      if (seen.has(real)) return
      seen.add(real)
      for (const name of await readdir(full)) await walk(folder, `${path}/${name}`, seen, found)
    }
  } catch {
    // One that is gone was removed by its owner; a link that leads nowhere is still there.
    if (await lstat(full).catch(() => null)) found.unreadable.push(path)
  }
}

/** Removes what somebody who was killed in the midst of it has left in a data folder; its owner calls it before anybody works in it. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name === STAGED || name.startsWith(VERIFIED_COPY)) await rm(join(folder, name), { recursive: true, force: true })
  }
}
