import { assert, constantFrom, array as fcArray, property } from 'fast-check'
import { expect, test } from 'vitest'
import { PER_RETAINED, PER_RETAINED_LEVEL, RetainedMessages } from '../../../src/edges/mqtt/retained-messages.ts'

const budget = (total: number, perDevice = total) => ({ total, perDevice, perAddress: total })
const ofOne = PER_RETAINED + PER_RETAINED_LEVEL
const large = { messages: 1000, bytes: budget(1e7) }
const packet = (topic: string, text = 'x') => ({ topic, payload: Buffer.from(text) })
const found = (store: RetainedMessages, filter: string) => [...store.matching(filter)].map(({ topic }) => topic).sort()

/** The rules of MQTT 3.1.1, 4.7, read word for word. */
function matches(filter: string, topic: string): boolean {
  const [wanted, levels] = [filter.split('/'), topic.split('/')]
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false
  const end = wanted.indexOf('#')
  if (end < 0 && wanted.length !== levels.length) return false
  const compared = end < 0 ? wanted : wanted.slice(0, end)
  return levels.length >= compared.length && compared.every((name, i) => name === '+' || name === levels[i])
}

test('a filter finds exactly the topics it matches', () => {
  const level = constantFrom('a', 'b', '', '$x')
  const topics = fcArray(fcArray(level, { minLength: 1, maxLength: 4 }), { maxLength: 30 })
  const filter = fcArray(constantFrom('a', 'b', '', '+', '$x'), { minLength: 1, maxLength: 4 })
  assert(
    property(topics, filter, constantFrom('', '/#'), (paths, levels, tail) => {
      const store = new RetainedMessages(large)
      const names = [...new Set(paths.map((path) => path.join('/')))]
      for (const name of names) store.store(packet(name))
      const wanted = levels.join('/') + tail
      expect(found(store, wanted)).toEqual(names.filter((name) => matches(wanted, name)).sort())
    }),
  )
})

test('the last message of a topic stays, an empty one removes it and leaves nothing behind', () => {
  const store = new RetainedMessages(large)
  store.store(packet('a/b/c', 'old'))
  store.store(packet('a/b/c', 'new'))
  store.store(packet('a/b'))
  expect([...store.matching('a/b/c')].map(({ payload }) => String(payload))).toEqual(['new'])
  store.store(packet('a/b/c', ''))
  store.store(packet('never/there', ''))
  expect(found(store, '#')).toEqual(['a/b'])
  expect(store.size).toBe(1)
})

test('topics and bytes are bounded, what is there may still change', () => {
  const store = new RetainedMessages({ messages: 2, bytes: budget(2 * (ofOne + 1) + 10) })
  for (const topic of ['a', 'b', 'c']) store.store(packet(topic, '123'))
  expect(found(store, '#')).toEqual(['a', 'b'])
  store.store(packet('a', '12345678'))
  store.store(packet('b', '1'))
  store.store(packet('a', '123456789'))
  expect([...store.matching('+')].map(({ payload }) => String(payload))).toEqual(['123456789', '1'])
  store.store(packet('a', ''))
  store.store(packet('c', '123456789'))
  expect(found(store, '#')).toEqual(['b', 'c'])
})

test('a device takes its share and leaves the rest to others, and gets back what another takes over', () => {
  const store = new RetainedMessages({ messages: 100, bytes: budget(1e6, 2 * ofOne) })
  const [one, other] = [{ key: 'one', share: 'device' } as const, { key: 'other', share: 'device' } as const]
  for (const topic of ['a', 'b']) store.store(packet(topic), one)
  expect(found(store, '#')).toEqual(['a'])
  store.store(packet('a', 'new'), other)
  store.store(packet('b'), one)
  expect(found(store, '#')).toEqual(['a', 'b'])
  store.store(packet('c'), other)
  expect(found(store, '#')).toEqual(['a', 'b'])
  expect([...store.missed]).toEqual([['share-full', 2]])
})
