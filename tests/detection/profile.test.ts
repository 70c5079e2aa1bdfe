import { describe, expect, test } from 'vitest'
import type { Surroundings } from '../../src/detection/expected.ts'
import type { ProfileOptions } from '../../src/detection/profile.ts'
import type { Rule } from '../../src/detection/rule.ts'
import { days, hours, minutes } from '../../src/telemetry/duration.ts'
import { detectorWith, texts } from './fixtures.ts'

const options = { ...texts, priority: 'low', point: 'flow', off: 1, period: minutes(30), shift: minutes(30), days: 2 } as const
type Watched = Partial<ProfileOptions<'flow'>> & Pick<ProfileOptions<'flow'>, 'watch'>

const time = (day: number, hour: number, minute = 0) => days(day) + hours(hour) + minutes(minute)
const clock = (at: number) => `${Math.floor(at / days(1))} ${new Date(at).toISOString().slice(11, 16)}`

/** A load of 40 from 8:00 to 20:00. */
const usualLoad = (at: number) => (at % days(1) >= hours(8) && at % days(1) < hours(20) ? 40 : 0)

/** Plays a load, undefined where nothing is reported, every five minutes from day 0 to `until`; changes and the figures at each alarm. */
function watch(
  watched: Watched,
  until: number,
  load: (at: number) => number | undefined,
  step = minutes(5),
  surroundings: Surroundings = {},
) {
  const made = detectorWith((build) => ({ it: build.profile({ ...options, ...watched }) }), surroundings)
  const [rule] = made.facility.kind.rules as [Rule]
  const figures: Readonly<Record<string, number>>[] = []
  for (let at = 0; at < until; at += step) {
    const value = load(at)
    if (value === undefined) continue
    const before = made.detector.state(1)?.activeCount
    made.report(at, { flow: value })
    const state = made.detector.state(1)!
    if (state.activeCount !== before && state.activeCount > 0)
      figures.push(rule.figures!(state, at, rule.parameters, state.values, state.layout.memories[0]!))
  }
  return { changes: made.take().map((change) => change.replace(/\d+$/, (at) => clock(Number(at)))), figures }
}

/** The usual load but for one time span. */
const but = (from: number, to: number, value: number | undefined) => (at: number) => (at >= from && at < to ? value : usualLoad(at))

describe('on at a time when it never was', () => {
  const unexpected = (load: (at: number) => number | undefined, more = {}) => watch({ watch: 'unexpected', ...more }, days(6), load).changes
  test.each<[string, (at: number) => number | undefined, string[]]>([
    ['usual days', usualLoad, []],
    ['at night, after half an hour, until it is off', but(time(4, 2), time(4, 4), 5), ['it+ 4 02:30', 'it- 4 04:00']],
    ['at night for just less than half an hour', but(time(4, 2), time(4, 2, 30), 5), []],
    ['so little that it counts as off', but(time(4, 2), time(4, 4), 1), []],
    ['half an hour early is usual', but(time(4, 7, 30), time(4, 8), 40), []],
    ['earlier is not, until that', but(time(4, 6, 55), time(4, 8), 40), ['it+ 4 07:25', 'it- 4 07:30']],
    ['half an hour late is usual', but(time(4, 20), time(4, 20, 30), 40), []],
    ['much later is not', but(time(4, 20), time(4, 22), 40), ['it+ 4 21:00', 'it- 4 22:00']],
    ['off by day is not for this rule', but(time(4, 12), time(4, 14), 0), []],
    ['before two days are known nothing is judged', but(time(1, 2), time(1, 4), 40), []],
    [
      'an impossible value changes nothing',
      (at) => (at === time(4, 3) ? -1 : but(time(4, 2), time(4, 4), 5)(at)),
      ['it+ 4 02:30', 'it- 4 04:00'],
    ],
    [
      'a pause of ten minutes is none',
      (at) => (at === time(4, 2, 20) ? undefined : but(time(4, 2), time(4, 4), 5)(at)),
      ['it+ 4 02:30', 'it- 4 04:00'],
    ],
    [
      'after a longer one the half hour begins anew',
      (at) => (at >= time(4, 2, 20) && at < time(4, 2, 30) ? undefined : but(time(4, 2), time(4, 4), 5)(at)),
      ['it+ 4 03:00', 'it- 4 04:00'],
    ],
  ])('%s', (_, load, expected) => {
    expect(unexpected(load).filter((change) => !change.startsWith('sensor'))).toEqual(expected)
  })
})

