import { describe, expect, test } from 'vitest'
import type { InForce } from '../../src/detection/detection.ts'
import type { RuleSetting } from '../../src/detection/rule.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { detectorWith, texts } from './fixtures.ts'

const options = { ...texts, priority: 'high' } as const
const start = 1_700_000_000_000
const asRated = { shortestShare: 1, longestShare: 1 }

/** A detector, and what changes the setting of one of its rules at a moment of our clock. */
function tuned(...args: Parameters<typeof detectorWith>) {
  const made = detectorWith(...args)
  const { detector } = made
  return {
    ...made,
    tune(now: number, changes: Partial<RuleSetting>, index = 0) {
      const { settings } = detector.inForce(1) as InForce
      const before = detector.use(1, settings.with(index, { ...(settings[index] as RuleSetting), ...changes })) as InForce
      detector.resettle(1, before, now, made.emit)
    },
  }
}

test('a limit that is moved judges the latest report from now on', () => {
  const { report, tune, take } = tuned((build) => ({ high: build.limit({ ...options, point: 'level', high: 8 }) }))
  report(start, { level: 6 })
  tune(start + 5000, { parameters: { high: 5, deadband: 0 } })
  expect(take()).toEqual([`high+ ${start + 5000}`])
  tune(start + 9000, { parameters: { high: 7, deadband: 0 } })
  expect(take()).toEqual([`high- ${start + 9000}`])
  report(start + 9500, { level: 6.5 })
  tune(start + 9500, { parameters: { high: 6, deadband: 0 } })
  expect(take()).toEqual([`high+ ${start + 9500}`])
})

describe('of two rules the one that is changed', () => {
  const two = () =>
    tuned((build) => ({
      low: build.limit({ ...options, point: 'flow', low: 5 }),
      high: build.limit({ ...options, point: 'level', high: 8, onDelay: seconds(10), offDelay: seconds(10) }),
    }))
  const high = (limit: number) => ({ parameters: { high: limit, deadband: 0 } })

  test('begins its delay when it finds a fault, and its off-delay when it finds none any more', () => {
    const { report, tune, tick, take } = two()
    report(start, { level: 6, flow: 1 })
    tune(start + seconds(5), high(5), 1)
    expect(take()).toEqual([`low+ ${start}`])
    tick(start + seconds(20))
    expect(take()).toEqual([`high+ ${start + seconds(15)}`])
    tune(start + seconds(30), high(8), 1)
    expect(take()).toEqual([])
    tick(start + seconds(50))
    expect(take()).toEqual([`high- ${start + seconds(40)}`])
  })

  test('keeps its alarm when it finds the fault again within its off-delay', () => {
    const { report, tune, tick, take } = two()
    report(start, { level: 9, flow: 9 })
    tick(start + seconds(12))
    expect(take()).toEqual([`high+ ${start + seconds(10)}`])
    tune(start + seconds(20), high(9.5), 1)
    tune(start + seconds(24), high(9.6), 1)
    tune(start + seconds(28), high(8), 1)
    tick(start + seconds(60))
    expect(take()).toEqual([])
  })

  test('counts its off-delay from when the fault was found gone first', () => {
    const { report, tune, tick, take } = two()
    report(start, { level: 9, flow: 9 })
    tick(start + seconds(12))
    take()
    tune(start + seconds(20), high(9.5), 1)
    tune(start + seconds(28), high(9.6), 1)
    tick(start + seconds(60))
    expect(take()).toEqual([`high- ${start + seconds(30)}`])
  })
})

test('what protects lives ends its alarm at once too when its rule is switched off', () => {
  const { report, tune, take } = tuned((build) => ({
    high: build.limit({ ...options, shelvable: false, point: 'level', high: 8, offDelay: minutes(10) }),
  }))
  report(start, { level: 9 })
  tune(start + 5000, { enabled: false })
  expect(take()).toEqual([`high+ ${start}`, `high- ${start + 5000}`])
})

test('a setting that was in force for a moment leaves nothing behind in what a rule remembers', () => {
  const stuck = { period: minutes(10), tolerance: 0.5 }
  const { report, tune, take } = tuned((build) => ({ frozen: build.stuck({ ...options, point: 'level', ...stuck }) }))
  report(start, { level: 2 })
  report(start + minutes(5), { level: 2.3 })
  tune(start + minutes(6), { parameters: { ...stuck, tolerance: 0.1 } })
  tune(start + minutes(7), { parameters: stuck })
  report(start + minutes(10), { level: 2.2 })
  expect(take()).toEqual([`frozen+ ${start + minutes(10)}`])
})

test('settings that are in force already, or of a facility that is not there, change nothing', () => {
  const { detector } = tuned((build) => ({ high: build.limit({ ...options, point: 'level', high: 8 }) }))
  const { settings = [] } = detector.inForce(1) ?? {}
  expect([detector.use(1, settings), detector.use(2, settings), detector.inForce(2)]).toEqual([undefined, undefined, undefined])
  expect(detector.use(1, [...settings])).toEqual({ settings, mode: 'auto' })
  expect(detector.inForce(1)?.settings).not.toBe(settings)
})

test('a report that was on its way then is judged as of then', () => {
  const { report, tune, tick, take } = tuned((build) => ({ high: build.limit({ ...options, point: 'level', high: 8 }) }))
  report(start, { level: 6 })
  tune(start + 5200, { parameters: { high: 5, deadband: 0 }, onDelay: seconds(5) })
  report(start + 4900, { level: 6 }, 400)
  tick(start + seconds(20))
  expect(take()).toEqual([`high+ ${start + 10_200}`])
})

