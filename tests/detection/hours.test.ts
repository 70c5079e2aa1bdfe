import { describe, expect, test } from 'vitest'
import type { InForce } from '../../src/detection/detection.ts'
import { begunAt, coversHours, type Hours, nextWithin } from '../../src/detection/hours.ts'
import { hours, minutes } from '../../src/telemetry/duration.ts'
import { detectorWith, texts } from './fixtures.ts'

const options = { ...texts, priority: 'high' } as const
const everyDay = [1, 2, 3, 4, 5, 6, 7]
const day: Hours = { from: 6 * 60, until: 22 * 60, weekdays: everyDay }
const night: Hours = { from: 22 * 60, until: 6 * 60, weekdays: everyDay }
const office: Hours = { from: 8 * 60, until: 18 * 60, weekdays: [1, 2, 3, 4, 5] }
const fridayNight: Hours = { ...night, weekdays: [5] }
const whole: Hours = { from: 0, until: 1440, weekdays: everyDay }

/** 2026-06-05 is a Friday. */
const at = (time: string) => Date.parse(`2026-06-${time}:00Z`)
const text = (time: number) => (Number.isFinite(time) ? new Date(time).toISOString().slice(8, 16) : null)

describe('hours', () => {
  test.each<[string, Hours, string, string | null]>([
    ['begin with their first minute', day, '05T06:00', '05T06:00'],
    ['not before it', day, '05T05:59', null],
    ['end before their last minute', day, '05T21:59', '05T06:00'],
    ['not with it', day, '05T22:00', null],
    ['past midnight: in the evening', night, '05T22:00', '05T22:00'],
    ['past midnight: not before', night, '05T21:59', null],
    ['past midnight: in the morning', night, '05T05:59', '04T22:00'],
    ['past midnight: not after', night, '05T06:00', null],
    ['on their weekday', office, '05T12:00', '05T08:00'],
    ['not on Saturday', office, '06T12:00', null],
    ['not on Sunday', office, '07T12:00', null],
    ['on Monday', office, '08T12:00', '08T08:00'],
    ['past midnight they belong to the day they began', fridayNight, '06T03:00', '05T22:00'],
    ['and not to the day they end', fridayNight, '05T03:00', null],
    ['of the whole day', whole, '05T23:59', '05T00:00'],
    ['that end where they begin are a whole day', { ...night, until: 22 * 60 }, '05T21:59', '04T22:00'],
  ])('%s', (_, given, time, begun) => {
    expect(text(begunAt(given, at(time)))).toBe(begun)
  })

  test.each<[string, Hours, string, string | null]>([
    ['within: now', day, '05T12:00', '05T12:00'],
    ['before: today', day, '05T05:00', '05T06:00'],
    ['after: tomorrow', day, '05T22:00', '06T06:00'],
    ['Friday evening: on Monday', office, '05T18:00', '08T08:00'],
    ['a week later', { ...office, weekdays: [5] }, '05T18:00', '12T08:00'],
    ['never', { ...office, weekdays: [] }, '05T18:00', null],
  ])('come next, %s', (_, given, time, next) => {
    expect(text(nextWithin(given, at(time)))).toBe(next)
  })

  test.each<[string, Hours, Hours | null, boolean]>([
    ['themselves', office, office, true],
    ['shorter ones', office, { ...office, from: 9 * 60, until: 17 * 60 }, true],
    ['not a minute more', office, { ...office, until: 18 * 60 + 1 }, false],
    ['not another day', office, { ...office, weekdays: [6] }, false],
    ['the end of a night in a morning', { ...day, from: 0, until: 7 * 60 }, { ...night, from: 0 }, true],
    ['Friday night not on Friday morning', fridayNight, { ...office, from: 60, until: 120 }, false],
    ['all there is', whole, null, true],
    ['all there is, cut anywhere', { ...night, until: 22 * 60 }, null, true],
    ['not always without a minute', { ...whole, from: 1 }, null, false],
  ])('cover %s', (_, given, others, covers) => {
    expect(coversHours(given, others)).toBe(covers)
  })

  test('before 1970 too', () => {
    expect(new Date(begunAt(day, Date.parse('1969-12-29T12:00Z'))).toISOString()).toBe('1969-12-29T06:00:00.000Z')
    expect(begunAt(office, Date.parse('1969-12-28T12:00Z'))).toBeNaN()
  })
})

