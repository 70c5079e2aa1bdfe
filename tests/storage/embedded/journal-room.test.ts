import { describe, expect, test } from 'vitest'
import { DiskWatch } from '../../../src/storage/disk-space.ts'
import { JournalRoom } from '../../../src/storage/embedded/journal-room.ts'

const MB = 1e6

/** A disk of which `free` bytes are free, shared with files of a journal, oldest first. */
function setUp(free: number, files: { bytes: number; isNeeded: boolean }[]) {
  const it = { free, files, now: 0, told: [] as string[], troubles: [] as unknown[], fault: null as Error | null }
  const remove = (): number => {
    const { bytes } = it.files.shift()!
    it.free += bytes
    return bytes
  }
  const disk = new DiskWatch(async () => ({ free: it.free, size: 500e9 }))
  const room = new JournalRoom({
    disk,
    journal: {
      async release() {
        if (it.fault) throw it.fault
      },
      async dropReleased() {
        if (it.fault) throw it.fault
        while (it.files[0]?.isNeeded === false) it.told.push(`dropped ${remove() / MB}`)
      },
      async giveUpOldest() {
        if (it.files.length === 0 || it.fault) return 0
        const bytes = remove()
        it.told.push(`gave up ${bytes / MB}`)
        return bytes
      },
    },
    now: () => it.now,
    onTrouble: (error) => it.troubles.push(error),
  })
  const tick = async () => {
    it.now += 1000
    await room.tick(1)
    return { told: it.told.splice(0), isFull: room.isFull }
  }
  return Object.assign(it, { tick })
}
const waiting = (bytes: number) => ({ bytes, isNeeded: true })
const released = (bytes: number) => ({ bytes, isNeeded: false })

describe('room for the journal', () => {
  test('nothing is removed while there is space', async () => {
    const it = setUp(300 * MB, [released(64 * MB), waiting(64 * MB)])
    expect(await it.tick()).toEqual({ told: [], isFull: false })
  })

  test('what nobody needs goes before the disk is short, and what waits stays then', async () => {
    const it = setUp(240 * MB, [released(64 * MB), waiting(64 * MB)])
    expect(await it.tick()).toEqual({ told: ['dropped 64'], isFull: false })
  })

  test('the oldest that waits is given up, no more than is missing, and the newest is still taken', async () => {
    const it = setUp(
      5 * MB,
      Array.from({ length: 6 }, () => waiting(64 * MB)),
    )
    expect(await it.tick()).toEqual({ told: ['gave up 64', 'gave up 64', 'gave up 64', 'gave up 64'], isFull: false })
    expect(it.files).toHaveLength(2)
  })

  test('what was removed and is not free yet is waited for before more is given up', async () => {
    const it = setUp(
      190 * MB,
      Array.from({ length: 6 }, () => waiting(64 * MB)),
    )
    expect((await it.tick()).told).toEqual(['gave up 64'])
    it.free = 190 * MB
    for (let second = 0; second < 4; second++) expect(await it.tick()).toEqual({ told: [], isFull: false })
    expect(await it.tick()).toEqual({ told: ['gave up 64'], isFull: false })
  })

  test('the newest is refused when there is nothing to give up or the last of the disk is touched, until there is space', async () => {
    const it = setUp(150 * MB, [waiting(30 * MB)])
    expect(await it.tick()).toEqual({ told: ['gave up 30'], isFull: false })
    it.now += 10_000
    expect(await it.tick()).toEqual({ told: [], isFull: true })
    it.free = 90 * MB
    it.files.push(waiting(1 * MB))
    expect(await it.tick()).toEqual({ told: ['gave up 1'], isFull: true })
    it.free = 260 * MB
    expect(await it.tick()).toEqual({ told: [], isFull: false })
  })

  test('files that cannot be removed are told of, and the disk is watched all the same', async () => {
    const it = setUp(190 * MB, [released(64 * MB)])
    it.fault = new Error('read-only')
    expect(await it.tick()).toEqual({ told: [], isFull: true })
    expect(it.troubles).toEqual([it.fault, it.fault])
    it.fault = null
    expect(await it.tick()).toEqual({ told: ['dropped 64'], isFull: false })
  })
})
