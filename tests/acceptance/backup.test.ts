import { expect, test } from 'vitest'
import { runBackups } from '../chaos/backups.ts'

test('a server restored from a backup that was made under load says the same as the original', { timeout: 120_000 }, async () => {
  const run = { seed: 'backup', signal: new AbortController().signal, tell: () => {} }
  const { figures, problems } = await runBackups({ backups: 2, rate: 1000, between: 1500 }, run)
  expect(problems).toEqual([])
  expect(figures['readings compared']).toBeGreaterThan(2000)
})
