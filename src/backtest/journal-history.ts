import { journalSpan, readJournalFolder } from '../storage/embedded/journal-folder.ts'
import type { DecodeLimits } from '../telemetry/codecs/native.ts'
import { type History, messageHistory } from './history.ts'

/** The messages a journal still holds, with the times they came in: they bring exactly what they brought when they were live. */
export function journalHistory(folder: string, limits?: DecodeLimits): History {
  const read: History['read'] = async function* ({ from, to, signal }) {
    for await (const batch of readJournalFolder(folder)) {
      signal.throwIfAborted()
      // A clock that was set back leaves later messages with earlier times, so all of it is looked through.
      const inTime = batch.filter(({ received }) => received >= from && received < to)
      if (inTime.length > 0) yield inTime
    }
  }
  return messageHistory(read, () => journalSpan(folder), limits)
}
