import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { openDataFolder } from '../../../src/storage/embedded/data-folder.ts'
import { type Verified, verifyFolder } from '../../../src/storage/embedded/folder-verify.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'
import { fillDataFolder, temporaryFolder } from './data-folder.ts'

const ends: (() => unknown)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

async function newFolder(): Promise<string> {
  const { folder, remove } = temporaryFolder()
  ends.push(remove)
  await fillDataFolder(folder)
  return folder
}

async function verify(path: string, repair = false): Promise<Verified> {
  const folder = await openDataFolder(path)
  try {
    return await verifyFolder({ folder, repair, signal: new AbortController().signal, onProgress: () => {} })
  } finally {
    await folder.close()
  }
}

function spoil(path: string, at: number, bytes = 1000): void {
  const content = readFileSync(path)
  content.fill(0x55, at, at + bytes)
  writeFileSync(path, content)
}

const segmentOf = (folder: string) => join(folder, 'journal', readdirSync(join(folder, 'journal'))[0] as string)

test('finds nothing wrong with a sound data folder, and leaves nothing in it', async () => {
  const folder = await newFolder()
  const before = [...readdirSync(folder), 'folder.lock'].sort()
  expect(await verify(folder)).toMatchObject({ findings: [], days: 3, segments: 1, messages: 10 })
  expect(readdirSync(folder).sort()).toEqual(before)
})

test.each([
  ['head', 4096, 4096 * 2],
  ['middle', 4096 * 3 + 65_536 / 2, 3 * 65_536],
])('names a day whose file is damaged at its %s, and moves it away only when that is asked for', async (_, at, bytes) => {
  const folder = await newFolder()
  const path = join(folder, 'telemetry', '2026-01-31.duckdb')
  spoil(path, at, bytes)
  const { findings } = await verify(folder)
  expect(findings).toEqual([{ path, problem: expect.any(String), advice: expect.stringContaining('--repair') }])
  expect(existsSync(path)).toBe(true)
  const repaired = await verify(folder, true)
  expect(repaired.findings).toMatchObject([{ path, advice: expect.stringContaining('It was moved to') }])
  expect(readdirSync(join(folder, 'damaged'))).toEqual([expect.stringMatching(/^2026-01-31.duckdb-\d+$/)])
  expect(await verify(folder)).toMatchObject({ findings: [], days: 2 })
})

test('finds unsound bytes in the journal; what a crash left half written at its end is none', async () => {
  const folder = await newFolder()
  appendFileSync(segmentOf(folder), Buffer.alloc(100, 7))
  expect(await verify(folder)).toMatchObject({ findings: [], messages: 10 })
  spoil(segmentOf(folder), 30, 4)
  expect((await verify(folder)).findings).toMatchObject([{ path: segmentOf(folder), problem: 'unsound bytes from 0 on' }])
})

test('finds what the journal has not and the state needs, and the other way round', async () => {
  const folder = await newFolder()
  const state = openStateStore(join(folder, 'state.sqlite'))
  state.setStoredThrough(12)
  state.close()
  expect((await verify(folder)).findings).toMatchObject([
    { problem: 'the state accounts for messages up to 12, and the journal ends at 10' },
  ])
  const other = await newFolder()
  const path = segmentOf(other)
  writeFileSync(join(other, 'journal', `0000000000000042${path.slice(path.lastIndexOf('-'))}`), '')
  rmSync(path)
  expect((await verify(other)).findings).toMatchObject([{ problem: expect.stringMatching(/messages 8 to 41 are gone/) }])
})

test('finds what is wrong within the state', async () => {
  const folder = await newFolder()
  const path = join(folder, 'state.sqlite')
  const state = new DatabaseSync(path, { readOnly: true })
  // A page that nobody reads to open it.
  const { rootpage } = state.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'citizen_report_group'").get() as { rootpage: number }
  state.close()
  spoil(path, (rootpage - 1) * 4096, 4096)
  const { findings } = await verify(folder)
  expect(findings.length).toBeGreaterThan(0)
  for (const finding of findings) expect(finding).toMatchObject({ path, advice: expect.stringContaining('restore') })
})

test('leaves the state alone, and says so, where a copy of it would take what is kept for alarms', async (context) => {
  const { folder, remove } = temporaryFolder()
  ends.push(remove)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=50m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    context.skip('tmpfs cannot be mounted here')
  }
  ends.unshift(() => execFileSync('umount', ['-l', folder]))
  await fillDataFolder(folder)
  const { bavail, bsize } = statfsSync(folder)
  // Of 50 MB one is kept for alarms.
  writeFileSync(join(folder, 'other'), Buffer.alloc(bavail * bsize - statSync(join(folder, 'state.sqlite')).size - 600_000))
  expect((await verify(folder)).findings).toEqual([
    {
      path: join(folder, 'state.sqlite'),
      problem: expect.stringContaining('not looked at'),
      advice: expect.stringContaining('Free space'),
    },
  ])
})
