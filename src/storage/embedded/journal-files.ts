import { existsSync } from 'node:fs'
import { listSegments, type Segment } from './segment.ts'

/** The files of a journal as whoever looks after the data folder sees them. */
export interface JournalFiles {
  /** As they are now, oldest first; of the last one only `bytes` are written for good. */
  segments(): Promise<Segment[]>
  /** Keeps what is released from now on until the returned function is called; what is given up past the bounds goes all the same. */
  hold(): () => void
}

/** Of a stopped server. */
export const journalFiles = (folder: string): JournalFiles => ({
  segments: async () => (existsSync(folder) ? listSegments(folder) : []),
  hold: () => () => {},
})
