import { expect, test } from 'vitest'
import { missedMarks, scoreRun, totalOf } from '../../simulators/scoring.ts'

const seconds = Array.from({ length: 10 }, (_, i) => i * 1000)
const run = { name: 'a', at: seconds, faulty: seconds.map((at) => at >= 5000 && at < 8000) }

test.each([
  [
    'exactly the fault',
    [{ from: 5000, to: 8000 }],
    { truePositive: 3, falsePositive: 0, trueNegative: 5, falseNegative: 0, delay: 0, early: false },
  ],
  [
    'late, and never back',
    [{ from: 6500, to: null }],
    { truePositive: 1, falsePositive: 2, trueNegative: 3, falseNegative: 2, delay: 1500 },
  ],
  ['before the fault only', [{ from: 3000, to: 4000 }], { truePositive: 0, falsePositive: 1, falseNegative: 3, delay: null, early: true }],
  ['while learning only', [{ from: 0, to: 2000 }], { falsePositive: 0, falseNegative: 3, early: false, episodes: 0 }],
  ['after the fault', [{ from: 8000, to: null }], { truePositive: 0, falsePositive: 2, delay: null, early: false }],
])('an alarm that stands %s', (_words, stays, expected) => {
  expect(scoreRun(run, stays, 2)).toMatchObject(expected)
})

test('rows of all runs with a fault count together; the run without one counts its alarms', () => {
  const scores = [
    scoreRun(run, [{ from: 5000, to: 8000 }], 2),
    scoreRun(run, [], 2),
    scoreRun(
      { ...run, faulty: seconds.map(() => false) },
      [
        { from: 3000, to: 4000 },
        { from: 7000, to: null },
      ],
      2,
    ),
  ]
  const total = totalOf(scores)
  expect(total).toMatchObject({ falseAlarmRate: 0, missedRate: 0.5, runs: 2, found: 1, early: 0, healthyEpisodes: 2 })
  expect(total.f1).toBeCloseTo(2 / 3)
  expect(missedMarks(total)).toHaveLength(2)
  expect(missedMarks(totalOf([scores[0]!]))).toEqual([])
})
