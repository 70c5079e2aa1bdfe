import { existsSync } from 'node:fs'
import { listSegments, readBlocks, type Segment } from './segment.ts'

/** The files of a journal as whoever looks after the data folder sees them. */
export interface JournalFiles {
  /** As they are now, oldest first; of the last one only `bytes` are written for good. */
  segments(): Promise<Segment[]>
  /** Keeps what is released from now on until the returned function is called; what is given up past the bounds goes all the same. */
  hold(): () => void
}

/** Of a stopped server. */
export const journalFiles = (folder: string): JournalFiles => ({
  async segments() {
    const segments = existsSync(folder) ? await listSegments(folder) : []
    const last = segments.at(-1)
    if (last) last.bytes = await findEnd(last)
    return segments
  },
  hold: () => () => {},
})

/** Where the sound part ends of a segment that a crash may have left with more; notes the position after its last message. */
async function findEnd(segment: Segment): Promise<number> {
  const blocks = readBlocks(segment, 0)
  let step = await blocks.next()
  for (; !step.done; step = await blocks.next()) segment.next = step.value.block.first + step.value.block.count
  segment.corruptAt.delete(step.value)
  return step.value
}
