import fc from 'fast-check'
import { expect, test } from 'vitest'
import { admit, createLatest } from '../../src/telemetry/latest.ts'
import type { Reading, ReportingFacility } from '../../src/telemetry/report.ts'

const facility = {} as ReportingFacility
const report = (at: number, readings: Reading[]) => ({ facility, at, received: 0, readings })
const good = (point: number, value: number): Reading => ({ point, value, quality: 'good' })

test('late readings are kept but never move the latest back', () => {
  const latest = createLatest(2)
  expect(admit(latest, report(2000, [good(0, 7)]))).toMatchObject({ fresh: 1 })
  expect(admit(latest, report(1000, [good(0, 3), good(1, 4)]))).toMatchObject({ fresh: 1, late: 1, stored: [good(0, 3), good(1, 4)] })
  expect([latest.values[0], latest.times[0], latest.values[1]]).toEqual([7, 2000, 4])
})

test('a repetition is counted and not stored again', () => {
  const latest = createLatest(2)
  admit(latest, report(1000, [good(0, 7)]))
  expect(admit(latest, report(1000, [good(0, 7)]))).toEqual({ fresh: 0, late: 0, duplicate: 1, stored: [] })
  expect(admit(latest, report(1000, [good(0, 8)]))).toMatchObject({ duplicate: 1, stored: [] })
})

test('another value that a person entered for the same time corrects the first', () => {
  const latest = createLatest(2)
  const entered = (at: number, ...readings: Reading[]) => admit(latest, { ...report(at, readings), entered: true as const })
  expect(entered(1000, good(0, 7), good(1, 1))).toMatchObject({ fresh: 2 })
  expect(entered(1000, good(0, 8), good(1, 1))).toMatchObject({ fresh: 1, duplicate: 1 })
  expect(latest.values[0]).toBe(8)
  expect(entered(500, good(0, 9))).toMatchObject({ late: 1, stored: [good(0, 9)] })
  expect(latest.values[0]).toBe(8)
})

test('bad points are kept until a good value comes', () => {
  const latest = createLatest(2)
  admit(latest, report(1000, [{ point: 0, value: 746, quality: 'bad' }]))
  expect([latest.bad, latest.values[0]]).toEqual([new Map([[0, 746]]), Number.NaN])
  admit(latest, report(2000, [{ point: 0, value: 745, quality: 'bad' }]))
  expect(latest.bad).toEqual(new Map([[0, 745]]))
  admit(latest, report(3000, [good(0, 1)]))
  expect([latest.bad, latest.values[0]]).toEqual([null, 1])
})

test('in any order and with any repetition, latest is the newest and every reading is stored or known', () => {
  const reading = fc.record({ at: fc.integer({ min: 1, max: 20 }), point: fc.nat(2) })
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 60 }), (sequence) => {
      const latest = createLatest(3)
      const stored = new Set<string>()
      for (const { at, point } of sequence) {
        for (const r of admit(latest, report(at, [good(point, at * 10 + point)])).stored) stored.add(`${r.point}@${at}=${r.value}`)
      }
      for (const { at, point } of sequence) expect(stored).toContain(`${point}@${at}=${at * 10 + point}`)
      for (const point of [0, 1, 2]) {
        const newest = Math.max(...sequence.filter((r) => r.point === point).map((r) => r.at))
        if (Number.isFinite(newest)) expect([latest.times[point], latest.values[point]]).toEqual([newest, newest * 10 + point])
      }
    }),
  )
})
