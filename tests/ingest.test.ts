import { expect, test } from 'vitest'
import { Ingest, type IngestParts } from '../src/ingest.ts'
import { seconds } from '../src/telemetry/duration.ts'

test('no message is received before a tick that has run, unless the clock is set back by as much as makes a pause', () => {
  let now = seconds(100)
  const told: string[] = []
  const journal = {
    append: (topic: string, _: Uint8Array, received: number) => void told.push(`${topic} ${received / 1000}`),
    onCommit() {},
  }
  const pipeline = { tick: (at: number) => void told.push(`tick ${at / 1000}`) }
  const ingest = new Ingest({ journal, pipeline, now: () => now, onUnwritten: () => {} } as unknown as IngestParts)
  const take = (topic: string) => ingest.take(topic, new Uint8Array(), () => {})
  now = seconds(99)
  ingest.tick()
  now = seconds(98)
  take('a')
  now = seconds(100.5)
  take('b')
  now = seconds(80)
  take('c')
  expect(told).toEqual(['tick 100', 'a 100', 'b 100.5', 'c 80'])
})
