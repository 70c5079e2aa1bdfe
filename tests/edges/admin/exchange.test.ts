import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAdmin } from '../../../src/edges/admin/admin-server.ts'
import type { FolderCommand } from '../../../src/edges/admin/folder-command.ts'
import { folderCommands } from '../../../src/edges/admin/folder-commands.ts'
import { telemetryFormats } from '../../../src/edges/exchange/telemetry/formats.ts'
import { openDataFolder } from '../../../src/storage/embedded/data-folder.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'
import { openMemoryTelemetryStore } from '../../../src/storage/memory/telemetry-store.ts'
import { findProgram } from '../../servers.ts'
import { fillDataFolder, runDb, temporaryFolder } from '../../storage/embedded/data-folder.ts'
import { type OutsideServer, startInfluxd } from '../../storage/influxdb/server.ts'

const { folder, remove } = temporaryFolder()
const file = (name: string) => join(folder, name)
const csv = `time,facility,flow,mode
2026-01-31T10:00:00.000Z,PS-1,100.5,auto
2026-01-31T10:00:10.000Z,PS-1,,manual
2026-01-31T10:00:10.000Z,PS-2,7,
2026-01-31T10:00:20.000Z,stranger,7,
`

beforeAll(async () => {
  await fillDataFolder(folder)
  const state = openStateStore(join(folder, 'state.sqlite'))
  const blank = { name: '', nameEn: '', road: '', roadClass: null, keyArea: false, owner: '', position: null, fedBy: null, circuit: null }
  for (const [id, district] of [
    ['PS-1', 'east'],
    ['PS-2', 'west'],
  ] as const)
    state.putFacility({ ...blank, id, kind: 'pump-station', district, gateway: null, labels: {}, rated: {}, mode: 'auto' })
  state.close()
  writeFileSync(file('pumps.csv'), csv)
})
afterAll(remove)

/** What "npm run db" does without a server, in this process. */
async function db(name: 'export' | 'import', ...args: string[]): Promise<{ code: number; out: string }> {
  const command = folderCommands.get(name) as FolderCommand
  const { asked, json } = command.read(args)
  const opened = await openDataFolder(folder)
  try {
    const result = await command.run(opened, asked, { signal: new AbortController().signal, onProgress: () => {} })
    return { code: command.hasFailed(result) ? 1 : 0, out: json ? JSON.stringify(result) : command.text(result) }
  } finally {
    await opened.close()
  }
}

test('a dry run tells what would be taken and what not, and writes nothing', async () => {
  const { code, out } = await db('import', file('pumps.csv'), '--dry-run')
  expect(code).toBe(1)
  expect(out).toContain('3 of 4 rows with 4 values could be taken: pump-station 3')
  expect(out).toContain('row 5: "stranger": No facility is registered under this id')
  const { out: nothing } = await db('export', file('nothing.csv'), '--kind', 'pump-station')
  expect(nothing).toContain('0 rows')
})

test('what is imported is audited and goes out again in every format, the same', async () => {
  expect(await db('import', file('pumps.csv'))).toMatchObject({
    code: 1,
    out: expect.stringContaining('3 of 4 rows with 4 values were taken'),
  })
  const state = new DatabaseSync(join(folder, 'state.sqlite'))
  expect(state.prepare('SELECT by, action, detail FROM audit ORDER BY id DESC LIMIT 1').get()).toEqual({
    by: 'npm run db',
    action: 'import-telemetry',
    detail: file('pumps.csv'),
  })
  state.close()
  for (const [i, format] of telemetryFormats.entries()) {
    const path = file(`all.${i}`)
    expect(await db('export', path, '--kind', 'pump-station', '--format', format)).toMatchObject({
      code: 0,
      out: expect.stringContaining('3 rows'),
    })
    expect(await db('import', path, '--dry-run', '--json')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/"taken": ?3,\s*"values": ?4/),
    })
  }
  const some = file('some.csv')
  await db(
    'export',
    some,
    '--kind',
    'pump-station',
    '--query',
    'district=east',
    '--point',
    'flow',
    '--point',
    'mode',
    '--no-flagged',
    '--zone',
    'Asia/Shanghai',
  )
  expect(readFileSync(some, 'utf8')).toBe(
    'time,facility,flow,mode\r\n2026-01-31T18:00:00.000+08:00,PS-1,100.5,auto\r\n2026-01-31T18:00:10.000+08:00,PS-1,,manual\r\n',
  )
})

