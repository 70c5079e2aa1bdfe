import { assert, boolean, array as fcArray, integer, oneof, property, record, string, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FrameGuard } from '../../../src/edges/mqtt/frame-guard.ts'

const limits = { connect: 100, packet: 200 }

function lengthBytes(length: number): number[] {
  const bytes: number[] = []
  let rest = length
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
    rest >>= 7
  } while (rest > 0)
  return bytes
}

const packet = (first: number, body: Uint8Array | number[]) => [first, ...lengthBytes(body.length), ...body]
const connect = packet(0x10, Buffer.alloc(20))
const publish = (topic: string, payload: number) =>
  packet(0x32, [0, Buffer.byteLength(topic), ...Buffer.from(topic), 0, 1, ...Buffer.alloc(payload)])
const inspect = (bytes: number[]) => new FrameGuard(limits).inspect(Uint8Array.from(bytes))

describe('verdict', () => {
  test.each([
    ['CONNECT, then packets within the limit', [...connect, ...publish('a/b', 180), 0xc0, 0, ...publish('a/b', 1)], undefined],
    ['anything else first', publish('a', 1), { why: 'not-connect' }],
    ['CONNECT with flags set', packet(0x11, []), { why: 'not-connect' }],
    ['an HTTP request', [...Buffer.from('GET / HTTP/1.1')], { why: 'not-connect' }],
    ['CONNECT at the limit', packet(0x10, Buffer.alloc(98)), undefined],
    ['CONNECT over the limit', packet(0x10, Buffer.alloc(99)), { why: 'connect-too-large', bytes: 101 }],
    ['CONNECT announcing 256 MB', [0x10, 0xff, 0xff, 0xff, 0x7f], { why: 'connect-too-large', bytes: 268_435_460 }],
    ['a length of five bytes', [...connect, 0x30, 0xff, 0xff, 0xff, 0xff], { why: 'bad-length' }],
    ['PUBLISH over the limit', [...connect, ...publish('a/ß', 200)], { why: 'packet-too-large', bytes: 211, topic: 'a/ß' }],
    [
      'SUBSCRIBE over the limit',
      [...connect, ...packet(0x82, Buffer.alloc(300))],
      { why: 'packet-too-large', bytes: 303, topic: undefined },
    ],
    [
      'PUBLISH over the limit with an endless topic',
      [...connect, ...packet(0x30, [0xff, 0xff, ...Buffer.alloc(300)])],
      { why: 'packet-too-large', bytes: 305, topic: undefined },
    ],
  ])('%s', (_, bytes, fault) => {
    expect(inspect(bytes)).toEqual(fault)
  })
})

test('messages, and parts of what subscribes, are told by where they begin', () => {
  const guard = new FrameGuard({ connect: 100, packet: 5_000 })
  const ping = [0xc0, 0]
  const before = [...connect, ...ping]
  const bytes = [...before, ...publish('a', 9), ...packet(0x82, Buffer.alloc(20)), ...packet(0xa2, Buffer.alloc(1_200)), ...ping]
  guard.inspect(Uint8Array.from(bytes))
  const [at, subscribe] = [before.length, before.length + publish('a', 9).length]
  const unsubscribe = subscribe + 22
  expect(guard.starts).toEqual([at, subscribe, unsubscribe, unsubscribe + 3 + 176, unsubscribe + 3 + 688])
})

test('property: the same bytes give the same verdict, however they are sliced', () => {
  const anyPacket = oneof(
    record({ topic: string({ maxLength: 30 }), payload: integer({ min: 0, max: 400 }) }).map(({ topic, payload }) =>
      publish(topic, payload),
    ),
    record({ first: integer({ min: 0, max: 255 }), body: uint8Array({ maxLength: 300 }) }).map(({ first, body }) => packet(first, body)),
    uint8Array({ maxLength: 20 }).map((bytes) => [...bytes]),
  )
  assert(
    property(
      boolean(),
      fcArray(anyPacket, { maxLength: 8 }),
      fcArray(integer({ min: 0, max: 40 }), { minLength: 1 }),
      (connects, packets, cuts) => {
        const bytes = Uint8Array.from([...(connects ? connect : []), ...packets.flat()])
        const unsliced = new FrameGuard(limits)
        const whole = unsliced.inspect(bytes)
        const sliced = new FrameGuard(limits)
        const starts: number[] = []
        let fault: ReturnType<FrameGuard['inspect']>
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const cut = cuts[i % cuts.length]! || (i % cuts.length === cuts.length - 1 ? 1 : 0)
          fault = sliced.inspect(bytes.subarray(at, at + cut))
          for (const start of sliced.starts) starts.push(at + start)
          at += cut
        }
        expect(fault).toEqual(whole)
        expect(starts).toEqual(unsliced.starts)
      },
    ),
    { numRuns: 2_000 },
  )
})
