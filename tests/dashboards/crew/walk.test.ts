import { describe, expect, test } from 'vitest'
import { readCode, shownRounds, stopOfCode } from '../../../dashboards/crew/src/rounds/walk.ts'
import type { RoundDetailView } from '../../../src/edges/http/round-schemas.ts'
import { visited } from './orders.ts'

const detail = (id: number, begins: number, more: object = {}): RoundDetailView =>
  ({
    round: {
      ...{ id, plan: `plan-${id}`, name: { zh: '', en: '' }, begins, due: begins + 30, late: begins + 60, over: begins + 120 },
      ...{ least: 2, visited: 0, stopCount: 2, state: 'open', ...more },
    },
    stops: [
      { key: 's', facility: 'SL-1' },
      { key: 'gate', facility: null },
    ],
    ...{ elsewhere: 0, checkIns: [] },
  }) as unknown as RoundDetailView

describe('rounds on the phone', () => {
  test('are shown with what waits on it, the most pressing first, and without those that are over', () => {
    const shown = shownRounds([detail(1, 500), detail(2, 90), detail(3, 60), detail(4, -100)], [visited(1, 's', {})], 130)
    expect(shown.map(({ detail: { round }, isToCome, isLate }) => [round.id, isToCome, isLate])).toEqual([
      [3, false, true],
      [2, false, false],
      [1, true, false],
    ])
    const own = shown[2]
    expect([own?.visited, own?.stops.map(({ stop, at, waits }) => [stop.key, at, waits])]).toEqual([
      1,
      [
        ['gate', null, false],
        ['s', 1001, true],
      ],
    ])
  })

  test('count a stop once that was told and waits still, and are done with the last that they need', () => {
    const told = { ...detail(1, 0, { visited: 1 }), checkIns: [{ stop: 's', at: 7 }] } as unknown as RoundDetailView
    const once = shownRounds([told], [visited(1)], 70)[0]
    expect([once?.visited, once?.stops.at(-1), once?.isDone, once?.isLate]).toEqual([
      1,
      expect.objectContaining({ at: 7, waits: false }),
      false,
      true,
    ])
    const done = shownRounds([told], [visited(1), visited(2, 'gate')], 70)[0]
    expect([done?.visited, done?.isDone, done?.isLate]).toEqual([2, true, false])
  })

  test('are found by the code of a label or of a pole', () => {
    const rounds = shownRounds(
      [detail(2, 0), detail(1, 10), detail(3, 500)],
      [visited(1, 's', { checkIn: { ...visited(1).checkIn, round: 2 } })],
      20,
    )
    const secret = '0123456789abcdef0123'
    expect(readCode(`https://lamp.example/crew/at/SL-1/${secret}`)).toEqual({ ref: 'SL-1', scanned: 'label' })
    expect(readCode(`/crew/at/plan-2%3Agate/${secret}`)).toEqual({ ref: 'plan-2:gate', scanned: 'label' })
    expect(readCode('https://lamp.example/report/SL-1')).toEqual({ ref: 'SL-1', scanned: 'public' })
    expect(
      ['https://lamp.example/crew/at/SL-1/short', 'WIFI:S:x;;', `/crew/at/%E0%A4%A/${secret}`].map((text) => readCode(text)?.ref),
    ).toEqual([undefined, undefined, ''])
    const found = (ref: string) => stopOfCode(rounds, ref)?.round.detail.round.id
    // The first round has it from this phone already.
    expect([found('SL-1'), found('plan-2:gate'), found('plan-3:gate'), found('SL-9')]).toEqual([1, 2, undefined, undefined])
  })
})
