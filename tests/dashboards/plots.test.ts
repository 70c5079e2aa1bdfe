import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { bucketsFor, historyOf, tailFrom, withTail } from '../../dashboards/console/src/plots/history.ts'
import { inRows } from '../../dashboards/console/src/plots/lanes.ts'
import { fileName, plotCsv } from '../../dashboards/console/src/plots/plot-csv.ts'
import { linesData, sampleBefore, silences } from '../../dashboards/console/src/plots/plot-data.ts'
import {
  alarmsOf,
  byUnit,
  dataOf,
  type Line,
  limitsIn,
  oneEach,
  silencesOf,
  together,
} from '../../dashboards/console/src/plots/plot-model.ts'
import {
  MOST_LINES,
  moved,
  plotsAddress,
  readSeries,
  type SeriesName,
  withFacility,
  without,
  writeSeries,
} from '../../dashboards/console/src/plots/series.ts'
import { utcOffsets } from '../../src/control/local-time.ts'
import type { PlotContext } from '../../src/edges/http/plot-schemas.ts'
import type { ManyReadingsView } from '../../src/edges/http/reading-schemas.ts'
import type { KindView } from '../../src/edges/http/schemas.ts'
import { kindView } from '../../src/edges/http/views.ts'
import { days, hours } from '../../src/telemetry/duration.ts'
import { tankKind } from '../tank-kind.ts'

const tank: KindView = kindView(tankKind)
const line = (facility: string, key: string): Line => ({ facility, kind: tank, point: tank.points.find((point) => point.key === key)! })
const name = (text: string): SeriesName[] => readSeries(text)

describe('series in the address', () => {
  test.each<[text: string, series: SeriesName[]]>([
    ['', []],
    ['A:level', [{ facility: 'A', point: 'level' }]],
    [
      'A:level,valve;B:level',
      [
        { facility: 'A', point: 'level' },
        { facility: 'A', point: 'valve' },
        { facility: 'B', point: 'level' },
      ],
    ],
    ['A:level,level;A:level', [{ facility: 'A', point: 'level' }]],
    ['urn:x:A:level', [{ facility: 'urn:x:A', point: 'level' }]],
    [':level;A;A:;;', []],
  ])('%s', (text, series) => {
    expect(readSeries(text)).toEqual(series)
    expect(readSeries(writeSeries(series))).toEqual(series)
  })

  test('no more than can be told apart are read or added', () => {
    const many = Array.from({ length: 30 }, (_, i) => `p${i}`)
    expect(readSeries(`A:${many.join()}`)).toHaveLength(MOST_LINES)
    expect(withFacility(name('A:level'), 'B', many)).toHaveLength(MOST_LINES)
  })

  test('are added once, removed, and put in another order', () => {
    expect(withFacility(name('A:level'), 'A', ['level', 'valve'])).toEqual(name('A:level,valve'))
    expect(without(name('A:level,valve'), { facility: 'A', point: 'level' })).toEqual(name('A:valve'))
    expect(moved(name('A:a,b,c'), { facility: 'A', point: 'c' }, -1)).toEqual(name('A:a,c,b'))
    expect(moved(name('A:a,b'), { facility: 'A', point: 'a' }, -1)).toEqual(name('A:a,b'))
    expect([plotsAddress(name('A:a;B:b')), plotsAddress([])]).toEqual(['/plots?series=A%3Aa%3BB%3Ab', '/plots'])
  })
})

const answerOf = (first: number, values: Record<string, (number | null)[]>, flagged?: number[]): ManyReadingsView => {
  const length = Math.max(...Object.values(values).map((column) => column.length))
  return {
    ...{ from: first, to: first + length * 1000, bucket: 1000, first },
    at: Array.from({ length }, (_, i) => first + i * 1000),
    series: Object.entries(values).map(([facility, column]) => ({
      ...{ facility, point: 'level', min: column.map((v) => v && v - 1), max: column.map((v) => v && v + 1), mean: column, last: column },
      count: column.map((value) => Number(value !== null)),
      ...(flagged && { flagged }),
    })),
  }
}

