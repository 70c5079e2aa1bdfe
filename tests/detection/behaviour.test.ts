import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ruleBuilders } from '../../src/detection/builders.ts'
import type { DetectedFacility } from '../../src/detection/detected-facility.ts'
import { Detector } from '../../src/detection/detector.ts'
import { saveDetection } from '../../src/detection/saved-state.ts'
import type { Detection } from '../../src/detection/state.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { analog, digital, text } from '../../src/telemetry/point.ts'
import { kindOf, texts } from './fixtures.ts'

type Row = Partial<Record<'a' | 'b' | 'c' | 'on', number>>
const READINGS = 200
const START = 1_700_000_000_000
const number = (name: string) => analog(text(name, name), '', [-1e9, 1e9])
const table = { a: number('a'), b: number('b'), c: number('c'), on: digital(text('On', '开'), text('no', '否'), text('yes', '是')) }

/** A facility whose behaviour in three points, in any order, is learned while it is on. */
function facilityOf(
  order: readonly ('a' | 'b' | 'c')[] = ['a', 'b', 'c'],
  slow: readonly ('a' | 'b' | 'c')[] = [],
  more: { isLed?: boolean; every?: number } = {},
): DetectedFacility {
  const unusual = ruleBuilders<'a' | 'b' | 'c' | 'on', never>().behaviour({
    ...texts,
    priority: 'low',
    points: order,
    only: { points: ['on'], when: ([on]) => on === 1 },
    settling: seconds(30),
    slow,
    warming: minutes(5),
    pause: () => minutes(5),
    readings: READINGS,
    sigmas: 3.5,
    consecutive: 5,
    calm: 10,
    ...more,
  })
  return { id: 'B', number: 1, gateway: null, rated: {}, kind: kindOf('machine', table, { unusual }) }
}

function watch(facility = facilityOf(), resumed?: Detector) {
  const detector = resumed ?? new Detector()
  if (!resumed) detector.put(facility)
  const steps: string[] = []
  return {
    detector,
    /** Row `second` of the facility's life; `on` is 1 unless it says otherwise. */
    report(second: number, row: Row) {
      const at = START + second * 1000
      const readings = Object.entries({ on: 1, ...row }).map(([key, value]) => ({
        point: facility.kind.table.index.get(key) as number,
        value,
        quality: 'good' as const,
      }))
      detector.report({ facility, at, received: at, readings }, ({ active }) => steps.push(`${active ? '+' : '-'}${second}`))
    },
    steps,
    learned() {
      const { layout, settings, values } = detector.state(1) as Detection
      const state = facility.kind.rules[0]?.learned?.(settings[0]?.parameters ?? {}, values, layout.memories[0] as number)
      if (!state) throw new Error('the rule does not learn')
      return state
    },
    figures() {
      const state = detector.state(1) as Detection
      return facility.kind.rules[0]?.figures?.(
        state,
        0,
        state.settings[0]?.parameters ?? {},
        state.values,
        state.layout.memories[0] as number,
      )
    },
  }
}

/** Independent draws of about the normal distribution, the same for the same seed. */
function noise(seed: number) {
  let state = seed
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return () => uniform() + uniform() + uniform() + uniform() + uniform() + uniform() - 3
}

/** What a healthy machine reads: b follows a, c stands for itself. */
function healthy(seed = 1): () => Required<Pick<Row, 'a' | 'b' | 'c'>> {
  const draw = noise(seed)
  return () => {
    const a = draw()
    return { a: 50 + a, b: 10 + 2 * a + 0.2 * draw(), c: 7 + 0.1 * draw() }
  }
}

test('says that it is still learning, and how far it is, and then what is usual', () => {
  const { report, learned, steps } = watch()
  const read = healthy()
  for (let second = 0; second < 30 + READINGS / 2; second++) report(second, read())
  expect(learned()).toEqual({ progress: 0.5, distance: Number.NaN, limit: Number.NaN, share: Number.NaN, points: [] })
  // Whatever happens meanwhile is no alarm.
  for (let second = 130; second < 150; second++) report(second, { ...read(), c: 9 })
  for (let second = 150; second < 400; second++) report(second, read())
  expect(steps).toEqual([])
  const known = learned()
  expect(known.progress).toBe(1)
  expect(known.share).toBeLessThan(1)
  expect(known.points.map(({ expected }) => Math.round(expected))).toEqual([50, 10, 7])
})

