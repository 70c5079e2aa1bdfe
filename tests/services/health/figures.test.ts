import { expect, test } from 'vitest'
import { AlarmDelays } from '../../../src/services/health/alarm-delays.ts'
import { DiskGrowth } from '../../../src/services/health/disk-growth.ts'
import { RecentPeak } from '../../../src/storage/recent-peak.ts'
import { hours, minutes } from '../../../src/telemetry/duration.ts'

test('the delay of alarms is told by rank, of the last hour only, and never below zero', () => {
  const delays = new AlarmDelays()
  expect(delays.figures(0)).toBeNull()
  for (let i = 1; i <= 100; i++) delays.add(1000 - i, 1000)
  expect(delays.figures(1000)).toEqual({ count: 100, p50: 50, p99: 99 })
  delays.add(hours(2), hours(1) + 1000)
  expect(delays.figures(hours(1) + 1000)).toEqual({ count: 1, p50: 0, p99: 0 })
  for (let i = 0; i < 2000; i++) delays.add(0, hours(1) + 2000)
  expect(delays.figures(hours(1) + 2000)?.count).toBe(1000)
})

test('days left follow from what a disk lost since yesterday', () => {
  const growth = new DiskGrowth()
  growth.add(1000, 0)
  expect(growth.daysLeft(990, minutes(59))).toBeNull()
  growth.add(990, hours(12))
  expect(growth.daysLeft(980, hours(12))).toBeCloseTo(24.5)
  expect(growth.daysLeft(1000, hours(12))).toBe(Number.POSITIVE_INFINITY)
  // A day later the first sample does not count any more.
  growth.add(980, hours(30))
  expect(growth.daysLeft(980, hours(36))).toBeCloseTo(98)
})

test('a clock that was set back begins the growth of a disk anew', () => {
  const growth = new DiskGrowth()
  growth.add(1000, hours(10))
  growth.add(900, hours(1))
  expect(growth.daysLeft(800, hours(1) + minutes(30))).toBeNull()
  expect(growth.daysLeft(800, hours(3))).toBeCloseTo((800 / 100) * (2 / 24))
})

test('a peak is remembered for one to two lengths', () => {
  const peak = new RecentPeak(60)
  expect(peak.peak(0)).toBe(0)
  peak.add(5, 0)
  peak.add(3, 50)
  expect(peak.peak(70)).toBe(5)
  peak.add(1, 110)
  expect(peak.peak(119)).toBe(5)
  expect(peak.peak(131)).toBe(1)
  expect(peak.peak(1000)).toBe(0)
})
