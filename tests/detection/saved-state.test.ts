import { describe, expect, test } from 'vitest'
import { ruleBuilders } from '../../src/detection/builders.ts'
import type { RuleDraft } from '../../src/detection/rule.ts'
import { loadDetection, saveDetection } from '../../src/detection/saved-state.ts'
import { assumeActive, Detection, isActive } from '../../src/detection/state.ts'
import { CLOCK_SET, layoutOf, SINGLES, Slabs } from '../../src/detection/state-layout.ts'
import { hours } from '../../src/telemetry/duration.ts'
import { analog, text } from '../../src/telemetry/point.ts'
import { kindOf, texts } from './fixtures.ts'

const build = ruleBuilders<string, never>()
const options = { ...texts, priority: 'high' } as const
const rules = {
  high: build.limit({ ...options, point: 'level', high: 5 }),
  // With a memory unlike that of the others.
  three: { ...build.condition({ ...options, points: ['level'], when: () => true }), slots: 2 },
  silence: build.silence({ ...options, period: 9 }),
  frozen: build.stuck({ ...options, point: 'level', period: 9, tolerance: 0 }),
  fed: build.condition({ ...options, points: [], when: () => true, whileFed: true }),
}

function kind(points: readonly string[], drafts: Record<string, RuleDraft>, circuits?: readonly number[], key = 'tank') {
  const made = kindOf(key, Object.fromEntries(points.map((point) => [point, analog(text(point, point), 'm', [0, 10])])), drafts)
  return { ...made, ...(circuits && { circuits }) }
}
const detection = (of: ReturnType<typeof kind>) => new Detection({ id: 'T', number: 1, gateway: null, rated: {}, kind: of })

/** A state of which every number is another one. */
function full(of: ReturnType<typeof kind>): Detection {
  const state = detection(of)
  state.values.set(state.values.map((_, i) => i + 1))
  return state
}
const moved = (from: Detection, to: Detection) => loadDetection(to, saveDetection(from), from.layout.name)

