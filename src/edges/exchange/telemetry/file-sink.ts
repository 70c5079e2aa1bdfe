import { open, rm, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Bytes that must stay free on the disk: the journal has to go on. */
export const ROOM_LEFT = 512 * 1_048_576
/** Bytes after which the room is looked at again. */
const LOOK_EVERY = 16 * 1_048_576

export interface FileSink {
  write(piece: Uint8Array): Promise<void>
  close(): Promise<void>
  /** Closes and removes it. */
  remove(): Promise<void>
}

/** A file that is made anew and never fills the disk. Its `write` throws in words when the disk is full or nearly so. */
export async function writeFileSink(path: string, roomLeft = ROOM_LEFT): Promise<FileSink> {
  const file = await open(path, 'w', 0o600)
  let unlooked = LOOK_EVERY
  return {
    async write(piece) {
      unlooked += piece.length
      if (unlooked >= LOOK_EVERY) {
        await checkRoom(path, roomLeft)
        unlooked = 0
      }
      await file.writeFile(piece).catch((error: unknown) => {
        throw isFull(error) ? new Error('The disk is full.', { cause: error }) : error
      })
    },
    close: () => file.close(),
    async remove() {
      await file.close()
      await rm(path, { force: true })
    },
  }
}

/** Throws in words when less than `roomLeft` bytes are free where the file lies. */
export async function checkRoom(path: string, roomLeft = ROOM_LEFT): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path))
  if (bavail * bsize < roomLeft) throw new Error(`Less than ${Math.round(roomLeft / 1_048_576)} MB are free on the disk.`)
}

const isFull = (error: unknown) => error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
