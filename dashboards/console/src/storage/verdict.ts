import type { StorageFigures } from '../../../../src/edges/storage.ts'

/** What is wrong with the way of readings to the store, the worst first. */
export const troubles = [
  'journal-unwritable',
  'given-up',
  'journal-nearly-full',
  'store-away',
  'behind',
  'set-aside',
  'backup-failed',
] as const
export type Trouble = (typeof troubles)[number]

/** A store that takes nothing for longer is away; a batch takes no longer to be written. */
const AWAY = 30_000
/** Part of the journal past which it may be full before the store is back. */
const NEARLY_FULL = 0.8
/** Messages that wait after any restart are stored in seconds. */
const BEHIND = 10_000

export const fillOf = ({ journal }: Pick<StorageFigures, 'journal'>): number =>
  journal.maxBytes > 0 ? Math.min(1, journal.waitingBytes / journal.maxBytes) : 0

export function troublesOf(figures: StorageFigures): Trouble[] {
  const { journal, writer, setAside, backup } = figures
  const found: Record<Trouble, boolean> = {
    'journal-unwritable': journal.trouble !== null,
    'given-up': journal.givenUp > 0,
    'journal-nearly-full': fillOf(figures) > NEARLY_FULL,
    'store-away': writer.liveLag > AWAY,
    behind: writer.backlog > BEHIND,
    'set-aside': setAside.batches > 0 || setAside.givenUp > 0,
    'backup-failed': backup !== null && backup.failed !== null,
  }
  return troubles.filter((trouble) => found[trouble])
}
