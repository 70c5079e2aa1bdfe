import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { foldIntoBuckets } from '../../../src/storage/bucket-series.ts'
import { openEmbeddedTelemetryStore } from '../../../src/storage/embedded/telemetry-store.ts'
import type { RawSeries } from '../../../src/storage/telemetry-store.ts'
import { days, hours } from '../../../src/telemetry/duration.ts'
import { NOON, ROWS } from './numbered-rows.ts'

test('kill -9 while writing and putting in order loses nothing that was confirmed, repeats nothing, and leaves roll-ups of what is there', {
  timeout: 60_000,
}, async () => {
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
  const query = { facilities: ['a'], kind: 'k', points: ['p'], from: NOON, to: NOON + days(2) }
  const [series] = await store.range(query, 1e7)
  const grid = { length: hours(1), origin: 0 }
  const folded = foldIntoBuckets(series as RawSeries, grid)
  // Before and after what was left undone is done: only what was made of the days as they are may answer.
  for (const again of [false, true]) {
    if (again) expect((await store.compact(NOON + days(3))).failed).toEqual([])
    const [bucket] = await store.buckets(query, grid)
    expect({ ...bucket, mean: bucket?.mean.map(Math.round) }).toEqual({ ...folded, mean: folded.mean.map(Math.round) })
  }
  await store.close()
  rmSync(folder, { recursive: true })
  const found = new Map<number, number>()
  for (const n of series?.value ?? []) found.set(n, (found.get(n) ?? 0) + 1)
  expect(Array.from({ length: last + 1 }, (_, n) => found.get(n))).toEqual(new Array(last + 1).fill(ROWS))
})
