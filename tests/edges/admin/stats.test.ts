import { expect, test } from 'vitest'
import { statsCommand } from '../../../src/edges/admin/stats-command.ts'
import { fillDataFolder, openFilled, runDb, temporaryFolder } from '../../storage/embedded/data-folder.ts'

const attendance = { signal: new AbortController().signal, onProgress: () => {} }

test('tells what a data folder holds', async () => {
  const { folder, remove } = temporaryFolder()
  const opened = await openFilled(folder)
  const stats = await statsCommand.run(opened, {}, attendance)
  await opened.close()
  expect(stats).toMatchObject({
    running: false,
    journal: { segments: 1, oldest: 1, storedThrough: 7, detectedThrough: 8 },
    state: { tables: expect.arrayContaining([{ table: 'audit', rows: 1 }]) },
    telemetry: {
      days: expect.arrayContaining(
        ['2026-01-30', '2026-01-31', '2026-02-01']
          .map((day, i) => ({
            day,
            sealed: i < 2,
            facilities: 2,
            tables: [{ table: 'tank', rows: 48 }],
          }))
          .map((day) => expect.objectContaining(day)),
      ),
      unreadable: [],
    },
  })
  expect(statsCommand.text(stats)).toMatch(/Time series: .* in 3 days, 2026-01-30 to 2026-02-01, 2 sealed\n.*\n {2}tank +3 +144/)
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