test('a running server is asked through its socket', async () => {
  const opened = await openDataFolder(folder)
  const admin = await startAdmin({ ...opened, isServed: true }, folderCommands)
  expect(await runDb(['export', file('served.jsonl'), '--kind', 'pump-station', '--data', folder])).toMatchObject({
    code: 0,
    out: expect.stringContaining('3 rows'),
  })
  await admin.close()
  await opened.close()
})

test('a server whose time series are elsewhere takes them there; without one they cannot be had', async () => {
  const command = folderCommands.get('import') as FolderCommand
  const { asked } = command.read([file('pumps.csv')])
  const attendance = { signal: new AbortController().signal, onProgress: () => {} }
  const opened = await openDataFolder(folder)
  const elsewhere = openMemoryTelemetryStore()
  const served = { ...opened, isServed: true, telemetry: null, series: { telemetry: elsewhere, remote: null } }
  expect(await command.run(served, asked, attendance)).toMatchObject({ taken: 3 })
  expect((await elsewhere.scan({ kind: 'pump-station', from: 0, to: Date.now() })).rows).toBe(3)
  await expect(command.run({ ...served, series: null }, asked, attendance)).rejects.toThrow(/start the server first/)
  await opened.close()
})

test('what is missing or wrong on the command line is told', async () => {
  expect(await runDb(['export', file('x.zip')])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--kind is needed[\s\S]*--format is needed/),
  })
  expect(await runDb(['import'])).toMatchObject({ code: 2, err: expect.stringContaining('give either a FILE or --influxdb') })
  await expect(db('import', file('nowhere.csv'))).rejects.toThrow(/nowhere\.csv/)
})

test('rows of a time of which nothing single is kept any more are counted and left out, with what to do', async () => {
  const floors = file('telemetry/retention.json')
  writeFileSync(floors, JSON.stringify({ others: '', kinds: { 'pump-station': '2026-01-31' } }))
  writeFileSync(file('old.csv'), 'time,facility,flow\n2026-01-30T23:59:59Z,PS-1,1\n2026-01-31T00:00:00Z,PS-1,1\n')
  for (const more of [['--dry-run'], []]) {
    const { code, out } = await db('import', file('old.csv'), ...more)
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/1 of 2 rows with 1 values[\s\S]*warning 1 times: .*raise TELEMETRY_RETENTION_DAYS/),
    ])
  }
  rmSync(floors)
  expect(await db('import', file('old.csv'), '--dry-run')).toMatchObject({ out: expect.stringContaining('2 of 2 rows') })
})

const influxd = findProgram('influxd')
describe.skipIf(!influxd)('a running InfluxDB', () => {
  let server: OutsideServer
  beforeAll(async () => {
    server = await startInfluxd(influxd as string)
  }, 30_000)
  afterAll(() => server?.stop())

  test('is read once, and after that only what is new', async () => {
    const ask = (path: string, body: BodyInit) => fetch(server.url + path, { method: 'POST', body })
    await ask('/query', new URLSearchParams({ q: 'CREATE DATABASE old' }))
    const line = (at: string) => `pump-station,facility=PS-1 flow=1,mode="auto" ${Date.parse(at)}`
    await ask('/write?db=old&precision=ms', line('2026-01-30T00:00:00Z'))
    const run = () => db('import', '--influxdb', server.url, '--database', 'old', '--resume', file('resume.json'))
    expect(await run()).toMatchObject({ code: 0, out: expect.stringContaining('1 of 1 rows with 2 values were taken') })
    await ask('/write?db=old&precision=ms', line('2026-01-30T00:00:01Z'))
    expect(await run()).toMatchObject({ code: 0, out: expect.stringContaining('1 of 1 rows with 2 values were taken') })
    expect(await db('export', file('both.csv'), '--kind', 'pump-station', '--to', '2026-01-31T00:00:00Z')).toMatchObject({
      out: expect.stringContaining('2 rows'),
    })
  })
})