test('delays that run go on from where they began', () => {
  const { report, tune, tick, take } = tuned((build) => ({
    high: build.limit({ ...options, point: 'level', high: 8, onDelay: minutes(10) }),
  }))
  report(start, { level: 9 })
  tune(start + minutes(1), { onDelay: minutes(5) })
  tick(start + minutes(4))
  expect(take()).toEqual([])
  tick(start + minutes(6))
  expect(take()).toEqual([`high+ ${start + minutes(5)}`])
})

test('a rule that is switched off ends its alarm at once, whatever its delay, and comes back when it is switched on', () => {
  const { report, tune, take } = tuned((build) => ({ high: build.limit({ ...options, point: 'level', high: 8, offDelay: minutes(10) }) }))
  report(start, { level: 9 })
  expect(take()).toEqual([`high+ ${start}`])
  tune(start + 5000, { enabled: false })
  expect(take()).toEqual([`high- ${start + 5000}`])
  report(start + 6000, { level: 9.5 })
  expect(take()).toEqual([])
  tune(start + 7000, { enabled: true })
  expect(take()).toEqual([`high+ ${start + 7000}`])
})

test.each([
  ['waits to see whether its fault is gone for good', [9, 7]],
  ['chatters', [9, 7, 9, 7, 9, 7, 9]],
])('an alarm that %s ends at once too when its rule is switched off', (_, levels) => {
  const { report, tune, take, tick } = tuned((build) => ({
    high: build.limit({ ...options, point: 'level', high: 8, offDelay: seconds(5) }),
  }))
  levels.forEach((level, i) => {
    for (let second = 0; second < 6; second++) report(start + seconds(6 * i + second), { level })
  })
  const now = start + seconds(6 * levels.length)
  report(now, { level: 9 })
  report(now + 1000, { level: 7 })
  expect(take().at(-1)).toMatch('high+')
  tune(now + 2000, { enabled: false })
  expect(take()).toEqual([`high- ${now + 2000}`])
  report(now + seconds(10), { level: 9 })
  tick(now + minutes(11))
  expect(take()).toEqual([])
})

test('silence is measured from the last report, and a longer patience ends its alarm', () => {
  const { report, tune, tick, take } = tuned((build) => ({ silence: build.silence({ ...options, period: minutes(10) }) }))
  report(start, { level: 1 })
  tune(start + minutes(3), { parameters: { ...asRated, period: minutes(2) } })
  expect(take()).toEqual([`silence+ ${start + minutes(3)}`])
  tune(start + minutes(4), { parameters: { ...asRated, period: minutes(8) } })
  expect(take()).toEqual([`silence- ${start + minutes(4)}`])
  tick(start + minutes(7))
  expect(take()).toEqual([])
  tick(start + minutes(9))
  expect(take()).toEqual([`silence+ ${start + minutes(8)}`])
})

test('no report is counted twice', () => {
  const { report, tune, take } = tuned((build) => ({
    three: build.condition({
      ...options,
      points: ['level'],
      parameters: { above: 5 },
      of: { n: 3, m: 3 },
      when: ([level], _, { above }) => (level as number) > above,
    }),
  }))
  report(start, { level: 6 })
  report(start + 1000, { level: 6.1 })
  for (let i = 0; i < 5; i++) tune(start + 1100 + i, { parameters: { above: 5 + i / 100, n: 3, m: 3 } })
  expect(take()).toEqual([])
  report(start + 2000, { level: 6.2 })
  expect(take()).toEqual([`three+ ${start + 2000}`])
  tune(start + seconds(5), { parameters: { above: 7, n: 3, m: 3 } })
  expect(take()).toEqual([`three- ${start + seconds(5)}`])
})

test('what an alarm says and how urgent it is makes no difference to what is found', () => {
  const { report, tune, tick, take } = tuned((build) => ({
    high: build.limit({ ...options, point: 'level', high: 8, onDelay: seconds(5), offDelay: seconds(5), modes: ['auto'] }),
  }))
  const told = { texts: { ...texts, timeToAct: 3 }, version: '1+7' }
  report(start, { level: 9 })
  tune(start + 5200, told)
  // A report that was on its way when the delay ran out is not overtaken.
  report(start + 4900, { level: 1 }, 400)
  tick(start + seconds(9))
  expect(take()).toEqual([])
  report(start + seconds(10), { level: 9 })
  tick(start + seconds(20))
  expect(take()).toEqual([`high+ ${start + seconds(15)}`])
  tune(start + seconds(21), { priority: 'low', version: '1+8' })
  tune(start + seconds(22), { ...told, version: '1+9' })
  tick(start + seconds(23))
  expect(take()).toEqual([])
})

test('what was never heard of is not judged', () => {
  const { report, tune, tick, take } = tuned((build) => ({
    silence: build.silence({ ...options, period: minutes(10) }),
    high: build.limit({ ...options, point: 'level', high: 8 }),
  }))
  tune(start, { parameters: { ...asRated, period: 0 } })
  tick(start + minutes(60))
  expect(take()).toEqual([])
  tune(start + minutes(60), { parameters: { ...asRated, period: minutes(10) } })
  report(start + minutes(61), { level: 9 })
  expect(take()).toEqual([`high+ ${start + minutes(61)}`])
})
