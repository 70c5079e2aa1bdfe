import { expect, test } from 'vitest'
import { UnreleasedIds } from '../../../src/edges/mqtt/unreleased-ids.ts'

test('an id is known until it is released, of each session for itself', () => {
  const ids = new UnreleasedIds(10)
  ids.store({ id: 'a' }, { messageId: 1 })
  expect(ids.get({ id: 'a' }, { messageId: 1 })).toBeTruthy()
  expect(() => ids.get({ id: 'b' }, { messageId: 1 })).toThrow('no such packet')
  ids.release({ id: 'a' }, { messageId: 1 })
  expect(() => ids.release({ id: 'a' }, { messageId: 1 })).toThrow('no such packet')
  expect(ids.size).toBe(0)
})

test('the oldest ids of a session are forgotten beyond the limit', () => {
  const ids = new UnreleasedIds(2)
  for (const messageId of [1, 2, 1, 3]) ids.store({ id: 'a' }, { messageId })
  expect(() => ids.get({ id: 'a' }, { messageId: 2 })).toThrow()
  expect([1, 3].map((messageId) => Boolean(ids.get({ id: 'a' }, { messageId })))).toEqual([true, true])
  ids.forget({ id: 'a' })
  expect(ids.size).toBe(0)
})
