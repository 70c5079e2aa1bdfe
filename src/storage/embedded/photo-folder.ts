import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile, syncFolder } from './durable-write.ts'

/** Pictures as files, each under the id by which the state knows it. */
export interface PhotoFolder {
  /** It is on disk when this resolves. */
  put(id: string, bytes: Buffer): Promise<void>
  /** Null where there is none. */
  read(id: string): Promise<Buffer | null>
}

/** Made when the first picture comes. Ids must be fit for names of files. */
export function openPhotoFolder(folder: string): PhotoFolder {
  return {
    async put(id, bytes) {
      if (mkdirSync(folder, { recursive: true }) !== undefined) await syncFolder(join(folder, '..'))
      await replaceFile(join(folder, id), [bytes])
    },
    async read(id) {
      try {
        return await readFile(join(folder, id))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
  }
}
