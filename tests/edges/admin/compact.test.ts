import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { compactCommand } from '../../../src/edges/admin/compact-command.ts'
import type { Progress } from '../../../src/edges/admin/folder-command.ts'
import { openDataFolder } from '../../../src/storage/embedded/data-folder.ts'
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
  expect(beside).toMatchObject({
    ...{
      sealed: ['2026-02-01'],
      rolled: ['2026-02-01'],
      compacted: ['2026-02.hours', '2026.days'],
      removed: [],
      failed: [],
    },
    state: { isPutOff: true },
  })
  expect(compactCommand.hasFailed(beside)).toBe(false)
  expect(compactCommand.text(beside)).toMatch(
    /^sealed 2026-02-01\nrolled up 2026-02-01\nrewrote 2026-02.hours\n[\s\S]*Time series: .*\nState: .* hold nothing; stop the server/,
  )
  const alone = await compactCommand.run(opened, {}, attendance)
  expect(alone).toMatchObject({ sealed: [], state: { isPutOff: false } })
  expect(opened.state.size().bytes).toBeLessThan(1_000_000)
  expect(opened.state.positions().storedThrough).toBe(7)
  await opened.close()
  remove()
})

test('tells how far it is, and ends when nobody waits for it any more; what is in order by then stays so', async () => {
  const { folder, remove } = temporaryFolder()
  await fillDataFolder(folder)
  const opened = await openDataFolder(folder)
  const stop = new AbortController()
  const heard: Progress[] = []
  const onProgress = (progress: Progress) => {
    heard.push(progress)
    if (progress.doing === '2026-02-01') stop.abort(new Error('stopped'))
  }
  await expect(compactCommand.run(opened, {}, { signal: stop.signal, onProgress })).rejects.toThrow('stopped')
  expect(heard.at(-1)).toEqual({ doing: '2026-02-01', done: 0, total: 3 })
  expect(await compactCommand.run(opened, {}, attendance)).toMatchObject({ failed: [] })
  expect(await opened.telemetry?.stats()).toMatchObject({ open: 0, unreadable: [] })
  await opened.close()
  remove()
})
