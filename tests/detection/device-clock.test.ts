import { describe, expect, test } from 'vitest'
import { clockSkewRule } from '../../src/detection/clock-skew.ts'
import { followClock } from '../../src/detection/device-clock.ts'
import type { RuleDraft } from '../../src/detection/rule.ts'
import { loadDetection, saveDetection } from '../../src/detection/saved-state.ts'
import { Detection } from '../../src/detection/state.ts'
import { layoutOf } from '../../src/detection/state-layout.ts'
import { days, hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { detectorWith, texts, type Values } from './fixtures.ts'

type Build = Parameters<Parameters<typeof detectorWith>[0]>[0]
const options = { ...texts, priority: 'high' } as const
const start = 1_700_000_000_000
const EVERY = seconds(30)

/** A facility that reports every 30 s of our time by a clock that is `ahead` of ours, and what became of it. */
function clocked() {
  const made = detectorWith((build) => ({
    high: build.limit({ ...options, point: 'level', high: 5, onDelay: minutes(10) }),
    gone: build.loss({ ...options, point: 'flow', period: minutes(5) }),
    frozen: build.stuck({ ...options, point: 'flow', period: hours(1), tolerance: 0 }),
    silence: build.silence({ ...options, period: 3 * EVERY }),
    'clock-skew': clockSkewRule([]),
  }))
  let now = start
  return {
    ...made,
    get now() {
      return now
    },
    skew: () => (made.detector.state(1) as Detection).skew,
    /** `count` reports, each on the network for 1 s. */
    run(count: number, ahead: number, values: Record<string, number> = { level: 1, flow: 1 }) {
      for (let i = 0; i < count; i++) {
        made.report(now + ahead, values, seconds(1) - ahead)
        now += EVERY
      }
    },
    wait(ms: number) {
      now += ms
      made.tick(now)
    },
  }
}

describe('the measured skew', () => {
  test('is what the fastest reports show, whatever delays and backlogs add', () => {
    const { run, report, skew, now } = clocked()
    expect(skew()).toBeNaN()
    run(5, 0)
    expect(skew()).toBe(-1000)
    for (let i = 1; i <= 20; i++) report(now + i * 1000, { level: 1 }, seconds(i % 2 ? 60 : 20))
    // All of a backlog at once.
    for (let i = 0; i < 100; i++) report(now + minutes(2) + i * EVERY, { level: 1 }, hours(1) - i * EVERY)
    expect(skew()).toBeGreaterThan(-seconds(10))
  })

  test.each([minutes(-30), minutes(4)])('of a clock that is wrong by %i ms is known after a few reports', (ahead) => {
    const { run, skew, take } = clocked()
    run(4, ahead)
    expect(skew()).toBe(ahead - 1000)
    run(100, ahead, { level: 1 })
    expect(take().filter((change) => !change.startsWith('clock-skew') && !change.startsWith('gone'))).toEqual([])
  })

  test('follows a drifting clock', () => {
    const { run, skew } = clocked()
    for (let i = 0; i < 2000; i++) run(1, -i * 3)
    expect(skew()).toBeLessThan(-seconds(5))
    expect(skew()).toBeGreaterThan(-seconds(8))
  })
})

describe('one report after the other', () => {
  /** A device of no offset that was heard at `start`. */
  function known(clockOffset = 0): Detection {
    const { detector } = clocked()
    return Object.assign(detector.state(1) as Detection, { clockOffset, lastReport: start, lastHeard: start, lastReceived: start })
  }
  /** The offset, s, after reports of a clock that is an hour behind or more, taken so far apart, ms, with these further offsets, s. */
  function measured(every: number, ...further: readonly number[]): number {
    const state = known()
    for (const [i, offset] of further.entries()) {
      const at = start - hours(1) + i * every
      followClock(state, at, at + hours(1) + seconds(offset))
    }
    return state.clockOffset / 1000
  }

  test.each<[string, number, number[], number]>([
    ['differ by the tolerance', seconds(30), [9, 19, 9, 19], 3609],
    ['differ by more', seconds(30), [9, 20, 9, 20], 0],
    ['come in real time, the quickest counts', seconds(30), [9, 4, 11, 6], 3604],
    ['come four times in half a minute', seconds(10), [1, 1, 1, 1], 3601],
    ['come four times in less', seconds(10) - 1, [1, 1, 1, 1], 0],
    ['come three times in more', seconds(30), [1, 1, 1], 0],
    ['come twice as fast as they were taken', seconds(10), [40, 35, 30, 25], 3625],
    ['come faster than that, as a backlog does', seconds(10), [40, 34, 28, 22, 16, 10], 0],
    ['come less late by the tolerance', seconds(30), [40, 30, 20, 10], 3610],
    ['come less late by more', seconds(30), [40, 29, 18, 7], 0],
    ['come again and again', 0, [1, 31, 61, 91, 121], 0],
  ])('a clock is believed to be set back when reports: %s', (_, every, further, expected) => {
    expect(measured(every, ...further)).toBe(expected)
  })

  test('tells that it is alive from the second report on that may be of a clock set back, until that is known', () => {
    const state = known()
    const signs = Array.from({ length: 5 }, (_, i) => followClock(state, start - hours(1) + i * EVERY, start + EVERY * (i + 1)))
    expect(signs).toEqual([false, true, true, false, false])
    expect(followClock(state, state.lastReport, start + 10 * EVERY)).toBe(false)
  })

  test.each([
    [seconds(10), seconds(10)],
    [seconds(10) + 1, Number.NaN],
    [-minutes(5), -minutes(5)],
  ])('a first report with an offset of %i ms lets it be taken for %d', (offset, expected) => {
    const state = new Detection(clocked().facility)
    followClock(state, start, start + offset)
    expect(state.clockOffset).toBe(expected)
  })

  test('the least offset is forgotten by a thousandth of the time that passes, of an hour at most, and of a pause by nothing', () => {
    const offsetAfter = (passed: number, isResumed = false) => {
      const state = Object.assign(known(1000), { isResumed })
      followClock(state, start + passed - seconds(9), start + passed)
      return state.clockOffset
    }
    expect([offsetAfter(minutes(1)), offsetAfter(hours(1)), offsetAfter(hours(10)), offsetAfter(minutes(1), true)]).toEqual([
      1060, 4600, 4600, 1000,
    ])
  })

  test('all that is dated by the clock goes with it when it is set ahead, and what was told keeps its date', () => {
    const { run, detector } = clocked()
    run(10, 0)
    const state = detector.state(1) as Detection
    const { layout, values } = state
    const frozen = layout.memories[2] as number
    state.offlineSince = start
    state.toldUntil = start
    state.restless = new Map([[1, { times: [start, start + 1], last: start + 1, since: start, delay: 7 }]])
    state.fork = { past: new Detection(state.facility), until: start, keptUntil: start + 5 }
    const dates = () => {
      const { lastReport, lastHeard, clock, offlineSince, reportingSince, fork, restless } = state
      const { times = [], last } = restless?.get(1) ?? {}
      const conditions = values.slice(layout.trueFrom, layout.falseFrom)
      const seen = [...state.times.subarray(0, 2), ...conditions, values[frozen], values[frozen + 2]]
      return [lastReport, lastHeard, clock, offlineSince, reportingSince, fork?.keptUntil, last, ...times, ...seen] as number[]
    }
    const before = dates()
    const value = values[frozen + 1]
    const sent = start + 10 * EVERY
    followClock(state, sent + minutes(30), sent + seconds(1))
    expect(dates()).toEqual(before.map((date) => date + minutes(30)))
    expect([values[frozen + 1], state.toldUntil, state.restless.get(1)?.since]).toEqual([value, start, start])
    expect([state.clockSet, state.clockOffset]).toEqual([minutes(30), seconds(1) - minutes(30)])
  })

  test('our own clock that is set back dates nothing anew', () => {
    const state = known(1000)
    followClock(state, start + EVERY, start - EVERY)
    expect([state.clockSet, state.lastReport, state.clockOffset]).toEqual([0, start, -2 * EVERY])
  })
})

describe('a clock that is set', () => {
  test.each([minutes(-30), minutes(30), -seconds(45), -EVERY, minutes(2)])('by %i ms raises neither silence nor anything else', (by) => {
    const { run, take, skew, detector } = clocked()
    run(20, 0)
    run(20, by)
    expect(take().filter((change) => !change.startsWith('clock-skew'))).toEqual([])
    expect(skew()).toBe(by - 1000)
    // All later readings are the newest again.
    expect(detector.state(1)?.times[0]).toBe((detector.state(1) as Detection).lastReport)
  })

  test.each([minutes(-30), minutes(30)])('by %i ms hides no silence', (by) => {
    const { run, wait, take } = clocked()
    run(20, 0)
    run(2, by)
    wait(3 * EVERY)
    expect(take().map((change) => change.split(' ')[0])).toEqual(['silence+'])
    run(1, by)
    run(5, by)
    expect(take().map((change) => change.split(' ')[0])).toEqual(['silence-'])
  })

  test.each([
    [0, 0],
    [minutes(30), 0],
    // Less than what would be a silence.
    [seconds(45), 0],
    // What it says while nobody knows yet that the clock was set back is not judged.
    [minutes(-30), EVERY],
  ])('by %i ms lets a delay that runs go on', (by, unknown) => {
    const { run, take, now } = clocked()
    run(6, 0, { level: 6, flow: 1 })
    run(14, by, { level: 6, flow: 1 })
    expect(take()).toEqual([])
    run(3, by, { level: 6, flow: 1 })
    expect(take()).toEqual([`high+ ${now + minutes(10) + unknown + by}`])
  })

  test.each([
    [seconds(39.5), [`high+ ${start + seconds(39.5)}`]],
    [seconds(40), []],
  ])('is a sign of life while nobody knows it yet: a delay of %i ms has run out before 40 s', (onDelay, told) => {
    const { report, take } = detectorWith((build) => ({ high: build.limit({ ...options, point: 'level', high: 5, onDelay }) }))
    report(start, { level: 6 })
    for (const ms of [seconds(10), seconds(40)]) report(start + ms - minutes(30), { level: 6 }, minutes(30))
    expect(take()).toEqual(told)
  })

  /** What becomes of five days in which something changes at 2:00 of the fifth, two hours after the clock was set; minutes of that day. */
  function fiveDays(rule: (build: Build) => RuleDraft<keyof Values>, by: number, values: (day: number, hour: number) => Values): string[] {
    const made = detectorWith((build) => ({ it: rule(build), silence: build.silence({ ...options, period: minutes(15) }) }))
    const told: string[] = []
    const setAt = start - (start % days(1)) + days(4)
    for (let now = setAt - days(4); now < setAt + days(1); now += minutes(5)) {
      const ahead = now >= setAt ? by : 0
      const hour = (now - setAt) / hours(1)
      made.report(now + ahead, values(Math.floor(hour / 24) + 4, (hour + 96) % 24), -ahead)
      for (const { rule, active } of made.takeChanges()) told.push(`${rule.key}${active ? '+' : '-'} ${hour * 60}`)
    }
    return told
  }
  const isChanged = (day: number, hour: number) => day === 4 && hour >= 2

  test.each([0, hours(8), -hours(8), minutes(97), -minutes(97)])('by %i ms changes nothing of what takes days to know', (by) => {
    const mean = fiveDays(
      (build) => build.mean({ ...options, point: 'level', window: days(1), parameters: { top: 5 }, limit: (_, { top }) => top }),
      by,
      (day, hour) => ({ level: isChanged(day, hour) ? 9 : 4 }),
    )
    // 4.8 h of 9 and 19.2 h of 4 are 5 on average; the first 9 stands for the five minutes before it.
    expect(mean).toEqual(['it+ 405'])
    const drift = fiveDays(
      (build) =>
        build.drift({
          ...options,
          point: 'level',
          ...{ short: minutes(10), long: days(1), samples: 3, atLeast: 0.2, spreads: 3 },
          only: { points: [], when: () => true },
        }),
      by,
      (day, hour) => ({ level: isChanged(day, hour) ? 3 : 4 }),
    )
    expect(drift).toEqual(['it+ 140'])
    const lamps = fiveDays(
      (build) =>
        build.reference({
          ...options,
          point: 'flow',
          ...{ lamp: () => 0.5, share: 0.1, lamps: 2, period: minutes(10), nights: 2, settling: minutes(10) },
          only: { points: ['command'], when: ([on]) => on === 1 },
        }),
      by,
      (day, hour) => {
        const isLit = hour < 6 || hour >= 18
        return { command: isLit, flow: isLit ? (isChanged(day, hour) ? 30 : 40) : 0 }
      },
    )
    expect(lamps).toEqual(['it+ 130'])
  })

  test.each([minutes(30), -minutes(30)])('by %i ms brings no chattering', (by) => {
    const { run, takeChanges } = clocked()
    run(20, 0)
    run(2, 0, { level: 1, flow: -1 })
    run(1, 0)
    for (let i = 0; i < 3; i++) {
      run(8, by)
      run(2, by, { level: 1, flow: -1 })
    }
    const changes = takeChanges().filter(({ rule }) => rule.key === 'gone')
    expect(changes.map(({ active }) => active)).toEqual([true, false, true, false, true, false, true])
    expect(changes.map(({ chattering }) => chattering)).toEqual(Array(7).fill(null))
  })

  test('never puts a return before its alarm', () => {
    const { run, take } = clocked()
    run(30, 0, { level: 6, flow: 1 })
    const [raised] = take()
    run(10, minutes(-30), { level: 1, flow: 1 })
    const [returned] = take()
    expect([raised?.split(' ')[0], returned?.split(' ')[0]]).toEqual(['high+', 'high-'])
    expect(Number(returned?.split(' ')[1])).toBeGreaterThanOrEqual(Number(raised?.split(' ')[1]))
  })

  test('is told from one report with a wrong time, and from repetitions', () => {
    const { run, report, take, skew, now } = clocked()
    run(20, 0)
    report(now + minutes(4), { level: 1 }, -minutes(4))
    run(20, 0)
    expect(take()).toEqual([])
    expect(skew()).toBeGreaterThanOrEqual(-seconds(5))
    for (let i = 0; i < 10; i++) report(start + EVERY, { level: 1, flow: 1 }, now - start + i * 1000)
    expect(skew()).toBeGreaterThanOrEqual(-seconds(5))
  })

  test('is found out over a restart in its middle', () => {
    const { run, detector, facility, skew, take } = clocked()
    run(20, 0)
    run(3, minutes(-30))
    const bytes = saveDetection(detector.state(1) as Detection)
    const { name } = layoutOf(facility.kind)
    expect(saveDetection(loadDetection(new Detection(facility), bytes, name))).toEqual(bytes)
    detector.restore(facility, bytes, name)
    run(1, minutes(-30))
    expect(skew()).toBe(minutes(-30) - 1000)
    expect(take()).toEqual([])
  })
})

describe('the alarm of a wrong clock', () => {
  test('comes after a while past the limit, with the skew, and goes past the deadband', () => {
    const { run, take } = clocked()
    run(20, 0)
    run(40, -seconds(62))
    const kinds = () => take().map((change) => change.split(' ')[0])
    expect(kinds()).toEqual(['clock-skew+'])
    run(10, -seconds(46))
    expect(kinds()).toEqual([])
    run(10, -seconds(40))
    expect(kinds()).toEqual(['clock-skew-'])
  })

  test('tells the skew in seconds, and what to do about it in both languages', () => {
    const { run, detector, facility } = clocked()
    run(20, minutes(-30))
    const rule = facility.kind.rules.find(({ key }) => key === 'clock-skew')
    const state = detector.state(1) as Detection
    expect(rule?.figures?.(state, 0, {}, state.values, 0)).toEqual({ skew: -1801 })
    const { title, response = [], cause, consequence } = rule ?? {}
    const said = [title, cause, consequence, ...response].flatMap((text) => [text?.zh, text?.en])
    expect(said).toHaveLength(10)
    for (const one of said) expect(one).toMatch(/.../)
    expect(rule).toMatchObject({ type: 'clock-skew', priority: 'low', points: [] })
  })

  test('does not come for a clock of which nothing is known, and keeps what it found of it', () => {
    const state = new Detection(clocked().facility)
    const judge = clockSkewRule([]).judge([])
    expect(judge(state, start, true, { limit: 60_000, deadbandShare: 0.25 }, state.values, 0)).toBeNaN()
  })

  test('does not come for a clock that is set soon after the device started', () => {
    const { run, take } = clocked()
    run(10, minutes(-30))
    run(60, 0)
    expect(take().filter((change) => change.startsWith('clock-skew'))).toEqual([])
  })
})
