import { describe, expect, test } from 'vitest'
import { BehaviourModel } from '../../src/detection/behaviour-model.ts'
import { days } from '../../src/telemetry/duration.ts'

const NEEDED = 100
const SIGMAS = 3
const START = days(20_000)

/** Independent draws of about the normal distribution, of standard deviation 1. */
const draws = (() => {
  let state = 1
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return Array.from({ length: 9000 }, () => Math.SQRT2 * (uniform() + uniform() + uniform() + uniform() + uniform() + uniform() - 3))
})()
const restless = (i: number) => draws[i % draws.length] as number

/** A model that reads these values, one list for each reading; `copy` goes on from where it stands. */
function living(points: number, isLed = false, memory?: Float64Array) {
  const model = new BehaviourModel(points, isLed)
  const numbers = memory ?? new Float64Array(model.slots + 2).fill(Number.NaN)
  model.at(numbers, 1)
  return {
    model,
    numbers,
    read: (values: readonly number[], { isUnusual = false, at = START } = {}) =>
      model.takeIn(at, Float64Array.from(values), isUnusual, NEEDED, SIGMAS),
    copy: () => living(points, isLed, numbers.slice()),
  }
}

/** One point that was read so often and is usually 10. */
function known(readings: number) {
  const made = living(1)
  for (let i = 0; i < readings; i++) made.read([10 + restless(i)])
  return made
}

test('has a bit for each of thirty points, and no more', () => {
  expect(new BehaviourModel(30).points).toBe(30)
  expect(() => new BehaviourModel(31)).toThrow('at most 30 points, not 31')
})

test('keeps to its own numbers, and knows one facility from the other', () => {
  const [one, other] = [living(2), living(2)]
  const shared = new BehaviourModel(2)
  const memory = new Float64Array(2 * shared.slots + 2).fill(Number.NaN)
  for (let i = 0; i < 200; i++) {
    const [a, b] = [restless(i), restless(i + 2000)]
    one.read([a, b])
    other.read([5 * b, a])
    shared.at(memory, 1).takeIn(START, Float64Array.of(a, b), false, NEEDED, SIGMAS)
    shared.at(memory, 1 + shared.slots).takeIn(START, Float64Array.of(5 * b, a), false, NEEDED, SIGMAS)
  }
  expect([...memory.slice(0, 1 + shared.slots)]).toEqual([...one.numbers.slice(0, -1)])
  expect([...memory.slice(1 + shared.slots)]).toEqual([...other.numbers.slice(1)])
  expect([memory[0], memory.at(-1)]).toEqual([Number.NaN, Number.NaN])
})

describe('what a point usually reads', () => {
  test('is unknown before it was read, then the mean since it first moved', () => {
    const { model, read } = living(2)
    expect(model.expected(0)).toBeNaN()
    for (const value of [4, 4, 4]) read([value, Number.NaN])
    expect([model.expected(0), model.expected(1), model.readings]).toEqual([4, Number.NaN, 3])
    for (const value of [1, 2, 6]) read([value, Number.NaN])
    expect(model.expected(0)).toBeCloseTo(3)
  })

  test('follows at a hundred-and-fiftieth of each deviation, and four and a half times slower while it is unusual', () => {
    const one = known(400)
    const before = one.model.expected(0)
    const slow = one.copy()
    one.read([before + 1])
    slow.read([before + 1], { isUnusual: true })
    expect(one.model.expected(0) - before).toBeCloseTo(1 / 150, 10)
    expect(slow.model.expected(0) - before).toBeCloseTo(1 / 150 / 4.5, 10)
  })

  test('is moved by a wild reading no further than by one of four scatters', () => {
    const one = known(400)
    const before = one.model.expected(0)
    const further = one.copy()
    one.read([1e6])
    further.read([1e9])
    expect(one.model.expected(0)).toBe(further.model.expected(0))
    expect(one.model.expected(0) - before).toBeGreaterThan(3 / 150)
    expect(one.model.expected(0) - before).toBeLessThan(6 / 150)
  })

  test('goes back to what it was 40 to 80 readings before an alarm, not counting those of an alarm', () => {
    const one = known(360)
    const before = one.model.expected(0)
    for (let i = 0; i < 70; i++) one.read([11])
    const looking = one.copy().model
    looking.lookBack()
    expect(looking.expected(0)).toBe(before)
    for (let i = 0; i < 70; i++) one.read([11], { isUnusual: true })
    one.model.lookBack()
    expect(one.model.expected(0)).toBe(before)
  })

  test('goes back no further than to when the last alarm was over', () => {
    const { model, read } = known(360)
    for (let i = 0; i < 70; i++) read([11])
    model.settle()
    const settled = model.expected(0)
    for (let i = 0; i < 40; i++) read([12])
    model.lookBack()
    expect(model.expected(0)).toBe(settled)
  })

  test('goes back to nothing while it is young', () => {
    // It has moved since its second reading.
    for (const [readings, goesBack] of [
      [81, false],
      [82, true],
    ] as const) {
      const { model } = known(readings)
      const before = model.expected(0)
      model.lookBack()
      expect(model.expected(0) !== before).toBe(goesBack)
    }
  })

  test('of a point that is led is what goes along with the first one', () => {
    const { model, read } = living(2, true)
    for (let i = 0; i < 400; i++) read([restless(i), 5 + 2 * restless(i) + 0.1 * restless(i + 4000)])
    for (let i = 0; i < 6; i++) read([3, 11])
    expect(model.expected(1)).toBeCloseTo(11, 0)
    expect(Math.abs(model.deviation(1))).toBeLessThan(1)
    for (let i = 0; i < 6; i++) read([-1, 11])
    expect(model.expected(1)).toBeCloseTo(3, 0)
    expect(model.deviation(1)).toBeGreaterThan(3)
  })
})

