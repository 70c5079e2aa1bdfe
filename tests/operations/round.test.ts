import { describe, expect, test } from 'vitest'
import { utcOffsets } from '../../src/control/local-time.ts'
import { doubtsOf, judgeClaim } from '../../src/operations/check-in.ts'
import { aged, isLate, newRound, type Round, roundFigures, visitProblem, withVisit } from '../../src/operations/round.ts'
import { coverageOf } from '../../src/operations/round-coverage.ts'
import { occurrences, planProblems, type RoundPlan, type Tightening, tightened } from '../../src/operations/round-plan.ts'

const offset = utcOffsets('Asia/Shanghai')
const at = (text: string) => Date.parse(`${text}+08:00`)
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const stop = (key: string) => ({ key, name: key, nameEn: '', facility: key, position: null, readings: [] })
const plan: RoundPlan = {
  ...{ id: 'spray', name: '消杀', nameEn: 'Disinfection', kind: 'disinfection', company: 'waste', district: '' },
  ...{ stops: ['w1', 'w2', 'w3', 'w4'].map(stop), area: null, weekdays: [1, 2, 3, 4, 5, 6, 7], crew: null, proof: 'either', radius: 50 },
  windows: [6, 10, 14, 18, 22].map((hour) => ({ from: hour * 60, to: hour * 60 + 30 })),
  ...{ share: 0.75, lateAfter: 30, missedAfter: 90, disabled: false, since: 0 },
}
const clocks = (list: { begins: number }[]) => list.map(({ begins }) => new Date(begins + 8 * HOUR).toISOString().slice(5, 16))
const roundStop = (key: string, more: object = {}) => ({
  ...{ key, name: { zh: key, en: key }, facility: key, position: null, district: 'North', road: 'Yuhua', keyArea: false, readings: [] },
  ...more,
})
const roundAt = (begins: number, more: Partial<Round> = {}): Round => ({
  ...newRound(
    plan,
    { key: String(begins), begins, due: begins + 30 * MINUTE, emergency: null },
    ['w1', 'w2', 'w3', 'w4'].map((key) => roundStop(key)),
  ),
  ...more,
})

describe('when rounds are due', () => {
  test('each window of each day of the plan, by the clock on the wall', () => {
    const found = occurrences({ ...plan, weekdays: [1] }, at('2026-11-28T00:00'), at('2026-12-01T00:00'), offset)
    expect(clocks(found)).toEqual(['11-30T06:00', '11-30T10:00', '11-30T14:00', '11-30T18:00', '11-30T22:00'])
    expect(found[0]?.key).toBe('2026-11-30 06:00')
  })

  test('a window past midnight belongs to the day on which it begins', () => {
    const [only, ...rest] = occurrences(
      { weekdays: [7], windows: [{ from: 22 * 60, to: 2 * 60 }] },
      at('2026-11-29T00:00'),
      at('2026-12-01T00:00'),
      offset,
    )
    expect([clocks([only as { begins: number }]), (only?.due ?? 0) - (only?.begins ?? 0), rest]).toEqual([['11-29T22:00'], 4 * HOUR, []])
  })

  test('clocks that are set change the time between rounds, not the hours', () => {
    const berlin = utcOffsets('Europe/Berlin')
    const found = occurrences(
      { weekdays: [1, 7], windows: [{ from: 360, to: 390 }] },
      Date.parse('2026-10-25T00:00+02:00'),
      Date.parse('2026-10-27T00:00+01:00'),
      berlin,
    )
    expect(found.map(({ begins }) => begins)).toEqual([Date.parse('2026-10-25T06:00+01:00'), Date.parse('2026-10-26T06:00+01:00')])
  })

  test('a tightened plan has more between, and its own as they were', () => {
    const tightening: Tightening = { plan: 'E-1', query: '', factor: 2, by: 'eva', at: at('2026-11-29T11:00') }
    const [from, to] = [at('2026-11-29T06:00'), at('2026-11-30T06:00')]
    const own = occurrences(plan, from, to, offset)
    const all = tightened(plan, [{ ...tightening, factor: 1, plan: 'E-0' }, tightening], from, to, offset)
    expect(all.filter(({ emergency }) => emergency === null)).toEqual(own)
    expect(clocks(all.filter(({ emergency }) => emergency === 'E-1'))).toEqual(['11-29T12:00', '11-29T16:00', '11-29T20:00', '11-30T02:00'])
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length)
    expect(tightened(plan, [], from, to, offset)).toEqual(own)
  })

  test('an extra round is never longer than the time until the next', () => {
    const daily = { weekdays: plan.weekdays, windows: [{ from: 0, to: 1380 }] }
    const asked = { plan: 'E', query: '', factor: 3, by: 'eva', at: 0 }
    const all = tightened(daily, [asked], at('2026-11-29T00:00'), at('2026-11-30T00:00'), offset)
    expect(all.map(({ begins, due }) => (due - begins) / HOUR)).toEqual([23, 8, 8])
  })

  test('says what stands against a plan', () => {
    const problems = (more: Partial<RoundPlan>) =>
      planProblems(
        { ...plan, ...more },
        () => false,
        () => null,
      )
    expect(problems({})).toEqual([])
    expect(problems({ stops: [] })).toHaveLength(1)
    expect(problems({ stops: [stop('a'), stop('a')] })).toHaveLength(1)
    expect(
      problems({
        windows: [
          { from: 0, to: 120 },
          { from: 60, to: 200 },
        ],
      }),
    ).toHaveLength(1)
    expect(
      problems({
        windows: [
          { from: 1320, to: 120 },
          { from: 60, to: 90 },
        ],
      }),
    ).toHaveLength(1)
    expect(problems({ crew: 'nobody' })).toEqual(['There is no crew nobody.'])
    expect(problems({ lateAfter: 90 })).toHaveLength(1)
    expect(
      planProblems(
        { ...plan, stops: [{ ...stop('a'), readings: [{ facility: 'a', point: 'x' }] }] },
        () => true,
        () => 'no x.',
      ),
    ).toEqual(['Stop a: no x.'])
  })
})

