import { describe, expect, test } from 'vitest'
import { calendarDays } from '../../src/control/calendar-day.ts'
import { utcOffsets } from '../../src/control/local-time.ts'
import { shareOf } from '../../src/operations/completeness-report.ts'
import { calendarOrigin } from '../../src/storage/bucket-series.ts'
import { addUp, completenessOf, dueTime, type Span } from '../../src/storage/completeness.ts'
import { gridOfDays } from '../../src/storage/day-fold.ts'
import { hours, minutes } from '../../src/telemetry/duration.ts'

const berlin = utcOffsets('Europe/Berlin')

interface Given {
  date?: string
  to?: string
  zone?: (at: number) => number
  /** Values in each hour of the time. */
  counts: (hour: number) => number
  spans?: (begin: number) => Span[]
  interval?: number
  since?: number
}

function judge({ date = '2026-03-10', to = date, zone = berlin, counts, spans, interval = minutes(15), since = -1 }: Given) {
  const days = calendarDays(date, to, zone)
  const grid = gridOfDays(days, calendarOrigin(zone))
  const [begin, end] = [days[0]?.from as number, days.at(-1)?.to as number]
  const due = dueTime(spans?.(begin) ?? [{ from: begin - hours(5), to: end + hours(5) }], days, grid)
  const hoursOfAll = Array.from({ length: (end - begin) / grid.length }, (_, hour) => hour).filter((hour) => counts(hour) > 0)
  const series = { at: hoursOfAll.map((hour) => begin + hour * grid.length), count: hoursOfAll.map(counts) }
  return completenessOf(series, days, due, { interval, since: begin + hours(since) })
}

describe('values of a day', () => {
  test.each<[what: string, given: Given, expected: [expected: number, received: number, counted: number]]>([
    ['all came', { counts: () => 4 }, [96, 96, 96]],
    ['a day of 23 hours owes less', { date: '2026-03-29', counts: () => 4 }, [92, 92, 92]],
    ['a day of 25 hours owes more', { date: '2026-10-25', counts: () => 4 }, [100, 100, 100]],
    ['half a day is missing', { counts: (hour) => (hour < 12 ? 4 : 0) }, [96, 48, 48]],
    ['reports out of step with the clock are complete', { counts: (hour) => (hour % 2 ? 5 : 3) }, [96, 96, 96]],
    ['reports at once on a change make up for none that is missing', { counts: (hour) => (hour < 12 ? 40 : 0) }, [96, 480, 60]],
    ['more than is due is complete and no more', { counts: () => 12 }, [96, 288, 96]],
    ['nothing came', { counts: () => 0 }, [96, 0, 0]],
    ['nothing is due before the registration', { counts: (hour) => (hour < 12 ? 0 : 4), since: 12 }, [48, 48, 48]],
    [
      'a lamp owes nothing while its circuit is off, and what it says then makes up for nothing',
      {
        counts: (hour) => (hour < 5 || hour >= 20 ? 3 : 4),
        spans: (begin) => [
          { from: begin - hours(3), to: begin + hours(5.5) },
          { from: begin + hours(19.5), to: begin + hours(30) },
        ],
      },
      [40, 87, 33],
    ],
    [
      'nothing is due yet of what is to come',
      { counts: (hour) => (hour < 6 ? 4 : 0), spans: (begin) => [{ from: begin, to: begin + hours(6) + minutes(14) }] },
      [24, 24, 24],
    ],
    ['one that reports every second', { counts: () => 3600, interval: 1000 }, [86_400, 86_400, 86_400]],
    ['one that reports every eight hours', { counts: (hour) => Number(hour % 8 === 3), interval: hours(8) }, [3, 3, 3]],
    ['one of which nobody knows when it reports', { counts: () => 4, interval: Number.POSITIVE_INFINITY }, [0, 96, 0]],
    ['clocks set by half an hour', { date: '2026-10-04', zone: utcOffsets('Australia/Lord_Howe'), counts: () => 1 }, [94, 94, 94]],
  ])('%s', (_, given, expected) => {
    const [day] = judge(given)
    expect([day?.expected, day?.received, day?.counted]).toEqual(expected)
  })

  test('belong to their own day, and add up', () => {
    const days = judge({ date: '2026-03-09', to: '2026-03-11', counts: (hour) => (hour < 30 ? 4 : 0) })
    expect(days.map(({ date, counted }) => [date, counted])).toEqual([
      ['2026-03-09', 96],
      ['2026-03-10', 24],
      ['2026-03-11', 0],
    ])
    const sum = addUp(days)
    expect([sum, shareOf(sum)]).toEqual([{ expected: 288, received: 120, counted: 120 }, 120 / 288])
    expect(shareOf({ expected: 0, counted: 0 })).toBeNull()
  })
})
