import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  RetriedSchema,
  RetryOutcomeSchema,
  SetAsidePageSchema,
  SetAsideRowsSchema,
  StorageSchema,
} from '../../../src/edges/http/storage-schemas.ts'
import { LamplighterError } from '../../../src/errors.ts'
import { RowCollector } from '../../../src/storage/row-collector.ts'
import type { TelemetryRows } from '../../../src/storage/telemetry-store.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeAll(async () => {
  city = await startCity()
  await city.signIn()
})
afterAll(() => city.stop())

const fits = (schema: TSchema, value: unknown) => expect(Value.Errors(schema, value)).toEqual([])

function levels(count: number, level = 1): TelemetryRows {
  const rows = new RowCollector('tank')
  for (let i = 0; i < count; i++) {
    rows.begin('T-1', i + 1)
    rows.set('level', i === 1 ? Number.POSITIVE_INFINITY : level)
  }
  return rows.rows()
}

const ids = async (): Promise<string[]> => (await city.ask('GET', '/api/storage/set-aside')).body.items.map(({ id }: { id: string }) => id)
const audit = async (action: string) =>
  (await city.ask('GET', '/api/audit')).body.items.filter((entry: { action: string }) => entry.action === action)

/** While `work` runs, the store answers writes of rows at these device times with the error. */
async function refusing<T>(error: Error, times: readonly number[], work: () => Promise<T>): Promise<T> {
  const { write } = city.telemetry
  city.telemetry.write = async (batches) => {
    if (batches.some(({ at }) => times.some((time) => at.includes(time)))) throw error
    await write.call(city.telemetry, batches)
  }
  try {
    return await work()
  } finally {
    city.telemetry.write = write
  }
}

test('the figures of the way to the store are told to who is signed in', async () => {
  const { status, body } = await city.ask('GET', '/api/storage')
  expect(status).toBe(200)
  fits(StorageSchema, body)
  expect(body.setAside).toMatchObject({ batches: 0, maxBatches: 100 })
  expect((await fetch(`${city.url}/api/storage`)).status).toBe(401)
})

test('a store that cannot tell what it holds says so', async () => {
  expect((await city.ask('GET', '/api/storage/contents')).body).toEqual({ store: 'memory', contents: null })
})

test('batches are listed and shown in pages, with infinite values as text', async () => {
  for (let i = 0; i < 3; i++) await city.setAside.add([{ batch: levels(3, i), reason: 'field type conflict' }])
  const first = (await city.ask('GET', '/api/storage/set-aside?limit=2')).body
  fits(SetAsidePageSchema, first)
  expect(first).toMatchObject({ total: 3, items: [{ kind: 'tank', rows: 3, values: 3, reason: 'field type conflict' }, {}] })
  const rest = (await city.ask('GET', `/api/storage/set-aside?limit=2&after=${first.next}`)).body
  expect(rest).toMatchObject({ items: [{}], next: null })
  const { id } = rest.items[0]
  const page = (await city.ask('GET', `/api/storage/set-aside/${id}?limit=2`)).body
  fits(SetAsideRowsSchema, page)
  expect(page).toMatchObject({
    batch: { id },
    rows: [
      { facility: 'T-1', at: 1, values: { level: 2 } },
      { facility: 'T-1', at: 2, values: { level: 'Infinity' } },
    ],
    next: 2,
  })
  const end = (await city.ask('GET', `/api/storage/set-aside/${id}?limit=2&after=2`)).body
  expect(end).toMatchObject({ rows: [{ at: 3 }], next: null })
  expect((await city.ask('GET', '/api/storage/set-aside/000000000000001-000000')).body).toMatchObject({ code: 'not-found' })
  expect((await city.ask('GET', '/api/storage/set-aside/..%2Fstate')).status).toBe(400)
})

test('a batch is offered again: what is refused still stays, what is stored goes, and both are audited', async () => {
  const [id] = (await ids()) as [string]
  const path = `/api/storage/set-aside/${id}/retry`
  const refused = await refusing(new Error('still no'), [2], () => city.ask('POST', path))
  fits(RetryOutcomeSchema, refused.body)
  expect(refused.body).toEqual({ stored: false, rows: 1, reason: 'still no' })
  const away = await refusing(new LamplighterError('store-unavailable', 'away'), [2], () => city.ask('POST', path))
  expect(away).toMatchObject({ status: 503, body: { code: 'store-unavailable' } })
  expect((await city.ask('POST', path)).body).toEqual({ stored: true, rows: 1, reason: null })
  expect(await ids()).not.toContain(id)
  expect(await audit('retry-set-aside')).toMatchObject([
    { by: 'admin', subject: `set-aside ${id}`, detail: '1 rows stored' },
    { detail: '1 rows refused again: still no' },
  ])
  const { rows } = await city.telemetry.scan({ kind: 'tank', from: 0, to: 10 })
  expect(rows).toBe(3)
})

test('all are offered again a few at a time; an absent store ends it where it can go on', async () => {
  await city.setAside.add([{ batch: levels(3), reason: 'no' }])
  const before = await ids()
  expect(before).toHaveLength(3)
  const retry = (body: object) => city.ask('POST', '/api/storage/set-aside/retry', body)
  const away = await refusing(new LamplighterError('store-unavailable', 'away'), [2], () => retry({}))
  fits(RetriedSchema, away.body)
  expect(away.body).toEqual({ stored: 0, storedRows: 0, kept: 0, next: null, stoppedBy: 'away' })
  const some = await refusing(new Error('no'), [3], () => retry({ limit: 2 }))
  expect(some.body).toEqual({ stored: 0, storedRows: 4, kept: 2, next: before[1], stoppedBy: null })
  expect((await retry({ after: some.body.next })).body).toEqual({ stored: 1, storedRows: 3, kept: 0, next: null, stoppedBy: null })
  expect(await ids()).toEqual(before.slice(0, 2))
  expect((await retry({ limit: 1000 })).status).toBe(400)
})

test('a batch is given up for a reason only', async () => {
  const [id] = (await ids()) as [string]
  expect((await city.ask('DELETE', `/api/storage/set-aside/${id}`)).status).toBe(400)
  expect((await city.ask('DELETE', `/api/storage/set-aside/${id}?reason=test%20data`)).status).toBe(204)
  expect(await ids()).not.toContain(id)
  expect(await audit('remove-set-aside')).toMatchObject([{ subject: `set-aside ${id}`, detail: '1 rows of tank: test data' }])
})