describe('what becomes of a round', () => {
  const begins = at('2026-11-29T06:00')

  test('it is done with the last stop it needs, late half an hour after its window, and missed after that', () => {
    let round = roundAt(begins)
    expect(round.least).toBe(3)
    round = withVisit(withVisit(round, begins + 2 * MINUTE), begins + MINUTE)
    expect([round.state, round.visited, round.started, round.lastVisit]).toEqual(['open', 2, begins + MINUTE, begins + 2 * MINUTE])
    expect([isLate(round, begins + 60 * MINUTE - 1), isLate(round, begins + 60 * MINUTE)]).toEqual([false, true])
    expect(withVisit(round, begins + 70 * MINUTE)).toMatchObject({ state: 'done', ended: begins + 70 * MINUTE })
    expect(aged(round, begins + 120 * MINUTE - 1)).toBe(round)
    const missed = aged(round, begins + 125 * MINUTE)
    expect(missed).toMatchObject({ state: 'missed', ended: begins + 120 * MINUTE })
    // A phone that was out of reach tells of the third stop afterwards.
    expect(withVisit(missed, begins + 20 * MINUTE)).toMatchObject({ state: 'done', visited: 3 })
  })

  test('a visit counts from its begin until it is missed', () => {
    const round = roundAt(begins)
    expect(visitProblem(round, begins - 1)?.en).toMatch(/not begun/)
    expect(visitProblem(round, begins)).toBeNull()
    expect(visitProblem(round, begins + 120 * MINUTE - 1)).toBeNull()
    expect(visitProblem(round, begins + 120 * MINUTE)?.en).toMatch(/over/)
    const off: Round = { ...round, state: 'called-off', ended: begins + MINUTE }
    expect(visitProblem(off, begins + MINUTE)?.en).toMatch(/called off/)
    expect(visitProblem(off, begins + MINUTE - 1)).toBeNull()
    expect(withVisit({ ...off, least: 1 }, begins)).toMatchObject({ state: 'called-off', visited: 1 })
  })

  test('a plan tells its rules how far it is behind', () => {
    const today = { from: at('2026-11-29T00:00'), to: at('2026-11-30T00:00') }
    const done = roundAt(begins, { state: 'done', visited: 4 })
    const missed = roundAt(begins + 4 * HOUR, { state: 'missed' })
    const open = roundAt(begins + 8 * HOUR, { visited: 1 })
    const later = roundAt(begins + 12 * HOUR)
    const now = begins + 8 * HOUR + 65 * MINUTE
    expect(roundFigures([done, missed, open, later], today, now)).toMatchObject({ overdue: 35, missed: 1, planned: 4, done: 1, open: 1 })
    expect(roundFigures([done, missed, open, later], today, now).progress).toBeCloseTo(100 / 3)
    const made = roundFigures([done, missed, { ...open, state: 'done' }, later], today, now)
    expect(made).toMatchObject({ overdue: 0, missed: 0, done: 2, progress: 100 })
    // A day later nothing can be done about it any more.
    expect(roundFigures([missed], today, missed.over + 24 * HOUR - 1).missed).toBe(1)
    expect(roundFigures([missed], today, missed.over + 24 * HOUR).missed).toBe(0)
    // A day on which clocks are set back has an hour more.
    const last = roundAt(today.to + HOUR / 2)
    expect(roundFigures([last], today, now).planned).toBe(0)
    expect(roundFigures([last], { ...today, to: today.to + HOUR }, now).planned).toBe(1)
  })
})