describe('a rule with hours', () => {
  const limit = (given: Hours | null, utcOffset = 0) =>
    detectorWith((build) => ({ high: build.limit({ ...options, point: 'level', high: 5, hours: given }) }), { utcOffset: () => utcOffset })

  test('finds nothing before them, the fault from their beginning, and ends after them', () => {
    const { report, take } = limit(day)
    report(at('05T05:59'), { level: 6 })
    expect(take()).toEqual([])
    report(at('05T06:00'), { level: 6.1 })
    expect(take()).toEqual([`high+ ${at('05T06:00')}`])
    report(at('05T21:59'), { level: 6.2 })
    report(at('05T22:00'), { level: 6.3 })
    expect(take()).toEqual([`high- ${at('05T22:00')}`])
  })

  test('finds nothing by their beginning alone, before a report falls into them', () => {
    const { report, tick, take } = limit(day)
    report(at('05T05:59'), { level: 6 })
    tick(at('05T06:30'))
    expect(take()).toEqual([])
    report(at('05T06:40'), { level: 6 })
    expect(take()).toEqual([`high+ ${at('05T06:40')}`])
  })

  test('counts them in local time', () => {
    const { report, take } = limit(day, hours(8))
    report(at('04T21:59'), { level: 6 })
    report(at('04T22:00'), { level: 6.1 })
    expect(take()).toEqual([`high+ ${at('04T22:00')}`])
  })

  test('ends with unknown values after them', () => {
    const { report, take } = limit(day)
    report(at('05T21:00'), { level: 6 })
    report(at('05T21:30'), { level: 99 })
    expect(take()).toEqual([`high+ ${at('05T21:00')}`, `sensor-fault+ ${at('05T21:30')}`])
    report(at('05T23:00'), { level: 98 })
    expect(take()).toEqual([`high- ${at('05T23:00')}`])
  })

  test('silence waits for them', () => {
    const { report, tick, take } = detectorWith((build) => ({
      silence: build.silence({ ...options, period: minutes(10), hours: day }),
    }))
    report(at('05T21:00'), { level: 1 })
    tick(at('05T21:11'))
    expect(take()).toEqual([`silence+ ${at('05T21:10')}`])
    report(at('05T21:55'), { level: 2 })
    take()
    tick(at('06T05:59'))
    expect(take()).toEqual([])
    tick(at('06T06:01'))
    expect(take()).toEqual([`silence+ ${at('06T06:00')}`])
  })

  test('what was there before them counts from their beginning', () => {
    const made = detectorWith((build) => ({
      silence: build.silence({ ...options, period: minutes(10), hours: day }),
    }))
    made.report(at('05T22:30'), { level: 1 })
    made.link(at('05T23:00'), false)
    made.tick(at('06T05:30'))
    expect(made.take()).toEqual([])
    made.link(at('06T06:30'), true)
    expect(made.take()).toEqual([`silence+ ${at('06T06:00')}`])
  })

  /** Other hours or another mode, and what that changes at once. */
  function change(made: ReturnType<typeof limit>, now: number, to: { hours?: Hours | null; mode?: 'auto' | 'manual' }) {
    const { detector, facility, emit, take } = made
    const before = detector.inForce(1) as InForce
    const [first, ...others] = before.settings as [InForce['settings'][number], ...InForce['settings']]
    const settings = to.hours === undefined ? before.settings : [{ ...first, hours: to.hours }, ...others]
    detector.put({ ...facility, mode: to.mode ?? 'auto' }, settings)
    detector.resettle(1, before, now, emit)
    return take()
  }

  test('other hours count at once', () => {
    const made = limit(null)
    made.report(at('05T21:00'), { level: 6 })
    made.take()
    expect(change(made, at('05T21:30'), { hours: office })).toEqual([`high- ${at('05T21:30')}`])
    expect(change(made, at('05T21:31'), { hours: day })).toEqual([`high+ ${at('05T21:31')}`])
    expect(change(made, at('05T21:32'), { hours: null })).toEqual([])
  })

  test('modes: judged in those named only, from the moment the mode changes', () => {
    const made = detectorWith((build) => ({
      high: build.limit({ ...options, point: 'level', high: 5, modes: ['auto', 'maintenance'] }),
      everywhere: build.limit({ ...options, point: 'level', high: 5 }),
    }))
    made.report(at('05T21:00'), { level: 6 })
    expect(made.take()).toEqual([`high+ ${at('05T21:00')}`, `everywhere+ ${at('05T21:00')}`])
    expect(change(made, at('05T21:10'), { mode: 'manual' })).toEqual([`high- ${at('05T21:10')}`])
    made.report(at('05T21:20'), { level: 7 })
    expect(made.take()).toEqual([])
    expect(change(made, at('05T21:30'), { mode: 'auto' })).toEqual([`high+ ${at('05T21:30')}`])
  })
})
