import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadDetection, saveDetection } from '../../src/detection/saved-state.ts'
import { Detection } from '../../src/detection/state.ts'
import { layoutOf } from '../../src/detection/state-layout.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { detectorWith, texts } from './fixtures.ts'

const options = { ...texts, priority: 'high' } as const

describe('limit', () => {
  const start = () => detectorWith((build) => ({ high: build.limit({ ...options, point: 'level', high: 5, deadband: 1 }) }))

  test('fires past the limit, not at it, and returns past the deadband', () => {
    const { report, take } = start()
    report(1000, { level: 5 })
    expect(take()).toEqual([])
    report(2000, { level: 5.01 })
    expect(take()).toEqual(['high+ 2000'])
    report(3000, { level: 4 })
    expect(take()).toEqual(['high- 3000'])
    report(4000, { level: 5.5 })
    report(5000, { level: 4.1 })
    expect(take()).toEqual(['high+ 4000'])
  })

  test('an impossible value is a sensor fault and holds the process alarm as it was', () => {
    const { report, take } = start()
    report(1000, { level: 746 })
    expect(take()).toEqual(['sensor-fault+ 1000'])
    report(2000, { level: 6 })
    expect(take()).toEqual(['high+ 2000', 'sensor-fault- 2000'])
    report(3000, { level: -1 })
    expect(take()).toEqual(['sensor-fault+ 3000'])
  })

  test('a limit may follow from a rated value', () => {
    const { report, take, facility } = detectorWith((build) => ({
      low: build.limit({ ...options, point: 'flow', low: ({ flow }) => flow * 0.8 }),
    }))
    report(1000, { flow: 40 })
    expect(take()).toEqual([])
    report(2000, { flow: 39 })
    expect(take()).toEqual(['low+ 2000'])
    expect(facility.kind.rules[0]?.ratedParameters({ flow: 60 })).toEqual({ low: 48 })
  })
})

describe('delays', () => {
  const start = () =>
    detectorWith((build) => ({
      full: build.limit({ ...options, point: 'level', high: 9 }),
      high: build.limit({ ...options, point: 'level', high: 5, onDelay: seconds(10), offDelay: seconds(20) }),
    }))

  test('the alarm is dated when the delay ran out, whoever noticed', () => {
    const byReport = start()
    byReport.report(seconds(100), { level: 6 })
    byReport.report(seconds(130), { level: 6 })
    expect(byReport.take()).toEqual([`high+ ${seconds(110)}`])
    const byTick = start()
    byTick.report(seconds(100), { level: 6 })
    byTick.tick(seconds(111))
    expect(byTick.take()).toEqual([`high+ ${seconds(110)}`])
  })

  test('a fault shorter than the delay is none, one that ends just then neither', () => {
    const { report, take } = start()
    report(seconds(100), { level: 6 })
    report(seconds(109), { level: 4 })
    report(seconds(200), { level: 6 })
    report(seconds(210), { level: 4 })
    expect(take()).toEqual([])
  })

  test('one that lasted between two reports is found although the second one is good', () => {
    const { report, take } = start()
    report(seconds(100), { level: 6 })
    report(seconds(111), { level: 4 })
    report(seconds(140), { level: 4 })
    expect(take()).toEqual([`high+ ${seconds(110)}`, `high- ${seconds(131)}`])
  })

  test('coming back within the off-delay keeps the alarm', () => {
    const { report, take } = start()
    report(seconds(100), { level: 6 })
    report(seconds(120), { level: 4 })
    report(seconds(130), { level: 6 })
    report(seconds(145), { level: 6 })
    expect(take()).toEqual([`high+ ${seconds(110)}`])
  })

  test('stand still while nobody knows: beyond the time that makes a silence', () => {
    const { report, tick, take } = detectorWith((build) => ({
      full: build.limit({ ...options, point: 'level', high: 9 }),
      high: build.limit({ ...options, point: 'level', high: 5, onDelay: minutes(30), offDelay: minutes(30) }),
      silence: build.silence({ ...options, period: minutes(5) }),
    }))
    report(0, { level: 6 })
    tick(minutes(120))
    expect(take()).toEqual([`silence+ ${minutes(5)}`])
    // 5 min are known of the first two hours.
    for (let m = 120; m <= 150; m += 2) report(minutes(m), { level: 6 })
    expect(take()).toEqual([`silence- ${minutes(120)}`, `high+ ${minutes(145)}`])
    report(minutes(152), { level: 1 })
    tick(minutes(300))
    for (let m = 300; m <= 330; m += 2) report(minutes(m), { level: 1 })
    expect(take()).toEqual([`silence+ ${minutes(157)}`, `silence- ${minutes(300)}`, `high- ${minutes(325)}`])
  })

  test('what runs out until the link is lost is told with that', () => {
    for (const [lost, told] of [
      [seconds(110) - 1, []],
      [seconds(110), [`high+ ${seconds(110)}`]],
    ] as const) {
      const { report, link, take } = start()
      report(seconds(100), { level: 6 })
      link(lost, false)
      expect(take()).toEqual(told)
    }
  })

  test('a tick leaves the network a second before it judges a delay', () => {
    const { report, tick, take } = start()
    report(seconds(100), { level: 6 })
    tick(seconds(110))
    expect(take()).toEqual([])
    report(seconds(109), { level: 4 }, 900)
    tick(seconds(130))
    expect(take()).toEqual([])
  })
})