describe('how many days must be known', () => {
  // A day of which seven tenths are known is a known day.
  test.each([
    ['two days', 2, ['it+ 2 02:30', 'it- 2 04:00']],
    ['of three days seven tenths, known at 3:05', 3, ['it+ 2 03:35', 'it- 2 04:00']],
    ['four days', 4, []],
  ])('%s', (_, known, expected) => {
    expect(watch({ watch: 'unexpected', days: known }, days(3), but(time(2, 2), time(2, 4), 5)).changes).toEqual(expected)
  })
})

describe('off at a time when it always was on', () => {
  test.each<[string, (at: number) => number | undefined, string[]]>([
    ['usual days', usualLoad, []],
    ['at noon', but(time(4, 12), time(4, 13), 0), ['it+ 4 12:30', 'it- 4 13:00']],
    ['just off at noon', but(time(4, 12), time(4, 13), 1), ['it+ 4 12:30', 'it- 4 13:00']],
    ['less at noon is not off', but(time(4, 12), time(4, 13), 1.1), []],
    ['in the morning after the shift', but(time(4, 8), time(4, 9, 5), 0), ['it+ 4 09:00', 'it- 4 09:05']],
    ['in the evening within the shift', but(time(4, 19, 30), time(4, 20), 0), []],
    ['where it was on once, the day before', but(time(4, 2), time(4, 4), 40), []],
    [
      'where it was on two days in a row',
      (at) => (at >= time(3, 2) && at < time(5, 0) ? but(hours(2), hours(4), 40)(at % days(1)) : usualLoad(at)),
      [],
    ],
    [
      'where it was on three days in a row',
      (at) => (at >= time(2, 2) && at < time(5, 0) ? but(hours(2), hours(4), 40)(at % days(1)) : usualLoad(at)),
      ['it+ 5 03:00', 'it- 5 03:30'],
    ],
    [
      'dimmed to half',
      (at) => (at >= time(4, 12) && at < time(4, 13) ? 0 : at % days(1) > hours(11) ? usualLoad(at) / 2 : usualLoad(at)),
      ['it+ 4 12:30', 'it- 4 13:00'],
    ],
  ])('%s', (_, load, expected) => {
    expect(watch({ watch: 'missing' }, days(6), load).changes).toEqual(expected)
  })
})

