import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { SlowReaders } from '../../../src/edges/mqtt/slow-readers.ts'

/** A stream that takes what is written when it is told to. */
function reader() {
  let take = () => {}
  const stream = new Duplex({
    highWaterMark: 10,
    read() {},
    write(_chunk, _encoding, done) {
      take = done
    },
  })
  stream.on('error', () => {})
  return { stream, write: (bytes: number) => stream.write(Buffer.alloc(bytes)), take: () => take() }
}

test('a reader that is behind is sent nothing new until it has taken everything', async () => {
  const readers = new SlowReaders({ behind: 50, total: 1000, patience: 1000 })
  const { stream, write, take } = reader()
  readers.watch(stream)
  write(40)
  expect(readers.isBehind(stream)).toBe(false)
  write(40)
  expect(readers.isBehind(stream)).toBe(true)
  take()
  await new Promise(setImmediate)
  expect(stream.writableLength).toBe(40)
  expect(readers.isBehind(stream)).toBe(true)
  take()
  await new Promise(setImmediate)
  expect(readers.isBehind(stream)).toBe(false)
})

test('when too much waits for all, those that have taken nothing for a while are ended, the largest first', () => {
  const readers = new SlowReaders({ behind: 50, total: 100, patience: 1000 })
  const [small, large, late, idle] = [reader(), reader(), reader(), reader()]
  for (const { stream } of [small, large, late, idle]) readers.watch(stream)
  small.write(40)
  large.write(70)
  expect(readers.tick(0)).toBe(0)
  late.write(80)
  expect(readers.tick(999)).toBe(0)
  expect(readers.tick(1000)).toBe(2)
  expect([small, large, late, idle].map(({ stream }) => stream.destroyed)).toEqual([true, true, false, false])
  expect(readers.tick(5000)).toBe(0)
})