describe('silence', () => {
  const start = () => detectorWith((build) => ({ silence: build.silence({ ...options, period: minutes(3) }) }))

  test('is dated by the device clock, however wrong that is, and ends with the next report', () => {
    const { report, tick, take } = start()
    report(1000, { level: 1 }, minutes(60))
    tick(1000 + minutes(63))
    expect(take()).toEqual([])
    tick(1000 + minutes(63) + seconds(2))
    expect(take()).toEqual([`silence+ ${1000 + minutes(3)}`])
    report(minutes(10), { level: 1 }, minutes(60))
    expect(take()).toEqual([`silence- ${minutes(10)}`])
  })

  test('a gap is found by the report after it, as a replay at any speed would', () => {
    const { report, take } = start()
    report(1000, { level: 1 })
    report(1000 + minutes(4), { level: 1 })
    expect(take()).toEqual([`silence+ ${1000 + minutes(3)}`, `silence- ${1000 + minutes(4)}`])
  })

  test('counts from when a moment was told first, though more of it is told later', () => {
    const { report, tick, take } = start()
    report(1000, { level: 1 })
    report(1000, { flow: 1 }, seconds(20))
    tick(1000 + minutes(3) + seconds(2))
    expect(take()).toEqual([`silence+ ${1000 + minutes(3)}`])
  })

  test('a last will counts when the link is not back in half a minute, a greeting ends it', () => {
    const { report, link, tick, take } = start()
    report(1000, { level: 1 })
    link(5000, false)
    link(34_000, true)
    tick(60_000)
    expect(take()).toEqual([])
    link(61_000, false)
    tick(93_000)
    expect(take()).toEqual(['silence+ 91000'])
    link(95_000, true)
    expect(take()).toEqual(['silence- 95000'])
  })

  test('one that never reported is not silent, and downtime of the program is not silence', () => {
    const { report, tick, take, detector } = start()
    tick(minutes(100))
    report(minutes(100), { level: 1 })
    detector.resume(minutes(500))
    tick(minutes(502))
    expect(take()).toEqual([])
    tick(minutes(504))
    expect(take()).toEqual([`silence+ ${minutes(103)}`])
  })
})

test('a pause of the program is no silence, for the tick and for the report after it', () => {
  const rules = () =>
    detectorWith((build) => ({
      silence: build.silence({ ...options, period: minutes(3) }),
      high: build.limit({ ...options, point: 'level', high: 5, onDelay: seconds(10) }),
    }))
  const back = rules()
  back.report(1000, { level: 6 })
  back.detector.resume(minutes(10))
  back.report(minutes(10) + seconds(5), { level: 6 })
  expect(back.take()).toEqual(['high+ 11000'])
  const gone = rules()
  gone.report(1000, { level: 4 })
  gone.detector.resume(minutes(10))
  gone.tick(minutes(13))
  expect(gone.take()).toEqual([])
  gone.report(minutes(14), { level: 4 })
  expect(gone.take()).toEqual([`silence+ ${1000 + minutes(3)}`, `silence- ${minutes(14)}`])
})