test('raises on one point that deviates, tells which and by how much, and ends when it is usual again', () => {
  const { report, steps, figures } = watch()
  const read = healthy()
  for (let second = 0; second < 600; second++) report(second, read())
  for (let second = 600; second < 640; second++) report(second, { ...read(), c: 7.6 })
  expect(steps).toHaveLength(1)
  expect(Number(steps[0]?.slice(1))).toBeLessThan(620)
  const seen = figures()
  expect(Object.keys(seen ?? {})).toEqual(['distance', 'distanceLimit', 'c.sigmas', 'c.expected'])
  expect(seen?.['c.sigmas']).toBeGreaterThan(3.5)
  expect(seen?.['c.expected']).toBeCloseTo(7, 1)
  for (let second = 640; second < 720; second++) report(second, read())
  expect(steps.map((step) => step[0])).toEqual(['+', '-'])
})

test('raises when points that always go together part, though each alone stays in its usual range', () => {
  const { report, steps } = watch()
  const read = healthy()
  for (let second = 0; second < 900; second++) report(second, read())
  for (let second = 900; second < 960; second++) {
    const { a, c } = read()
    report(second, { a: a + 0.7, b: 10 - 2 * (a - 50) - 1.4, c })
  }
  expect(steps.map((step) => step[0])).toEqual(['+'])
})

test('stays quiet while a slow drift goes on, and follows it', () => {
  const { report, steps, learned } = watch()
  const read = healthy()
  for (let second = 0; second < 6000; second++) {
    const { a, b, c } = read()
    report(second, { a, b, c: c + second * 0.0002 })
  }
  expect(steps).toEqual([])
  expect(learned().points[2]?.expected).toBeCloseTo(7 + 6000 * 0.0002, 1)
})

test('does not learn from a fault while it is young, and takes a new normal in the end', () => {
  const { report, steps, learned } = watch()
  const read = healthy()
  for (let second = 0; second < 600; second++) report(second, read())
  for (let second = 600; second < 700; second++) report(second, { ...read(), c: 8 + 0.1 * noise(second)() })
  expect(learned().points[2]?.expected).toBeLessThan(7.3)
  expect(steps).toHaveLength(1)
  for (let second = 700; second < 6000; second++) report(second, { ...read(), c: 8 + 0.1 * noise(second)() })
  expect(steps.map((step) => step[0])).toEqual(['+', '-'])
  expect(learned().points[2]?.expected).toBeCloseTo(8, 1)
})

describe('a facility that is off', () => {
  test('is not judged or learned from, and settles when it is on again', () => {
    const { report, steps, learned } = watch()
    const read = healthy()
    for (let second = 0; second < 500; second++) report(second, read())
    const before = learned()
    for (let second = 500; second < 800; second++) report(second, { a: 0, b: 0, c: 0, on: 0 })
    expect(learned()).toEqual(before)
    for (let second = 800; second < 829; second++) report(second, { a: 20, b: 3, c: 5 })
    for (let second = 829; second < 1000; second++) report(second, read())
    expect(steps).toEqual([])
  })

  test('keeps its alarm until it is on and usual again', () => {
    const { report, steps } = watch()
    const read = healthy()
    for (let second = 0; second < 500; second++) report(second, read())
    for (let second = 500; second < 530; second++) report(second, { ...read(), c: 8 })
    for (let second = 530; second < 700; second++) report(second, { a: 0, b: 0, c: 0, on: 0 })
    expect(steps).toHaveLength(1)
    for (let second = 700; second < 800; second++) report(second, read())
    expect(steps).toHaveLength(2)
    expect(Number(steps[1]?.slice(1))).toBeGreaterThanOrEqual(739)
  })
})

