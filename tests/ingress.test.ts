import { expect, test } from 'vitest'
import { LamplighterError } from '../src/errors.ts'
import { Ingress } from '../src/ingress.ts'
import { type Dialect, EMBEDDED, type Incoming, type Translation } from '../src/telemetry/dialect.ts'
import type { Rejection } from '../src/telemetry/rejection.ts'
import { BORN, bytesOf, type Fixture, messages } from './fixtures/sparkplug/messages.ts'
import { hostOf } from './telemetry/sparkplug/city.ts'

const native = 'facilities/tank/t-1/telemetry'
const text = (payload: Uint8Array) => Buffer.from(payload).toString()

/** An ingress onto a journal that commits when told, with one dialect that reads `foreign/#`. */
function start(translate: Dialect['translate'], isFull = () => false) {
  const taken: { topic: string; payload: string; acknowledge: (error?: Error) => void }[] = []
  const rejected: Rejection[] = []
  const mishaps: unknown[] = []
  const ingress = new Ingress({
    ingest: {
      hasRoom: () => !isFull(),
      take(topic, payload, acknowledge) {
        if (isFull()) throw new LamplighterError('journal-full', 'full')
        taken.push({ topic, payload: text(payload), acknowledge })
      },
    },
    dialects: [{ name: 'foreign', reads: (topic) => topic.startsWith('foreign/'), translate }],
    now: () => 1_000,
    onRejected: (_message, found) => rejected.push(...found),
    onMishap: (error) => mishaps.push(error),
  })
  return { ingress, taken, rejected, mishaps }
}

const said = (...payloads: string[]): Translation => ({
  messages: payloads.map((payload) => ({ topic: native, payload })),
  rejections: [],
})

test('native messages enter as they are', () => {
  const { ingress, taken } = start(() => said('wrong'))
  ingress.take(native, Buffer.from('{}'), EMBEDDED, () => {})
  expect(taken.map(({ topic, payload }) => [topic, payload])).toEqual([[native, '{}']])
})

test('a translated message is acknowledged when the last of what it says is on disk', () => {
  const { ingress, taken } = start(({ payload }) => said(`1 ${text(payload)}`, `2 ${text(payload)}`))
  const answers: unknown[] = []
  ingress.take('foreign/a', Buffer.from('x'), EMBEDDED, (error) => answers.push(error))
  expect(taken.map(({ payload }) => payload)).toEqual(['1 x', '2 x'])
  taken[0]!.acknowledge()
  expect(answers).toEqual([])
  taken[1]!.acknowledge()
  expect(answers).toEqual([undefined])
})

test('what cannot be written is not acknowledged', () => {
  const { ingress, taken } = start(() => said('1', '2'))
  const answers: unknown[] = []
  ingress.take('foreign/a', Buffer.from('x'), EMBEDDED, (error) => answers.push(error))
  const failure = new Error('disk')
  taken[0]!.acknowledge(failure)
  taken[1]!.acknowledge()
  expect(answers).toEqual([failure])
})

test('a message that says nothing is acknowledged, once, with its rejections told', () => {
  const rejection: Rejection = { reason: 'unknown-facility', detail: 'nobody', facility: null }
  const { ingress, rejected } = start(() => ({ messages: [], rejections: [rejection] }))
  const answers: unknown[] = []
  ingress.take('foreign/a', Buffer.from('x'), EMBEDDED, (error) => answers.push(error))
  expect(answers).toEqual([undefined])
  expect(rejected).toEqual([rejection])
})

test('a dialect is told what another broker had kept', () => {
  const heard: (boolean | undefined)[] = []
  const { ingress } = start(({ isRetained }) => {
    heard.push(isRetained)
    return said()
  })
  ingress.take('foreign/a', Buffer.from('x'), 'city', () => {}, { isRetained: true })
  ingress.take('foreign/a', Buffer.from('x'), 'city', () => {})
  expect(heard).toEqual([true, undefined])
})