describe('other builders', () => {
  test('discrepancy waits for the actuator', () => {
    const { report, tick, take } = detectorWith((build) => ({
      stuck: build.discrepancy({ ...options, command: 'command', feedback: 'feedback', onDelay: seconds(10) }),
    }))
    report(seconds(1), { command: true, feedback: false })
    report(seconds(8), { command: true, feedback: true })
    report(seconds(20), { command: false, feedback: true })
    tick(seconds(60))
    expect(take()).toEqual([`stuck+ ${seconds(30)}`])
  })

  test('stuck needs reports: a silent sensor is not stuck, and the same value after a long pause is no proof', () => {
    const { report, tick, take } = detectorWith((build) => ({
      stuck: build.stuck({ ...options, point: 'level', period: minutes(10), tolerance: 0.01 }),
    }))
    report(minutes(1), { level: 2 })
    tick(minutes(30))
    expect(take()).toEqual([])
    report(minutes(31), { level: 2.005 })
    expect(take()).toEqual([])
    report(minutes(36), { level: 2.005 })
    report(minutes(41), { level: 2.01 })
    expect(take()).toEqual([`stuck+ ${minutes(41)}`])
    report(minutes(55), { level: 2.01 })
    report(minutes(56), { level: 2.5 })
    expect(take()).toEqual([`stuck- ${minutes(56)}`])
  })

  test('rate of change follows a fall and forgets it after a gap', () => {
    const { report, take } = detectorWith((build) => ({
      burst: build.rate({ ...options, point: 'level', perMinute: -1, window: minutes(1) }),
    }))
    for (let s = 0; s <= 120; s += 10) report(seconds(s), { level: 9 - s * 0.01 })
    expect(take()).toEqual([])
    for (let s = 130; s <= 180; s += 10) report(seconds(s), { level: 7.8 - (s - 120) * 0.05 })
    expect(take().map((change) => change.split(' ')[0])).toEqual(['burst+'])
    report(minutes(30), { level: 1 })
    expect(take()).toEqual([`burst- ${minutes(30)}`])
  })

  test('condition over several points, for some reports in a row', () => {
    const { report, take } = detectorWith((build) => ({
      dry: build.condition({
        ...options,
        points: ['flow', 'command'],
        when: ([flow, on]) => on === 1 && (flow as number) < 1,
        of: { n: 3, m: 3 },
      }),
    }))
    report(1000, { command: true })
    report(2000, { flow: 0 })
    report(3000, { flow: 0 })
    report(4000, { flow: 5 })
    report(5000, { flow: 0 })
    report(6000, { flow: 0 })
    expect(take()).toEqual([])
    report(7000, { flow: 0 })
    expect(take()).toEqual(['dry+ 7000'])
  })
})

