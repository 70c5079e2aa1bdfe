import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** ms between two times that a growing file is brought to disk. */
const SYNC_PERIOD = 20

/** Writes all parts one after the other from `start` on, going on after short writes. */
export async function writeFully(file: FileHandle, parts: Buffer[], start: number): Promise<void> {
  let at = start
  let rest = parts
  while (rest.length > 0) {
    const { bytesWritten } = await (rest.length === 1 ? file.write(rest[0]!, 0, rest[0]!.length, at) : file.writev(rest, at))
    at += bytesWritten
    rest = afterBytes(rest, bytesWritten)
  }
}

/** What is left of `parts` after a write that took only some bytes, as a disk that fills up does. */
function afterBytes(parts: Buffer[], bytes: number): Buffer[] {
  const rest: Buffer[] = []
  let left = bytes
  for (const part of parts) {
    if (left < part.length) rest.push(left > 0 ? part.subarray(left) : part)
    left = Math.max(0, left - part.length)
  }
  return rest
}

/** A new file's name is on disk only when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Ending of the name of a file that is not whole yet. */
export const UNFINISHED = '.partial'

/** Makes or replaces a file that is on disk as a whole when this resolves, and as it was before when it rejects. */
export async function replaceFile(path: string, parts: Buffer[]): Promise<void> {
  const unfinished = path + UNFINISHED
  try {
    const file = await open(unfinished, 'w')
    try {
      await writeFully(file, parts, 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, path)
  } catch (error) {
    await unlink(unfinished).catch(() => undefined)
    throw error
  }
  await syncFolder(dirname(path))
}

/**
 * Brings a file to disk bit by bit while others write to it, and once more when they are done: what piles up in memory would hold up everybody who
 * waits for the same disk. Settles as `writing` does.
 */
export async function syncingMeanwhile(path: string, writing: Promise<unknown>): Promise<void> {
  let isWriting = true
  const ended = writing.finally(() => {
    isWriting = false
  })
  // It may not be there yet, and its end is heard below.
  const sync = async () => {
    while (isWriting) {
      await setTimeout(SYNC_PERIOD)
      await syncData(path).catch(() => {})
    }
  }
  await Promise.all([ended, sync()])
  await syncData(path)
}

async function syncData(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}
