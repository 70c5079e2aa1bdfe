import { expect, test } from 'vitest'
import { byBudget, countVerdicts } from '../../dashboards/console/src/operations/lamps/budget.ts'
import type { LampOnVerdict } from '../../src/operations/lamp-on-rate.ts'

const row = (key: string, verdict: LampOnVerdict, margin: number | null) => ({ key, verdict, margin })

test('what fails first stands first', () => {
  const rows = [
    ...[row('by day', 'none', null), row('bears ten', 'met', 10), row('bears two', 'met', 2), row('two too few', 'missed', -2)],
    ...[row('nobody knows', 'open', null), row('nine too few', 'missed', -9), row('also two', 'met', 2)],
  ]
  expect(rows.sort(byBudget).map(({ key }) => key)).toEqual([
    ...['nine too few', 'two too few', 'nobody knows', 'also two', 'bears two', 'bears ten', 'by day'],
  ])
})

test('counts what stands how, and what fails with the next dark lamp', () => {
  const rows = [row('a', 'met', 0), row('b', 'met', 1), row('c', 'missed', -1), row('d', 'open', 0), row('e', 'none', null)]
  expect(countVerdicts(rows)).toEqual({ missed: 1, open: 1, met: 2, near: 1 })
})
