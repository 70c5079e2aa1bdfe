import type { Message } from '../telemetry/message.ts'

export interface JournalStats {
  /** Position of the next message. */
  next: number
  /** Oldest position that can still be read. */
  oldest: number
  /** When the oldest message that can be read came in, ms since 1970; null when there is none. */
  oldestAt: number | null
  bytes: number
  /** Of files with messages that somebody still needs. */
  waitingBytes: number
  segments: number
  /** Messages given up because the journal reached its bound; of a journal on disk since its first start. */
  givenUp: number
  /** Bytes of a torn tail cut off at opening, 0 when there was none. */
  tornBytes: number
  /** Places in the files on disk where unsound bytes were stepped over. */
  corruptBlocks: number
  /** Why the last group could not be written; null when it could. */
  trouble: string | null
  /** Longest time in the last minute or two that the disk took to make a group durable, ms; 0 when nothing was written. */
  slowestSync: number
}

/** What came in, in order, on disk before anybody is told it was accepted. */
export interface Journal {
  /** Takes a message into the next group commit and returns its position at once. `committed` hears of it when it is on disk. */
  append(topic: string, payload: Uint8Array, received: number): number
  /** Whether so many bytes more can wait for the disk. */
  hasRoom(bytes: number): boolean
  /** Called after each commit with its messages in order, or with an error when they could not be written; set once, before the first append. */
  onCommit(listener: (messages: readonly Message[], error: Error | null) => void): void
  /**
   * Messages from `position` on, oldest first, at most about `maxBytes`; empty at the end. Only committed ones. Throws `journal-unreadable` where
   * the disk fails; with `passOver`, only where nothing behind can be read either.
   */
  read(position: number, maxBytes: number, passOver?: boolean): Promise<Message[]>
  /** Nothing before `position` is needed any more. */
  release(position: number): Promise<void>
  stats(): JournalStats
  /** Commits what is pending and closes the file. */
  close(): Promise<void>
}
