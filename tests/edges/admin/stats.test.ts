import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { statsCommand } from '../../../src/edges/admin/stats-command.ts'
import { openDataFolder } from '../../../src/storage/embedded/data-folder.ts'
import type { TelemetryStats } from '../../../src/storage/embedded/day-stats.ts'
import { openEmbeddedTelemetryStore } from '../../../src/storage/embedded/telemetry-store.ts'
import { DAY, fillDataFolder, openFilled, rowsOf, runDb, temporaryFolder } from '../../storage/embedded/data-folder.ts'

const attendance = { signal: new AbortController().signal, onProgress: () => {} }

test('tells what a data folder holds', async () => {
  const { folder, remove } = temporaryFolder()
  const opened = await openFilled(folder)
  const stats = await statsCommand.run(opened, {}, attendance)
  await opened.close()
  expect(stats).toMatchObject({
    running: false,
    journal: { segments: 1, oldest: 1, storedThrough: 7, detectedThrough: 8 },
    state: {
      tables: expect.arrayContaining([
        { table: 'audit', rows: 1 },
        { table: 'citizen_report', rows: 0 },
      ]),
    },
    telemetry: {
      ...{ days: 3, open: 1, oldest: DAY, newest: DAY + 3 * 86_400_000, leftOut: 0, damaged: [], unreadable: [] },
      kept: [
        { kind: 'tank', resolution: 'day', files: 1, rows: 4 },
        { kind: 'tank', resolution: 'hour', files: 1, rows: 96 },
        { kind: 'tank', resolution: 'raw', files: 3, rows: 144 },
      ],
    },
  })
  const { kept } = (stats as { telemetry: TelemetryStats }).telemetry
  expect(kept.map(({ bytes }) => bytes)).toSatisfy((shares: number[]) => shares.every((bytes) => bytes > 0))
  expect(statsCommand.text(stats)).toMatch(
    /Time series: .* in 3 days, 2026-01-30 to 2026-02-01, 2 in order\n.*\n {2}tank +day[\s\S]*\n {2}tank +raw +3 +144 +\d/,
  )
  remove()
})

test('names what was set aside or cannot be read, beside a server and alone, with all else', async () => {
  const { folder, remove } = temporaryFolder()
  await fillDataFolder(folder)
  const file = join(folder, 'telemetry', '2026-01-31.duckdb')
  writeFileSync(file, Buffer.alloc(statSync(file).size, 'x'))
  const alone = await openDataFolder(folder)
  const stats = await statsCommand.run(alone, {}, attendance)
  expect(stats).toMatchObject({ telemetry: { days: 3, unreadable: [{ key: '2026-01-31' }] } })
  expect(statsCommand.text(stats)).toMatch(/tank +raw +2 +96[\s\S]*2026-01-31 cannot be read: /)
  const served = await openEmbeddedTelemetryStore({ folder: join(folder, 'elsewhere'), kinds: [], retentionDays: 1 })
  await served.write([rowsOf('T-1', [DAY, DAY + 5 * 86_400_000], [1, 2])])
  await served.maintain(DAY + 7 * 86_400_000)
  await served.write([rowsOf('T-1', [DAY], [1])])
  const beside = await statsCommand.run({ ...alone, isServed: true, telemetry: served }, {}, attendance)
  expect(statsCommand.text(beside)).toContain('1 rows left out since the start')
  await served.close()
  await alone.close()
  const again = await openEmbeddedTelemetryStore({ folder: join(folder, 'telemetry'), kinds: [], retentionDays: 1000 })
  expect(await again.stats()).toMatchObject({ days: 3, damaged: ['2026-01-31.duckdb.damaged'], unreadable: [] })
  await again.close()
  remove()
})

test('the program prints it as text and JSON, and says what is wrong with codes 1 and 2', async () => {
  const { folder, remove } = temporaryFolder()
  await fillDataFolder(folder)
  expect(await runDb(['stats', '--data', folder])).toMatchObject({
    code: 0,
    out: expect.stringContaining('judged up to 8, stored up to 7'),
  })
  expect(JSON.parse((await runDb(['stats', '--data', folder, '--json'])).out)).toMatchObject({ folder, running: false })
  expect(await runDb(['status'])).toMatchObject({ code: 2, err: expect.stringContaining('unknown command status; there are') })
  expect(await runDb(['stats', '--what'])).toMatchObject({ code: 2, err: expect.stringContaining('unknown option --what') })
  expect(await runDb(['stats', '--data', `${folder}/nowhere`])).toMatchObject({ code: 2, err: expect.stringContaining('does not exist') })
  expect(await runDb(['stats', '--data', `${folder}/telemetry`])).toMatchObject({ code: 1, err: expect.stringContaining('no data folder') })
  remove()
})
