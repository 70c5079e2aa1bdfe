import { expect, test } from 'vitest'
import { judgeRows, Ledger, problemsOf } from './ledger.ts'

const measured = (at: number) => at / 10
const rows = (...times: number[]) => times.map((at) => ({ at, value: measured(at) }))

test('what was acknowledged and is stored once, in order, breaks no promise; more than that may be stored', () => {
  const ledger = new Ledger()
  for (const at of [1, 2, 2, 4]) ledger.note('GW-1', at)
  expect(ledger.total).toBe(3)
  const verdict = judgeRows(ledger.times('GW-1'), rows(1, 2, 3, 4), measured)
  expect(verdict).toEqual({ stored: 4, lost: 0, doubled: 0, disordered: 0, changed: 0 })
  expect(problemsOf(verdict)).toEqual([])
})

test('what is missing, there twice, out of order or another value is counted', () => {
  const verdict = judgeRows(new Set([1, 2, 9]), [...rows(1, 1, 4, 3), { at: 5, value: 7 }], measured)
  expect(verdict).toEqual({ stored: 5, lost: 2, doubled: 1, disordered: 1, changed: 1 })
  expect(problemsOf(verdict)).toEqual(['2 readings lost', '1 readings doubled', '1 readings disordered', '1 readings changed'])
})
