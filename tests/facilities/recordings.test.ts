import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { duskToDawn, lightingProgrammes } from '../../src/control/lighting-programme.ts'
import type { DetectedFacility } from '../../src/detection/detected-facility.ts'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { Detector } from '../../src/detection/detector.ts'
import type { Surroundings } from '../../src/detection/expected.ts'
import type { RuleSetting } from '../../src/detection/rule.ts'
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

type Watch = (change: ConditionChange, setting: RuleSetting, figures: Readonly<Record<string, number>>) => void

/** What the detector says to a recording, with what an alarm would freeze of it. */
function replay(facility: DetectedFacility, rows: Iterable<Row>, surroundings: Surroundings, watch: Watch): void {
  const detector = new Detector(surroundings)
  detector.put(facility)
  const { kind } = facility
  const emit = (change: ConditionChange) => {
    const state = detector.state(facility.number)!
    const index = kind.rules.indexOf(change.rule)
    const setting = state.settings[index]!
    const figures = change.rule.figures?.(state, change.at, setting.parameters, state.values, state.layout.memories[index]!) ?? {}
    watch(change, setting, figures)
  }
  for (const { at, values } of rows) {
    detector.advance(at, emit)
    detector.report({ facility, at, received: at, readings: readingsOf(facility.kind as FacilityKind, values) }, emit)
  }
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
  function seenIn(rated: Readonly<Record<string, number>>, rows: Iterable<Row>): SeenChange[] {
    const seen: SeenChange[] = []
    replay(facilityOf(kind, rated), rows, {}, ({ rule, at, active }) => seen.push({ rule: rule.key, at, active }))
    return seen
  }

  const smallLoop = { flow: 32 * litresPerMinute, current: 1.7, 'steady-duty': 1 }

  test.each(runs)('%s: the closing valve raises an alarm, and nothing does before', (path) => {
    const rows = rowsOf(path)
    const from = rows.find((row) => row.isFault)!.at
    const to = rows.findLast((row) => row.isFault)!.at
    const raised = seenIn(smallLoop, rows).filter((change) => change.active)
    expect(raised.filter((change) => change.at < from || change.at > to)).toEqual([])
    expect(raised.map((change) => change.rule)).toContain('flow-below-usual')
  })

  test('a run without fault raises nothing but what two of its own steps look like to a rule that learned for minutes', () => {
    const seen = seenIn({ flow: 123 * litresPerMinute, current: 3.3, 'steady-duty': 1 }, rowsOf('clean/clean.csv'))
    const raised = seen.filter(({ active }) => active).map(({ rule }) => rule)
    expect(raised.filter((rule) => rule !== 'out-of-pattern')).toEqual([])
    expect(raised.length).toBeLessThanOrEqual(2)
  })
})

interface Case {
  name: string
  expect: {
    on: number[]
    off: number[]
    powerDeviation: { start: number; minutes: number; watts: number }[]
    voltageAlarm: boolean
    scheduleDeviation?: boolean
  }
}