describe('an answer with several series', () => {
  test('is drawn on common times, each with its own gaps', () => {
    const all = Array.from({ length: 12 }, (_, i) => i)
    const history = historyOf(answerOf(0, { A: all, B: all.map((i) => (i > 2 && i < 9 ? null : i)) }))
    const { times, curves } = dataOf(history, [line('A', 'level'), line('B', 'level'), line('C', 'level')])
    expect(times).toHaveLength(13)
    expect(curves[0]?.mean.filter((value) => value !== undefined)).toEqual(all)
    // Also at the times of the other, or the line would go through.
    expect(curves[1]?.mean).toEqual([0, 1, 2, ...Array(7).fill(null), 9, 10, 11])
    expect(curves[2]?.mean.every((value) => value === undefined)).toBe(true)
  })

  test('goes on with a later one: what is older than the window goes, what may have changed is replaced', () => {
    const history = historyOf(answerOf(0, { A: [1, 2, 3, 4, 5] }, [1, 0, 0, 0, 1]))
    expect(tailFrom(history, 5000)).toBe(2000)
    const tail = historyOf(answerOf(3000, { A: [40, 50, 60] }, [0, 0, 2]))
    const next = withTail(history, tail, 3000, 1500)
    expect(next.series[0]).toMatchObject({
      at: [1000, 2000, 3000, 4000, 5000],
      mean: [2, 3, 40, 50, 60],
      max: [3, 4, 41, 51, 61],
      count: [1, 1, 1, 1, 1],
    })
    expect(next.series[0]?.flagged).toEqual([{ at: 5000, count: 2 }])
    expect([history.isFlagged, historyOf(answerOf(0, { A: [1] })).isFlagged]).toEqual([true, false])
  })

  test('has a column of the screen for each bucket, or a day where days are as narrow as that, within what one answer holds', () => {
    expect(bucketsFor({ from: 0, to: days(7) }, 1300)).toBe(1200)
    expect(bucketsFor({ from: 0, to: days(30) }, 900)).toBe(900)
    expect(bucketsFor({ from: 0, to: days(365) }, 900)).toBe(366)
    expect(bucketsFor({ from: 0, to: days(4000) }, 900)).toBe(900)
    expect(bucketsFor({ from: 0, to: hours(1) }, 3840, 50)).toBe(300)
  })
})

describe('what is read off a curve', () => {
  const data = linesData(
    [{ point: 'level', at: [0, 1000, 2000, 9000], mean: [1, 2, 3, 9], min: [0, 1, 2, 8], max: [2, 3, 4, 10], count: [1, 1, 1, 1] }],
    1000,
    [false],
  )

  test('is the last sample before the crosshair with its age, and in a gap that there was nothing since', () => {
    expect(sampleBefore(data, 0, 1500)).toEqual({ at: 1000, mean: 2, min: 1, max: 3, isOver: false, isFlagged: false })
    expect(sampleBefore(data, 0, 8000)).toMatchObject({ at: 2000, isOver: true })
    expect(sampleBefore(data, 0, -1)).toBeNull()
    expect(sampleBefore(data, 0, 60_000)).toMatchObject({ at: 9000, isOver: true })
    expect(sampleBefore(data, 3, 1500)).toBeNull()
  })

  test('tells values that came and were flagged impossible from none at all', () => {
    const [series] = [{ point: 'level', at: [0, 1000], mean: [1, 2], count: [1, 1], flagged: [{ at: 5000 }] }]
    const flagged = linesData([series], 1000, [false])
    expect(sampleBefore(flagged, 0, 5000)).toMatchObject({ at: 1000, isOver: true, isFlagged: false })
    expect(sampleBefore(flagged, 0, 6000)).toMatchObject({ at: 1000, isOver: true, isFlagged: true })
  })

  test('silence is where no line has anything, longer than reports are usually apart', () => {
    expect(silences(data, 1000, 0, 20_000)).toEqual([
      { from: 3000, to: 9000 },
      { from: 10_000, to: 20_000 },
    ])
    const other = { point: 'b', at: [3000, 4000, 5000, 6000, 7000, 8000], mean: [1, 1, 1, 1, 1, 1], count: [1, 1, 1, 1, 1, 1] }
    const both = linesData([{ point: 'a', at: [0, 1000, 2000, 9000], mean: [1, 2, 3, 9], count: [1, 1, 1, 1] }, other], 1000, [
      false,
      false,
    ])
    expect(silences(both, 1000, 0, 10_000)).toEqual([])
    expect(silences(linesData([{ point: 'a', at: [] }], 1000, [false]), 1000, 0, 10_000)).toEqual([{ from: 0, to: 10_000 }])
  })
})

const context: PlotContext = {
  ...{ from: 0, to: 20_000, oldest: 500 },
  facilities: ['A', 'B'].map((facility, i) => ({
    ...{ facility, registered: i === 0 ? 700 : null, moreAlarms: false },
    alarms: ['high', 'left-open', 'silence'].map((rule, n) => ({
      ...{ alarm: 10 * i + n, rule, priority: 'high' as const, suppressed: false, acknowledged: false, started: 1000 * n, ended: null },
    })),
    limits: [{ rule: 'high', point: 'level', side: 'high' as const, steps: [{ at: 0, value: 8, priority: 'high' as const }] }],
    modes: [],
  })),
}