describe('another load than usual', () => {
  const deviation = { watch: 'deviation', atLeast: 3, share: 0.2 } as const
  const atNoon = (value: number, more = {}) => watch({ ...deviation, ...more }, days(5), but(time(4, 12), time(4, 13), value))
  const found = ['it+ 4 12:30', 'it- 4 13:00']
  test.each<[string, number, object, string[]]>([
    ['a fifth more is still usual', 48, {}, []],
    ['more than that is not', 48.1, {}, found],
    ['a fifth less is still usual', 32, {}, []],
    ['less than that is not', 31.9, {}, found],
    ['off is not for this rule', 1, {}, []],
    ['just on is', 1.1, {}, found],
    ['more, but by no more than at least', 50, { atLeast: 10 }, []],
    ['more than at least', 50.1, { atLeast: 10 }, found],
    ['less, but by no more than at least', 30, { atLeast: 10 }, []],
    ['less than at least', 29.9, { atLeast: 10 }, found],
  ])('%s', (_, value, more, expected) => {
    expect(atNoon(value, more).changes).toEqual(expected)
  })

  test('without a share or a least difference any is one', () => {
    const any = (value: number) => watch({ watch: 'deviation' }, days(5), but(time(4, 12), time(4, 13), value)).changes
    expect([any(40), any(40.1), any(39.9)]).toEqual([[], found, found])
  })

  test('tells how far from the nearer edge of the usual band', () => {
    expect(atNoon(50).figures).toEqual([{ usualLow: 40, usualHigh: 40, deviation: 10 }])
    expect(atNoon(30).figures).toEqual([{ usualLow: 40, usualHigh: 40, deviation: -10 }])
  })

  test('near a switching time the band reaches down to nothing', () => {
    expect(watch(deviation, days(5), but(time(4, 8), time(4, 8, 30), 60)).changes).toEqual([])
    expect(watch(deviation, days(5), but(time(4, 8), time(4, 10), 60)).changes).toEqual(['it+ 4 09:00', 'it- 4 10:00'])
  })

  test('the other side of the band begins anew', () => {
    const load = (at: number) => (at < time(4, 12, 20) ? but(time(4, 12), time(4, 13), 60)(at) : but(time(4, 12), time(4, 13), 20)(at))
    expect(watch(deviation, days(5), load).changes).toEqual(['it+ 4 12:50', 'it- 4 13:00'])
  })

  test('is not judged until the load settled after it was switched on', () => {
    const load = (at: number) => (at === time(4, 11, 55) ? 0 : but(time(4, 12), time(4, 14), 60)(at))
    expect(watch(deviation, days(5), load).changes).toEqual(['it+ 4 12:30', 'it- 4 14:00'])
    expect(watch({ ...deviation, settling: hours(1) }, days(5), load).changes).toEqual(['it+ 4 13:30', 'it- 4 14:00'])
  })

  test('what led up to it and what it is itself never become usual', () => {
    const everyNoon = (at: number) =>
      at >= days(3) ? but(time(Math.floor(at / days(1)), 12), time(Math.floor(at / days(1)), 13), 60)(at) : usualLoad(at)
    const { changes, figures } = watch(deviation, days(7), everyNoon)
    expect(changes).toHaveLength(8)
    expect(figures.at(-1)).toEqual({ usualLow: 40, usualHigh: 40, deviation: 20 })
    const climbing = (at: number) => (at >= time(4, 11, 30) && at < time(4, 12) ? 47 : but(time(4, 12), time(4, 13), 60)(at))
    const again = (at: number) => (at >= time(5, 11, 45) && at < time(5, 12, 30) ? 60 : climbing(at))
    expect(watch(deviation, days(6), again).figures.at(-1)).toEqual({ usualLow: 40, usualHigh: 40, deviation: 20 })
  })
})

describe('clocks that are moved by an hour at 2:00 of the fifth day', () => {
  const movedAt = time(5, 2)
  const played = (watched: Watched, moved: number, load: (at: number) => number) =>
    watch({ ...watched, period: minutes(5), shift: minutes(20) }, days(16), load, minutes(5), {
      utcOffset: (at) => (at >= movedAt ? moved : 0),
    }).changes
  const deviation = { watch: 'deviation', atLeast: 3, share: 0.2 } as const
  const watched: Watched[] = [{ watch: 'unexpected' }, { watch: 'missing' }, deviation]
  /** Dimmed to half from 11:00 to 15:00. */
  const dimmed = (at: number) => (at % days(1) >= hours(11) && at % days(1) < hours(15) ? usualLoad(at) / 2 : usualLoad(at))
  const both = [hours(1), -hours(1)]

  test.each(both)('by %i ms are no fault of a load that follows them', (moved) => {
    const byClock = (at: number) => dimmed(at >= movedAt ? at + moved : at)
    for (const one of watched) expect(played(one, moved, byClock)).toEqual([])
  })

  test.each(both)('by %i ms are no fault of one that follows the sun', (moved) => {
    for (const one of watched) expect(played(one, moved, dimmed)).toEqual([])
  })

  test.each(both)('by %i ms hide no fault', (moved) => {
    const wrong = (at: number) => (at >= time(5, 17) && at < time(5, 18) ? 60 : at >= time(6, 2) && at < time(6, 4) ? 9 : dimmed(at))
    expect(played(deviation, moved, wrong)).toEqual(['it+ 5 17:05', 'it- 5 18:00'])
    expect(played({ watch: 'unexpected' }, moved, wrong)).toEqual(['it+ 6 02:05', 'it- 6 04:00'])
  })

  test('excuse nothing a week later', () => {
    const early = (at: number) => (at >= time(13, 7) && at < time(13, 8) ? 40 : usualLoad(at))
    expect(played({ watch: 'unexpected' }, hours(1), early)).toEqual(['it+ 13 07:05', 'it- 13 07:40'])
  })
})

