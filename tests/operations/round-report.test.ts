import { expect, test } from 'vitest'
import { mergeAreas, roundTables } from '../../src/operations/round-report.ts'

const round = (more: Partial<Parameters<typeof roundTables>[0][number]>): Parameters<typeof roundTables>[0][number] => ({
  ...{
    plan: 'p',
    name: { zh: '消杀', en: 'Disinfection' },
    kind: 'disinfection',
    begins: 0,
    state: 'done',
    late: 100,
    ended: 50,
    visited: 2,
  },
  ...{ stops: { length: 2 }, ...more },
})

test('rounds are counted by plan; late is what was done too late, and what was called off counts nowhere', () => {
  const rounds = [
    round({}),
    round({ ended: 150 }),
    round({ state: 'missed', visited: 1, begins: 7, ended: 300 }),
    round({ state: 'open', visited: 0, ended: null }),
    round({ state: 'called-off', visited: 0 }),
    round({ plan: 'q', name: { zh: '巡查', en: 'Patrol' }, kind: 'patrol' }),
  ]
  const [plans, missed] = roundTables(rounds, [])
  expect(plans?.rows).toEqual([
    [{ zh: '消杀', en: 'Disinfection' }, { zh: '消杀', en: 'Disinfection' }, 4, 2, 1, 1, 1, 5, 5 / 8],
    [{ zh: '巡查', en: 'Patrol' }, { zh: '巡查', en: 'Patrol' }, 1, 1, 0, 0, 0, 2, 1],
  ])
  expect(plans?.figures?.map(({ value }) => value)).toEqual([3 / 4, 1, 1])
  expect(missed?.rows).toEqual([[7, { zh: '消杀', en: 'Disinfection' }, { zh: '漏做', en: 'Missed' }, 1, 2]])
  expect(roundTables([], [])).toEqual([])
})

test('areas that were read in parts are one', () => {
  const part = (area: string, planned: number, visited: number, last: number | null) => ({ area, planned, visited, last })
  const areas = mergeAreas([part('North', 4, 2, 10), part('East', 1, 0, null), part('North', 2, 2, 30)])
  expect(areas).toEqual([part('East', 1, 0, null), part('North', 6, 4, 30)])
  expect(roundTables([round({})], areas)[1]?.rows).toEqual([
    ['East', 1, 0, 0, null],
    ['North', 6, 4, 4 / 6, 30],
  ])
})
