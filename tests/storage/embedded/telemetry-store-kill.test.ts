import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbeddedTelemetryStore } from '../../../src/storage/embedded/telemetry-store.ts'
import { days } from '../../../src/telemetry/duration.ts'
import { NOON, ROWS } from './numbered-rows.ts'

test('kill -9 while writing and sealing loses nothing that was confirmed, and repeats nothing', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'telemetry-kill-'))
  let last = -1
  for (const writes of [3, 40, 17, 90, 61]) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'endless-writer.ts'), folder, String(last + 1)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const closed = once(child, 'close')
    const killAt = last + writes
    child.stdout.on('data', (printed: Buffer) => {
      for (const line of printed.toString().trim().split('\n')) last = Math.max(last, Number(line))
      if (last >= killAt) child.kill('SIGKILL')
    })
    await closed
    expect(last).toBeGreaterThanOrEqual(killAt)
  }
  const store = await openEmbeddedTelemetryStore({ folder, kinds: [], retentionDays: 400 })
  const [series] = await store.range({ facilities: ['a'], kind: 'k', points: ['p'], from: NOON, to: NOON + days(2) }, 1e7)
  await store.close()
  rmSync(folder, { recursive: true })
  const found = new Map<number, number>()
  for (const n of series?.value ?? []) found.set(n, (found.get(n) ?? 0) + 1)
  expect(Array.from({ length: last + 1 }, (_, n) => found.get(n))).toEqual(new Array(last + 1).fill(ROWS))
})
