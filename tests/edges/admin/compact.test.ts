import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { compactCommand } from '../../../src/edges/admin/compact-command.ts'
import { openDataFolder } from '../../../src/storage/embedded/data-folder.ts'
import type { EmbeddedTelemetryStore } from '../../../src/storage/embedded/telemetry-store.ts'
import { fillDataFolder, temporaryFolder } from '../../storage/embedded/data-folder.ts'

const attendance = { signal: new AbortController().signal, onProgress: () => {} }

test('seals the days that are over, and gets back what the state does not use unless a server is at work', async () => {
  const { folder, remove } = temporaryFolder()
  await fillDataFolder(folder)
  const db = new DatabaseSync(join(folder, 'state.sqlite'))
  db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    INSERT INTO facility_staging SELECT i, 'x', printf('%05000d', i), '' FROM n; DELETE FROM facility_staging`)
  db.close()
  const opened = await openDataFolder(folder)
  const beside = await compactCommand.run({ ...opened, isServed: true }, {}, attendance)
  expect(beside).toMatchObject({ sealed: ['2026-02-01'], removed: [], state: { isPutOff: true } })
  expect(compactCommand.text(beside)).toMatch(/^sealed 2026-02-01\nTime series: .*\nState: .* hold nothing; stop the server/)
  const alone = await compactCommand.run(opened, {}, attendance)
  expect(alone).toMatchObject({ sealed: [], state: { isPutOff: false } })
  expect(opened.state.size().bytes).toBeLessThan(1_000_000)
  expect(opened.state.positions().storedThrough).toBe(7)
  await opened.close()
  remove()
})

test('is ended while the days are being put in order', async () => {
  const { folder, remove } = temporaryFolder()
  await fillDataFolder(folder)
  const opened = await openDataFolder(folder)
  const stop = new AbortController()
  const telemetry = { ...(opened.telemetry as EmbeddedTelemetryStore), maintain: () => new Promise<never>(() => {}) }
  const running = compactCommand.run({ ...opened, telemetry }, {}, { signal: stop.signal, onProgress: () => {} })
  setImmediate(() => stop.abort(new Error('stopped')))
  await expect(running).rejects.toThrow('stopped')
  await opened.close()
  remove()
})
