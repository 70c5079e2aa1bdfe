import { expect, test } from 'vitest'
import type { AlarmRecord } from '../../src/alarms/alarm-log.ts'
import { FloodTimeline } from '../../src/alarms/flood-review.ts'
import { hours, minutes } from '../../src/telemetry/duration.ts'

const started = hours(5)
const told = (after: number, more: Partial<AlarmRecord> = {}): AlarmRecord => ({
  ...{ alarm: 1, facility: 'T-1', rule: 'high', type: 'raise', at: 0, by: null, detail: '', priority: 'high', told: true, version: 1 },
  ...{ recorded: started + after, announced: true },
  ...more,
})
const timeline = (length: number, records: AlarmRecord[] = []) => {
  const it = new FloodTimeline(started, started + length)
  for (const record of records) it.add(record)
  return it.view()
}
const none = { critical: 0, high: 0, medium: 0, low: 0 }

test('a flood is drawn in whole minutes, and in at most sixty stretches', () => {
  const shape = (length: number) => {
    const { length: each, counts } = timeline(length)
    return [each, counts.length]
  }
  expect(shape(0)).toEqual([minutes(1), 1])
  expect(shape(minutes(7))).toEqual([minutes(1), 7])
  expect(shape(minutes(7) + 1)).toEqual([minutes(1), 8])
  expect(shape(minutes(60))).toEqual([minutes(1), 60])
  expect(shape(minutes(60) + 1)).toEqual([minutes(2), 31])
  expect(shape(hours(24))).toEqual([minutes(24), 60])
})

test('an alarm counts by its priority, in the stretch of our time in which people were told of it', () => {
  const records = [
    told(0),
    told(minutes(1) - 1, { priority: 'critical' }),
    told(minutes(1), { priority: 'low', type: 'unshelve' }),
    told(minutes(1), { priority: 'low', at: started }),
    told(minutes(3) - 1, { priority: 'medium' }),
  ]
  expect(timeline(minutes(3), records).counts).toEqual([
    { ...none, critical: 1, high: 1 },
    { ...none, low: 2 },
    { ...none, medium: 1 },
  ])
})

test('what told nobody, and what came before the flood or after it, is no part of it', () => {
  const records = [told(0, { announced: false }), told(30_000, { type: 'return', announced: false }), told(-1), told(minutes(2))]
  expect(timeline(minutes(2), records).counts).toEqual([none, none])
})
