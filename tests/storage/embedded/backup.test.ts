import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import { backUp, CHECKED_EACH, pruneBackups } from '../../../src/storage/embedded/backup.ts'
import { listBackups, readManifest } from '../../../src/storage/embedded/backup-manifest.ts'
import { type DataFolder, openDataFolder } from '../../../src/storage/embedded/data-folder.ts'
import { lockFolder, refuseHalfRestored } from '../../../src/storage/embedded/folder-lock.ts'
import { readJournalFolder } from '../../../src/storage/embedded/journal-folder.ts'
import { restore } from '../../../src/storage/embedded/restore.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'
import { type EmbeddedTelemetryStore, openEmbeddedTelemetryStore } from '../../../src/storage/embedded/telemetry-store.ts'
import { DAY, fillDataFolder, openFilled, rowsOf, temporaryFolder } from './data-folder.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function newFolder(): string {
  const { folder, remove } = temporaryFolder()
  ends.push(remove)
  return folder
}

async function openNew(): Promise<DataFolder & { close(): Promise<void> }> {
  const opened = await openFilled(newFolder())
  ends.push(() => opened.close())
  return opened
}

let seconds = 0
/** `now` of each backup is a second after the one before. */
const orderOf = (folder: DataFolder, target: string) => {
  seconds++
  const at = DAY + 1000 * seconds
  return { folder: { ...folder, now: () => at }, target, version: '9.9.9', signal: new AbortController().signal, onProgress: () => {} }
}

const restoreOf = (from: string, folder: string) => ({
  ...{ from, folder, replace: false, now: DAY, signal: new AbortController().signal },
  onProgress: () => {},
})

/** A small disk of its own, where one can be made. */
function mounted(context: TestContext, size: string): string {
  const folder = newFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    context.skip('tmpfs cannot be mounted here')
  }
  ends.push(() => execFileSync('umount', ['-l', folder]))
  return folder
}

function freeOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** All that a data folder says: messages of the journal, readings, audit, positions. */
async function contentOf(folder: string) {
  const messages = []
  for await (const some of readJournalFolder(join(folder, 'journal')))
    messages.push(...some.map(({ position, payload }) => [position, Buffer.from(payload).toString()]))
  const state = openStateStore(join(folder, 'state.sqlite'))
  const kept = { audit: state.auditTrail({ limit: 100 }).items, stored: state.storedThrough(), detected: state.detectedThrough() }
  state.close()
  const store = await openEmbeddedTelemetryStore({ folder: join(folder, 'telemetry'), kinds: [], retentionDays: 100_000 })
  const rows = await store.scan({ kind: 'tank', from: DAY, to: DAY + 4 * 86_400_000 })
  await store.close()
  const readings = Array.from({ length: rows.rows }, (_, i) => [
    rows.facilities[rows.facility[i] as number],
    rows.at[i],
    rows.values[0]?.[i],
  ])
  return { messages, kept, readings: readings.map(String).sort() }
}

