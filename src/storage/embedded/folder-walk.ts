import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Made and removed by those who work in the folder; never part of a backup. */
export const UNFINISHED = '.unfinished'
/** Where a restore puts what was there before, and a repair what it cannot use. */
export const REPLACED = 'replaced-'
export const DAMAGED = 'damaged'
/** What a restore has copied and not yet put in place, and is putting in place. */
export const STAGED = `staged${UNFINISHED}`
export const RESTORING = `restoring${UNFINISHED}`

const ownFiles = /^state\.sqlite(-.*)?$|^server\.sock$/
const ownFolders = ['journal', 'telemetry']

/**
 * Files of a data folder that no store holds open, such as imports under way or what was set aside, as paths below it with slashes. Without what earlier restores and
 * repairs have put aside.
 */
export async function otherFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const found: string[] = []
  for (const entry of entries) {
    const { name } = entry
    if (ownFiles.test(name) || name.includes(UNFINISHED) || name.startsWith(REPLACED)) continue
    if (entry.isFile()) found.push(name)
    else if (entry.isDirectory() && !ownFolders.includes(name) && name !== DAMAGED) found.push(...(await filesBelow(folder, name)))
  }
  const besides = existsSync(join(folder, 'journal')) ? await filesBelow(folder, 'journal') : []
  return [...found, ...besides.filter((path) => !path.endsWith('.journal'))].sort()
}

async function filesBelow(folder: string, below: string): Promise<string[]> {
  const entries = await readdir(join(folder, below), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !entry.name.includes(UNFINISHED))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
}
