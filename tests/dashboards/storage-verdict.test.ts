import { expect, test } from 'vitest'
import { fillOf, type Trouble, troublesOf } from '../../dashboards/console/src/storage/verdict.ts'
import type { StorageFigures } from '../../src/edges/storage.ts'

interface Given {
  journal?: Partial<StorageFigures['journal']>
  writer?: Partial<StorageFigures['writer']>
  setAside?: Partial<StorageFigures['setAside']>
  backup?: StorageFigures['backup']
}

const figures = ({ journal, writer, setAside, backup = null }: Given) =>
  ({
    store: 'embedded',
    journal: { waitingBytes: 10, maxBytes: 1000, givenUp: 0, trouble: null, ...journal },
    writer: { liveLag: 1000, backlog: 0, ...writer },
    setAside: { batches: 0, givenUp: 0, ...setAside },
    backup,
  }) as StorageFigures

test.each<[what: string, given: Given, found: Trouble[]]>([
  ['all is well', {}, []],
  ['a batch is on its way', { writer: { liveLag: 20_000, backlog: 500 } }, []],
  ['nothing can be written', { journal: { trouble: 'no space left' } }, ['journal-unwritable']],
  ['the database is away', { writer: { liveLag: 31_000 } }, ['store-away']],
  ['it catches up', { writer: { backlog: 20_000 } }, ['behind']],
  [
    'it was away for too long',
    { journal: { waitingBytes: 950, givenUp: 3 }, writer: { liveLag: 1e8 } },
    ['given-up', 'journal-nearly-full', 'store-away'],
  ],
  ['it refuses readings', { setAside: { batches: 1 } }, ['set-aside']],
  ['a backup was made', { backup: { newest: 1, failed: null } }, []],
  ['a backup failed', { backup: { newest: 1, failed: 'no space left' } }, ['backup-failed']],
  ['what it refused had no room', { setAside: { givenUp: 5 } }, ['set-aside']],
])('%s', (_, given, found) => {
  expect(troublesOf(figures(given))).toEqual(found)
})

test('a journal without a bound has no fill', () => {
  expect(fillOf(figures({ journal: { maxBytes: 0 } }))).toBe(0)
  expect(fillOf(figures({ journal: { waitingBytes: 2000 } }))).toBe(1)
})