describe('a backup', () => {
  test('holds all of a data folder, and what is restored from it is the same', async () => {
    const opened = await openNew()
    mkdirSync(join(opened.path, 'set-aside', 'a'), { recursive: true })
    writeFileSync(join(opened.path, 'set-aside', 'a', 'plant.csv'), 'id,kind\n')
    writeFileSync(join(opened.path, 'journal', 'given-up'), '5\n')
    const target = join(newFolder(), 'backups')
    const told: string[] = []
    const result = await backUp({ ...orderOf(opened, target), onProgress: ({ doing }) => void told.push(doing) })
    expect(result.manifest).toMatchObject({
      version: '9.9.9',
      storedThrough: 7,
      detectedThrough: 8,
      journal: { oldest: 1, newest: 10 },
      telemetry: true,
    })
    expect(told).toEqual(expect.arrayContaining(['state', '2026-01-30', 'journal', 'set-aside/a/plant.csv']))
    expect(statSync(result.path).mode & 0o077).toBe(0)
    const restored = join(newFolder(), 'data')
    expect(await restore(restoreOf(target, restored))).toMatchObject({ from: result.path, files: result.files, replaced: null })
    expect(readdirSync(restored).sort()).toEqual(['folder.lock', 'journal', 'set-aside', 'state.sqlite', 'telemetry'])
    expect(readFileSync(join(restored, 'set-aside', 'a', 'plant.csv'), 'utf8')).toBe('id,kind\n')
    expect(readFileSync(join(restored, 'journal', 'given-up'), 'utf8')).toBe('5\n')
    await opened.close()
    const content = await contentOf(restored)
    expect(content).toEqual(await contentOf(opened.path))
    expect(content.readings).toHaveLength(3 * 24 * 2)
    expect(content.messages).toHaveLength(10)
    expect(content.kept.audit).toMatchObject([{ by: 'li' }])
  })

  test('shares days with the one before it while they are unchanged, and keeps as many as one wants', async () => {
    const opened = await openNew()
    const target = newFolder()
    const first = await backUp(orderOf(opened, target))
    expect(first.shared).toBe(0)
    const second = await backUp(orderOf(opened, target))
    const inode = (path: string, day: string) => statSync(join(path, 'telemetry', `${day}.duckdb`)).ino
    for (const day of ['2026-01-30', '2026-01-31']) expect(inode(second.path, day)).toBe(inode(first.path, day))
    expect(inode(second.path, '2026-02-01')).not.toBe(inode(first.path, '2026-02-01'))
    await opened.telemetry?.write([rowsOf('T-3', [DAY + 5], [9])])
    const third = await backUp(orderOf(opened, target))
    expect(inode(third.path, '2026-01-30')).not.toBe(inode(first.path, '2026-01-30'))
    expect(inode(third.path, '2026-01-31')).toBe(inode(first.path, '2026-01-31'))
    const other = await openNew()
    const foreign = await backUp(orderOf(other, target))
    expect(foreign.shared).toBe(0)
    expect(await pruneBackups(third.path, 1)).toEqual([first.path, second.path])
    expect(await listBackups(target)).toEqual([third.path, foreign.path])
    const restored = join(newFolder(), 'data')
    await restore(restoreOf(third.path, restored))
    expect((await contentOf(restored)).readings).toContain(`T-3,${DAY + 5},9`)
  })

  test('is whole while rows are being written, and holds all that was stored before it', async () => {
    const opened = await openNew()
    let [written, writing] = [0, true]
    const write = async () => {
      while (writing) await opened.telemetry?.write([rowsOf('T-9', [DAY + 2.5 * 86_400_000 + written], [written++])])
    }
    const ended = write()
    const target = newFolder()
    for (let round = 0; round < 3; round++) {
      const before = written - 1
      const { path } = await backUp(orderOf(opened, target))
      const restored = join(newFolder(), 'data')
      await restore(restoreOf(path, restored))
      const own = (await contentOf(restored)).readings.filter((reading) => reading.startsWith('T-9')).length
      expect(own).toBeGreaterThanOrEqual(before)
      expect(own).toBeLessThanOrEqual(written)
    }
    writing = false
    await ended
    expect(written).toBeGreaterThan(3)
  })

  test('that is cancelled or fails leaves nothing, and one that a crash left half made is removed by the next', async () => {
    const opened = await openNew()
    const target = newFolder()
    for (const at of ['state', '2026-01-31', 'journal']) {
      const stop = new AbortController()
      const cancelled = backUp({
        ...orderOf(opened, target),
        signal: stop.signal,
        onProgress: ({ doing }) => doing === at && stop.abort(new Error('stopped')),
      })
      await expect(cancelled).rejects.toThrow('stopped')
      expect(readdirSync(target)).toEqual([])
    }
    const { path } = await backUp(orderOf(opened, target))
    const { origin } = await readManifest(path)
    renameSync(path, join(target, `lamplighter-2026-01-01T00-00-00.000Z.unfinished-${origin}`))
    expect(await listBackups(target)).toEqual([])
    await expect(restore(restoreOf(target, join(newFolder(), 'data')))).rejects.toThrow('there is none in it')
    const next = await backUp(orderOf(opened, target))
    expect(readdirSync(target)).toEqual([next.path.slice(target.length + 1)])
  })

  test('is refused in the data folder itself, and twice at once', async () => {
    const opened = await openNew()
    await expect(backUp(orderOf(opened, join(opened.path, 'backups')))).rejects.toThrow('in the data folder itself')
    const target = newFolder()
    const both = await Promise.allSettled([backUp(orderOf(opened, target)), backUp(orderOf(opened, target))])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await listBackups(target)).toHaveLength(1)
  })

  test('says that its disk is full, before it begins or when it is, and leaves nothing there', async (context) => {
    const mount = mounted(context, '17m')
    const opened = await openNew()
    await expect(backUp(orderOf(opened, mount))).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringMatching(/takes about .* MB free/),
    })
    const fill = (bytes: number) => writeFileSync(join(mount, 'other'), Buffer.alloc(bytes))
    const small = { ...opened, telemetry: null }
    const copyTo: DataFolder['state']['copyTo'] = async (...args) => {
      fill(freeOf(mount))
      return opened.state.copyTo(...args)
    }
    await expect(backUp(orderOf({ ...small, state: { ...opened.state, copyTo } }, mount))).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining(`The disk of ${mount} is full`),
    })
    rmSync(join(mount, 'other'))
    // Somebody else uses up the space meanwhile: what must stay free stays so.
    const onProgress = ({ doing }: { doing: string }) => doing === 'state' && fill(900_000)
    await expect(backUp({ ...orderOf(small, mount), onProgress })).rejects.toThrow(/takes about .* must stay free/)
    expect(readdirSync(mount)).toEqual(['other'])
  })

  test('leaves what is kept for alarms where it shares the disk of the data folder', async (context) => {
    const [shared, other] = [mounted(context, '100m'), mounted(context, '100m')]
    const data = join(shared, 'data')
    mkdirSync(data)
    const opened = await openFilled(data)
    ends.push(() => opened.close())
    const { bytes } = await backUp(orderOf(opened, newFolder()))
    const fillBut = (mount: string, free: number) => writeFileSync(join(mount, 'other'), Buffer.alloc(freeOf(mount) - free))
    // Of 100 MB two are kept for alarms.
    for (const mount of [shared, other]) fillBut(mount, bytes + 16 * 1024 * 1024 + 1e6)
    await expect(backUp(orderOf(opened, join(shared, 'backups')))).rejects.toThrow(/must stay free/)
    await backUp(orderOf(opened, join(other, 'backups')))
  })

  test('is told from those of another data folder at the same path, and a restore asks which is meant', async () => {
    const [base, target] = [newFolder(), newFolder()]
    const data = join(base, 'data')
    const make = async () => {
      mkdirSync(data)
      const opened = await openFilled(data)
      const made = await backUp(orderOf(opened, target))
      await opened.close()
      return made
    }
    const first = await make()
    renameSync(data, join(base, 'of another host'))
    const second = await make()
    expect(second.shared).toBe(0)
    expect(await pruneBackups(second.path, 1)).toEqual([])
    const asked = restore(restoreOf(target, join(newFolder(), 'data')))
    await expect(asked).rejects.toThrow(/has backups of 2 data folders/)
    await expect(asked).rejects.toThrow(new RegExp(`${first.path}, made at .* of ${data} on `))
    // What is restored in its place is the same data folder.
    await restore({ ...restoreOf(second.path, data), replace: true })
    const opened = await openDataFolder(data)
    const third = await backUp(orderOf(opened, target))
    await opened.close()
    expect(await pruneBackups(third.path, 1)).toEqual([second.path])
  })

  test('is the newest also after the clock was set back', async () => {
    const opened = await openNew()
    const target = newFolder()
    const at = (time: number) => backUp({ ...orderOf(opened, target), folder: { ...opened, now: () => time } })
    const old = await at(Date.UTC(2027, 0, 1))
    const kept = await at(Date.UTC(2027, 0, 2))
    const made = await at(Date.UTC(2026, 0, 1))
    expect(made.manifest.sequence).toBe(3)
    expect(await pruneBackups(made.path, 2)).toEqual([old.path])
    expect((await restore(restoreOf(target, join(newFolder(), 'data')))).from).toBe(made.path)
    expect(await pruneBackups(kept.path, 1)).toEqual([])
  })

  test('holds a day that is begun while the state is copied, for which the state may account', async () => {
    const opened = await openNew()
    const at = DAY + 3 * 86_400_000
    const copyTo: DataFolder['state']['copyTo'] = async (...args) => {
      await opened.telemetry?.write([rowsOf('T-1', [at], [9])])
      return opened.state.copyTo(...args)
    }
    const { path } = await backUp(orderOf({ ...opened, state: { ...opened.state, copyTo } }, newFolder()))
    const restored = join(newFolder(), 'data')
    await restore(restoreOf(path, restored))
    expect((await contentOf(restored)).readings).toContain(`T-1,${at},9`)
  })

  test('holds a batch that was set aside and is tried again meanwhile', async () => {
    const opened = await openNew()
    mkdirSync(join(opened.path, 'set-aside'))
    writeFileSync(join(opened.path, 'set-aside', 'batch'), 'rows of a day that is copied already')
    const onProgress = ({ doing }: { doing: string }) => {
      if (doing === '2026-01-30') rmSync(join(opened.path, 'set-aside', 'batch'), { force: true })
    }
    const { path } = await backUp({ ...orderOf(opened, newFolder()), onProgress })
    expect(readdirSync(join(path, 'set-aside'))).toEqual(['batch'])
  })

  test('follows links out of the data folder, and names what cannot be read', async () => {
    const opened = await openNew()
    const elsewhere = newFolder()
    writeFileSync(join(elsewhere, 'batch'), 'rows')
    symlinkSync(elsewhere, join(opened.path, 'set-aside'))
    symlinkSync(join(elsewhere, 'gone'), join(opened.path, 'notes'))
    const { path, unreadable } = await backUp(orderOf(opened, newFolder()))
    expect(readFileSync(join(path, 'set-aside', 'batch'), 'utf8')).toBe('rows')
    expect(unreadable).toEqual(['notes'])
  })

  test('reads what it shares now and then, and copies anew what has changed in the one before', async () => {
    const opened = await openNew()
    const target = newFolder()
    const first = await backUp(orderOf(opened, target))
    changeByte(join(first.path, 'telemetry', '2026-01-31.duckdb'))
    const renewed: string[] = []
    for (let n = 1; n <= CHECKED_EACH; n++) renewed.push(...(await backUp(orderOf(opened, target))).renewed)
    expect(renewed).toEqual(['telemetry/2026-01-31.duckdb'])
    const restored = join(newFolder(), 'data')
    await restore(restoreOf(target, restored))
    await opened.close()
    expect(await contentOf(restored)).toEqual(await contentOf(opened.path))
  })

  test('names a day that cannot be read, with what to do', async () => {
    const folder = newFolder()
    await fillDataFolder(folder)
    const path = join(folder, 'telemetry', '2026-01-31.duckdb')
    writeFileSync(path, readFileSync(path).fill(0x55, 0, 20_000))
    const opened = await openDataFolder(folder)
    ends.push(() => opened.close())
    await expect(backUp(orderOf(opened, newFolder()))).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringMatching(new RegExp(`^${path} cannot be copied .*verify.*--repair`)),
    })
  })

  test('stops at once, also where the thread of the time series is slow to answer', async () => {
    const opened = await openNew()
    const never = new Promise<never>(() => {})
    for (const name of ['holdDay', 'copyDay'] as const) {
      const stop = new AbortController()
      const interrupted: (string | null)[] = []
      const files = {
        ...(opened.telemetry as EmbeddedTelemetryStore).files,
        [name]: () => {
          setImmediate(() => stop.abort(new Error('stopped')))
          return never
        },
        interruptDay: async (day: string | null) => void interrupted.push(day),
      }
      const folder = { ...opened, telemetry: { ...(opened.telemetry as EmbeddedTelemetryStore), files } }
      const target = newFolder()
      await expect(backUp({ ...orderOf(folder, target), signal: stop.signal })).rejects.toThrow('stopped')
      expect(readdirSync(target)).toEqual([])
      expect(interrupted).toEqual(name === 'copyDay' ? [expect.any(String)] : [])
    }
  })
})

