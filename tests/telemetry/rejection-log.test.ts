import { expect, test } from 'vitest'
import { hours } from '../../src/telemetry/duration.ts'
import type { Rejection } from '../../src/telemetry/rejection.ts'
import { RejectionLog } from '../../src/telemetry/rejection-log.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const of = (facility: string | null, reason: Rejection['reason'] = 'malformed-json'): Rejection[] => [{ reason, detail: 'd', facility }]
const message = (received: number, topic: string, payload = '{', sender?: string) => ({
  ...{ received, topic, payload: bytes(payload) },
  ...(sender !== undefined && { sender }),
})

test('keeps the newest of each facility, gateway and sender, however much others are refused', () => {
  const log = new RejectionLog()
  for (let at = 1; at <= 7; at++) log.add(message(at, 'facilities/tank/T-1/telemetry', `{${at}`), of('T-1'))
  log.add(message(8, 'gateways/G-1/telemetry'), of(null))
  log.add(message(9, 'somewhere/else', 'x', 'D-1'), of(null, 'unknown-topic'))
  for (let i = 0; i < 1000; i++) log.add(message(10, `facilities/tank/X-${i}/telemetry`), of(null, 'unknown-facility'))
  expect(log.samples()).toHaveLength(200)
  expect(log.samples().every(({ at }) => at === 10)).toBe(true)
  expect(log.samplesOf(['T-1']).map(({ payload }) => Buffer.from(payload).toString())).toEqual(['{7', '{6', '{5', '{4', '{3'])
  expect(log.samplesOf(['G-1'])).toMatchObject([{ at: 8, sender: null }])
  expect(log.samplesOf(['D-1'])).toMatchObject([{ at: 9, sender: 'D-1', topic: 'somewhere/else' }])
  expect(log.samplesOf(['T-1', 'G-1', 'D-1']).map(({ at }) => at)).toEqual([9, 8, 7, 6, 5, 4, 3])
})

test('ids that somebody makes up cannot fill the memory, and long payloads are cut', () => {
  const log = new RejectionLog()
  for (let i = 0; i < 5_001; i++) log.add(message(i, `facilities/tank/X-${i}/telemetry`, 'y'.repeat(2_000)), of(null, 'unknown-facility'))
  expect(log.samplesOf(['X-0'])).toEqual([])
  expect(log.samplesOf(['X-5000'])[0]?.payload).toHaveLength(512)
})

test('what is kept of a long payload keeps not the whole of it', () => {
  const log = new RejectionLog()
  const packet = Buffer.alloc(1_000_000, 'y')
  log.add({ received: 1, topic: 'x', payload: packet.subarray(100, 900_000) }, of(null, 'unknown-topic'))
  expect(log.samples()[0]?.payload.buffer.byteLength).toBe(512)
  expect(Buffer.from(log.samples()[0]?.payload ?? []).toString()).toBe('y'.repeat(512))
})

test('counts by reason since the start and in the last hour, and tells who listens', () => {
  const log = new RejectionLog()
  const told: string[] = []
  log.onAdd(({ topic }, rejections) => told.push(`${topic} ${rejections.length}`))
  log.add(message(0, 'a'), of('T-1'))
  log.add(message(hours(2), 'b'), [...of('T-1'), ...of('T-2', 'bad-time')])
  expect(log.counts()).toEqual(
    new Map([
      ['malformed-json', 2],
      ['bad-time', 1],
    ]),
  )
  expect(log.lastHour(hours(2))).toEqual(
    new Map([
      ['malformed-json', 1],
      ['bad-time', 1],
    ]),
  )
  expect(log.byFacility()).toEqual(
    new Map([
      ['T-1', 2],
      ['T-2', 1],
    ]),
  )
  expect(told).toEqual(['a 1', 'b 2'])
})
