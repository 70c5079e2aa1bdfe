import { seconds } from '../../telemetry/duration.ts'
import type { DiskWatch } from '../disk-space.ts'
import type { SegmentedJournal } from './segment-journal.ts'

/** Between two times that something is given up: some file systems tell of what was removed only later. */
const GIVE_UP_EVERY = seconds(5)

export interface JournalRoomParts {
  disk: Pick<DiskWatch, 'look' | 'isLow' | 'isShort' | 'isOut' | 'missing'>
  journal: Pick<SegmentedJournal, 'release' | 'dropReleased' | 'giveUpOldest'>
  /** ms of a clock that nobody sets. */
  now: () => number
  onTrouble: (error: unknown) => void
}

/**
 * Lets the journal make room on a disk that runs short: first by what nobody needs, then by the oldest telemetry that waits to be stored. The
 * newest, which alarms are made of, is refused only when there is nothing left to give up.
 */
export class JournalRoom {
  readonly #parts: JournalRoomParts
  #isFull = false
  #isLooking = false
  #gaveUpAt = Number.NEGATIVE_INFINITY

  constructor(parts: JournalRoomParts) {
    this.#parts = parts
  }

  /** Nothing more must come in: all that is left of the disk is for alarms. */
  get isFull(): boolean {
    return this.#isFull
  }

  /** To be called each second, with the position before which the journal is not needed; returns when it has been looked after. */
  async tick(released: number): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      await this.#look(released)
    } finally {
      this.#isLooking = false
    }
  }

  async #look(released: number): Promise<void> {
    const { disk, journal, onTrouble } = this.#parts
    await journal.release(released).catch(onTrouble)
    await disk.look()
    if (disk.isLow) {
      await journal.dropReleased().catch(onTrouble)
      await disk.look()
    }
    const gives = !disk.isShort || (await this.#giveUp())
    this.#isFull = disk.isOut || !gives
  }

  /** False when there is nothing to give up. */
  async #giveUp(): Promise<boolean> {
    const { disk, journal, now } = this.#parts
    if (now() < this.#gaveUpAt + GIVE_UP_EVERY) return true
    let given = 0
    for (let bytes = -1; bytes !== 0 && given < disk.missing; given += bytes) bytes = await journal.giveUpOldest()
    if (given === 0) return false
    this.#gaveUpAt = now()
    await disk.look()
    return true
  }
}
