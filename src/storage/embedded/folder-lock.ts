import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LamplighterError } from '../../errors.ts'
import { FOLDER_LOCK, REPLACED, RESTORING } from './folder-walk.ts'

/**
 * Keeps every other server, command and restore away from a data folder until the returned function is called or the process ends, also while files
 * of it are put in the place of others: its own file is never moved. Throws `store-unavailable` when somebody has it,
 * `config-invalid` when it cannot be made.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, FOLDER_LOCK)
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { timeout: 1000 })
    // Held by the transaction, which writes nothing: a full disk is no hindrance.
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    if (db?.isOpen) db.close()
    const reason = (error as Error).message
    if (/locked|busy/i.test(reason)) {
      const what = `Another Lamplighter uses the data folder ${folder}. Stop it, or give this one a folder of its own.`
      throw new LamplighterError('store-unavailable', what, error)
    }
    const what = `The data folder ${folder} cannot be used: ${FOLDER_LOCK} cannot be opened for writing (${reason}). Let the user of this program write there.`
    throw new LamplighterError('config-invalid', what, error)
  }
  const held = db
  return () => {
    if (held.isOpen) held.close()
  }
}

/** Throws `config-invalid` when a restore into the folder was interrupted where it cannot be taken as it is. */
export function refuseHalfRestored(folder: string): void {
  if (!existsSync(join(folder, RESTORING))) return
  throw new LamplighterError(
    'config-invalid',
    `A restore into ${folder} was interrupted. Run it again with --replace; what was there before is in ${join(folder, `${REPLACED}…`)}.`,
  )
}
