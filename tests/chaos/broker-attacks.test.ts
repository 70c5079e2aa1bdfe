import { expect, test } from 'vitest'
import { runFrozenReaders, runMemoryBomb } from './broker-attacks.ts'
import type { Run } from './outcome.ts'

/** The long forms: npm run soak -- --only memory-bomb --only frozen-readers. */
const run: Run = { seed: 'attacks', signal: new AbortController().signal, tell: () => {} }

test('who sends without end before logging in costs no memory', { timeout: 120_000 }, async () => {
  const { figures, problems } = await runMemoryBomb({ sockets: 10, megabytes: 4, seconds: 1, patience: null }, run)
  console.info(figures)
  expect(problems).toEqual([])
})

test('who subscribes to everything and does not read costs others nothing', { timeout: 120_000 }, async () => {
  const { figures, problems } = await runFrozenReaders({ readers: 10, seconds: 3, floor: null }, run)
  console.info(figures)
  expect(problems).toEqual([])
})
