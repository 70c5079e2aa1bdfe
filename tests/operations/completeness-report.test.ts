import { expect, test } from 'vitest'
import { CompletenessCount, type FacilityCompleteness } from '../../src/operations/completeness-report.ts'

const of = (id: string, kind: string, expected: number, counted: number, silentDays = 0): FacilityCompleteness => ({
  ...{ id, name: `Name of ${id}`, kind, expected, counted, silentDays },
})
const titleOf = (kind: string) => ({ zh: `${kind}-zh`, en: kind })

test('counts by kind what came of what was due, and names those of which most is missing', () => {
  const count = new CompletenessCount()
  count.add([of('A-1', 'a', 100, 100), of('A-2', 'a', 100, 20, 3), of('A-3', 'a', 0, 0)])
  count.add([of('B-1', 'b', 50, 0, 5), of('B-2', 'b', 50, 49)])
  const [kinds, facilities] = count.tables(titleOf)
  expect(kinds?.rows.map(([title, ...rest]) => [(title as { en: string }).en, ...rest])).toEqual([
    ['a', 2, 200, 120, 0.6, 0],
    ['b', 2, 100, 49, 0.49, 1],
    ['All', 4, 300, 169, 169 / 300, 1],
  ])
  expect(kinds?.figures?.map(({ key, value }) => [key, value])).toEqual([
    ['completeness.share', 169 / 300],
    ['completeness.silent', 1],
  ])
  expect(facilities?.rows.map(([id, , , missing, share, days]) => [id, missing, share, days])).toEqual([
    ['A-2', 80, 0.2, 3],
    ['B-1', 50, 0, 5],
  ])
})

test('says nothing where nothing is due, and names fifty at most however many there are', () => {
  const count = new CompletenessCount()
  count.add([of('A-1', 'a', 0, 0)])
  expect(count.tables(titleOf)).toEqual([])
  for (let i = 0; i < 200; i++) count.add([of(`A-${i}`, 'a', 1000, i)])
  const [, facilities] = count.tables(titleOf)
  expect(facilities?.rows).toHaveLength(50)
  expect(facilities?.rows[49]?.[0]).toBe('A-49')
})
