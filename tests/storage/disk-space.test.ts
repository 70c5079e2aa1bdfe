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

  test('is low a little before it is short, and out when telemetry has used what it was lent', async () => {
    let free = 251e6
    const watch = new DiskWatch(async () => ({ free, size: 500e9 }))
    const seen = async (now: number) => {
      free = now
      await watch.look()
      return [watch.isLow, watch.isShort, watch.isOut]
    }
    expect(await seen(251e6)).toEqual([false, false, false])
    expect(await seen(240e6)).toEqual([true, false, false])
    expect(watch.missing).toBe(10e6)
    expect(await seen(150e6)).toEqual([true, true, false])
    expect(await seen(99e6)).toEqual([true, true, true])
    expect(await seen(120e6)).toEqual([true, true, true])
    expect(await seen(130e6)).toEqual([true, true, false])
    expect(await seen(251e6)).toEqual([false, false, false])
  })

  test('tells of the real one', async () => {
    const { free, size } = await readDiskSpace(tmpdir())
    expect(size).toBeGreaterThan(0)
    expect(free).toBeLessThanOrEqual(size)
  })
})