describe.skipIf(isAbsent)('six nights of a real lighting line', () => {
  const kind = kindByKey.get('light-cabinet')!
  const DAY_MINUTES = 1440
  /** Where and when the sun sets and rises as it must have for these nights: the recording tells neither. */
  const POSITION = [123, 45] as const
  const START = Date.UTC(2026, 1, 14)
  const numbers = (file: string) => (isAbsent ? [] : readFileSync(`${data}light-cabinet/${file}`, 'utf8').trim().split(/\s+/).map(Number))
  const watts = numbers('w-data-test.txt')
  const volts = numbers('v-data-test.txt')
  const cases = isAbsent ? [] : (JSON.parse(readFileSync(`${data}light-cabinet/cases.json`, 'utf8')) as { cases: Case[] }).cases
  const day = (n: number, of: readonly number[]) => of.slice(n * DAY_MINUTES, (n + 1) * DAY_MINUTES)

  type Power = readonly number[]
  const lit = day(0, watts).slice(700, 760)
  /** What the cases do to the power of day 0. */
  const changes: Record<string, (power: Power) => Power> = {
    control: (power) => power,
    'lamps-out': (power) => power.map((w, minute) => (minute >= 900 && minute < 1100 ? w - 600 : w)),
    'day-burner': (power) => power.map((w, minute) => (minute >= 100 && minute < 160 ? lit[minute - 100]! : w)),
  }

  interface Seen {
    rule: string
    /** Minutes of the last day, while it was there and from when the fault is dated: before its delay. */
    start: number
    raised: number
    end: number | null
    figures: Readonly<Record<string, number>>
  }

  /** Plays the days in this order; minutes without data are left out. Returns what was raised on the last day. */
  function play(days: readonly number[], change = changes.control!, programme: Surroundings['programme'] = lightingProgrammes()): Seen[] {
    const power = days.flatMap((n, i) => (i === days.length - 1 ? change(day(n, watts)) : day(n, watts)))
    const voltage = days.flatMap((n) => day(n, volts))
    const rows = power.flatMap((w, i): Row[] => {
      if (Number.isNaN(w)) return []
      return [{ at: START + i * 60_000, values: { 'active-power': w, 'voltage-a': voltage[i]! } }]
    })
    // The recorder went without data for up to forty minutes, and one that usually reports more often is missed after half its rated time.
    const seen: Seen[] = []
    const minute = (at: number) => (at - START) / 60_000 - (days.length - 1) * DAY_MINUTES
    // Where it stands is all a facility must know to have a programme.
    const facility = { ...facilityOf(kind, { 'report-interval': 1800 }), position: POSITION }
    replay(facility, rows, { programme }, ({ rule, at, active }, setting, figures) => {
      if (!active) {
        const last = seen.findLast((one) => one.rule === rule.key)!
        last.end = minute(at)
        return
      }
      const delay = setting.onDelay + (setting.parameters.period ?? 0)
      seen.push({ rule: rule.key, start: minute(at - delay), raised: minute(at), end: null, figures })
    })
    return seen.filter(({ raised, end }) => raised >= 0 || end === null)
  }

  const inOrder = [1, 2, 3, 4, 5, 0]
  const isNear = (minute: number | null, wanted: number) => minute !== null && Math.abs(minute - wanted) <= 5
  const named = (seen: readonly Seen[], rule: string) => seen.filter((one) => one.rule === rule)

  test('every case is known', () => {
    expect(cases.map(({ name }) => name).filter((name) => !(name in changes))).toEqual([])
    expect(cases.length).toBeGreaterThanOrEqual(3)
  })

  test.each(cases)('$name: what an independent detector reports, within 5 minutes and 10 % of power', ({ name, expect: wanted }) => {
    const seen = play(inOrder, changes[name])
    const expected = new Set<string>()
    const deviations = named(seen, 'power-deviation')
    expect(deviations).toHaveLength(wanted.powerDeviation.length)
    for (const [i, { start, minutes, watts }] of wanted.powerDeviation.entries()) {
      const found = deviations[i]!
      expected.add('power-deviation')
      expect(isNear(found.start, start), `begins at ${found.start}`).toBe(true)
      expect(isNear(found.end! - found.start, minutes), `lasts ${found.end! - found.start}`).toBe(true)
      expect(Math.abs(found.figures.deviation! / watts - 1), `${found.figures.deviation} W`).toBeLessThan(0.1)
    }
    if (wanted.scheduleDeviation) for (const rule of ['schedule-deviation', 'day-burner']) expected.add(rule)
    if (wanted.voltageAlarm) expected.add('voltage-low-a')
    expect(new Set(seen.map(({ rule }) => rule))).toEqual(expected)
  })

  test.each(cases)('$name: is switched on and off when an independent detector says so', ({ name, expect: wanted }) => {
    // A programme that says dark all the time: each stretch of light is a deviation, dated at its switching times.
    const dark: Surroundings['programme'] = () => ({ level: 0, from: 0, until: Number.POSITIVE_INFINITY })
    const stretches = named(play(inOrder, changes[name], dark), 'schedule-deviation').filter(({ raised }) => raised >= 0)
    expect(stretches).toHaveLength(wanted.on.length)
    stretches.forEach(({ start, end }, i) => {
      expect(isNear(start, wanted.on[i]!), `on at ${start}`).toBe(true)
      expect(isNear(end, wanted.off[i]!), `off at ${end}`).toBe(true)
    })
  })

  test('the day burner deviates from the programme for as long as it burns', () => {
    const [seen] = named(play(inOrder, changes['day-burner']), 'schedule-deviation')
    expect(seen).toMatchObject({ start: 100, raised: 115, end: 160, figures: { expected: 0 } })
  })

  test('a line that stays dark deviates when dusk is more than a quarter of an hour ago', () => {
    const dusk = duskToDawn(POSITION, START + (5 * DAY_MINUTES + 700) * 60_000).from
    const due = Math.round((dusk - START) / 60_000) - 5 * DAY_MINUTES
    const late = (by: number) => (power: Power) => power.map((w, minute) => (minute >= 540 && minute < due + by ? 0 : w))
    const raised = (by: number) => named(play(inOrder, late(by)), 'schedule-deviation').map(({ start }) => isNear(start, due))
    expect(raised(14)).toEqual([])
    expect(raised(30)).toEqual([true])
  })

  test.each([0, 1, 2, 3, 4, 5])('night %i after the other five raises nothing', (today) => {
    expect(play([...inOrder.filter((n) => n !== today), today])).toEqual([])
  })
})
