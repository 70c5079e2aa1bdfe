import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Flood, FloodWatch, floodsAmong, usualFloodLimits } from '../../src/alarms/flood.ts'

const SPAN = 600_000
const limits = usualFloodLimits
const every = (step: number, count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i * step)

test('the limits are those of the standards: more than 10 in 10 min per operator, until fewer than 5', () => {
  expect(usualFloodLimits).toEqual({ operators: 1, begin: 10, end: 5, span: SPAN })
})

describe('a flood', () => {
  test('ten alarms in ten minutes are none, the eleventh makes one that began with the first', () => {
    expect(floodsAmong(every(1000, 10), limits, 10_000)).toEqual([])
    expect(floodsAmong(every(1000, 11), limits, 10_000)).toEqual([
      { started: 0, recognised: 10_000, ended: null, alarms: 11, peak: 11, peakAt: 10_000 },
    ])
  })
  test('an alarm is out of the span ten minutes after it came, and not a moment earlier', () => {
    expect(floodsAmong([...every(0, 10), SPAN], limits, SPAN)).toEqual([])
    expect(floodsAmong([...every(0, 10), SPAN - 1], limits, SPAN - 1)).toHaveLength(1)
  })
  test('it ends when the fifth last alarm leaves the span', () => {
    const times = every(1000, 11)
    expect(floodsAmong(times, limits, SPAN + 5999)[0]?.ended).toBeNull()
    expect(floodsAmong(times, limits, SPAN + 6000)[0]?.ended).toBe(SPAN + 6000)
    expect(floodsAmong(times, limits, 10 * SPAN)[0]?.ended).toBe(SPAN + 6000)
  })
  test('what keeps coming at five in ten minutes keeps it going, at four it ends', () => {
    const burst = every(0, 11)
    expect(floodsAmong([...burst, ...every(SPAN / 5 - 1, 50, 1)], limits, 9 * SPAN)[0]?.ended).toBeNull()
    expect(floodsAmong([...burst, ...every(SPAN / 4, 50, 1)], limits, 10 * SPAN)[0]?.ended).toBe(SPAN)
  })
  test('operators share the alarms', () => {
    const three = { ...limits, operators: 3 }
    expect(floodsAmong(every(1, 30), three, 30)).toEqual([])
    expect(floodsAmong(every(1, 31), three, 31)).toHaveLength(1)
    expect(floodsAmong(every(1, 31), three, SPAN + 15)[0]?.ended).toBeNull()
    expect(floodsAmong(every(1, 31), three, SPAN + 16)[0]?.ended).toBe(SPAN + 16)
  })
  test('the peak is the most within ten minutes, when it was first reached; the count goes on', () => {
    const [flood] = floodsAmong([...every(1000, 20), ...every(1000, 9, SPAN + 1000)], limits, SPAN + 100_000)
    expect(flood).toMatchObject({ alarms: 29, peak: 20, peakAt: 19_000, ended: null })
  })
  test('the peak stays where it was first reached when as many come again', () => {
    expect(floodsAmong([...every(1000, 11), SPAN + 500], limits, SPAN + 600)).toMatchObject([{ alarms: 12, peak: 11, peakAt: 10_000 }])
  })
  test('after it has ended the next one is another', () => {
    const floods = floodsAmong([...every(1, 11), ...every(1, 11, 3 * SPAN)], limits, 10 * SPAN)
    expect(floods.map(({ started, ended }) => [started, ended])).toEqual([
      [0, SPAN + 6],
      [3 * SPAN, 4 * SPAN + 6],
    ])
  })
  test('a burst right after a long pause is no part of the flood before it', () => {
    const watch = new FloodWatch(limits)
    for (const at of every(1, 11)) watch.tell(at)
    expect(watch.tell(5 * SPAN)?.ended).toBe(SPAN + 6)
    expect([watch.flood, watch.rate]).toEqual([null, 1])
  })
  test('with a clock set back the alarms leave the span ten minutes from now, and it does not end before it was recognised', () => {
    const watch = new FloodWatch(limits)
    for (const at of every(1, 11, 10 * SPAN)) watch.tell(at)
    watch.pass(1000)
    expect(watch.rate).toBe(11)
    expect(watch.pass(SPAN + 999)).toBeNull()
    expect(watch.pass(SPAN + 1000)?.ended).toBe(10 * SPAN + 10)
    expect(watch.rate).toBe(0)
  })
  test('other limits count from the moment they are set', () => {
    const watch = new FloodWatch(limits)
    for (const at of every(1, 9)) watch.tell(at)
    expect(watch.use({ ...limits, begin: 8 }, 100)).toBeNull()
    expect(watch.flood).toMatchObject({ started: 0, recognised: 100, alarms: 9, peak: 9, peakAt: 100 })
    expect(watch.use({ ...limits, end: 10 }, 200)).toMatchObject({ ended: 200 })
    expect(watch.flood).toBeNull()
    expect(watch.limits.end).toBe(10)
  })
  test('what ended before the limits changed ended then', () => {
    const watch = new FloodWatch(limits)
    for (const at of every(1, 11)) watch.tell(at)
    expect(watch.use({ ...limits, begin: 0 }, SPAN + 6)).toMatchObject({ ended: SPAN + 6 })
    expect(watch.flood, 'the next begins with another alarm').toBeNull()
  })
  test('time has something to do when an alarm leaves the span, or the clock was set back', () => {
    const watch = new FloodWatch(limits)
    expect(watch.isDue(SPAN)).toBe(false)
    for (const at of [1000, 5000]) watch.tell(at)
    expect([4999, 5000, SPAN + 999, SPAN + 1000].map((now) => watch.isDue(now))).toEqual([true, false, false, true])
    watch.pass(SPAN + 1000)
    expect([SPAN + 999, SPAN + 1000, SPAN + 4999, SPAN + 5000].map((now) => watch.isDue(now))).toEqual([true, false, false, true])
    watch.pass(SPAN + 5000)
    expect(watch.isDue(99 * SPAN)).toBe(false)
  })
  test('a long load is counted in memory of one span', () => {
    const watch = new FloodWatch(limits)
    for (let at = 0; at < 4 * SPAN; at += 50) watch.tell(at)
    expect(watch.rate).toBe(SPAN / 50)
    expect(watch.flood).toMatchObject({ alarms: 4 * (SPAN / 50), peak: SPAN / 50 })
  })
})