describe('a deviation', () => {
  test('is none before thirty readings, and after a pause', () => {
    expect(known(31).model.deviation(0)).toBe(0)
    expect(known(32).model.deviation(0)).not.toBe(0)
    const { model, read } = known(400)
    for (let i = 0; i < 10; i++) read([14])
    expect(model.deviation(0)).toBeGreaterThan(3)
    const expected = model.expected(0)
    model.interrupt()
    expect([model.deviation(0), model.expected(0), model.readings]).toEqual([0, expected, 410])
    for (let i = 0; i < 10; i++) read([6])
    expect(model.deviation(0)).toBeLessThan(-3)
    read([Number.NaN])
    expect(model.deviation(0)).toBe(0)
  })

  test('of one point alone is the distance, squared, and used as far as its sigmas allow', () => {
    const { model, read } = known(400)
    for (let i = 0; i < 4; i++) read([11.5])
    expect(model.distance / model.deviation(0) ** 2).toBeCloseTo(1, 1)
    expect(model.share).toBeCloseTo(model.distance / SIGMAS ** 2, 10)
  })

  test('of points that part counts more than that of points that go together, as they usually do', () => {
    const together = living(2)
    for (let i = 0; i < 600; i++) together.read([restless(i), 3 * restless(i) + 0.1 * restless(i + 4000)])
    const apart = together.copy()
    for (let i = 0; i < 6; i++) {
      together.read([1, 3])
      apart.read([1, -3])
    }
    expect(apart.model.distance).toBeGreaterThan(2 * together.model.distance)
    expect(apart.model.share).toBeGreaterThan(together.model.share)
  })

  test('counts the same whichever of two points that part is named first', () => {
    const [one, other] = [living(3), living(3)]
    for (let i = 0; i < 300; i++) {
      const [a, b, c] = [restless(i), restless(i) + 0.2 * restless(i + 4000), restless(i + 6000)]
      const end = i < 290 ? 0 : 1
      one.read([a + end, b - end, c])
      other.read([c, b - end, a + end])
    }
    expect(one.model.distance).toBeCloseTo(other.model.distance, 8)
    expect(one.model.distance).toBeGreaterThan(10)
  })
})

describe('what is allowed', () => {
  test('grows by four for each point that was read often enough, and is there', () => {
    const { model, read } = living(2)
    const limits: number[] = []
    for (let i = 0; i < 52; i++) {
      read([restless(i), i === 0 ? Number.NaN : restless(i + 2000)])
      limits.push(model.limit(SIGMAS))
    }
    // Each has moved since its second reading.
    expect(limits.slice(49)).toEqual([9, 13, 17])
    read([1, Number.NaN])
    expect(model.limit(SIGMAS)).toBe(13)
    read([Number.NaN, Number.NaN])
    expect(model.limit(SIGMAS)).toBe(9)
  })

  /** The greatest share in some readings of this value, and those after it. */
  function burst({ read }: ReturnType<typeof known>, value: number, day: number): number {
    const at = START + days(day)
    return Math.max(...[value, value, value, value, value, value, 10, 10].map((one) => read([one], { at })))
  }
  const calm = ({ read }: ReturnType<typeof known>, count: number, day = 0) => {
    for (let i = 0; i < count; i++) read([10 + restless(i)], { at: START + days(day) })
  }

  test('is twice the greatest excess of the days before, forgotten by a fifth a day, and thrice the usual limit at most', () => {
    for (const [value, growth, afterwards] of [
      [11.7, (first: number) => 2 * first, 0.8],
      [30, () => 3, 1],
    ] as const) {
      const before = known(400)
      const first = burst(before, value, 0)
      expect(first).toBeGreaterThan(1)
      calm(before, 100)
      const [same, next, later, sameLater] = [before.copy(), before.copy(), before.copy(), before.copy()]
      const again = burst(same, value, 0)
      expect(again / burst(next, value, 1)).toBeCloseTo(growth(first), 6)
      calm(later, 1, 1)
      calm(sameLater, 1)
      expect(burst(sameLater, value, 0) / burst(later, value, 2)).toBeCloseTo(afterwards * growth(first), 6)
    }
  })

  test('does not grow by what was unusual', () => {
    const one = known(400)
    for (let i = 0; i < 24; i++) one.read([i < 8 ? 13 : 10], { isUnusual: true })
    calm(one, 100)
    const next = one.copy()
    expect(burst(one, 13, 0) / burst(next, 13, 1)).toBeLessThan(2)
  })

  test('grows with what is usual of a facility that is restless', () => {
    const wild = living(1)
    // Now and then it jumps for some readings, and comes back.
    for (let i = 0; i < 2000; i++) wild.read([10 + restless(i) + (i % 40 < 8 ? 6 : 0)])
    const shares = Array.from({ length: 40 }, (_, i) => wild.read([10 + restless(i) + (i % 40 < 8 ? 6 : 0)]))
    expect(Math.max(...shares)).toBeLessThan(1)
  })
})
