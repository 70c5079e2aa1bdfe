import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fullSpare, type Lane, takeTurns, timeToSend } from '../../src/control/pacing.ts'

const city: Lane = { key: 'city', perSecond: 5, burst: 5 }
const feederLane = (key: string): Lane => ({ key, perSecond: 2, burst: 2 })
const waiting = (...feeders: (string | null)[]) =>
  feeders.map((feeder, id) => ({ id, feeder, lanes: feeder === null ? [] : [feederLane(feeder)] }))
const ids = (list: readonly { id: number }[]) => list.map(({ id }) => id)

test('one feeder gets no more than its share, and lets others pass', () => {
  const all = waiting('a', 'a', 'a', 'b', null)
  const first = takeTurns(all, city, fullSpare(0), 0)
  expect(ids(first.go)).toEqual([0, 1, 3, 4])
  const rest = all.filter((one) => !first.go.includes(one))
  expect(ids(takeTurns(rest, city, first.spare, 400).go)).toEqual([])
  expect(ids(takeTurns(rest, city, first.spare, 500).go)).toEqual([2])
})

test('the city gets no more than its share', () => {
  const first = takeTurns(waiting(null, null, null, null, null, null, null), city, fullSpare(0), 0)
  expect(ids(first.go)).toEqual([0, 1, 2, 3, 4])
  expect(ids(takeTurns(waiting(null, null), city, first.spare, 200).go)).toEqual([0])
})

test('whenever it is asked, what goes in any time is no more than a full share and what that time allows, and all go in the end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b', null), { maxLength: 60 }),
      fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 20 }),
      (feeders, pauses) => {
        let left = waiting(...feeders)
        let spare = fullSpare(0)
        let at = 0
        const gone: { at: number; feeder: string | null }[] = []
        for (let i = 0; left.length > 0 && at < 60_000; i++) {
          const turn = takeTurns(left, city, spare, at)
          spare = turn.spare
          for (const { feeder } of turn.go) gone.push({ at, feeder })
          left = left.filter((one) => !turn.go.includes(one))
          at += Math.max(1, pauses[i % pauses.length] as number)
        }
        expect(left).toEqual([])
        for (const { at: from } of gone) {
          for (const length of [0, 500, 1000, 3000]) {
            const during = gone.filter((one) => one.at >= from && one.at <= from + length)
            expect(during.length).toBeLessThanOrEqual(city.burst + (length / 1000) * city.perSecond + 1e-6)
            for (const feeder of ['a', 'b']) {
              const ofOne = during.filter((one) => one.feeder === feeder).length
              expect(ofOne).toBeLessThanOrEqual(2 + (length / 1000) * 2 + 1e-6)
            }
          }
        }
      },
    ),
    { numRuns: 200 },
  )
})

test.each<[string, (string | null)[], number]>([
  ['what may go at once', [null, 'a', 'a'], 0],
  ['the city', Array(25).fill(null), 4000],
  ['the fullest feeder', ['a', 'a', 'a', 'a', 'a', 'a', 'a', 'b'], 2500],
])('how long sending takes is said by %s', (_, feeders, ms) => expect(timeToSend(waiting(...feeders), city)).toBe(ms))