describe('for any times of alarms', () => {
  const gaps = fc.array(fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 400_000 })), { maxLength: 120 })
  const timesOf = (steps: number[]) => steps.map((_, i) => steps.slice(0, i + 1).reduce((sum, gap) => sum + gap, 0))
  const within = (times: number[], at: number) => times.filter((t) => t <= at && t > at - SPAN).length

  test('floods are what their definition says', () => {
    fc.assert(
      fc.property(gaps, (steps) => {
        const times = timesOf(steps)
        const until = (times.at(-1) ?? 0) + 1000
        const expected: Flood[] = []
        let running: Flood | undefined
        // Looks at each moment at which a number changes, in the plainest way.
        for (const at of [...new Set([...times, ...times.map((t) => t + SPAN)])].filter((t) => t <= until).sort((a, b) => a - b)) {
          const before = times.filter((t) => t < at && t > at - SPAN).length
          if (running && before < 5) {
            running.ended = at
            running = undefined
          }
          let count = before
          for (const _ of times.filter((t) => t === at)) {
            count++
            if (running) {
              running.alarms++
              if (count > running.peak) Object.assign(running, { peak: count, peakAt: at })
            } else if (count > 10) {
              const started = times.find((t) => t > at - SPAN) as number
              running = { started, recognised: at, ended: null, alarms: count, peak: count, peakAt: at }
              expected.push(running)
            }
          }
        }
        expect(floodsAmong(times, limits, until)).toEqual(expected)
      }),
    )
  })
  test('it makes no difference how often the time is told, nor a restart in between', () => {
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 120 }), fc.integer({ min: 500, max: 60_000 }), (steps, cut, tick) => {
        const times = timesOf(steps)
        const until = (times.at(-1) ?? 0) + 2 * SPAN
        const floods: Flood[] = []
        let watch = new FloodWatch(limits)
        let now = 0
        const note = (flood: Flood | null) => void (flood && floods.push(flood))
        for (const [i, at] of times.entries()) {
          for (; now <= at; now += tick) note(watch.pass(now))
          note(watch.tell(at))
          if (i !== cut) continue
          const kept = times.slice(0, i + 1).filter((t) => t > at - SPAN)
          watch = new FloodWatch(limits, watch.flood, kept)
          expect(watch.rate).toBe(within(times.slice(0, i + 1), at))
        }
        for (; now <= until; now += tick) note(watch.pass(now))
        note(watch.pass(until))
        expect(floods).toEqual(floodsAmong(times, limits, until))
      }),
    )
  })
})
