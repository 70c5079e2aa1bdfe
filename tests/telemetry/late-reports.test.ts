import { expect, test } from 'vitest'
import { LateReports } from '../../src/telemetry/late-reports.ts'

const late = (at: number) => ({ at, delay: 60_000, isHistory: false })

test('the newest late reports of a facility are kept', () => {
  const reports = new LateReports()
  for (let at = 0; at < 100; at++) reports.note(1, late(at))
  expect(reports.of(1).map(({ at }) => at)).toEqual(Array.from({ length: 64 }, (_, i) => 36 + i))
  expect(reports.of(2)).toEqual([])
})

test('of too many facilities those that were late last are kept', () => {
  const reports = new LateReports()
  for (let number = 0; number < 4000; number++) reports.note(number, late(number))
  reports.note(0, late(5000))
  reports.note(4000, late(6000))
  expect(reports.of(0)).toHaveLength(2)
  expect(reports.of(1)).toEqual([])
  expect(reports.of(2)).toHaveLength(1)
})
