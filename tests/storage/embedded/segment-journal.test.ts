import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { assert, asyncProperty, constant, array as fcArray, integer, oneof, record, uint8Array } from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { type JournalOptions, openJournal } from '../../../src/storage/embedded/segment-journal.ts'
import type { Journal } from '../../../src/storage/journal.ts'
import type { Message } from '../../../src/telemetry/message.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-journal-'))
  folders.push(folder)
  return folder
}

const defaults = { maxBytes: 1e9, maxAge: 1e12, commitInterval: 0, now: () => 1_000 }
const journalIn = (folder: string, options: Partial<JournalOptions> = {}) => openJournal({ folder, ...defaults, ...options })
const text = (message: Message) => Buffer.from(message.payload).toString()
const payloadOf = (words: string) => Buffer.from(words)

/** Collects the groups a journal commits. */
function watch(journal: Journal) {
  const groups: { messages: readonly Message[]; error: Error | null }[] = []
  let wake = () => {}
  journal.onCommit((messages, error) => {
    groups.push({ messages, error })
    wake()
  })
  const until = async (count: number) => {
    while (groups.reduce((sum, { messages }) => sum + messages.length, 0) < count) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return { groups, until }
}

async function appendAll(journal: Journal, words: readonly string[]): Promise<void> {
  const { until } = watch(journal)
  for (const word of words) journal.append('facilities/street-light/sl-1/telemetry', payloadOf(word), 5)
  await until(words.length)
}

const segmentFiles = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.journal'))
    .sort()

const kilobyte = 'k'.repeat(1_000)

describe('commit', () => {
  test('tells all messages of a turn at once and in order, each copied when it came', async () => {
    const journal = await journalIn(newFolder())
    const { groups, until } = watch(journal)
    const reused = payloadOf('first')
    const one = journal.append('a/b', reused, 1)
    reused.write('other')
    const two = journal.append('gateways/Straße ☂/telemetry', payloadOf('second'), 2)
    expect(groups).toEqual([])
    await until(2)
    expect(groups).toHaveLength(1)
    expect(groups[0]!.messages.map((m) => [m.position, m.received, m.topic, text(m)])).toEqual([
      [one, 1, 'a/b', 'first'],
      [two, 2, 'gateways/Straße ☂/telemetry', 'second'],
    ])
    expect((await journal.read(one, 1e6)).map((m) => [m.position, m.received, m.topic, text(m)])).toEqual(
      groups[0]!.messages.map((m) => [m.position, m.received, m.topic, text(m)]),
    )
    await journal.close()
  })

  test('close commits what is pending, and a new start goes on counting', async () => {
    const folder = newFolder()
    const journal = await journalIn(folder, { commitInterval: 60_000 })
    const { groups } = watch(journal)
    journal.append('a', payloadOf('1'), 1)
    await journal.close()
    expect(groups).toHaveLength(1)
    expect(() => journal.append('a', payloadOf('2'), 1)).toThrow('closed')
    const again = await journalIn(folder)
    expect(again.stats().next).toBe(2)
    await appendAll(again, ['2'])
    expect((await again.read(0, 1e6)).map(text)).toEqual(['1', '2'])
    await again.close()
  })

  test('what waits is bounded', async () => {
    const journal = await journalIn(newFolder(), { maxPendingBytes: 1_000 })
    const { groups } = watch(journal)
    journal.append('a', Buffer.alloc(900), 1)
    expect(() => journal.append('a', Buffer.alloc(900), 1)).toThrow(expect.objectContaining({ code: 'journal-full' }))
    await journal.close()
    expect(groups.flatMap(({ messages }) => messages)).toHaveLength(1)
  })

  test('a payload larger than a slab, and many groups beside each other, come back whole', async () => {
    const journal = await journalIn(newFolder())
    const words = ['x'.repeat(700_000), 'y', 'z'.repeat(255_000), 'w'.repeat(200_000), '']
    await appendAll(journal, words)
    for (const word of words) await appendAll(journal, [word])
    expect((await journal.read(1, 1e8)).map(text)).toEqual([...words, ...words])
    await journal.close()
  })

  test('an unwritable folder is told with what to do', async () => {
    const file = join(newFolder(), 'file')
    writeFileSync(file, '')
    await expect(journalIn(join(file, 'journal'))).rejects.toMatchObject({
      code: 'journal-unwritable',
      message: expect.stringContaining('set another data folder'),
    })
  })
})

describe('bounds', () => {
  const small = { segmentBytes: 1_000 }
  test('release removes whole segments below the position', async () => {
    const folder = newFolder()
    const journal = await journalIn(folder, small)
    for (let i = 0; i < 5; i++) await appendAll(journal, [kilobyte])
    await journal.release(4)
    expect(segmentFiles(folder)).toHaveLength(2)
    expect(journal.stats()).toMatchObject({ oldest: 4, givenUp: 0, segments: 2 })
    expect((await journal.read(1, 1e6)).map((m) => m.position)).toEqual([4, 5])
    await journal.close()
  })

  test('past maxBytes the oldest are given up and counted, released ones are not counted', async () => {
    const folder = newFolder()
    const journal = await journalIn(folder, { ...small, maxBytes: 5_000 })
    for (let i = 0; i < 10; i++) await appendAll(journal, [kilobyte])
    await journal.release(8)
    const { givenUp, oldest, bytes } = journal.stats()
    expect(bytes).toBeLessThanOrEqual(5_000)
    expect(oldest).toBeGreaterThan(5)
    expect(givenUp).toBeGreaterThan(4)
    for (let i = 0; i < 10; i++) await appendAll(journal, [kilobyte])
    await journal.close()
    expect(journal.stats().givenUp).toBeGreaterThan(givenUp)
    expect(segmentFiles(folder)).toHaveLength(journal.stats().segments)
  })

  /** A message every 100 ms, on a clock that nobody sets. */
  async function appendFor(journal: Journal, clock: { uptime: number; wall: number }, ms: number): Promise<void> {
    for (const end = clock.uptime + ms; clock.uptime < end; clock.uptime += 100, clock.wall += 100) {
      const { until } = watch(journal)
      journal.append('a', payloadOf(String(clock.wall)), clock.wall)
      await until(1)
    }
  }
  const onClock = (clock: { uptime: number; wall: number }) => ({ maxAge: 1_600, now: () => clock.wall, uptime: () => clock.uptime })

  test('past maxAge the oldest are given up although the journal is small, and the count goes on after a new start', async () => {
    const clock = { uptime: 0, wall: 1_000 }
    const folder = newFolder()
    const told: number[] = []
    const options = { ...onClock(clock), onGivenUp: (messages: number) => void told.push(messages) }
    const journal = await journalIn(folder, options)
    await appendFor(journal, clock, 9_000)
    await journal.close()
    const { segments, givenUp } = journal.stats()
    expect(segments).toBeGreaterThan(5)
    expect(segments).toBeLessThan(20)
    expect(givenUp).toBeGreaterThan(50)
    expect(told.reduce((sum, count) => sum + count, 0)).toBe(givenUp)
    const again = await journalIn(folder, options)
    expect(again.stats().givenUp).toBe(givenUp)
    await again.close()
  })

  test.each([1e9, -1e9])('a clock set by %i ms gives nothing up, neither in the same run nor in the next', async (step) => {
    const clock = { uptime: 0, wall: 2e9 }
    const folder = newFolder()
    const journal = await journalIn(folder, onClock(clock))
    await appendFor(journal, clock, 800)
    clock.wall += step
    await appendFor(journal, clock, 400)
    await journal.close()
    expect(journal.stats()).toMatchObject({ oldest: 1, givenUp: 0, oldestAt: 2e9 })
    clock.uptime = 5
    clock.wall += step
    const again = await journalIn(folder, onClock(clock))
    await appendFor(again, clock, 100)
    clock.wall -= 3 * step
    await appendFor(again, clock, 100)
    expect(again.stats()).toMatchObject({ oldest: 1, givenUp: 0, oldestAt: 2e9 })
    await appendFor(again, clock, 3_000)
    await again.close()
    expect(again.stats().givenUp).toBeGreaterThan(10)
  })

  test('what was released is kept for a while, as long as it takes no more than half of the room', async () => {
    const clock = { uptime: 0, wall: 1_000 }
    const options = { ...small, ...onClock(clock), maxAge: 1e6, maxBytes: 10_000, keepReleased: 5_000 }
    const journal = await journalIn(newFolder(), options)
    for (let i = 0; i < 4; i++) await appendAll(journal, [kilobyte])
    await journal.release(5)
    expect(journal.stats()).toMatchObject({ oldest: 1, segments: 4 })
    expect(journal.stats().waitingBytes).toBe(0)
    clock.uptime = 4_000
    for (let i = 0; i < 4; i++) await appendAll(journal, [kilobyte])
    await journal.release(5)
    expect(journal.stats()).toMatchObject({ oldest: 5, givenUp: 0 })
    await journal.release(9)
    expect(journal.stats().segments).toBe(4)
    clock.uptime = 9_001
    await journal.release(9)
    expect(journal.stats().segments).toBe(1)
    await journal.close()
  })

  test('positions begin where other stores say, also when the files were lost', async () => {
    const folder = newFolder()
    const journal = await journalIn(folder, { startAt: 500 })
    await appendAll(journal, ['a'])
    await journal.close()
    const again = await journalIn(folder, { startAt: 400 })
    expect(again.stats()).toMatchObject({ next: 501, oldest: 500 })
    await again.close()
    const ahead = await journalIn(folder, { startAt: 900 })
    await appendAll(ahead, ['b'])
    expect((await ahead.read(0, 1e6)).map((m) => m.position)).toEqual([500, 900])
    await ahead.close()
  })
})

describe('damage', () => {
  /** A journal of two blocks; returns its file and where the second block begins. */
  async function writeTwoBlocks(folder: string) {
    const journal = await journalIn(folder)
    await appendAll(journal, ['one', 'two'])
    const { bytes: boundary } = journal.stats()
    await appendAll(journal, ['three', 'four', 'five'])
    await journal.close()
    return { file: join(folder, segmentFiles(folder)[0]!), boundary, bytes: journal.stats().bytes }
  }

  test('a torn tail at any byte is cut, and nothing before it is lost', async () => {
    const source = newFolder()
    const { file, boundary, bytes } = await writeTwoBlocks(source)
    const folder = join(newFolder(), 'torn')
    for (let cut = boundary + 1; cut < bytes; cut++) {
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder)
      const copy = join(folder, file.slice(source.length + 1))
      copyFileSync(file, copy)
      truncateSync(copy, cut)
      const journal = await journalIn(folder)
      expect(journal.stats().tornBytes).toBe(cut - boundary)
      const next = journal.stats().next
      await appendAll(journal, ['after'])
      expect((await journal.read(0, 1e6)).map(text)).toEqual(['one', 'two', 'after'])
      await journal.close()
      const again = await journalIn(folder)
      expect(again.stats()).toMatchObject({ tornBytes: 0, next: next + 1 })
      await again.close()
    }
  })

  test('any changed byte of the last block is a torn tail; positions it may have held are not given again', async () => {
    const source = newFolder()
    const { file, boundary, bytes } = await writeTwoBlocks(source)
    const whole = readFileSync(file)
    for (let at = boundary; at < bytes; at++) {
      const damaged = Buffer.from(whole)
      damaged[at]! ^= 0x41
      const folder = newFolder()
      writeFileSync(join(folder, file.slice(source.length + 1)), damaged)
      const journal = await journalIn(folder)
      expect((await journal.read(0, 1e6)).map(text)).toEqual(['one', 'two'])
      expect(journal.stats().next).toBeGreaterThanOrEqual(6)
      await journal.close()
    }
  })

  test('a corrupt block between sound ones is stepped over and counted, in the last segment and in older ones', async () => {
    const folder = newFolder()
    const journal = await journalIn(folder)
    const ends: number[] = []
    for (const word of ['one', 'two', 'three']) {
      await appendAll(journal, [word])
      ends.push(journal.stats().bytes)
    }
    await journal.close()
    const file = join(folder, segmentFiles(folder)[0]!)
    for (const offset of [0, 4, 8, 11, 30]) {
      const whole = readFileSync(file)
      const damaged = Buffer.from(whole)
      damaged[ends[0]! + offset]! ^= 0xff
      writeFileSync(file, damaged)
      for (const startAt of [1, 100]) {
        const again = await journalIn(folder, { startAt })
        expect((await again.read(0, 1e6)).map(text)).toEqual(['one', 'three'])
        expect(again.stats()).toMatchObject({ corruptBlocks: 1, tornBytes: 0 })
        await again.close()
      }
      rmSync(join(folder, segmentFiles(folder)[1]!))
      writeFileSync(file, whole)
    }
  })
})