test('a slow point is not judged after a standstill before it is warm, and the others are', () => {
  const { report, steps } = watch(facilityOf(['a', 'b', 'c'], ['c']))
  const read = healthy()
  for (let second = 0; second < 500; second++) report(second, read())
  for (let second = 500; second < 600; second++) report(second, { a: 0, b: 0, c: 0, on: 0 })
  for (let second = 600; second < 890; second++) report(second, { ...read(), c: 5 })
  expect(steps).toEqual([])
  for (let second = 890; second < 1000; second++) report(second, { ...read(), c: 5 })
  expect(steps).toHaveLength(1)
})

describe('where the first point leads', () => {
  /** a swings as a load does over its day, b follows it, and c stands for itself. */
  function swinging(seed = 1) {
    const draw = noise(seed)
    return (second: number): Required<Pick<Row, 'a' | 'b' | 'c'>> => {
      const a = 50 + 10 * Math.sin((2 * Math.PI * second) / 300) + 0.1 * draw()
      return { a, b: 10 + 2 * a + 0.2 * draw(), c: 7 + 0.1 * draw() }
    }
  }
  /** Steps of a life in which b reads `more` than it should from second 1500 to 1600. */
  function lifeOf(isLed: boolean, more: number) {
    const machine = watch(facilityOf(['a', 'b', 'c'], [], { isLed }))
    const read = swinging()
    for (let second = 0; second < 1600; second++) {
      const { a, b, c } = read(second)
      machine.report(second, { a, b: second < 1500 ? b : b + more, c })
    }
    return machine
  }

  test('a point that leaves its line over it is found far within its usual range, and else is not', () => {
    // b swings by 20 either way.
    const { steps, figures, learned } = lifeOf(true, 3)
    expect(steps).toHaveLength(1)
    expect(Number(steps[0]?.slice(1))).toBeGreaterThan(1500)
    expect(Object.keys(figures() ?? {})[2]).toBe('b.sigmas')
    const [a, b] = learned().points
    expect(b?.expected).toBeGreaterThan(10 + 2 * swinging()(1599).a - 3)
    expect(b?.expected).toBeLessThan(10 + 2 * swinging()(1599).a + 3)
    expect(a?.expected).toBeGreaterThan(45)
    expect(lifeOf(false, 3).steps).toEqual([])
    expect(lifeOf(true, 0).steps).toEqual([])
  })

  test('nothing is judged without it, and all goes on when it is back', () => {
    const { report, steps, learned } = watch(facilityOf(['a', 'b', 'c'], [], { isLed: true }))
    const read = swinging()
    for (let second = 0; second < 1000; second++) report(second, read(second))
    const before = learned()
    for (let second = 1000 + hours(1) / 1000; second < 1200 + hours(1) / 1000; second++) report(second, { b: 0, c: 0 })
    expect(learned()).toEqual(before)
    const back = 2000 + hours(1) / 1000
    for (let second = back; second < back + 100; second++) report(second, read(second))
    expect(steps).toEqual([])
    for (let second = back + 100; second < back + 200; second++) report(second, { ...read(second), c: 8 })
    expect(steps).toHaveLength(1)
  })
})

test('readings that come sooner than asked for are passed over', () => {
  const slow = watch(facilityOf(['a', 'b', 'c'], [], { every: seconds(10) }))
  const each = watch()
  const read = healthy()
  for (let second = 0; second < 4000; second++) {
    const row = second < 3500 ? read() : { ...read(), c: 8 }
    // What lies between does not count, however wild.
    slow.report(second, second % 10 === 0 ? row : { a: 1e3 * second, b: -second, c: 0 })
    if (second % 10 === 0) each.report(second, row)
  }
  expect(slow.steps).toHaveLength(1)
  expect(slow.steps).toEqual(each.steps)
  expect(slow.learned()).toEqual(each.learned())
})

test('a gap in the reports starts nothing and forgets nothing', () => {
  const { report, steps, learned } = watch()
  const read = healthy()
  for (let second = 0; second < 500; second++) report(second, read())
  for (let second = 500; second < 503; second++) report(second, { ...read(), c: 8 })
  const later = 500 + hours(5) / 1000
  for (let second = later; second < later + 200; second++) report(second, read())
  expect(steps).toEqual([])
  expect(learned().progress).toBe(1)
})

