import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { otherFiles, removeLeftovers } from '../../../src/storage/embedded/folder-walk.ts'
import { temporaryFolder } from './data-folder.ts'

const ends: (() => unknown)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A folder with these files. */
function folderOf(...paths: string[]): string {
  const { folder, remove } = temporaryFolder()
  ends.push(remove)
  for (const path of paths) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), '')
  }
  return folder
}

test('finds what no store holds open, without what passes and what belongs to the place', async () => {
  const folder = folderOf(
    ...['state.sqlite', 'state.sqlite-wal', 'folder.lock', 'lost+found/x', 'replaced-2026/x', 'damaged/x', 'staged.unfinished/x'],
    ...['exports/x.csv', 'imports/x.csv', 'telemetry-imports/x.csv', 'telemetry/2026-01-30.duckdb', 'journal/0001.journal'],
    ...['journal/given-up', 'set-aside/a/1', 'set-aside/a/2.unfinished', 'notes.txt'],
  )
  expect(await otherFiles(folder)).toEqual({ files: ['journal/given-up', 'notes.txt', 'set-aside/a/1'], unreadable: [] })
})

test('follows links, also one that leads back, and names those that lead nowhere', async () => {
  const [folder, elsewhere] = [folderOf('set-aside-here/x'), folderOf('1', 'deep/2')]
  symlinkSync(elsewhere, join(folder, 'set-aside'))
  symlinkSync(join(elsewhere, 'deep'), join(elsewhere, 'deep', 'again'))
  symlinkSync(join(elsewhere, 'gone'), join(folder, 'gone'))
  expect(await otherFiles(folder)).toEqual({ files: ['set-aside-here/x', 'set-aside/1', 'set-aside/deep/2'], unreadable: ['gone'] })
})

test('of what the killed have left goes all but half of a restored folder', async () => {
  const folder = folderOf(
    'staged.unfinished/a',
    'restoring.unfinished/b',
    'verify.sqlite.unfinished',
    'verify.sqlite.unfinished-wal',
    'c.unfinished',
  )
  await removeLeftovers(folder)
  expect(readdirSync(folder).sort()).toEqual(['c.unfinished', 'restoring.unfinished'])
})
