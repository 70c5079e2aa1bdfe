import { expect, test } from 'vitest'
import type { Holder } from '../../../src/edges/mqtt/ledger.ts'
import { type OutgoingPacket, OutgoingQueues, ownBytes, PER_MESSAGE } from '../../../src/edges/mqtt/outgoing-queues.ts'

const budget = (total: number, perDevice = total) => ({ total, perDevice, perAddress: total })
const large = { messages: 10, bytes: budget(100_000) }
let counter = 0
const message = (payload: string, messageId?: number): OutgoingPacket => ({
  cmd: 'publish',
  brokerCounter: ++counter,
  payload: Buffer.from(payload),
  messageId,
})
const texts = (packets: readonly OutgoingPacket[]) => packets.map(({ payload }) => String(payload))

test('messages wait in their order, each session for itself, until acknowledged', () => {
  const queues = new OutgoingQueues(large)
  const [one, two] = [message('one'), message('two')]
  queues.enqueue(['a', 'b'], one)
  queues.enqueue(['a'], two)
  queues.update('a', { ...one, messageId: 7 })
  queues.update('a', { ...two, messageId: 8 })
  expect(texts(queues.waiting('a'))).toEqual(['one', 'two'])
  expect(queues.clear('a', { cmd: 'puback', messageId: 7 })?.payload).toEqual(Buffer.from('one'))
  expect(queues.clear('a', { cmd: 'puback', messageId: 7 })).toBeUndefined()
  expect(texts(queues.waiting('a'))).toEqual(['two'])
  expect(texts(queues.waiting('b'))).toEqual(['one'])
  expect(queues.bytes).toBe(2 * PER_MESSAGE + 6)
  queues.forget('a')
  queues.clear('b', one)
  expect(queues.bytes).toBe(0)
})

test('what was sent before is sent as a duplicate, what was not is new', () => {
  const queues = new OutgoingQueues(large)
  const [one, two] = [message('one'), message('two')]
  queues.enqueue(['a'], one)
  queues.enqueue(['a'], { ...two, retain: true })
  queues.update('a', { ...one, messageId: 7 })
  expect(queues.waiting('a').map(({ dup, retain }) => [dup, retain])).toEqual([
    [true, false],
    [undefined, false],
  ])
})

test('a PUBREL takes the place of its message and gives the bytes back', () => {
  const queues = new OutgoingQueues(large)
  const one = message('one')
  queues.enqueue(['a'], one)
  queues.update('a', { ...one, messageId: 7 })
  queues.update('a', { cmd: 'pubrel', messageId: 7 })
  expect(queues.waiting('a')).toEqual([{ cmd: 'pubrel', messageId: 7 }])
  expect(queues.bytes).toBe(PER_MESSAGE)
  expect(queues.clear('a', { cmd: 'pubcomp', messageId: 7 })).toMatchObject({ cmd: 'pubrel' })
  expect(queues.waiting('a')).toEqual([])
})

test('an id that waits for its acknowledgement is given to no other message', () => {
  const queues = new OutgoingQueues(large)
  const [one, two] = [message('one'), message('two')]
  for (const each of [one, two]) queues.enqueue(['a'], each)
  const sent = [one, two].map((each) => ({ ...each, messageId: 65_535 }))
  for (const each of sent) queues.update('a', each)
  expect(sent.map(({ messageId }) => messageId)).toEqual([65_535, 1])
  expect(String(queues.clear('a', { cmd: 'puback', messageId: 1 })?.payload)).toBe('two')
})

test('messages of a session and bytes of all sessions are bounded', () => {
  const queues = new OutgoingQueues({ messages: 2, bytes: budget(3 * PER_MESSAGE + 7) })
  for (const text of ['1', '2', '3']) queues.enqueue(['a'], message(text))
  expect(texts(queues.waiting('a'))).toEqual(['1', '2'])
  queues.enqueue(['b'], message('123456'))
  queues.enqueue(['b'], message('12345'))
  expect(texts(queues.waiting('b'))).toEqual(['12345'])
  expect(queues.bytes).toBe(3 * PER_MESSAGE + 7)
  expect([...queues.missed]).toEqual([
    ['queue-full', 1],
    ['full', 1],
  ])
})

test('a device with many sessions takes its share and leaves the rest to others', () => {
  const holder = (id: string): Holder => ({ key: id.slice(0, 1), share: 'device' })
  const queues = new OutgoingQueues({ messages: 10, bytes: budget(10 * PER_MESSAGE, 2 * PER_MESSAGE) }, holder)
  queues.enqueue(['a1', 'a2', 'a3', 'b1'], message(''))
  expect(['a1', 'a2', 'a3', 'b1'].map((id) => queues.waiting(id).length)).toEqual([1, 1, 0, 1])
  expect([...queues.missed]).toEqual([['share-full', 1]])
  queues.forget('a1')
  queues.enqueue(['a3'], message(''))
  expect(queues.waiting('a3')).toHaveLength(1)
})

test('what surrounds a small payload counts, and so does its topic', () => {
  const queues = new OutgoingQueues(large)
  queues.enqueue(['a'], { ...message('x'), topic: 'gateways/GW/telemetry' })
  expect(queues.bytes).toBe(PER_MESSAGE + 22)
})

test('a kept payload keeps nothing else of what the socket read', () => {
  const read = Buffer.alloc(65_536, 'x')
  const own = ownBytes(read.subarray(10, 14)) as Buffer
  expect(String(own)).toBe('xxxx')
  expect(own.buffer.byteLength).toBe(4)
})

test('what has expired reaches nobody, makes room, and is counted', () => {
  let now = 1000
  const queues = new OutgoingQueues({ messages: 2, bytes: budget(100_000) }, undefined, () => now)
  const [good, command, sent] = [message('good'), { ...message('command'), expires: 2000 }, { ...message('sent'), expires: 2000 }]
  queues.enqueue(['a'], good)
  queues.enqueue(['a', 'b'], command)
  queues.enqueue(['b'], sent)
  queues.update('b', { ...sent, messageId: 7 })
  now = 1999
  expect(texts(queues.waiting('a'))).toEqual(['good', 'command'])
  now = 2000
  queues.enqueue(['a'], message('later'))
  expect(texts(queues.waiting('a'))).toEqual(['good', 'later'])
  expect(queues.waiting('b')).toEqual([])
  expect(queues.clear('b', { cmd: 'puback', messageId: 7 })).toBeUndefined()
  expect([...queues.missed]).toEqual([['expired', 3]])
  expect(queues.bytes).toBe(2 * PER_MESSAGE + 'goodlater'.length)
})
