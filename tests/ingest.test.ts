import { expect, test } from 'vitest'
import { Ingest, type IngestParts } from '../src/ingest.ts'
import { seconds } from '../src/telemetry/duration.ts'
import type { Message } from '../src/telemetry/message.ts'

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

test('a full disk takes no telemetry, and what passes the journal by still goes down the road in the order of the ticks', () => {
  const told: string[] = []
  let hasSpace = true
  const journal = { append: (topic: string) => void told.push(`journal ${topic}`), onCommit() {} }
  const pipeline = {
    position: 7,
    keepTime() {},
    process: ([{ topic, position, received }]: [Message]) => void told.push(`${topic} ${position} at ${received / 1000}`),
  }
  const parts = { journal, pipeline, now: () => seconds(100), hasSpace: () => hasSpace, onUnwritten: () => {} }
  const ingest = new Ingest(parts as unknown as IngestParts)
  ingest.take('a', new Uint8Array(), () => {})
  hasSpace = false
  expect(() => ingest.take('b', new Uint8Array(), () => {})).toThrow(/disk is full/)
  ingest.passBy('c', new Uint8Array())
  expect(told).toEqual(['journal a', 'c 7 at 100'])
})