describe('the usual band', () => {
  const levels =
    (...perDay: number[]) =>
    (at: number) =>
      usualLoad(at) > 0 ? perDay[Math.floor(at / days(1))]! : 0
  const bandAtNoon = (...perDay: number[]) => {
    const last = perDay.length - 1
    const load = (at: number) => (at >= time(last, 12) && at < time(last, 13) ? 90 : levels(...perDay)(at))
    return watch({ watch: 'deviation', atLeast: 6 }, days(last + 1), load).figures[0]
  }

  test('opens at once and closes by a fifth a day', () => {
    expect(bandAtNoon(40, 40, 40, 40)).toMatchObject({ usualLow: 40, usualHigh: 40 })
    expect(bandAtNoon(40, 40, 44, 44)).toMatchObject({ usualLow: expect.closeTo(40.8, 6), usualHigh: 44 })
    expect(bandAtNoon(40, 40, 44, 44, 44)).toMatchObject({ usualLow: expect.closeTo(41.44, 6), usualHigh: 44 })
    expect(bandAtNoon(44, 44, 40, 40, 40)).toMatchObject({ usualLow: 40, usualHigh: expect.closeTo(42.56, 6) })
  })

  test('holds the lowest and the highest of each five minutes', () => {
    const ripple = (at: number) => usualLoad(at) && [40, 38, 43, 41, 40][(at / minutes(1)) % 5]!
    const load = (at: number) => (at >= time(3, 12) && at < time(3, 13) ? 90 : ripple(at))
    expect(watch({ watch: 'deviation', atLeast: 6 }, days(4), load, minutes(1)).figures).toEqual([
      { usualLow: 38, usualHigh: 43, deviation: 47 },
    ])
  })

  test('is not known at first, and nothing deviates from it that lies within', () => {
    const { detector, facility, report } = detectorWith((build) => ({ it: build.profile({ ...options, watch: 'deviation' }) }))
    const figures = () => {
      const state = detector.state(1)!
      const [rule] = facility.kind.rules as [Rule]
      return rule.figures?.(state, 0, rule.parameters, state.values, state.layout.memories[0]!)
    }
    report(time(0, 9), { flow: 40 })
    expect(figures()).toEqual({})
    for (let at = time(0, 9); at < time(1, 9); at += minutes(1)) report(at + 1, { flow: at % minutes(2) === 0 ? 38 : 43 })
    report(time(1, 9), { flow: 40 })
    expect(figures()).toEqual({ usualLow: 38, usualHigh: 43, deviation: 0 })
  })
})

test('a reading that stands while other points report is not learned again', () => {
  const { report, take } = detectorWith((build) => ({ it: build.profile({ ...options, watch: 'missing', days: 1 }) }))
  report(0, { flow: 40 })
  for (let at = 0; at < days(3); at += minutes(5)) report(at + 1, { level: 1 })
  report(days(3), { flow: 0 })
  report(days(3) + minutes(40), { flow: 0 })
  expect(take()).toEqual([])
})
