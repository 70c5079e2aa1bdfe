import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { hours } from '../../telemetry/duration.ts'
import { openJournal } from './segment-journal.ts'
import type { EmbeddedStateStore } from './state-store.ts'

const MEGABYTE = 1_048_576

interface JournalParts {
  config: Config
  state: Pick<EmbeddedStateStore, 'storedThrough' | 'detectedThrough' | 'appliedThrough'>
  now: () => number
  log: Logger
}

/** The journal as the settings bound it, with a word of what was lost before. */
export async function openServiceJournal({ config, state, now, log }: JournalParts) {
  const bounds = { maxBytes: config.JOURNAL_MAX_MB * MEGABYTE, maxAge: hours(config.JOURNAL_MAX_HOURS) }
  const journal = await openJournal({
    folder: join(config.DATA_FOLDER, 'journal'),
    ...bounds,
    commitInterval: config.JOURNAL_COMMIT_MS,
    keepReleased: hours(config.JOURNAL_KEEP_HOURS),
    onGivenUp: (messages) =>
      log.error({ messages }, 'the journal or its disk is full: its oldest messages were given up and are not stored'),
    onUnreadable: (error, path) => log.error({ err: error, path }, 'a file of the journal cannot be read, in whole or in part'),
    startAt: Math.max(state.storedThrough(), state.detectedThrough(), state.appliedThrough().position) + 1,
    now,
  })
  const { tornBytes, givenUp } = journal.stats()
  if (givenUp > 0) log.warn({ givenUp }, 'messages were given up by the journal since the first start')
  if (tornBytes > 0) log.warn({ tornBytes }, 'the journal ended in an unfinished write; nothing acknowledged was in it')
  return { journal, bounds }
}
