import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type EmbeddedTelemetryStore, openEmbeddedTelemetryStore } from '../../../src/storage/embedded/telemetry-store.ts'
import { days } from '../../../src/telemetry/duration.ts'
import { DAY, rowsOf, temporaryFolder } from './data-folder.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const day = '2026-01-30'
const now = DAY + days(2)

/** With one sealed day. */
async function open(): Promise<{ store: EmbeddedTelemetryStore; aside: string }> {
  const { folder, remove } = temporaryFolder()
  const store = await openEmbeddedTelemetryStore({ folder: join(folder, 'telemetry'), kinds: [], retentionDays: 1000 })
  ends.push(remove, () => store.close())
  await store.write([rowsOf('T-1', [DAY + 1], [1])])
  await store.maintain(now)
  return { store, aside: join(folder, 'aside') }
}

test('a day that is held keeps nobody from writing to it, and is put in order at a later look', async () => {
  const { store } = await open()
  expect(await store.files.holdDay(day, 'a')).toMatchObject({ isSealed: true })
  await store.write([rowsOf('T-1', [DAY + 2], [2])])
  expect(await store.maintain(now)).toMatchObject({ sealed: [], failed: [] })
  await store.write([rowsOf('T-1', [DAY + 3], [3]), rowsOf('T-1', [now], [4])])
  expect(await store.files.releaseDay('a')).toBe(false)
  expect(await store.maintain(now)).toMatchObject({ sealed: [day], failed: [] })
})

test('a day is held as long as one who holds it has not let go', async () => {
  const { store, aside } = await open()
  await store.files.holdDay(day, 'a')
  await store.files.holdDay(day, 'b')
  expect(await store.files.releaseDay('a')).toBe(true)
  await expect(store.files.moveDay(day, aside)).rejects.toThrow(`${day} is being copied`)
  expect(await store.files.releaseDay('b')).toBe(true)
  await store.files.moveDay(day, aside)
  expect(await store.files.keys()).not.toContain(day)
})

test('one who does not wait for the day to be held lets go of it all the same', async () => {
  const { store, aside } = await open()
  const holding = store.files.holdDay(day, 'a')
  await store.files.releaseDay('a')
  await holding
  await store.files.moveDay(day, aside)
})

test('copying and verifying a day can be ended, of one day or of all', async () => {
  const { store, aside } = await open()
  await store.write([rowsOf('T-1', [now], [4])])
  const copying = store.files.copyDay(day, aside)
  const verifying = store.files.verifyDay('2026-02-01')
  await Promise.all([store.files.interruptDay(day), expect(copying).rejects.toThrow(/it was stopped|INTERRUPT/)])
  expect(await verifying).toEqual([])
  const again = expect(store.files.verifyDay(day)).rejects.toThrow(/it was stopped|INTERRUPT/)
  await store.files.interruptDay(null)
  await again
})

test('upkeep that is ended leaves the days it has not come to as they are, whole', async () => {
  const { store } = await open()
  const at = Array.from({ length: 5 }, (_, i) => DAY + days(i + 1))
  for (const each of at) await store.write([rowsOf('T-1', [each], [1])])
  const running = store.maintain(DAY + days(10))
  await store.endUpkeep()
  const { sealed, failed } = await running
  expect(sealed.length).toBeLessThan(5)
  expect(failed).toEqual([])
  expect(await store.maintain(DAY + days(10))).toMatchObject({ sealed: [], rolled: [] })
  expect([...(await store.scan({ kind: 'tank', from: DAY, to: DAY + days(10) })).at]).toEqual([DAY + 1, ...at])
})
