import { minutes, seconds } from '../telemetry/duration.ts'

export interface SliceBounds {
  /** Rows that a slice should have, so that memory stays bounded. */
  wantedRows: number
  /** ms */
  shortest: number
  /** ms */
  longest: number
}

/** Rows of one answer that fit the memory; a quiet time may be followed by one in which everything reports. */
export const MOST_ROWS = 100_000

const FIRST = minutes(1)
const usual: Pick<SliceBounds, 'wantedRows' | 'shortest'> = { wantedRows: 20_000, shortest: seconds(10) }

/** Cuts a time into slices for a store to be asked one by one, each as long as the rows found in the one before suggest. */
export class TimeSlices {
  readonly #to: number
  readonly #bounds: SliceBounds
  #begin: number
  #length = FIRST

  /** `from` inclusive, `to` exclusive, ms. */
  constructor(from: number, to: number, bounds: Pick<SliceBounds, 'longest'> & Partial<SliceBounds>) {
    this.#begin = from
    this.#to = to
    this.#bounds = { ...usual, ...bounds }
  }

  /** The next slice; null when all were taken. */
  get next(): { from: number; to: number } | null {
    if (this.#begin >= this.#to) return null
    return { from: this.#begin, to: Math.min(this.#to, this.#begin + this.#length) }
  }

  /** The same time with half of it, because there was too much in it; false when it cannot be shorter. */
  halve(): boolean {
    const length = Math.min(this.#length, this.#to - this.#begin)
    this.#length = Math.ceil(length / 2)
    return length > 1
  }

  /** Goes on to the slice after it, which may at most be twice as long. */
  took(rows: number): void {
    const { wantedRows, shortest, longest } = this.#bounds
    this.#begin += this.#length
    const fitting = (this.#length * wantedRows) / Math.max(1, rows)
    this.#length = Math.round(Math.min(longest, Math.max(Math.min(shortest, this.#length), Math.min(fitting, 2 * this.#length))))
  }
}
