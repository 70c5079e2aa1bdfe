import { describe, expect, test } from 'vitest'
import { exportTelemetry } from '../../../../src/edges/exchange/telemetry/export.ts'
import type { RawSeries, ScanQuery, SeriesQuery } from '../../../../src/storage/telemetry-store.ts'
import { MOST_ROWS, TimeSlices } from '../../../../src/storage/time-slices.ts'
import { days, hours } from '../../../../src/telemetry/duration.ts'
import { contractKind, NOON } from '../../../storage/telemetry-store.contract.ts'
import { exportOrder, never } from './fixtures.ts'

/** Silent for eight hours, then 250 rows a second for twenty minutes. */
const BURST = NOON + hours(8)
const STEP = 4
const ROWS = 300_000
const placeOf = (at: number) => Math.min(ROWS, Math.max(0, Math.ceil((at - BURST) / STEP)))
const order = (more = {}) => exportOrder('csv', { from: NOON, to: NOON + days(3), points: ['flow'], withFlagged: false, ...more })

/** Keeps the rows of each answer. */
function burstStore(answers: number[]) {
  const cut = ({ from, to }: { from: number; to: number }, limit = Number.POSITIVE_INFINITY) => {
    const first = placeOf(from)
    const rows = Math.min(placeOf(to) - first, limit)
    answers.push(rows)
    return { rows, times: Array.from({ length: rows }, (_, i) => BURST + STEP * (first + i)) }
  }
  return {
    async scan({ limit, ...query }: ScanQuery) {
      const { rows, times } = cut(query, limit)
      const facility = new Uint32Array(rows)
      const values = [new Float64Array(rows).fill(1)]
      return { kind: contractKind.key, facilities: ['a'], facility, at: Float64Array.from(times), columns: ['flow'], values, rows }
    },
    async range(query: SeriesQuery, limit: number): Promise<RawSeries[]> {
      const { times } = cut(query, limit)
      return [{ facility: 'a', point: 'flow', at: times, value: times.map(() => 1), good: times.map(() => true) }]
    },
  }
}

describe.each([
  ['all', null],
  ['few', ['a']],
])('a burst after a silence, of %s facilities', (_, facilities) => {
  test('goes out whole and in order, in answers and pieces that are bounded', async () => {
    const answers: number[] = []
    let text = ''
    let largest = 0
    const write = async (piece: Uint8Array) => {
      largest = Math.max(largest, piece.length)
      text += Buffer.from(piece).toString()
    }
    const done = await exportTelemetry(order({ facilities }), burstStore(answers), { write }, { signal: never })
    expect(done.rows).toBe(ROWS)
    expect(Math.max(...answers)).toBeLessThanOrEqual(MOST_ROWS)
    expect(largest).toBeLessThan(1_048_576)
    const times = text.trimEnd().split('\r\n').slice(1)
    expect([times.length, times[0], times.at(-1)]).toEqual([
      ROWS,
      `${new Date(BURST).toISOString()},a,1`,
      `${new Date(BURST + STEP * (ROWS - 1)).toISOString()},a,1`,
    ])
    expect(times.every((line, i) => i === 0 || line > (times[i - 1] as string))).toBe(true)
  })
})

test('slices are halved down to 1 ms, also the last, and do not grow at once again', () => {
  const slices = new TimeSlices(0, 100, { longest: days(1) })
  const lengths: number[] = []
  do lengths.push((slices.next?.to ?? 0) - (slices.next?.from ?? 0))
  while (slices.halve())
  expect(lengths).toEqual([100, 50, 25, 13, 7, 4, 2, 1])
  slices.took(1_000_000)
  expect(slices.next).toEqual({ from: 1, to: 2 })
  slices.took(0)
  expect(slices.next).toEqual({ from: 2, to: 4 })
})
