import { statfs } from 'node:fs/promises'

/** Bytes */
export interface DiskSpace {
  free: number
  size: number
}

/** The last part of a disk that telemetry leaves to alarms: so much at most, and so small a share of a small disk. */
const KEPT_FOR_ALARMS = 200e6
const KEPT_SHARE = 0.02
/** So much more must be free before telemetry is taken again, lest it be taken and refused by turns; below that much what nobody needs is removed. */
const AGAIN = 1.25
/** Into this share of what is kept telemetry goes on for a while, so that what waits can be stored and makes room. */
const LENT = 0.5

/** What of a disk of this size telemetry leaves to alarms, bytes. */
export const keptForAlarms = (size: number): number => Math.min(KEPT_FOR_ALARMS, KEPT_SHARE * size)

/** What a program of this account may still write to the disk of `folder`; throws as `statfs` does. */
export async function readDiskSpace(folder: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { free: bavail * bsize, size: blocks * bsize }
}

/** Watches a disk, so that it is never filled by what comes in: what alarms are made durable with would not find a place. */
export class DiskWatch {
  readonly #read: () => Promise<DiskSpace>
  #space: DiskSpace | null = null
  #isShort = false
  #isOut = false

  constructor(read: () => Promise<DiskSpace>) {
    this.#read = read
  }

  /** As it was seen last; null where nobody can tell. */
  get space(): DiskSpace | null {
    return this.#space
  }

  /** Little more than what is kept for alarms is left: what nobody needs should go. */
  get isLow(): boolean {
    return this.missing > 0
  }

  /** Only what is kept for alarms is left: what waits to be stored must make room. */
  get isShort(): boolean {
    return this.#isShort
  }

  /** What is kept for alarms has begun to be used up: nothing else must be written. */
  get isOut(): boolean {
    return this.#isOut
  }

  /** Bytes that must become free until the disk is not low any more; 0 where nobody can tell. */
  get missing(): number {
    return this.#space ? Math.max(0, keptForAlarms(this.#space.size) * AGAIN - this.#space.free) : 0
  }

  async look(): Promise<void> {
    this.#space = await this.#read().catch(() => null)
    const { free, size } = this.#space ?? { free: Number.POSITIVE_INFINITY, size: 0 }
    const kept = keptForAlarms(size)
    this.#isShort = free < kept * (this.#isShort ? AGAIN : 1)
    this.#isOut = free < kept * LENT * (this.#isOut ? AGAIN : 1)
  }
}
