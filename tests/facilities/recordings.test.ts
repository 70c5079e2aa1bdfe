import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Detector } from '../../src/detection/detector.ts'
import type { FacilityKind } from '../../src/facilities/facility-kind.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { facilityOf, readingsOf, type SeenChange } from './simulated.ts'

/** Recordings of real plants; they are not part of the project and their tests are skipped where they are absent. */
const data = fileURLToPath(new URL('../../../shared/data/', import.meta.url))
const isAbsent = !existsSync(data)

interface Row {
  at: number
  values: Record<string, number>
}

/** What the detector says to a recording, after the rows have run out. */
function replay(kind: FacilityKind, rated: Readonly<Record<string, number>>, rows: Iterable<Row>): SeenChange[] {
  const facility = facilityOf(kind, rated)
  const detector = new Detector()
  detector.put(facility)
  const changes: SeenChange[] = []
  const emit = (change: { rule: { key: string }; at: number; active: boolean }) =>
    changes.push({ rule: change.rule.key, at: change.at, active: change.active })
  for (const { at, values } of rows) {
    detector.advance(at, emit)
    detector.report({ facility, at, received: at, readings: readingsOf(kind, values) }, emit)
  }
  return changes
}

describe.skipIf(isAbsent)('a real pump loop', () => {
  const kind = kindByKey.get('pump-station')!
  const columns = { flow: 'Volume Flow RateRMS', 'current-a': 'Current', 'winding-temperature': 'Temperature' }
  const litresPerMinute = 0.06

  function rowsOf(path: string): (Row & { isFault: boolean })[] {
    const [header, ...lines] = readFileSync(`${data}skab/${path}`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(';'))
    const cell = (line: string[], name: string) => Number(line[header!.indexOf(name)])
    return lines.map((line) => {
      const values = Object.fromEntries(Object.entries(columns).map(([point, name]) => [point, cell(line, name)]))
      values.flow! *= litresPerMinute
      return { at: Date.parse(`${line[0]!.replace(' ', 'T')}Z`), values, isFault: cell(line, 'anomaly') > 0 }
    })
  }

  const runs = isAbsent ? [] : readdirSync(`${data}skab/valve1`).map((file) => `valve1/${file}`)
  const smallLoop = { flow: 32 * litresPerMinute, current: 1.7, 'steady-duty': 1 }

  test.each(runs)('%s: the closing valve raises an alarm, and nothing does before', (path) => {
    const rows = rowsOf(path)
    const from = rows.find((row) => row.isFault)!.at
    const to = rows.findLast((row) => row.isFault)!.at
    const raised = replay(kind, smallLoop, rows).filter((change) => change.active)
    expect(raised.filter((change) => change.at < from || change.at > to)).toEqual([])
    expect(raised.map((change) => change.rule)).toContain('flow-below-usual')
  })

  test('a run without fault raises nothing', () => {
    expect(replay(kind, { flow: 123 * litresPerMinute, current: 3.3, 'steady-duty': 1 }, rowsOf('clean/clean.csv'))).toEqual([])
  })
})

describe.skipIf(isAbsent)('six nights of a real lighting line', () => {
  const kind = kindByKey.get('light-cabinet')!
  const DAY_MINUTES = 1440
  const START = Date.UTC(2026, 0, 1)
  const numbers = (file: string) => (isAbsent ? [] : readFileSync(`${data}light-cabinet/${file}`, 'utf8').trim().split(/\s+/).map(Number))
  const watts = numbers('w-data-test.txt')
  const volts = numbers('v-data-test.txt')
  const day = (n: number, of: readonly number[]) => of.slice(n * DAY_MINUTES, (n + 1) * DAY_MINUTES)

  /** Plays the days in this order; minutes without data are left out. Changes are (rule, minute of the last day). */
  function play(days: readonly number[], change: (power: readonly number[]) => readonly number[] = (power) => power) {
    const power = days.flatMap((n, i) => (i === days.length - 1 ? change(day(n, watts)) : day(n, watts)))
    const voltage = days.flatMap((n) => day(n, volts))
    const rows = power.flatMap((w, i): Row[] => {
      if (Number.isNaN(w)) return []
      return [{ at: START + i * 60_000, values: { 'active-power': w, 'voltage-a': voltage[i]! } }]
    })
    // The recorder went without data for up to forty minutes, so it is not asked for a report every five.
    const changes = replay(kind, { 'report-interval': 900 }, rows)
    return changes.map(({ rule, at, active }) => ({ rule, active, minute: (at - START) / 60_000 - (days.length - 1) * DAY_MINUTES }))
  }

  const inOrder = [1, 2, 3, 4, 5, 0]

  test('the control raises nothing', () => {
    expect(play(inOrder)).toEqual([])
  })

  test('600 W missing for 200 minutes raise the power deviation', () => {
    const changes = play(inOrder, (power) => power.map((w, minute) => (minute >= 900 && minute < 1100 ? w - 600 : w)))
    expect(changes).toEqual([
      { rule: 'power-deviation', active: true, minute: 907 },
      { rule: 'power-deviation', active: false, minute: 1100 },
    ])
  })

  test('an hour of light by day raises the day burner', () => {
    const lit = day(0, watts).slice(700, 760)
    const changes = play(inOrder, (power) => power.map((w, minute) => (minute >= 100 && minute < 160 ? lit[minute - 100]! : w)))
    expect(changes).toEqual([
      { rule: 'day-burner', active: true, minute: 105 },
      { rule: 'day-burner', active: false, minute: 160 },
    ])
  })

  test.each([0, 1, 2, 3, 4, 5])('night %i after the other five raises nothing', (today) => {
    expect(play([...inOrder.filter((n) => n !== today), today])).toEqual([])
  })
})