describe('what a check-in shows', () => {
  const here = [121.5, 31.2] as const
  /** 0.001 degrees of latitude are 111 m. */
  const north = (metres: number) => [121.5, 31.2 + metres / 111_195] as const
  const place = (metres: number, accuracy = 10) => ({ position: north(metres), accuracy })

  test.each([
    ['a label', { scanned: 'label', place: null }, 'either', { shown: 'code' }],
    ['a label and a position near', { scanned: 'label', place: place(20) }, 'either', { shown: 'both' }],
    ['a label, the phone elsewhere', { scanned: 'label', place: place(5000) }, 'either', { shown: 'code', distance: 5000 }],
    ['a position near', { scanned: null, place: place(55) }, 'either', { shown: 'position', distance: 55 }],
    ['a position too far', { scanned: null, place: place(65) }, 'either', { problem: 'too-far', distance: 65 }],
    ['a coarse position', { scanned: null, place: place(20, 150) }, 'either', { problem: 'too-coarse' }],
    ['a number that anybody can read', { scanned: 'public', place: null }, 'either', { problem: 'only-public' }],
    ['that with a position near', { scanned: 'public', place: place(20) }, 'either', { shown: 'position' }],
    ['the code of another stop', { scanned: 'other', place: place(0) }, 'either', { problem: 'wrong-code' }],
    ['nothing', { scanned: null, place: null }, 'either', { problem: 'no-proof' }],
    ['a position where a label is asked for', { scanned: null, place: place(0) }, 'code', { problem: 'needs-code' }],
    ['a public code where a label is asked for', { scanned: 'public', place: place(0) }, 'code', { problem: 'only-public' }],
    ['a label where a position is asked for', { scanned: 'label', place: null }, 'position', { problem: 'needs-position' }],
    ['a label far away where a position is asked for', { scanned: 'label', place: place(500) }, 'position', { problem: 'too-far' }],
  ] as const)('%s', (_name, claim, proof, expected) => {
    expect(judgeClaim(claim, here, proof, 50)).toMatchObject(expected)
  })

  test('a stop without a position is shown by its label alone', () => {
    expect(judgeClaim({ scanned: null, place: place(0) }, null, 'either', 50)).toMatchObject({ problem: 'no-place' })
    expect(judgeClaim({ scanned: 'label', place: place(0) }, null, 'either', 50)).toEqual({ shown: 'code', distance: null })
  })

  test('what counts may be worth a look', () => {
    const now = at('2026-11-29T06:00')
    const visit = { claimed: now, received: now, place: place(0), stop: here, distance: 0, radius: 50 }
    expect(doubtsOf(visit, { at: now - 5 * MINUTE, place: north(3000) })).toEqual([])
    expect(doubtsOf(visit, { at: now - MINUTE, place: north(3000) })).toEqual(['too-fast'])
    expect(doubtsOf({ ...visit, place: place(900), distance: 900 }, undefined)).toEqual(['elsewhere'])
    expect(doubtsOf({ ...visit, received: now + 11 * MINUTE }, undefined)).toEqual(['told-late'])
    expect(doubtsOf({ ...visit, claimed: now + 2 * MINUTE }, undefined)).toEqual(['clock'])
  })
})

test('coverage counts stops and places by area, and only what may be seen', () => {
  const stops = [roundStop('w1'), roundStop('w2', { road: 'Quay', keyArea: true }), roundStop('w3', { district: 'South' })]
  const [first, second] = [roundAt(0, { id: 1, stops, visited: 2 }), roundAt(HOUR, { id: 2, stops, visited: 1 })]
  const visits: Record<number, object[]> = {
    1: [
      { stop: 'w1', at: 5 },
      { stop: 'w1', at: 9 },
      { stop: 'w2', at: 7 },
    ],
    2: [{ stop: 'w1', at: 50 }],
  }
  const count = (by: 'district' | 'road' | 'key-area' | 'plan', sees = (_: string | null) => true) =>
    coverageOf([first, second], (id) => visits[id] as never, by, sees)
  expect(count('district')).toEqual([
    { area: 'North', planned: 4, visited: 3, places: 2, seen: 2, last: 50 },
    { area: 'South', planned: 2, visited: 0, places: 1, seen: 0, last: null },
  ])
  expect(count('key-area').map(({ area, visited }) => [area, visited])).toEqual([
    ['no', 2],
    ['yes', 1],
  ])
  expect(count('plan', (facility) => facility === 'w2')).toEqual([{ area: 'spray', planned: 2, visited: 1, places: 1, seen: 1, last: 7 }])
})