describe('a failing disk', () => {
  /** Opens files whose writes or syncs fail while `fault` is set, after having written half. */
  function failingDisk() {
    const disk = { fault: undefined as 'write' | 'datasync' | 'truncate' | undefined }
    const openFile = async (path: string, flags: string): Promise<FileHandle> => {
      const file = await open(path, flags)
      const { write, datasync, truncate } = file
      const writeBytes: (buffer: Buffer, offset: number, length: number, position: number) => Promise<{ bytesWritten: number }> =
        write.bind(file)
      const failingWrite: typeof writeBytes = async (buffer, offset, length, position) => {
        if (disk.fault !== 'write') return writeBytes(buffer, offset, length, position)
        await writeBytes(buffer, offset, Math.floor(length / 2), position)
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
      }
      Object.assign(file, { write: failingWrite })
      file.datasync = async () => {
        await datasync.call(file)
        if (disk.fault === 'datasync') throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
      }
      file.truncate = async (length?: number) => {
        if (disk.fault === 'truncate') throw Object.assign(new Error('EIO: i/o error, ftruncate'), { code: 'EIO' })
        await truncate.call(file, length)
      }
      return file
    }
    return { disk, openFile }
  }

  test.each(['write', 'datasync'] as const)('a failing %s refuses its messages, and later ones are kept', async (fault) => {
    const folder = newFolder()
    const { disk, openFile } = failingDisk()
    const journal = await journalIn(folder, { openFile })
    const { groups, until } = watch(journal)
    const append = async (word: string, total: number) => {
      const position = journal.append('a', payloadOf(word), 1)
      await until(total)
      return position
    }
    await append('kept', 1)
    disk.fault = fault
    await append('lost '.repeat(50), 2)
    disk.fault = 'truncate'
    // The file can neither be trusted nor mended, so that another one takes over.
    expect(await append('kept again', 3)).toBe(3)
    disk.fault = undefined
    await append('and again', 4)
    expect(groups.map(({ error }) => (error as { code?: string } | null)?.code)).toEqual([
      undefined,
      'journal-unwritable',
      undefined,
      undefined,
    ])
    const kept = [
      [1, 'kept'],
      [3, 'kept again'],
      [4, 'and again'],
    ]
    expect((await journal.read(0, 1e6)).map((m) => [m.position, text(m)])).toEqual(kept)
    await journal.close()
    expect(segmentFiles(folder)).toHaveLength(2)
    const again = await journalIn(folder)
    expect((await again.read(0, 1e6)).map((m) => [m.position, text(m)])).toEqual(expect.arrayContaining(kept))
    expect(again.stats()).toMatchObject({ tornBytes: 0, next: 5, trouble: null })
    await again.close()
  })

  test('while the disk fails, files do not pile up, and the trouble is told until it is over', async () => {
    const folder = newFolder()
    const { disk, openFile } = failingDisk()
    const journal = await journalIn(folder, { openFile })
    await appendAll(journal, ['kept'])
    const { until } = watch(journal)
    disk.fault = 'datasync'
    for (let i = 1; i <= 30; i++) {
      journal.append('a', payloadOf('lost'), 1)
      await until(i)
    }
    expect(segmentFiles(folder).length).toBeLessThan(4)
    expect(journal.stats().trouble).toMatch(/cannot be written: EIO.*Free space/)
    disk.fault = undefined
    journal.append('a', payloadOf('kept'), 1)
    await until(31)
    expect(journal.stats().trouble).toBeNull()
    await journal.close()
    // A file whose sync failed is written no more.
    expect(segmentFiles(folder)).toHaveLength(2)
  })

  test('when the disk is full, what nobody needs makes room', async () => {
    const folder = newFolder()
    const { disk, openFile } = failingDisk()
    const journal = await journalIn(folder, { openFile, segmentBytes: 100, keepReleased: 1e9, uptime: () => 0 })
    for (let i = 0; i < 5; i++) await appendAll(journal, ['x'.repeat(200)])
    await journal.release(4)
    expect(journal.stats().oldest).toBe(1)
    disk.fault = 'write'
    await appendAll(journal, ['refused'])
    expect(journal.stats()).toMatchObject({ oldest: 4, givenUp: 0 })
    disk.fault = undefined
    await journal.close()
  })

  test('where room is wanted, what nobody needs goes at once, the file being written as well', async () => {
    const folder = newFolder()
    const journal = await journalIn(folder, { segmentBytes: 4_000, keepReleased: 1e9, uptime: () => 0 })
    for (let i = 0; i < 6; i++) await appendAll(journal, ['x'.repeat(1_000)])
    await journal.release(7)
    expect(journal.stats()).toMatchObject({ oldest: 1, segments: 2, waitingBytes: 0 })
    const held = journal.hold()
    await journal.dropReleased()
    expect(journal.stats()).toMatchObject({ oldest: 1 })
    held()
    const { until } = watch(journal)
    const dropped = journal.dropReleased()
    journal.append('a', payloadOf('meanwhile'), 1)
    await dropped
    await until(1)
    expect(journal.stats()).toMatchObject({ oldest: 7, segments: 1, givenUp: 0 })
    expect(segmentFiles(folder)).toHaveLength(1)
    expect((await journal.read(1, 1e6)).map(text)).toEqual(['meanwhile'])
    await journal.close()
    const again = await journalIn(folder)
    expect((await again.read(1, 1e6)).map(text)).toEqual(['meanwhile'])
    await again.close()
  })

  test('where that is not enough, the oldest that waits is given up, a file at a time, and counted', async () => {
    const folder = newFolder()
    const told: number[] = []
    const journal = await journalIn(folder, { segmentBytes: 4_000, onGivenUp: (messages) => void told.push(messages) })
    for (let i = 0; i < 6; i++) await appendAll(journal, ['x'.repeat(1_000)])
    await journal.release(3)
    expect(await journal.giveUpOldest()).toBeGreaterThan(4_000)
    expect(journal.stats()).toMatchObject({ oldest: 5, givenUp: 2 })
    expect(await journal.giveUpOldest()).toBeGreaterThan(2_000)
    expect(await journal.giveUpOldest()).toBe(0)
    expect(told).toEqual([2, 2])
    await appendAll(journal, ['newest'])
    expect((await journal.read(1, 1e6)).map(text)).toEqual(['newest'])
    await journal.close()
    expect(segmentFiles(folder)).toHaveLength(1)
  })

  test('what cannot be removed is not given up', async () => {
    const folder = newFolder()
    const journal = await journalIn(folder, { segmentBytes: 100 })
    for (let i = 0; i < 3; i++) await appendAll(journal, ['x'.repeat(200)])
    const [oldest = ''] = segmentFiles(folder)
    rmSync(join(folder, oldest))
    mkdirSync(join(folder, oldest))
    expect(await journal.giveUpOldest()).toBe(0)
    expect(journal.stats()).toMatchObject({ oldest: 1, givenUp: 0 })
    await journal.close()
  })

  describe('that cannot be read', () => {
    /** Opens files whose bytes of a range cannot be read while there is one. */
    function unreadableDisk() {
      const disk: { bad: { file: string; from: number; to: number } | null } = { bad: null }
      const told: string[] = []
      const openFile = async (path: string, flags: string): Promise<FileHandle> => {
        const file = await open(path, flags)
        const read: (buffer: Buffer, offset: number, length: number, position: number) => Promise<{ bytesRead: number }> =
          file.read.bind(file)
        const failing: typeof read = async (buffer, offset, length, position) => {
          const { bad } = disk
          if (bad && path.endsWith(bad.file) && position < bad.to && position + length > bad.from)
            throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
          return read(buffer, offset, length, position)
        }
        return Object.assign(file, { read: failing })
      }
      return { disk, told, options: { openFile, onUnreadable: (error: unknown, path: string) => void told.push(`${error} ${path}`) } }
    }
    const all = Number.POSITIVE_INFINITY
    const words = Array.from({ length: 1_000 }, (_, i) => `${i} ${kilobyte}`)
    async function filled(folder: string, options: Partial<JournalOptions>) {
      const journal = await journalIn(folder, { segmentBytes: 400_000, ...options })
      const { until } = watch(journal)
      for (const [i, word] of words.entries()) {
        journal.append('a', payloadOf(word), 1_000 + i)
        await until(i + 1)
      }
      return journal
    }
    const positions = (messages: readonly Message[]) => messages.map(({ position }) => position)
    const everything = words.map((_, i) => i + 1)

    test('in one place: that place alone is passed over, where it is asked for, and what it held is read when it can be', async () => {
      const folder = newFolder()
      const { disk, told, options } = unreadableDisk()
      const journal = await filled(folder, options)
      disk.bad = { file: segmentFiles(folder)[1]!, from: 200_000, to: 204_096 }
      await expect(journal.read(1, all)).rejects.toThrow(expect.objectContaining({ code: 'journal-unreadable' }))
      expect(told).toEqual([])
      const read = positions(await journal.read(1, all, true))
      const lost = everything.filter((position) => !read.includes(position))
      expect(lost.length).toBeGreaterThan(3)
      expect(lost.length).toBeLessThan(70)
      expect(lost.at(-1)! - lost[0]!).toBe(lost.length - 1)
      expect(told).toEqual([expect.stringContaining('EIO')])
      expect(journal.stats().corruptBlocks).toBe(1)
      disk.bad = null
      expect(positions(await journal.read(1, all))).toEqual(everything)
      await journal.close()
    })

    test('in a file as a whole: a start takes its place from its name, and the others are read', async () => {
      const folder = newFolder()
      const { disk, told, options } = unreadableDisk()
      await (await filled(folder, options)).close()
      disk.bad = { file: segmentFiles(folder)[0]!, from: 0, to: all }
      const journal = await journalIn(folder, options)
      expect(told).toHaveLength(1)
      const second = Number(segmentFiles(folder)[1]!.slice(0, 16))
      expect(positions(await journal.read(1, all, true))).toEqual(everything.slice(second - 1))
      await expect(journal.read(1, all)).rejects.toThrow('cannot be read: EIO')
      await appendAll(journal, ['goes on'])
      expect((await journal.read(1_001, all)).map(text)).toEqual(['goes on'])
      await journal.close()
    })

    test('at its end: a start leaves the file alone and begins another behind all it may hold', async () => {
      const folder = newFolder()
      const { disk, told, options } = unreadableDisk()
      await (await filled(folder, options)).close()
      const files = segmentFiles(folder)
      const last = join(folder, files.at(-1)!)
      const content = readFileSync(last)
      disk.bad = { file: files.at(-1)!, from: 100_000, to: all }
      const journal = await journalIn(folder, options)
      expect(told).not.toEqual([])
      expect(journal.stats()).toMatchObject({ tornBytes: 0, segments: files.length + 1 })
      await appendAll(journal, ['goes on'])
      await journal.close()
      expect(readFileSync(last)).toEqual(content)
      disk.bad = null
      const again = await journalIn(folder, options)
      const read = await again.read(1, all)
      expect(positions(read.slice(0, -1))).toEqual(everything)
      expect(text(read.at(-1)!)).toBe('goes on')
      await again.close()
    })

    test('at all: nothing is passed over, because nothing need be lost', async () => {
      const folder = newFolder()
      const { disk, options } = unreadableDisk()
      const journal = await filled(folder, options)
      disk.bad = { file: '', from: 0, to: all }
      await expect(journal.read(1, all, true)).rejects.toThrow(expect.objectContaining({ code: 'journal-unreadable' }))
      disk.bad = null
      expect(positions(await journal.read(1, all, true))).toEqual(everything)
      await journal.close()
    })
  })

  /**
   * Files as a system keeps them whose failed sync forgets what was written: only what a later sync of a new write covers reaches the disk, and a
   * power cut leaves only that.
   */
  function forgetfulDisk(random: () => number) {
    const disk = { isFailing: false }
    const durable = new Map<string, Buffer>()
    const openFile = async (path: string, flags: string): Promise<FileHandle> => {
      const file = await open(path, flags)
      let changes: ((content: Buffer) => Buffer)[] = []
      if (!durable.has(path)) durable.set(path, readFileSync(path))
      const fails = () => disk.isFailing && random() < 0.4
      const { write, truncate } = file
      const writeBytes: (buffer: Buffer, offset: number, length: number, position: number) => Promise<{ bytesWritten: number }> =
        write.bind(file)
      const writing: typeof writeBytes = async (buffer, offset, length, position) => {
        const taken = fails() ? Math.floor(length * random()) : length
        const bytes = Buffer.from(buffer.subarray(offset, offset + taken))
        await writeBytes(bytes, 0, taken, position)
        changes.push((content) => {
          const grown = Buffer.alloc(Math.max(content.length, position + taken))
          content.copy(grown)
          bytes.copy(grown, position)
          return grown
        })
        if (taken < length && random() < 0.5) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
        return { bytesWritten: taken }
      }
      Object.assign(file, { write: writing })
      file.datasync = async () => {
        const pending = changes
        changes = []
        if (fails()) throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
        durable.set(
          path,
          pending.reduce((content, change) => change(content), durable.get(path) as Buffer),
        )
      }
      file.truncate = async (length = 0) => {
        if (fails()) throw Object.assign(new Error('EIO: i/o error, ftruncate'), { code: 'EIO' })
        await truncate.call(file, length)
        changes.push((content) => content.subarray(0, length))
      }
      return file
    }
    const cutPower = (folder: string) => {
      for (const name of segmentFiles(folder)) writeFileSync(join(folder, name), durable.get(join(folder, name)) as Buffer)
    }
    return { disk, openFile, cutPower }
  }

  test('property: what was told committed outlives failed writes, failed syncs and a power cut', async () => {
    const sizes = fcArray(integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 40 })
    await assert(
      asyncProperty(sizes, integer(), integer({ min: 0, max: 40 }), async (sizes, seed, mended) => {
        let state = seed >>> 0
        const random = () => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
          return state / 2 ** 32
        }
        const folder = newFolder()
        const { disk, openFile, cutPower } = forgetfulDisk(random)
        const journal = await journalIn(folder, { openFile, segmentBytes: 1_500 })
        const { groups, until } = watch(journal)
        for (const [i, size] of sizes.entries()) {
          disk.isFailing = i < mended
          journal.append('a', Buffer.from(`${i} `.padEnd(size, 'x')), i)
          await until(i + 1)
        }
        const told = groups.filter(({ error }) => error === null).flatMap(({ messages }) => messages.map((m) => `${m.position} ${text(m)}`))
        if (mended === 0) expect(told).toHaveLength(sizes.length)
        expect((await journal.read(0, 1e9)).map((m) => `${m.position} ${text(m)}`)).toEqual(told)
        cutPower(folder)
        const again = await journalIn(folder, { startAt: sizes.length + 1 })
        const kept = new Set((await again.read(0, 1e9)).map((m) => `${m.position} ${text(m)}`))
        expect(told.filter((message) => !kept.has(message))).toEqual([])
        expect(again.stats().next).toBeGreaterThan(sizes.length)
        await again.close()
        await journal.close()
      }),
      { numRuns: 100 },
    )
  }, 60_000)

  const mountPoint = mkdtempSync(join(tmpdir(), 'lamplighter-tiny-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', mountPoint]).status === 0
  if (!mounted) rmSync(mountPoint, { recursive: true })
  test.skipIf(!mounted)('a full file system refuses, and room made later is used (needs the right to mount)', async () => {
    try {
      const journal = await journalIn(join(mountPoint, 'journal'))
      writeFileSync(join(mountPoint, 'ballast'), Buffer.alloc(100_000))
      const { groups, until } = watch(journal)
      for (let i = 0; i < 10; i++) {
        journal.append('a', Buffer.alloc(30_000, i), i)
        await until(i + 1)
      }
      const refused = groups.filter(({ error }) => error !== null).length
      expect(refused).toBeGreaterThan(0)
      expect(refused).toBeLessThan(10)
      rmSync(join(mountPoint, 'ballast'))
      journal.append('a', payloadOf('after'), 10)
      await until(11)
      expect(groups.at(-1)!.error).toBe(null)
      const read = await journal.read(0, 1e7)
      expect(read.map((m) => m.position)).toEqual(groups.filter((g) => g.error === null).flatMap((g) => g.messages.map((m) => m.position)))
      await journal.close()
    } finally {
      spawnSync('umount', [mountPoint])
      rmSync(mountPoint, { recursive: true, force: true })
    }
  })
})