test('points that come apart, or not at all, or later, are learned as far as they are there', () => {
  const { report, steps, learned } = watch()
  const read = healthy()
  for (let second = 0; second < 400; second++) {
    const { a, c } = read()
    // c only with every third report.
    report(second, second % 3 === 0 ? { a, c } : { a })
  }
  expect(learned().points.map(({ point }) => point)).toEqual([0, 2])
  for (let second = 400; second < 1000; second++) report(second, read())
  expect(learned().points).toHaveLength(3)
  // A sensor that is lost takes its point out, and the others are judged on.
  for (let second = 1000; second < 1500; second++) {
    const { b, c } = read()
    report(second, { b, c })
  }
  expect(steps).toEqual([])
  for (let second = 1500; second < 1530; second++) report(second, { b: read().b, c: 8 })
  expect(steps).toHaveLength(1)
})

test('one wild reading is no fault, nor is the first step of a value that never moved', () => {
  const { report, steps } = watch()
  const read = healthy()
  for (let second = 0; second < 600; second++) report(second, { ...read(), c: 7 })
  report(600, { ...read(), a: 1e6, c: 7 })
  for (let second = 601; second < 700; second++) report(second, { ...read(), c: 7 })
  for (let second = 700; second < 900; second++) report(second, { ...read(), c: 7.1 })
  expect(steps).toEqual([])
})

/** A life with a fault in it, in any units. */
function life(order: readonly ('a' | 'b' | 'c')[], scale: readonly number[], offset: readonly number[], seed: number, faulty = 'c') {
  const machine = watch(facilityOf(order))
  const read = healthy(seed)
  for (let second = 0; second < 700; second++) {
    const row = read()
    if (second >= 500 && second < 600) row[faulty as 'c'] += faulty === 'c' ? 0.6 : 6
    const keys = ['a', 'b', 'c'] as const
    machine.report(second, Object.fromEntries(keys.map((key, i) => [key, row[key] * (scale[i] as number) + (offset[i] as number)])))
  }
  return machine
}
const keys = ['a', 'b', 'c'] as const
const factor = fc.double({ min: 0.01, max: 100, noNaN: true }).chain((size) => fc.constantFrom(size, -size))
const shift = fc.double({ min: -1000, max: 1000, noNaN: true })

test('units do not matter', () => {
  fc.assert(
    fc.property(
      fc.tuple(factor, factor, factor),
      fc.tuple(shift, shift, shift),
      fc.integer({ min: 1, max: 1000 }),
      (scale, offset, seed) => {
        const plain = life(keys, [1, 1, 1], [0, 0, 0], seed)
        const other = life(keys, scale, offset, seed)
        expect(plain.steps).not.toEqual([])
        expect(other.steps).toEqual(plain.steps)
        expect(other.learned().distance).toBeCloseTo(plain.learned().distance, 3)
      },
    ),
    { numRuns: 15 },
  )
})

test('nor does the order of the points', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...keys], { minLength: 3 }), fc.integer({ min: 1, max: 1000 }), (order, seed) => {
      const plain = life(keys, [1, 1, 1], [0, 0, 0], seed, 'b')
      const other = life(order, [1, 1, 1], [0, 0, 0], seed, 'b')
      expect(other.steps).toEqual(plain.steps)
      expect(other.learned().distance).toBeCloseTo(plain.learned().distance, 6)
    }),
    { numRuns: 15 },
  )
})

test('a restart anywhere changes nothing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 699 }), fc.integer({ min: 1, max: 1000 }), (restart, seed) => {
      const facility = facilityOf()
      const whole = life(keys, [1, 1, 1], [0, 0, 0], seed)
      const read = healthy(seed)
      const first = watch(facility)
      const row = (second: number) => {
        const found = read()
        return second >= 500 && second < 600 ? { ...found, c: found.c + 0.6 } : found
      }
      for (let second = 0; second < restart; second++) first.report(second, row(second))
      const state = first.detector.state(1) as Detection
      const detector = new Detector()
      detector.put(facility)
      detector.restore(facility, saveDetection(state), state.layout.name)
      const second = watch(facility, detector)
      for (let at = restart; at < 700; at++) second.report(at, row(at))
      expect([...first.steps, ...second.steps]).toEqual(whole.steps)
      expect(second.learned()).toEqual(whole.learned())
    }),
    { numRuns: 15 },
  )
})