describe('a restore', () => {
  /** A folder of backups, and the one in it. */
  let target: string
  let sound: string
  let remove: () => void
  beforeAll(async () => {
    const folders = [temporaryFolder(), temporaryFolder()] as const
    target = folders[1].folder
    remove = () => {
      for (const one of folders) one.remove()
    }
    const opened = await openFilled(folders[0].folder)
    sound = (await backUp(orderOf(opened, target))).path
    await opened.close()
  })
  afterAll(() => remove())

  test('refuses a folder that holds something, unless it is to be put aside', async () => {
    const folder = newFolder()
    await fillDataFolder(folder)
    const state = openStateStore(join(folder, 'state.sqlite'))
    state.setStoredThrough(3)
    await expect(restore({ ...restoreOf(target, folder), replace: true })).rejects.toThrow(/Another Lamplighter uses/)
    state.close()
    await expect(restore(restoreOf(target, folder))).rejects.toThrow('not empty')
    const { replaced } = await restore({ ...restoreOf(target, folder), replace: true })
    expect((await contentOf(folder)).kept.stored).toBe(7)
    expect((await contentOf(replaced as string)).kept.stored).toBe(3)
    // What was put aside is in nobody's way, neither of the next restore nor of a backup.
    const again = await openDataFolder(folder)
    const { manifest, files } = await backUp(orderOf(again, newFolder()))
    await again.close()
    expect(manifest.storedThrough).toBe(7)
    // State, journal, three days, their hours and calendar days, and from when raw rows are taken.
    expect(files).toBe(8)
  })

  test('takes a damaged state for no server', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'state.sqlite'), 'no database at all'.repeat(1000))
    await restore({ ...restoreOf(target, folder), replace: true })
    expect((await contentOf(folder)).kept.stored).toBe(7)
  })

  test.each<[string, (backup: string) => void, RegExp]>([
    ['a changed byte', (backup) => changeByte(join(backup, 'telemetry', '2026-01-31.duckdb')), /telemetry\/2026-01-31.duckdb was changed/],
    ['a missing file', (backup) => rmSync(join(backup, 'telemetry', '2026-01-30.duckdb')), /2026-01-30.duckdb is missing/],
    ['no manifest', (backup) => rmSync(join(backup, 'manifest.json')), /is no backup/],
    ['half a manifest', (backup) => writeFileSync(join(backup, 'manifest.json'), '{"format": 1,'), /is no JSON/],
    ['an incomplete manifest', (backup) => writeFileSync(join(backup, 'manifest.json'), '{"format": 1}'), /is incomplete/],
    ['a manifest of a newer program', (backup) => changeManifest(backup, { format: 2 }), /newer program/],
    ['a state of a newer program', (backup) => changeManifest(backup, { schema: 99 }), /newer program \(9.9.9\)/],
    [
      'a path that leads out',
      (backup) => changeManifest(backup, { files: [{ path: '../x', bytes: 0, sha256: '0'.repeat(64) }] }),
      /incomplete/,
    ],
  ])('refuses a backup with %s and leaves the folder as it was', async (_, spoil, message) => {
    const path = join(newFolder(), 'backup')
    cpSync(sound, path, { recursive: true })
    spoil(path)
    const folder = newFolder()
    writeFileSync(join(folder, 'something'), '')
    await expect(restore({ ...restoreOf(path, folder), replace: true })).rejects.toThrow(message)
    expect(readdirSync(folder).filter((name) => name !== 'folder.lock')).toEqual(['something'])
  })

  test('lets no server and no command in while it copies, and waits for neither', async () => {
    const folder = newFolder()
    await fillDataFolder(folder)
    const enter = async () => lockFolder(folder)()
    let entering: Promise<PromiseSettledResult<unknown>[]> | undefined
    const onProgress = () => {
      entering ??= Promise.allSettled([enter(), openDataFolder(folder)])
    }
    await restore({ ...restoreOf(target, folder), replace: true, onProgress })
    const refused = { status: 'rejected', reason: { message: expect.stringMatching(/Another Lamplighter uses/) } }
    expect(await entering).toMatchObject([refused, refused])
    const opened = await openDataFolder(folder)
    await expect(restore({ ...restoreOf(target, folder), replace: true })).rejects.toThrow(/Another Lamplighter uses/)
    await opened.close()
    await enter()
  })

  test('puts files in the place of links, and says so', async () => {
    const [folder, elsewhere] = [newFolder(), newFolder()]
    await fillDataFolder(folder)
    renameSync(join(folder, 'telemetry'), join(elsewhere, 'telemetry'))
    symlinkSync(join(elsewhere, 'telemetry'), join(folder, 'telemetry'))
    expect(await restore({ ...restoreOf(target, folder), replace: true })).toMatchObject({ unlinked: ['telemetry'] })
    expect((await contentOf(folder)).readings).toHaveLength(3 * 24 * 2)
  })

  test('leaves what the file system keeps at the top of a disk where it is', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'lost+found'))
    const { replaced } = await restore(restoreOf(target, folder))
    expect([replaced, readdirSync(folder).includes('lost+found')]).toEqual([null, true])
  })

  test('that cannot move something of the folder puts all back; what does not belong there may stay', async (context) => {
    const folder = newFolder()
    await fillDataFolder(folder)
    const mount = (name: string) => {
      const at = join(folder, name)
      mkdirSync(at, { recursive: true })
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at], { stdio: 'ignore' })
      } catch {
        context.skip('tmpfs cannot be mounted here')
      }
      return () => execFileSync('umount', [at])
    }
    const unmount = mount('set-aside')
    const before = [...readdirSync(folder), 'folder.lock'].sort()
    const content = await contentOf(folder)
    const failed = restore({ ...restoreOf(target, folder), replace: true }).finally(unmount)
    await expect(failed).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringMatching(/set-aside cannot be moved .*Nothing was changed/),
    })
    expect(readdirSync(folder).sort()).toEqual(before)
    expect(await contentOf(folder)).toEqual(content)
    ends.push(mount('elsewhere'))
    expect(await restore({ ...restoreOf(target, folder), replace: true })).toMatchObject({ left: ['elsewhere'] })
    expect((await contentOf(folder)).kept.stored).toBe(7)
  })

  test('that is cancelled leaves the folder as it was; one that was interrupted lets no server start until it is run again', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'something'), '')
    const stop = new AbortController()
    const cancelled = restore({
      ...restoreOf(target, folder),
      replace: true,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('stopped')),
    })
    await expect(cancelled).rejects.toThrow('stopped')
    expect(readdirSync(folder)).toEqual(['folder.lock', 'something'])
    refuseHalfRestored(folder)
    mkdirSync(join(folder, 'restoring.unfinished'))
    writeFileSync(join(folder, 'restoring.unfinished', 'state.sqlite'), '')
    expect(() => refuseHalfRestored(folder)).toThrow(/was interrupted. Run it again with --replace/)
    await expect(openDataFolder(folder)).rejects.toThrow(/was interrupted/)
    const { replaced } = await restore({ ...restoreOf(target, folder), replace: true })
    refuseHalfRestored(folder)
    expect(readdirSync(replaced as string).sort()).toEqual(['restoring.unfinished', 'something'])
    expect((await contentOf(folder)).kept.stored).toBe(7)
  })
})

function changeByte(path: string): void {
  const bytes = readFileSync(path)
  const at = bytes.length >> 1
  bytes[at] = (bytes[at] as number) ^ 1
  writeFileSync(path, bytes)
}

function changeManifest(backup: string, change: object): void {
  const path = join(backup, 'manifest.json')
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }))
}
