import { describe, expect, test } from 'vitest'
import { failureOf, nextSending, waitingOf } from '../../../dashboards/crew/src/order/outbox.ts'
import { did, photo } from './orders.ts'

describe('what is sent next', () => {
  test('actions in the order in which they were done, however they are stored, and photos after all of them', () => {
    const entries = [photo(1), did(4, { type: 'arrive' }), did(2, { type: 'accept' }), photo(3)]
    expect(nextSending(entries, 'eva')).toMatchObject({ type: 'actions', crew: 'A', entries: [{ seq: 2 }, { seq: 4 }] })
    expect(nextSending([photo(3), photo(1)], 'eva')).toMatchObject({ type: 'photo', entry: { seq: 1 } })
    expect(nextSending([], 'eva')).toBeNull()
  })

  test('actions of one crew at a time, and no more than the server takes', () => {
    const entries = [did(1, { type: 'accept' }), did(2, { type: 'accept' }, { crew: 'B', order: 2 }), did(3, { type: 'arrive' })]
    expect(nextSending(entries, 'eva')).toMatchObject({ crew: 'A', entries: [{ seq: 1 }] })
    const many = Array.from({ length: 130 }, (_, i) => did(i, { type: 'note', text: 'n' }))
    const sending = nextSending(many, 'eva')
    expect(sending?.type === 'actions' && sending.entries.length).toBe(100)
  })

  test('nothing of another account, and nothing that was refused', () => {
    const entries = [did(1, { type: 'accept' }, { account: 'otto' }), did(2, { type: 'accept' }, { refused: 'no' })]
    expect(nextSending(entries, 'eva')).toBeNull()
    expect(waitingOf(entries, 'otto')).toHaveLength(1)
  })
})

test.each([
  [0, 'unreachable', 'later'],
  [401, 'not-signed-in', 'sign-in'],
  [403, 'not-allowed', 'refused'],
  [400, 'invalid-request', 'refused'],
  [409, 'action-refused', 'refused'],
  [429, 'too-many-requests', 'later'],
  [503, 'store-unavailable', 'later'],
  // What a hotel's network says is not the server's word.
  [200, 'unknown', 'later'],
  [404, 'unknown', 'later'],
  [403, 'unknown', 'later'],
] as const)('status %d with code %s: %s', (status, code, failure) => {
  expect(failureOf({ status, code })).toBe(failure)
})
