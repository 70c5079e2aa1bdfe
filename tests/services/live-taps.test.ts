import { expect, test } from 'vitest'
import type { TapOrder, TapOutcome, TappedMessage } from '../../src/edges/traffic.ts'
import { LiveTaps, MAX_TAPS, MAX_TAPS_EACH, TAP_RATE, TAP_TIME } from '../../src/services/traffic/live-taps.ts'
import { EMBEDDED } from '../../src/telemetry/dialect.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const topic = 'facilities/tank/T-1/telemetry'
const passing = (payload: string, more: { topic?: string; source?: string } = {}) => ({
  ...{ topic, source: EMBEDDED, qos: 1, retain: false, payload: bytes(payload), ...more },
})
const acknowledge = () => {}

function start() {
  const clock = { now: 0 }
  const taps = new LiveTaps(() => clock.now)
  let people = 0
  const open = (order: Partial<TapOrder> = {}, by = `somebody-${people++}`) => {
    const messages: TappedMessage[] = []
    const outcomes: TapOutcome[] = []
    const skipped: number[] = []
    const tap = taps.open({ filter: '#', ...order }, by, {
      message: (message) => messages.push(message),
      outcome: (outcome) => outcomes.push(outcome),
      skipped: (count) => skipped.push(count),
    })
    return { tap, messages, outcomes, skipped }
  }
  return { taps, open, clock }
}

test('while nobody taps, a message goes on with the very acknowledgement it came with', () => {
  const { taps, open } = start()
  expect(taps.came(passing('1'), acknowledge)).toBe(acknowledge)
  const { tap, messages } = open({ filter: 'elsewhere/#' })
  expect(taps.came(passing('1'), acknowledge)).toBe(acknowledge)
  tap.close()
  expect(messages).toEqual([])
})

test('filter, source and direction choose what is told', () => {
  const { taps, open } = start()
  const tank = open({ filter: 'facilities/+/T-1/#' })
  const bridge = open({ source: 'city-broker' })
  const out = open({ direction: 'out' })
  taps.came(passing('1'), acknowledge)
  taps.came(passing('2', { topic: 'application/7', source: 'city-broker' }), acknowledge)
  taps.sent(passing('3', { topic: 'spBv1.0/City/NCMD/E1' }))
  const told = ({ messages }: { messages: TappedMessage[] }) => messages.map(({ payload }) => Buffer.from(payload).toString())
  expect([told(tank), told(bridge), told(out)]).toEqual([['1'], ['2'], ['3']])
})

test('tells what became of a message: on disk, rejected later, or not taken', () => {
  const { taps, open } = start()
  const { outcomes } = open()
  const answers: (string | undefined)[] = []
  const answer = (error?: Error) => void answers.push(error?.message)
  taps.came(passing('{'), answer)()
  taps.rejected(passing('{'), [{ reason: 'malformed-json', detail: 'at 1', facility: 'T-1' }])
  taps.came(passing('x'), answer)(new Error('the disk is full'))
  expect(answers).toEqual([undefined, 'the disk is full'])
  expect(outcomes).toEqual([
    { id: 1, journaled: 1, rejections: [], problem: null },
    { id: 1, journaled: 1, rejections: [{ reason: 'malformed-json', detail: 'at 1' }], problem: null },
    { id: 2, journaled: null, rejections: [], problem: 'the disk is full' },
  ])
})

test('of equal messages each gets its own word', () => {
  const { taps, open } = start()
  const { outcomes } = open()
  for (let i = 0; i < 2; i++) taps.came(passing('{'), acknowledge)
  for (let i = 0; i < 2; i++) taps.rejected(passing('{'), [{ reason: 'malformed-json', detail: `${i}`, facility: 'T-1' }])
  expect(outcomes.map(({ id, rejections }) => [id, rejections[0]?.detail])).toEqual([
    [1, '0'],
    [2, '1'],
  ])
})

test('of a message of another dialect it tells how many native ones it is, and what is rejected of them', () => {
  const { taps, open } = start()
  const { outcomes } = open()
  const uplink = passing('uplink', { topic: 'application/7/up' })
  const answer = taps.came(uplink, acknowledge)
  taps.translated(uplink, [
    { topic, payload: '{"at":1}' },
    { topic, payload: '{"at":2}' },
  ])
  answer()
  taps.rejected(passing('{"at":2}'), [{ reason: 'time-too-old', detail: 'old', facility: 'T-1' }])
  expect(outcomes.at(-1)).toEqual({ id: 1, journaled: 2, rejections: [{ reason: 'time-too-old', detail: 'old' }], problem: null })
})

test('what the broker refuses is told with its reason, and who sent it', () => {
  const { taps, open } = start()
  const { messages, outcomes } = open()
  const from = { clientId: 'c-1', peer: { id: 'T-1', sort: 'device' as const } }
  taps.refused({ ...passing('x', { topic: 'nowhere' }), from, qos: 0, retain: true }, { reason: 'unknown-topic', detail: 'none' })
  expect(messages).toMatchObject([{ topic: 'nowhere', clientId: 'c-1', peer: 'T-1', qos: 0, retain: true }])
  expect(outcomes).toEqual([{ id: 1, journaled: null, rejections: [{ reason: 'unknown-topic', detail: 'none' }], problem: null }])
})

test('no more than so many are told a second; the others are counted', () => {
  const { taps, open, clock } = start()
  const { tap, messages, skipped } = open()
  for (let i = 0; i < TAP_RATE + 30; i++) taps.came(passing(`${i}`), acknowledge)
  tap.tick()
  tap.tick()
  expect([messages.length, skipped]).toEqual([TAP_RATE, [30]])
  clock.now = 1_000
  taps.came(passing('again'), acknowledge)
  expect(messages).toHaveLength(TAP_RATE + 1)
})

test("payloads are cut at 4 kB and copied, for the bytes are the broker's", () => {
  const { taps, open } = start()
  const { messages } = open()
  const long = passing('z'.repeat(10_000))
  taps.came(long, acknowledge)
  long.payload.fill(0)
  expect([messages[0]?.bytes, messages[0]?.payload.length, messages[0]?.payload[0]]).toEqual([10_000, 4_096, 'z'.charCodeAt(0)])
})

test('only a few are open at once, each for ten minutes, by a filter that is one', () => {
  const { open, taps } = start()
  const people = Array.from({ length: MAX_TAPS / MAX_TAPS_EACH }, (_, i) => `person-${i}`)
  const all = people.flatMap((by) => Array.from({ length: MAX_TAPS_EACH }, () => open({}, by).tap))
  expect(all.every(({ until }) => until === TAP_TIME)).toBe(true)
  expect(() => open()).toThrow(/open already/)
  all[0]?.close()
  expect(taps.size).toBe(MAX_TAPS - 1)
  expect(() => open({}, 'person-1')).toThrow(/^You have 2 live taps/)
  open({}, 'person-0')
  expect(() => open({ filter: 'a/#/b' })).toThrow(/no MQTT topic filter/)
})
