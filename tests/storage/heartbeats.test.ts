import { expect, test } from 'vitest'
import { heartbeats } from '../../src/storage/heartbeats.ts'

const MINUTE = 60_000
const at = (minute: number) => 1_700_000_000_000 + minute * MINUTE
const span = { from: at(0), to: at(10) }
const usual = { interval: MINUTE, due: [span], late: [], ...span }

const told = (asked: Partial<Parameters<typeof heartbeats>[0]>) =>
  heartbeats({ ...usual, times: [], ...asked }).map((one) => [(one.at - at(0)) / MINUTE, one.state])

test('reports that drift and jitter all came', () => {
  const times = Array.from({ length: 10 }, (_, i) => at(i + 0.2 + (i % 3) * 0.15 + i * 0.02))
  expect(told({ times }).map(([, state]) => state)).toEqual(Array(10).fill('came'))
})

test('a gap holds as many missing reports as intervals fit into it', () => {
  expect(told({ times: [at(0), at(1), at(4.1), at(5), at(6), at(7), at(8), at(9)] })).toEqual([
    [0, 'came'],
    [1, 'came'],
    [2, 'missing'],
    [3, 'missing'],
    [4.1, 'came'],
    [5, 'came'],
    [6, 'came'],
    [7, 'came'],
    [8, 'came'],
    [9, 'came'],
  ])
})

test('what is just due is not missing yet, and what is overdue is', () => {
  const times = Array.from({ length: 9 }, (_, i) => at(i))
  expect(told({ times, to: at(9.4) }).at(-1)).toEqual([8, 'came'])
  expect(told({ times, to: at(9.6) }).at(-1)).toEqual([9, 'missing'])
})

test('what came late says so, and what came from history too', () => {
  const times = [at(0), at(1), at(2)]
  const late = [
    { at: at(1), delay: 90_000, isHistory: false },
    { at: at(2), delay: 20 * MINUTE, isHistory: true },
  ]
  expect(heartbeats({ ...usual, times, late, to: at(3) })).toEqual([
    { at: at(0), state: 'came', delay: null },
    { at: at(1), state: 'late', delay: 90_000 },
    { at: at(2), state: 'history', delay: 20 * MINUTE },
  ])
})

test('nothing is missing while no report is due', () => {
  const due = [{ from: at(0), to: at(3) }]
  expect(told({ times: [at(0), at(1)], due, to: at(6) })).toEqual([
    [0, 'came'],
    [1, 'came'],
    [2, 'missing'],
    [3, 'not-due'],
    [4, 'not-due'],
    [5, 'not-due'],
  ])
})

test('reports on a change count with the one before', () => {
  expect(told({ times: [at(0), at(0.1), at(0.3), at(1), at(1.2)], to: at(2) })).toEqual([
    [0, 'came'],
    [1, 'came'],
  ])
})
