import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Acknowledgement,
  type CommandMessage,
  decodeAcknowledgement,
  decodeCommand,
  encodeAcknowledgement,
  encodeCommand,
} from '../../src/telemetry/codecs/command-messages.ts'

const bytes = (body: unknown) => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
const command: CommandMessage = { id: 'c-1', facility: 'SL-1', command: 'dim', value: 40, at: 1, expires: 2, until: null }
const answer: Acknowledgement = { id: 'c-1', facility: 'SL-1', done: false, words: '就地' }

test('what is told and answered comes as it went', () => {
  for (const value of [40, 'inlet', null]) {
    const { facility: _, ...alone } = { ...command, value }
    expect(decodeCommand(bytes(encodeCommand({ ...command, value })))).toEqual({ ...command, value })
    expect(decodeCommand(bytes(encodeCommand(alone)))).toEqual(alone)
  }
  expect(decodeAcknowledgement(bytes(encodeAcknowledgement(answer)))).toEqual(answer)
  expect(decodeAcknowledgement(bytes({ id: 'c', done: true, more: 1 }))).toEqual({ id: 'c', done: true })
})

test.each(
  [
    ['', 'null', '[]', '7', '{', '{"id":"c"}', '{"done":true}', '{"id":"","done":true}', '{"id":7,"done":true}', '{"id":"c","done":1}'],
    [
      { ...answer, facility: 7 },
      { ...answer, facility: 'x'.repeat(65) },
      { ...answer, words: 7 },
      { ...answer, words: 'x'.repeat(201) },
    ],
    [
      { ...answer, id: 'x'.repeat(81) },
      { ...answer, more: 'x'.repeat(1024) },
    ],
  ].flatMap((list) => list.map((one) => [one])),
)('%o is no answer', (body) => expect(decodeAcknowledgement(bytes(body))).toBeUndefined())

test('what is no command is none', () => {
  for (const wrong of [{ id: 7 }, { command: '' }, { value: true }, { at: '1' }, { expires: null }, { until: 'never' }, { facility: '' }])
    expect(decodeCommand(bytes({ ...command, ...wrong })), JSON.stringify(wrong)).toBeUndefined()
})

test('never throws, whatever comes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.json().map(bytes)), (payload) => {
      const read = decodeAcknowledgement(payload)
      expect(read === undefined || typeof read.done === 'boolean').toBe(true)
      decodeCommand(payload)
    }),
  )
})
