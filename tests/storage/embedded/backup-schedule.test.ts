import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { listBackups } from '../../../src/storage/embedded/backup-manifest.ts'
import { BackupSchedule, type BackupScheduleParts } from '../../../src/storage/embedded/backup-schedule.ts'
import { DAY, openFilled, temporaryFolder } from './data-folder.ts'

const HOUR = 3_600_000
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Of a city eight hours ahead of UTC, at three each night; `at` moves the clock. */
async function start(change: Partial<BackupScheduleParts> = {}) {
  const [data, backups] = [temporaryFolder(), temporaryFolder()]
  const opened = await openFilled(data.folder)
  ends.push(data.remove, backups.remove, () => opened.close())
  let clock = DAY
  const folder = { ...opened, now: () => clock }
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const parts = { folder, target: backups.folder, hour: 3, keep: 2, version: '9.9.9', utcOffset: () => 8 * HOUR, log, ...change }
  const at = (schedule: BackupSchedule, hour: number) => {
    clock = DAY + hour * HOUR
    return schedule.tick(clock)
  }
  const made = async () => (await listBackups(backups.folder)).map((path) => path.slice(-'2026-01-30T00-00-00.000Z'.length))
  return { parts, at, made, target: backups.folder }
}

test('makes the first backup at once, then one each night, and keeps the newest', async () => {
  const { parts, at, made } = await start()
  const schedule = new BackupSchedule(parts)
  expect(schedule.age(DAY)).toBeNull()
  await at(schedule, 12)
  expect(schedule.age(DAY + 15 * HOUR)).toBe(3 * HOUR)
  expect(await made()).toEqual(['2026-01-30T12-00-00.000Z'])
  // Three at night there is 19:00 UTC.
  await at(schedule, 18.9)
  expect(await made()).toHaveLength(1)
  await at(schedule, 19)
  await at(schedule, 20)
  expect(await made()).toEqual(['2026-01-30T12-00-00.000Z', '2026-01-30T19-00-00.000Z'])
  const restarted = new BackupSchedule(parts)
  await at(restarted, 42)
  expect(await made()).toHaveLength(2)
  // The machine was off at three.
  await at(restarted, 50)
  expect(await made()).toEqual(['2026-01-30T19-00-00.000Z', '2026-02-01T02-00-00.000Z'])
  expect(restarted.problems()).toEqual([])
})

test('says that one failed until one succeeds, and tries again each hour', async () => {
  const { parts, at, made, target } = await start()
  rmSync(target, { recursive: true })
  writeFileSync(target, 'no folder')
  const schedule = new BackupSchedule(parts)
  await at(schedule, 12)
  expect(schedule.problems()).toEqual([expect.stringContaining(`The backup to ${target} failed: `)])
  expect(schedule.age(DAY + 15 * HOUR)).toBe(15 * HOUR)
  rmSync(target)
  await at(schedule, 12.5)
  expect(schedule.problems()).toHaveLength(1)
  await at(schedule, 13)
  expect(schedule.problems()).toEqual([])
  expect(await made()).toHaveLength(1)
})

test('closes in the midst of one and leaves nothing of it', async () => {
  const { parts, at, made, target } = await start()
  const schedule = new BackupSchedule(parts)
  const running = at(schedule, 12)
  await schedule.close()
  await running
  expect(await made()).toEqual([])
  await at(schedule, 40)
  expect(await listBackups(join(target))).toEqual([])
  expect(schedule.problems()).toEqual([])
})

test('makes one when the clock was set back by more than it is late, and says so', async () => {
  const warned: string[] = []
  const log = { info: () => {}, warn: (_: object, message: string) => void warned.push(message), error: () => {} }
  const { parts, at, made } = await start({ log })
  const schedule = new BackupSchedule(parts)
  await at(schedule, 24 * 365)
  await at(schedule, 24 * 365 - 0.5)
  expect(await made()).toHaveLength(1)
  await at(schedule, 20)
  expect(await made()).toEqual(['2026-01-30T20-00-00.000Z', '2027-01-30T00-00-00.000Z'])
  expect(warned).toEqual([expect.stringContaining('the clock was set back')])
  const restarted = new BackupSchedule(parts)
  await at(restarted, 42)
  expect(await made()).toHaveLength(2)
  // Counted from the clock as it is now.
  await at(restarted, 43)
  expect(await made()).toEqual(['2026-01-30T20-00-00.000Z', '2026-01-31T19-00-00.000Z'])
})

test('a failure of a time to come puts nothing off', async () => {
  const { parts, at, made, target } = await start()
  rmSync(target, { recursive: true })
  writeFileSync(target, 'no folder')
  const schedule = new BackupSchedule(parts)
  await at(schedule, 24 * 365)
  rmSync(target)
  await at(schedule, 12)
  expect(await made()).toHaveLength(1)
})
