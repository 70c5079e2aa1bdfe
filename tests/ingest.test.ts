import { expect, test } from 'vitest'
import { Ingest, type IngestParts, recover } from '../src/ingest.ts'
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
    process: ([{ topic, position, received }]: [Message], isStored: boolean) =>
      void told.push(`${topic} ${position} at ${received / 1000}, ${isStored ? '' : 'not '}stored`),
  }
  const parts = { journal, pipeline, now: () => seconds(100), hasSpace: () => hasSpace, onUnwritten: () => {} }
  const ingest = new Ingest(parts as unknown as IngestParts)
  ingest.take('a', new Uint8Array(), () => {})
  hasSpace = false
  expect(() => ingest.take('b', new Uint8Array(), () => {})).toThrow(/disk is full/)
  ingest.passBy('c', new Uint8Array())
  expect(told).toEqual(['journal a', 'c 7 at 100, not stored'])
})

test('an answer that cannot be given keeps no other back', () => {
  const told: string[] = []
  let commit: (messages: readonly unknown[], error: Error | null) => void = () => {}
  const parts = {
    journal: {
      append() {},
      onCommit(listener: typeof commit) {
        commit = listener
      },
    },
    pipeline: { keepTime() {}, process: (messages: readonly unknown[]) => void told.push(`${messages.length} judged`) },
    now: () => seconds(100),
    onUnwritten: ({ message }: Error) => void told.push(message),
    onTrouble: (error: unknown) => void told.push(String(error)),
  }
  const ingest = new Ingest(parts as unknown as IngestParts)
  const takeThree = () => {
    for (const name of ['a', 'b', 'c']) {
      ingest.take(name, new Uint8Array(), (error) => {
        if (name === 'a') throw new Error('gone')
        told.push(`${name} ${error ? 'refused' : 'acknowledged'}`)
      })
    }
  }
  takeThree()
  commit([1, 2, 3], null)
  expect(told.splice(0)).toEqual(['Error: gone', 'b acknowledged', 'c acknowledged', '3 judged'])
  takeThree()
  commit([1, 2, 3], new Error('the disk fails'))
  expect(told).toEqual(['Error: gone', 'b refused', 'c refused', 'the disk fails'])
  expect(ingest.backlog).toBe(0)
})

test('recovery passes over what cannot be read, and ends where nothing can', async () => {
  const told: string[] = []
  const messages = (position: number) => [{ position, received: 1, topic: 't', payload: new Uint8Array() }]
  const parts = {
    state: { detectionSnapshots: () => [], detectedThrough: () => 4 },
    pipeline: {
      process: ([{ position }]: [Message]) => void told.push(`judged ${position}`),
      recovered: (now: number) => void told.push(`at work at ${now}`),
    },
    journal: {
      async read(position: number, _: number, passOver?: boolean) {
        if (passOver && position === 5) return messages(7)
        throw new Error('EIO')
      },
    },
    now: () => 9,
    onUnread: (error: unknown) => void told.push(String(error)),
  }
  expect(await recover(parts as unknown as Parameters<typeof recover>[0])).toBe(1)
  expect(told).toEqual(['judged 7', 'Error: EIO', 'at work at 9'])
})