test('property: appends, reads, releases and new starts in any order keep what was committed', async () => {
  const action = oneof(
    record({ type: constant('append' as const), payloads: fcArray(uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 20 }) }),
    record({ type: constant('read' as const), back: integer({ min: 0, max: 50 }), bytes: integer({ min: 1, max: 2_000 }) }),
    record({ type: constant('release' as const), back: integer({ min: 0, max: 20 }) }),
    record({ type: constant('reopen' as const) }),
  )
  await assert(
    asyncProperty(fcArray(action, { maxLength: 25 }), async (actions) => {
      const folder = newFolder()
      const options = { segmentBytes: 1_500 }
      let journal = await journalIn(folder, options)
      const model = new Map<number, string>()
      let next = 1
      let released = 1
      for (const action of actions) {
        if (action.type === 'append') {
          const { until } = watch(journal)
          for (const payload of action.payloads) {
            expect(journal.append('t', payload, next)).toBe(next)
            model.set(next++, Buffer.from(payload).toString('hex'))
          }
          await until(action.payloads.length)
        } else if (action.type === 'read') {
          const from = Math.max(next - action.back, journal.stats().oldest)
          const read = await journal.read(from, action.bytes)
          expect(read.length > 0).toBe(from < next)
          for (const [i, message] of read.entries()) {
            expect(message.position).toBe(from + i)
            expect(Buffer.from(message.payload).toString('hex')).toBe(model.get(message.position))
          }
        } else if (action.type === 'release') {
          await journal.release(next - action.back)
          // What was once released stays so, whatever is named later.
          released = Math.max(released, next - action.back)
          expect(journal.stats().oldest).toBeLessThanOrEqual(released)
        } else {
          await journal.close()
          journal = await journalIn(folder, options)
          expect(journal.stats()).toMatchObject({ next, tornBytes: 0, corruptBlocks: 0 })
        }
      }
      const { oldest } = journal.stats()
      expect((await journal.read(0, 1e9)).map((m) => m.position)).toEqual(Array.from({ length: next - oldest }, (_, i) => oldest + i))
      await journal.close()
    }),
    { numRuns: 40 },
  )
}, 60_000)

test('kill -9 while writing loses nothing that was told committed', async () => {
  const folder = newFolder()
  const writer = join(import.meta.dirname, 'journal-writer.ts')
  const committed = new Set<number>()
  for (let round = 0; round < 4; round++) {
    const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    const wanted = committed.size + 300 + round * 501
    for await (const line of createInterface({ input: child.stdout })) {
      const [first, last] = line.split(' ').map(Number)
      // The last line may be half written.
      if (last) for (let position = first!; position <= last; position++) committed.add(position)
      if (committed.size >= wanted && !child.killed) child.kill('SIGKILL')
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')
    const journal = await journalIn(folder)
    const read = await journal.read(0, 1e9)
    for (const message of read) expect(text(message)).toBe(`payload ${message.position}`)
    const kept = new Set(read.map((m) => m.position))
    expect(kept.size).toBe(read.length)
    expect([...committed].filter((position) => !kept.has(position))).toEqual([])
    await journal.close()
  }
}, 60_000)