describe('layout', () => {
  test('values, times, single numbers, conditions, memories, circuits', () => {
    expect(layoutOf(kind(['level', 'flow'], rules, [0, 1, 1]))).toEqual({
      points: 2,
      rules: 5,
      header: 4,
      trueFrom: 4 + SINGLES,
      falseFrom: 9 + SINGLES,
      memories: [14, 14, 16, 16, 19].map((place) => place + SINGLES),
      circuits: 19 + SINGLES,
      size: 22 + SINGLES,
      silence: 2,
      samples: new Set(),
      fedRules: [2, 4],
      depriving: [2],
      name: '4|tank|level,flow|high/0,three/2,silence/0,frozen/3,fed/0|3',
    })
  })

  test('a kind without circuits and silence', () => {
    const plain = kind(['level'], { high: rules.high })
    expect(layoutOf(plain)).toMatchObject({
      silence: -1,
      fedRules: [],
      circuits: 4 + SINGLES,
      size: 4 + SINGLES,
      name: '4|tank|level|high/0|0',
    })
    expect(layoutOf(plain)).toBe(layoutOf(plain))
  })

  test('of a facility that never reported nothing is known and no rule is on', () => {
    const state = detection(kind(['level'], { high: rules.high, three: rules.three }, [0]))
    const { values, layout } = state
    expect([...values.subarray(0, layout.header)]).toEqual([Number.NaN, Number.NaN])
    expect([...values.subarray(layout.trueFrom)]).toEqual([
      ...[Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
      ...[Number.NaN, Number.NaN, Number.NaN],
    ])
    const { lastReport, lastReceived, lastHeard, offlineSince, clockOffset, clock, toldUntil, silenceToldUntil } = state
    expect([lastReport, lastReceived, lastHeard, offlineSince, clockOffset]).toEqual(Array(5).fill(Number.NaN))
    expect([clock, toldUntil, silenceToldUntil]).toEqual(Array(3).fill(Number.NEGATIVE_INFINITY))
    expect([state.isBehind, state.activeCount]).toEqual([false, 0])
  })
})

describe('slabs', () => {
  const small = layoutOf(kind(['level'], rules))
  test('give facilities of one layout neighbouring numbers that nobody shares', () => {
    const slabs = new Slabs()
    const bytes = small.size * 8
    const taken = Array.from({ length: 3 }, () => slabs.take(small))
    expect(taken.map(({ length }) => length)).toEqual([small.size, small.size, small.size])
    expect(taken.map(({ byteOffset }) => byteOffset)).toEqual([0, bytes, 2 * bytes])
    expect(taken[1]?.buffer).toBe(taken[0]?.buffer)
  })

  test('are as large as a megabyte holds, and more are made when one is full', () => {
    const slabs = new Slabs()
    const perSlab = Math.floor(1_048_576 / (small.size * 8))
    const taken = Array.from({ length: perSlab + 1 }, () => slabs.take(small))
    expect(taken[perSlab - 1]?.buffer).toBe(taken[0]?.buffer)
    expect(taken[perSlab]?.buffer).not.toBe(taken[0]?.buffer)
    expect(taken[0]?.buffer.byteLength).toBe(perSlab * small.size * 8)
  })

  test('what was given back is taken again, by those of the same layout', () => {
    const slabs = new Slabs()
    const other = layoutOf(kind(['flow'], rules))
    const [first] = [slabs.take(small), slabs.take(small), slabs.take(other)]
    slabs.give(small, first as Float64Array)
    expect(slabs.take(other)).not.toBe(first)
    expect(slabs.take(small)).toBe(first)
  })

  test('one facility larger than a slab gets its own', () => {
    const huge = { ...small, size: 200_000 }
    expect(new Slabs().take(huge).length).toBe(200_000)
  })
})

describe('a saved state', () => {
  test('under the same layout is itself again, impossible values too', () => {
    const of = kind(['level', 'flow'], rules, [0])
    const state = full(of)
    state.bad = new Map([
      [1, -7],
      [0, -8],
    ])
    const loaded = moved(state, detection(of))
    expect([...loaded.values]).toEqual([...state.values])
    expect(loaded.bad).toEqual(state.bad)
    expect(moved(full(of), detection(of)).bad).toBeNull()
  })

  test('is known to have those conditions on that it was saved with', () => {
    const of = kind(['level'], rules)
    const state = detection(of)
    assumeActive(state, 1, 77)
    assumeActive(state, 3, 78)
    assumeActive(state, 3, 79)
    expect(state.activeCount).toBe(2)
    const loaded = moved(state, detection(of))
    expect([loaded.activeCount, isActive(loaded, 0), isActive(loaded, 1), isActive(loaded, 3)]).toEqual([2, false, true, true])
    expect(loaded.values[loaded.layout.trueFrom + 3]).toBe(79)
  })

  test('of another version gives each point, rule and circuit what was its own', () => {
    const state = full(
      kind(['gone', 'level', 'flow'], { three: rules.three, gone: rules.frozen, high: rules.high, frozen: rules.frozen }, [1, 1]),
    )
    const before = state.layout
    state.bad = new Map([
      [0, -1],
      [2, -2],
    ])
    const loaded = moved(
      state,
      detection(
        kind(['flow', 'new', 'level'], { frozen: rules.frozen, high: rules.high, added: rules.three, three: rules.three }, [0, 0, 0]),
      ),
    )
    const { values, times, layout } = loaded
    const at = (place: number, count: number, of = values) => [...of.subarray(place, place + count)]
    const old = (place: number, count: number) => at(place, count, state.values)
    expect(at(0, 3)).toEqual([3, Number.NaN, 2])
    expect([...times]).toEqual([6, Number.NaN, 5])
    expect(at(layout.header, 4)).toEqual(old(before.header, 4))
    expect(at(layout.trueFrom, 4)).toEqual([before.trueFrom + 4, before.trueFrom + 3, Number.POSITIVE_INFINITY, before.trueFrom + 1])
    expect(at(layout.falseFrom, 4)).toEqual([before.falseFrom + 4, before.falseFrom + 3, Number.NEGATIVE_INFINITY, before.falseFrom + 1])
    expect(at(layout.memories[0] as number, 3)).toEqual(old(before.memories[3] as number, 3))
    expect(at(layout.memories[2] as number, 2)).toEqual([Number.NaN, Number.NaN])
    expect(at(layout.memories[3] as number, 2)).toEqual(old(before.memories[0] as number, 2))
    expect(at(layout.circuits, 3)).toEqual([...old(before.circuits, 2), Number.NaN])
    expect(loaded.bad).toEqual(new Map([[0, -2]]))
    expect(loaded.activeCount).toBe(3)
  })

  test.each([true, false])('knows whether it waits to be heard again after a pause: %s', (isResumed) => {
    const state = full(kind(['level'], { high: rules.high }))
    state.bad = new Map([[0, -3]])
    state.isResumed = isResumed
    expect(moved(state, detection(kind(['level'], { high: rules.high }))).isResumed).toBe(isResumed)
    expect(moved(state, detection(kind(['level', 'flow'], { high: rules.high }))).isResumed).toBe(isResumed)
  })

  test('of a version that did not know by how much the clock was set knows the rest', () => {
    const of = kind(['level'], { high: rules.high, three: rules.three }, [0])
    const state = full(of)
    const place = state.layout.header + CLOCK_SET
    const numbers = new Float64Array([...state.values].filter((_, i) => i !== place))
    const loaded = loadDetection(detection(of), new Uint8Array(numbers.buffer), state.layout.name.replace(/^4/, '3'))
    expect([...loaded.values]).toEqual([...state.values].map((value, i) => (i === place ? 0 : value)))
  })

  test.each([
    ['that was judged later than it reported', 100, 150, 100],
    ['that was judged last when it reported', 100, 90, 90],
    ['that never reported', Number.NaN, 150, 150],
  ])('of a version that told nothing later than it had judged, of a facility %s', (_, lastReport, judged, clock) => {
    const of = kind(['level'], { high: rules.high, three: rules.three }, [0])
    const singles = [lastReport, 200, judged, 77]
    const numbers = new Float64Array([4, lastReport, ...singles, 11, 12, 13, 14, 21, 22, 31, 0, -3])
    const loaded = loadDetection(detection(of), new Uint8Array(numbers.buffer), '2|tank|level|high/0,three/2|1')
    const { layout, values } = loaded
    expect([...values.subarray(layout.trueFrom)]).toEqual([11, 12, 13, 14, 21, 22, 31])
    expect([loaded.lastReport, loaded.lastHeard, loaded.reportingSince]).toEqual([lastReport, lastReport, lastReport])
    expect([loaded.lastReceived, loaded.offlineSince, loaded.clockOffset]).toEqual([200, 77, Number.NaN])
    expect([loaded.clock, loaded.toldUntil, loaded.silenceToldUntil]).toEqual([clock, judged, judged])
    expect(loaded.bad).toEqual(new Map([[0, -3]]))
  })

  test('of another version finds by name which rules came lately and what was found in a gap, and leaves out rules that are no more', () => {
    const of = kind(['level'], { gone: rules.high, three: rules.three, high: rules.high })
    const state = full(of)
    const lately = { times: [5, 6], last: 6, since: Number.NaN, delay: 0 }
    state.restless = new Map([
      [0, { ...lately, times: [1] }],
      [2, lately],
    ])
    const past = full(of)
    past.opened = new Map([
      [0, 61],
      [2, 62],
    ])
    state.fork = { past, until: 70, keptUntil: 90 }
    const loaded = moved(state, detection(kind(['level'], { high: rules.high, three: rules.three })))
    expect(loaded.restless).toEqual(new Map([[0, lately]]))
    expect(loaded.fork).toMatchObject({ until: 70, keptUntil: 90 })
    expect(loaded.fork?.past.opened).toEqual(new Map([[0, 62]]))
    expect(loaded.fork?.past.values[0]).toBe(1)
  })

  test('costs nothing beyond its numbers where nothing rare is known', () => {
    const of = kind(['level'], { high: rules.high })
    expect(saveDetection(detection(of))).toHaveLength(8 * layoutOf(of).size)
  })

  test('of a version that waited for every gap as long as possible does so', () => {
    const of = kind(['level'], { high: rules.high })
    const state = full(of)
    state.fork = { past: full(of), until: 70, keptUntil: 90 }
    const bytes = saveDetection(state)
    const before = bytes.slice(0, -2 * Float64Array.BYTES_PER_ELEMENT)
    const { name } = state.layout
    expect(loadDetection(detection(of), bytes, name).fork).toMatchObject({ until: 70, keptUntil: 90 })
    expect(loadDetection(detection(of), before, name).fork).toMatchObject({ until: 70, keptUntil: 70 + hours(48) })
  })

  test('with more circuits than are left gives the first ones', () => {
    const state = full(kind(['level'], { high: rules.high }, [0, 0, 0]))
    state.bad = new Map([[0, -3]])
    const loaded = moved(state, detection(kind(['level'], { high: rules.high }, [0])))
    expect(loaded.values[loaded.layout.circuits]).toBe(state.values[state.layout.circuits])
    expect(loaded.bad).toEqual(new Map([[0, -3]]))
  })

  test('with a memory of another length keeps its condition and begins to remember anew', () => {
    const state = full(kind(['level'], { it: rules.frozen, next: rules.three }))
    const loaded = moved(state, detection(kind(['level'], { it: rules.three, next: rules.three })))
    const { values, layout } = loaded
    expect(values[layout.trueFrom]).toBe(state.values[state.layout.trueFrom])
    expect([...values.subarray(layout.memories[0], layout.size)]).toEqual([
      Number.NaN,
      Number.NaN,
      ...state.values.subarray(state.layout.memories[1], state.layout.size),
    ])
  })

  test.each<[string, string]>([
    ['of another kind', '4|pump|level|high/0|0'],
    ['of a format nobody knows', '1|tank|level|high/0|0'],
    ['whose name is no name', ''],
  ])('%s is nothing known', (_, name) => {
    const of = kind(['level'], { high: rules.high })
    const loaded = loadDetection(detection(of), saveDetection(full(of)), name)
    expect([...loaded.values]).toEqual([...detection(of).values])
    expect([loaded.bad, loaded.activeCount]).toEqual([null, 0])
  })

  test('does not share its numbers with the bytes it came from', () => {
    const of = kind(['level'], { high: rules.high })
    const bytes = saveDetection(full(of))
    const loaded = loadDetection(detection(of), bytes, layoutOf(of).name)
    bytes.fill(0)
    expect(loaded.values[0]).toBe(1)
  })

  test('may stand anywhere in a larger buffer, as stores hand it out', () => {
    const of = kind(['level'], { high: rules.high })
    const bytes = saveDetection(full(of))
    const larger = new Uint8Array(bytes.length + 3)
    larger.set(bytes, 3)
    expect(loadDetection(detection(of), larger.subarray(3), layoutOf(of).name).values[0]).toBe(1)
  })
})
