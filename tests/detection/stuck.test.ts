import { describe, expect, test } from 'vitest'
import { detectorWith, play, type Row, rows, texts } from './fixtures.ts'

const options = { ...texts, priority: 'low', point: 'level', period: 600_000, tolerance: 0.25 } as const
const stuck = (given: readonly Row[], more = {}) => play((build) => ({ stuck: build.stuck({ ...options, ...more }) }), given)
const level = (value: number) => () => ({ level: value })

describe('a level that has not moved by more than 0.25 m for ten minutes', () => {
  test.each<[string, Row[], string[]]>([
    ['is stuck after just that time', rows(60, 60, 900, level(3)), ['stuck+ 660']],
    ['not a second before', rows(59.9, 60, 659, level(3)), []],
    ['may differ by the tolerance', rows(60, 60, 720, (s) => ({ level: s % 120 === 0 ? 3 : 3.25 })), ['stuck+ 660']],
    ['not by more', rows(60, 60, 1800, (s) => ({ level: s % 120 === 0 ? 3 : 3.3 })), []],
    ['a move downwards is one too', rows(60, 60, 1800, (s) => ({ level: s % 120 === 0 ? 3 : 2.7 })), []],
    ['creeping is moving, however slowly', rows(60, 60, 3600, (s) => ({ level: s / 1200 })), []],
    ['the time begins with the move', [...rows(60, 60, 300, level(3)), ...rows(60, 360, 1020, level(4))], ['stuck+ 960']],
    ['ends with the first move', [...rows(60, 60, 720, level(3)), [780, { level: 3.3 }]], ['stuck+ 660', 'stuck- 780']],
    ['stays stuck over a long pause', [...rows(60, 60, 720, level(3)), [9000, { level: 3 }], [9060, { level: 3 }]], ['stuck+ 660']],
    ['a pause of ten minutes begins the time anew', [...rows(60, 60, 300, level(3)), ...rows(60, 900, 1440, level(3))], []],
    ['and only that', [...rows(60, 60, 300, level(3)), ...rows(60, 900, 1500, level(3))], ['stuck+ 1500']],
    ['a shorter pause does not', [...rows(60, 60, 300, level(3)), ...rows(60, 899, 1020, level(3))], ['stuck+ 899']],
  ])('%s', (_, given, expected) => {
    expect(stuck(given)).toEqual(expected)
  })
})

test('reports of other points do not make it stuck, nor do they end it', () => {
  expect(stuck([[60, { level: 3 }], ...rows(60, 120, 1800, () => ({ flow: 1 }))])).toEqual([])
  expect(stuck([...rows(60, 60, 720, level(3)), ...rows(60, 780, 900, () => ({ flow: 1 }))])).toEqual(['stuck+ 660'])
})

test('an impossible value is no move', () => {
  const given: Row[] = [...rows(60, 60, 300, level(3)), [360, { level: -1 }], ...rows(60, 420, 720, level(3))]
  expect(stuck(given)).toEqual(['sensor-fault+ 360', 'sensor-fault- 420', 'stuck+ 660'])
})

describe('where it is judged only while a pump runs', () => {
  const only = { points: ['command'], when: ([on]: readonly number[]) => on === 1 } as const
  const pumped = (on: (second: number) => boolean | undefined, to = 900) =>
    rows(60, 60, to, (second) => {
      const command = on(second)
      return { level: 3, ...(command !== undefined && { command }) }
    })
  test.each<[string, Row[], string[]]>([
    ['it is stuck while the pump runs', pumped(() => true), ['stuck+ 660']],
    ['not while it stands', pumped(() => false), []],
    ['the time begins when the pump starts', pumped((s) => s > 300, 960), ['stuck+ 900']],
    ['a stop of the pump ends it', pumped((s) => s < 720), ['stuck+ 660', 'stuck- 720']],
    ['nothing begins while nobody knows', pumped(() => undefined), []],
  ])('%s', (_, given, expected) => {
    expect(stuck(given, { only })).toEqual(expected)
  })

  test('the guard may use what engineers may change', () => {
    const { facility } = detectorWith((build) => ({ it: build.stuck({ ...options, only }) }))
    expect(facility.kind.rules[0]).toMatchObject({ points: [0, 2], parameters: { period: 600_000, tolerance: 0.25 } })
  })
})

test('one that is stuck stays so while nobody knows whether it is to be judged', () => {
  const only = { points: ['flow'], when: ([flow]: readonly number[]) => flow! > 1 } as const
  const given = rows(60, 60, 900, (second) => ({ level: 3, flow: second === 780 ? -1 : 2 }))
  expect(stuck(given, { only }).filter((change) => !change.startsWith('sensor'))).toEqual(['stuck+ 660'])
})