describe('what stands beside the curves', () => {
  test('alarms of rules that judge a point of the plot, or none in particular', () => {
    expect(alarmsOf(context, [line('A', 'valve')]).map(({ rule }) => rule)).toEqual(['left-open', 'silence'])
    expect(alarmsOf(context, [line('A', 'level'), line('A', 'valve')])).toHaveLength(3)
    expect(alarmsOf(context, [line('A', 'level'), line('B', 'level')])).toHaveLength(6)
    expect(alarmsOf(null, [line('A', 'level')])).toEqual([])
  })

  test('limits that several facilities have in common once', () => {
    expect(limitsIn(context, [line('A', 'level'), line('B', 'level')])).toEqual([
      { value: 8, priority: 'high', point: 'level', steps: [{ at: 0, value: 8, priority: 'high' }] },
    ])
    expect(limitsIn(context, [line('A', 'valve')])).toEqual([])
  })

  test('why nothing is there: not kept, not registered, silent, or yet to come', () => {
    const words = { none: 'silent', notKept: 'not kept', notThere: 'not there', toCome: 'to come' }
    const at = [1000, 2000, 3000]
    const data = linesData([{ point: 'level', at, mean: [1, 1, 1], count: [1, 1, 1] }], 100, [false])
    const told = silencesOf(data, 100, { from: 0, to: 20_000 }, 15_000, context, [line('A', 'level')], words)
    expect(told.map(({ from, to, words }) => [from, to, words])).toEqual([
      [3100, 15_000, 'silent'],
      [15_000, 20_000, 'to come'],
    ])
    const later = silencesOf(data, 100, { from: -9000, to: 3000 }, 15_000, context, [line('A', 'level')], words)
    expect(later.map(({ from, to, words }) => [from, to, words])).toEqual([
      [-9000, 500, 'not kept'],
      [500, 700, 'not there'],
      [700, 1000, 'silent'],
    ])
  })

  test('stretches are put in rows side by side, and what has no room is counted', () => {
    const stretch = (left: number, right: number) => ({ left, right })
    const { laid, more } = inRows([stretch(0, 100), stretch(10, 12), stretch(50, 60), stretch(200, 200), stretch(295, 300)], 300, 24, 2)
    expect(laid.map(({ row, left, width }) => [row, left, width])).toEqual([
      [0, 0, 100],
      [1, 10, 24],
      [1, 50, 24],
      [0, 200, 24],
      [0, 276, 24],
    ])
    expect(more).toBe(0)
    expect(inRows([stretch(0, 50), stretch(0, 50), stretch(0, 50)], 300, 24, 2).more).toBe(1)
  })
})

describe('lines in plots', () => {
  const lines = [line('A', 'level'), line('A', 'valve'), line('B', 'level')]
  const shape = (groups: { lines: readonly Line[] }[]) =>
    groups.map((group) => group.lines.map(({ facility, point }) => `${facility} ${point.key}`))

  test('share one for each unit, or have one each, or as many as two axes allow', () => {
    expect(shape(byUnit(lines))).toEqual([['A level', 'B level'], ['A valve']])
    expect(shape(oneEach(lines))).toEqual([['A level'], ['A valve'], ['B level']])
    expect(shape(together(lines))).toEqual([['A level', 'A valve', 'B level']])
  })
})

test('what is shown is written as CSV: what, when, which zone, and every bucket as it came', () => {
  const history = historyOf(answerOf(Date.UTC(2026, 2, 1), { A: [1, null, 3] }, [0, 2, 1]))
  const [from, to] = [Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 1, 1)]
  const offset = utcOffsets('Asia/Shanghai')
  const text = plotCsv({
    ...{ title: '=Plots A', history, lines: [line('A', 'level')], from, to, isLive: false },
    ...{ zone: 'Asia/Shanghai', offset, made: to, by: 'li' },
  })
  const rows = parse(text, { bom: true, relaxColumnCount: true }) as string[][]
  expect(rows.slice(0, 8)).toEqual([
    ['# what', "'=Plots A"],
    ['# from', '2026-03-01T08:00:00.000+08:00'],
    ['# to', '2026-03-01T09:00:00.000+08:00'],
    ['# window', 'fixed'],
    ['# time zone', 'Asia/Shanghai'],
    ['# bucket, seconds', '1'],
    ['# made', '2026-03-01T09:00:00.000+08:00', 'li'],
    ['facility', 'point', 'unit', 'time', 'city time', 'min', 'mean', 'max', 'last', 'count', 'quality'],
  ])
  expect(rows.slice(8)).toEqual([
    ['A', 'level', 'm', '2026-03-01T00:00:00.000Z', '2026-03-01T08:00:00.000+08:00', '0', '1', '2', '1', '1', 'good'],
    ['A', 'level', 'm', '2026-03-01T00:00:01.000Z', '2026-03-01T08:00:01.000+08:00', '', '', '', '', '0', '2 flagged'],
    ['A', 'level', 'm', '2026-03-01T00:00:02.000Z', '2026-03-01T08:00:02.000+08:00', '2', '3', '4', '3', '1', 'good, 1 flagged'],
  ])
  expect(fileName('Plots A/B: flow', { from, to }, offset, 'csv')).toBe('Plots A B flow 2026-03-01T0800 2026-03-01T0900.csv')
})
