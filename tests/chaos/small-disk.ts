import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of its own that is soon full. */
export interface SmallDisk {
  folder: string
  /** Takes the space that is left, but for so many bytes. */
  fill(leaving?: number): void
  /** Gives back what `fill` took. */
  free(): void
  /** Bytes that can be written. */
  left(): number
  remove(): void
}

const mount = (args: readonly string[]) => spawnSync('mount', args, { encoding: 'utf8' })

/** Why this machine gives no file system in memory; undefined where it does. With REQUIRE_SERVERS=1 that is an error, so that nothing is skipped unseen. */
export function whyNoSmallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'))
  try {
    const { status, stderr, error } = mount(['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
    if (status === 0) {
      spawnSync('umount', [folder])
      return undefined
    }
    const why = `a tmpfs cannot be mounted: ${error?.message ?? stderr.trim()}`
    if (process.env.REQUIRE_SERVERS === '1') throw new Error(`${why}, and REQUIRE_SERVERS=1 forbids skipping what needs it`)
    return why
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Mounts a tmpfs of so many MB at `folder`, which is made. */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true })
  const { status, stderr } = mount(['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder])
  if (status !== 0) throw new Error(`a tmpfs cannot be mounted: ${stderr.trim()}`)
  const ballast = join(folder, 'ballast')
  const left = () => {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  }
  return {
    folder,
    left,
    fill(leaving = 0) {
      const file = openSync(ballast, 'a')
      try {
        for (let size = 1_048_576; size >= 1; size = Math.floor(size / 2)) while (left() >= leaving + size && wrote(file, size));
        if (leaving === 0) while (wrote(file, 1));
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove: () => void spawnSync('umount', ['-l', folder]),
  }
}

function wrote(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false
    throw error
  }
}
