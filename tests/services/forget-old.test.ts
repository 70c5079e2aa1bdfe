import { afterEach, expect, test, vi } from 'vitest'
import { forgetOld } from '../../src/services/forget-old.ts'
import { openStateStore } from '../../src/storage/embedded/state-store.ts'
import { days } from '../../src/telemetry/duration.ts'

interface Forgetting {
  prune(before: number, ...more: unknown[]): void
}

const state = openStateStore(':memory:')
afterEach(() => state.close())

test('every part of the state that can forget is asked to, up to a moment long ago', () => {
  const parts = Object.entries(state).filter((entry): entry is [string, Forgetting] => typeof Object(entry[1]).prune === 'function')
  const asked = parts.map(([name, part]) => ({ name, prune: vi.spyOn(part, 'prune') }))
  const now = days(20_000)
  forgetOld({ state, utcOffset: () => 0, now: () => now })
  expect(asked.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['programmes', 'rounds', 'gasDeliveries', 'lampHistory', 'deliveries']),
  )
  for (const { name, prune } of asked) {
    expect(prune.mock.calls.length, name).toBe(1)
    expect(prune.mock.calls[0]?.[0], name).toBeLessThan(now - days(60))
  }
})
