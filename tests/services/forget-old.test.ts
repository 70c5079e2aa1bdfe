import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { forgetOld } from '../../src/services/forget-old.ts'
import { openStateStore } from '../../src/storage/embedded/state-store.ts'
import { days } from '../../src/telemetry/duration.ts'

interface Forgetting {
  prune(before: number, ...more: unknown[]): void
}

const now = days(20_000)
let state: ReturnType<typeof openStateStore>
beforeEach(() => {
  state = openStateStore(':memory:')
})
afterEach(() => {
  vi.restoreAllMocks()
  state.close()
})

test('every part of the state that can forget is asked to, up to a moment long ago', () => {
  const parts = Object.entries(state).filter((entry): entry is [string, Forgetting] => typeof Object(entry[1]).prune === 'function')
  const asked = parts.map(([name, part]) => ({ name, prune: vi.spyOn(part, 'prune') }))
  forgetOld({ state, utcOffset: () => 0, now: () => now })
  expect(asked.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['programmes', 'rounds', 'gasDeliveries', 'lampHistory', 'deliveries']),
  )
  for (const { name, prune } of asked) {
    expect(prune.mock.calls.length, name).toBe(1)
    expect(prune.mock.calls[0]?.[0], name).toBeLessThan(now - days(60))
  }
})

test('what is old is found by an index, so that a second in which nothing is old costs nothing', () => {
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare')
  forgetOld({ state, utcOffset: () => 0, now: () => now })
  const deleting = prepare.mock.calls.flatMap(([sql], i) =>
    sql.startsWith('DELETE') ? [{ sql, db: prepare.mock.contexts[i] as DatabaseSync }] : [],
  )
  expect(deleting.length).toBeGreaterThan(10)
  for (const { sql, db } of deleting) {
    const given = Array(sql.split('?').length - 1).fill(1)
    const plan = db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...given)
      .map(({ detail }) => detail)
      .join('; ')
    expect(plan, sql).toMatch(/<\?\)/)
    expect(plan, sql).not.toMatch(/SCAN/)
  }
})