describe('any run', () => {
  const rules = () =>
    detectorWith((build) => ({
      high: build.limit({ ...options, point: 'level', high: 5, deadband: 1, onDelay: seconds(7), offDelay: seconds(3) }),
      silence: build.silence({ ...options, period: seconds(30) }),
      stuck: build.stuck({ ...options, point: 'flow', period: seconds(40), tolerance: 0 }),
      fall: build.rate({ ...options, point: 'level', perMinute: -6, window: seconds(20) }),
    }))
  const run = fc.array(
    fc.record({ gap: fc.integer({ min: 1, max: 60 }), level: fc.integer({ min: -1, max: 8 }), flow: fc.integer({ min: 0, max: 2 }) }),
    { maxLength: 60 },
  )

  test('gives the same changes with and without ticks between the reports, and whatever the delay of the network', () => {
    fc.assert(
      fc.property(run, fc.integer({ min: 0, max: 900 }), (steps, delay) => {
        const quick = rules()
        const slow = rules()
        let at = 1_000_000
        for (const { gap, level, flow } of steps) {
          at += gap * 1000
          quick.detector.report(
            {
              facility: quick.facility,
              at,
              received: at,
              readings: [
                { point: 0, value: level, quality: level < 0 ? 'bad' : 'good' },
                { point: 1, value: flow, quality: 'good' },
              ],
            },
            () => {},
          )
          slow.report(at, { level, flow }, delay)
        }
        const again = rules()
        at = 1_000_000
        for (const { gap, level, flow } of steps) {
          at += gap * 1000
          again.report(at, { level, flow })
        }
        expect(slow.take()).toEqual(again.take())
        const conditions = ({ detector }: typeof quick) => {
          const { values, layout } = detector.state(1) as Detection
          return [...values.subarray(layout.trueFrom, layout.falseFrom + layout.rules)]
        }
        expect(conditions(quick)).toEqual(conditions(again))
      }),
      { numRuns: 300 },
    )
  })

  test('takes from a state saved by another version what it still knows by name', () => {
    const before = rules()
    before.report(1_000_000, { level: 6, flow: 1 })
    before.report(1_010_000, { level: 6, flow: 1 })
    expect(before.take()).toEqual(['high+ 1007000'])
    const bytes = saveDetection(before.detector.state(1) as never)
    const after = detectorWith((build) => ({
      stuck: build.stuck({ ...options, point: 'flow', period: seconds(40), tolerance: 0 }),
      added: build.limit({ ...options, point: 'level', high: 5 }),
      high: build.limit({ ...options, point: 'level', high: 5, deadband: 1, onDelay: seconds(7), offDelay: seconds(3) }),
    }))
    after.detector.restore(after.facility, bytes, layoutOf(before.facility.kind).name)
    after.report(1_041_000, { level: 6, flow: 1 })
    expect(after.take()).toEqual(['stuck+ 1041000', 'added+ 1041000'])
  })

  test('takes what version 0.1 saved', () => {
    const { detector, facility, report, take } = rules()
    // Values and times of the points, the four single numbers, true from and false from of the rules, nothing remembered, a bad value.
    const points = [
      [6, Number.NaN, Number.NaN, Number.NaN],
      [1_010_000, 1_010_000, Number.NaN, Number.NaN],
    ]
    const singles = [1_010_000, 1_010_500, 1_012_000, Number.NaN]
    const [on, off] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    const conditions = [
      [1_000_000, 1_040_000, 1_010_000],
      [on, off, on],
    ]
    const numbers = [...points.flat(), ...singles, ...conditions.flat(), 1, -5]
    const layout = '2|tank|level,flow,command,feedback|high/0,silence/0,sensor-fault/0|0'
    detector.restore(facility, new Uint8Array(Float64Array.from(numbers).buffer), layout)
    expect(detector.state(1)).toMatchObject({ lastReport: 1_010_000, lastReceived: 1_010_500, activeCount: 2 })
    expect(detector.state(1)?.bad).toEqual(new Map([[1, -5]]))
    report(1_045_000, { level: 4 }, 500)
    expect(take()).toEqual(['silence+ 1040000', 'silence- 1045000'])
    report(1_049_000, { level: 4, flow: 1 }, 500)
    expect(take()).toEqual(['high- 1048000', 'sensor-fault- 1049000'])
  })

  test('goes on from a saved state as if nothing had happened', () => {
    fc.assert(
      fc.property(run, fc.nat(), (steps, where) => {
        const whole = rules()
        const cut = rules()
        let at = 1_000_000
        steps.forEach(({ gap, level, flow }, i) => {
          at += gap * 1000
          whole.report(at, { level, flow })
          cut.report(at, { level, flow })
          if (i === where % steps.length) {
            const bytes = saveDetection(cut.detector.state(1) as never)
            const layout = layoutOf(cut.facility.kind).name
            expect(saveDetection(loadDetection(new Detection(cut.facility), bytes, layout))).toEqual(bytes)
            cut.detector.restore(cut.facility, bytes, layout)
          }
        })
        expect(cut.take()).toEqual(whole.take())
      }),
      { numRuns: 300 },
    )
  })
})
