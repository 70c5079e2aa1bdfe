import type { JournalStats } from '../storage/journal.ts'
import type { RetryOutcome, SetAside, SetAsideStats } from '../storage/set-aside.ts'
import type { StoreWriterStats } from '../storage/store-writer.ts'

export interface BackupState {
  /** When the newest one was made, ms; null when there is none or nobody has looked yet. */
  newest: number | null
  /** Why the last one failed; null when it did not. */
  failed: string | null
}

/** How readings are on their way to the store. Bytes and ms. */
export interface StorageFigures {
  /** Name of the telemetry store. */
  store: string
  journal: JournalStats & { maxBytes: number; maxAge: number }
  writer: StoreWriterStats
  setAside: SetAsideStats
  /** The daily backups; null when the service makes none by itself. */
  backup: BackupState | null
}

/** What came of writing batches again that were set aside. */
export interface RetriedBatches {
  /** Batches that the store took whole, and rows of all that it took. */
  stored: number
  storedRows: number
  /** Batches of which it refused rows again, that are damaged, or that somebody is at work on. */
  kept: number
  /** Id of the last one that was looked at, to go on behind it; null when there are no more. */
  next: string | null
  /** Why the rest was not looked at: the store is not available. */
  stoppedBy: string | null
}

/** Where readings are between the broker and the telemetry store. */
export interface Storage {
  figures(): StorageFigures
  readonly setAside: Pick<SetAside, 'list' | 'get' | 'read'>
  /** Throws `not-found`, `store-unavailable`, `action-refused`. */
  retry(id: string, by: string): Promise<RetryOutcome>
  /** At most `limit` batches behind the id `after`, oldest first; one that is refused again holds no other up. */
  retryAll(after: string | null, limit: number, by: string): Promise<RetriedBatches>
  /** Gives the readings up. Throws `not-found`. */
  remove(id: string, reason: string, by: string): Promise<void>
}
