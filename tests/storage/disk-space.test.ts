import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { type DiskSpace, DiskWatch, readDiskSpace } from '../../src/storage/disk-space.ts'

describe('a disk', () => {
  test('is short when only what is kept for alarms is left, until there is clearly more', async () => {
    const told: (DiskSpace | Error)[] = []
    const watch = new DiskWatch(async () => {
      const next = told.shift()
      if (next === undefined || next instanceof Error) throw next
      return next
    })
    const seen = async (next: DiskSpace | Error) => {
      told.push(next)
      await watch.look()
      return watch.isShort
    }
    const size = 500e9
    expect(await seen({ free: 201e6, size })).toBe(false)
    expect(await seen({ free: 199e6, size })).toBe(true)
    expect(await seen({ free: 240e6, size })).toBe(true)
    expect(watch.space).toEqual({ free: 240e6, size })
    expect(await seen({ free: 260e6, size })).toBe(false)
    // A small disk keeps a small share.
    expect(await seen({ free: 1e6, size: 40e6 })).toBe(false)
    expect(await seen({ free: 0.7e6, size: 40e6 })).toBe(true)
    expect(await seen(new Error('no such file system'))).toBe(false)
    expect(watch.space).toBeNull()
  })

  test('tells of the real one', async () => {
    const { free, size } = await readDiskSpace(tmpdir())
    expect(size).toBeGreaterThan(0)
    expect(free).toBeLessThanOrEqual(size)
  })
})
