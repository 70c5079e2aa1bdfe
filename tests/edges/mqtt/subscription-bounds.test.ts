import { expect, test } from 'vitest'
import { EVERYBODY, type Holder } from '../../../src/edges/mqtt/ledger.ts'
import { SubscriptionBounds } from '../../../src/edges/mqtt/subscription-bounds.ts'

const device: Holder = { key: 'SL-1', share: 'device' }
const bounds = (perDevice = 1e6, total = 1e7) =>
  new SubscriptionBounds({ filters: 3, length: 20, bytes: { total, perDevice, perAddress: total } })

test('filters of a session are bounded in number and length, those it has are granted again', () => {
  const subscriptions = bounds()
  expect(['a', 'b', 'c', 'd', 'a'].map((filter) => subscriptions.add('s', device, filter))).toEqual([
    undefined,
    undefined,
    undefined,
    'too-many-filters',
    undefined,
  ])
  subscriptions.remove('s', 'b')
  expect(subscriptions.add('s', device, '\u706f'.repeat(7))).toBe('filter-too-long')
  expect(subscriptions.add('s', device, '\u706f'.repeat(6))).toBeUndefined()
})

test('a device takes its share over all its sessions and leaves the rest to others', () => {
  const subscriptions = bounds(5_000)
  expect(['s1', 's2', 's3'].map((session) => subscriptions.add(session, device, 'a'))).toEqual([undefined, undefined, 'share-full'])
  expect(subscriptions.add('o', { key: 'SL-2', share: 'device' }, 'a')).toBeUndefined()
  subscriptions.forget('s1')
  expect(subscriptions.add('s3', device, 'a')).toBeUndefined()
})

test('all together take no more than there is, and what ends gives back all it took', () => {
  const subscriptions = bounds(1e6, 3_000)
  expect(subscriptions.add('s', EVERYBODY, 'a/b')).toBeUndefined()
  expect(subscriptions.add('o', EVERYBODY, 'a/b')).toBe('full')
  subscriptions.remove('s', 'never')
  subscriptions.remove('s', 'a/b')
  subscriptions.remove('s', 'a/b')
  subscriptions.forget('s')
  expect(subscriptions.bytes).toBe(0)
})
