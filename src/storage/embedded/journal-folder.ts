import { existsSync } from 'node:fs'
import type { Message } from '../../telemetry/message.ts'
import { decodeMessages } from './journal-block.ts'
import { listSegments, readBlocks, type Segment } from './segment.ts'

/**
 * The messages of a journal's files in order, a group commit or a good part of one at a time, while the journal may be in use by its owner:
 * files are only read, and what is given up or half written meanwhile is left out.
 */
export async function* readJournalFolder(folder: string): AsyncGenerator<Message[]> {
  for (const segment of await segmentsOf(folder)) yield* messagesOf(segment)
}

/** When the oldest and the newest message of a journal came in, ms; null when it holds none. */
export async function journalSpan(folder: string): Promise<{ from: number; to: number } | null> {
  const segments = await segmentsOf(folder)
  let from: number | undefined
  for (const segment of segments) {
    for await (const [message] of messagesOf(segment)) {
      from = message?.received
      break
    }
    if (from !== undefined) break
  }
  let to: number | undefined
  for (const segment of segments.toReversed()) {
    for await (const messages of messagesOf(segment)) to = messages.at(-1)?.received
    if (to !== undefined) break
  }
  return from === undefined || to === undefined ? null : { from, to }
}

const segmentsOf = async (folder: string): Promise<Segment[]> => (existsSync(folder) ? listSegments(folder) : [])

async function* messagesOf(segment: Segment): AsyncGenerator<Message[]> {
  try {
    for await (const { buffer, block } of readBlocks(segment, 0)) {
      const messages: Message[] = []
      decodeMessages(buffer, block, 0, Number.POSITIVE_INFINITY, messages)
      if (messages.length > 0) yield messages
    }
  } catch (error) {
    // Its owner needs it no more and has removed it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