test('slow translations keep the order of their topic and hold up no other topic', async () => {
  const opened: (() => void)[] = []
  const { ingress, taken } = start(({ topic, payload }: Incoming) => {
    if (topic === 'foreign/b') return said(text(payload))
    return new Promise((resolve) => opened.push(() => resolve(said(text(payload)))))
  })
  const buffer = Buffer.from('1')
  ingress.take('foreign/a', buffer, EMBEDDED, () => {})
  buffer.write('?')
  ingress.take('foreign/a', Buffer.from('2'), EMBEDDED, () => {})
  ingress.take('foreign/b', Buffer.from('3'), EMBEDDED, () => {})
  expect(taken.map(({ payload }) => payload)).toEqual(['3'])
  expect(opened).toHaveLength(1)
  opened[0]!()
  await expect.poll(() => opened.length).toBe(2)
  opened[1]!()
  await expect.poll(() => taken.map(({ payload }) => payload)).toEqual(['3', '1', '2'])
})

test('a translation that breaks costs its own message alone', async () => {
  let isBroken = true
  const { ingress, taken, mishaps } = start(() => {
    if (isBroken) throw new Error('broken')
    return Promise.resolve(said('fine'))
  })
  const answers: unknown[] = []
  ingress.take('foreign/a', Buffer.from('x'), EMBEDDED, (error) => answers.push(error))
  isBroken = false
  ingress.take('foreign/a', Buffer.from('x'), EMBEDDED, (error) => answers.push(error))
  await expect.poll(() => taken.length).toBe(1)
  expect(answers).toEqual([undefined])
  expect(mishaps).toHaveLength(1)
})

test('a full journal refuses what is translated too, and what waits is bounded', async () => {
  const { ingress } = start(
    () => said('1'),
    () => true,
  )
  expect(() => ingress.take('foreign/a', Buffer.from('x'), EMBEDDED, () => {})).toThrow(/journal takes no messages/)

  let begun = 0
  const endless = start(() => {
    begun++
    return new Promise(() => {})
  })
  const payload = Buffer.alloc(1_048_576)
  const takeMany = (source: string) => {
    for (let i = 0; i < 20; i++) endless.ingress.take(`foreign/${i}`, payload, source, () => {})
  }
  expect(() => takeMany(EMBEDDED)).toThrow('Too many messages wait')
  // Nothing was begun for the one that is refused, and others are not refused for it.
  expect(begun).toBe(16)
  expect(() => takeMany('city-broker')).toThrow('Too many messages wait')
  expect(begun).toBe(32)
})

/** The host of Sparkplug onto a journal that is told what to do with each message. */
function startSparkplug() {
  const { host } = hostOf()
  let trouble: Error | undefined
  let isFull = false
  const taken: string[] = []
  const ingress = new Ingress({
    ingest: {
      hasRoom: () => !isFull,
      take(topic, payload, acknowledge) {
        if (!trouble) taken.push(`${topic} ${text(payload)}`)
        acknowledge(trouble)
      },
    },
    dialects: [host],
    now: () => BORN + 1000,
    onRejected: (_message, found) => expect(found).toEqual([]),
    onMishap: (error) => expect(error).toBeUndefined(),
  })
  const answers: (Error | undefined)[] = []
  return {
    taken,
    answers,
    say: (fixture: Fixture) => ingress.take(fixture.topic, bytesOf(fixture), EMBEDDED, (error) => answers.push(error)),
    fail: (error: Error | undefined) => {
      trouble = error
    },
    fill: (full: boolean) => {
      isFull = full
    },
  }
}

test('what the journal did not take is taken when it comes again, also where a session would hold it for a repetition', () => {
  const { say, fail, fill, taken, answers } = startSparkplug()
  const disk = new Error('disk')
  fail(disk)
  say(messages.nodeBirth)
  fail(undefined)
  say(messages.nodeBirth)
  expect(taken).toEqual([expect.stringContaining('T-1/status online'), expect.stringContaining('T-1/telemetry {')])
  say(messages.deviceBirth)

  const before = taken.length
  fill(true)
  expect(() => say(messages.deviceData)).toThrow(/journal takes no messages/)
  fill(false)
  fail(disk)
  say(messages.deviceData)
  expect(taken).toHaveLength(before)
  fail(undefined)
  say(messages.deviceData)
  const first = taken.slice(before)
  expect(first).toEqual([expect.stringContaining('T-2/telemetry')])
  // By now it is a repetition and nothing new.
  say(messages.deviceData)
  expect(taken.slice(before)).toEqual(first)
  expect(answers).toEqual([disk, undefined, undefined, disk, undefined, undefined])
})
