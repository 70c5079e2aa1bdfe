import { describe, expect, test } from 'vitest'
import { clockSkewRule } from '../../src/detection/clock-skew.ts'
import { loadDetection, saveDetection } from '../../src/detection/saved-state.ts'
import { defaultSettings } from '../../src/detection/settings.ts'
import { Detection } from '../../src/detection/state.ts'
import { layoutOf } from '../../src/detection/state-layout.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { detectorWith, texts } from './fixtures.ts'

const options = { ...texts, priority: 'high' } as const
const start = 1_700_000_000_000
const EVERY = minutes(1)

/** A facility that reports every minute; times are minutes since the start. */
function reporting() {
  const made = detectorWith((build) => ({
    high: build.limit({ ...options, point: 'level', high: 5, onDelay: seconds(30) }),
    low: build.limit({ ...options, point: 'flow', low: 5 }),
    silence: build.silence({ ...options, period: 3 * EVERY }),
    'clock-skew': clockSkewRule([]),
  }))
  const told: string[] = []
  made.detector.onCaughtUp = ({ id }) => {
    for (const change of seen()) told.push(change)
    told.push(`${id} caught up`)
  }
  const seen = () =>
    made.takeChanges().map(({ rule, active, at, late, historySince }) => {
      const since = historySince === undefined ? '' : ` of ${(historySince - start) / EVERY}`
      return `${rule.key}${active ? '+' : '-'} ${(at - start) / EVERY}${late ? ' late' : ''}${since}`
    })
  return {
    ...made,
    /** Reports taken at these minutes that all come in at one. */
    send(taken: readonly number[], received: number, values: (minute: number) => Record<string, number>) {
      made.tick(start + received * EVERY)
      for (const minute of taken) made.report(start + minute * EVERY, values(minute), (received - minute) * EVERY)
    },
    /** One report a minute, each in time. */
    live(from: number, to: number, values: (minute: number) => Record<string, number> = () => good) {
      for (let minute = from; minute < to; minute++) made.report(start + minute * EVERY, values(minute))
    },
    told: () => [...told.splice(0), ...seen()],
    /** Saves, loads and goes on. */
    restart() {
      const bytes = saveDetection(made.detector.state(1) as Detection)
      const { name } = layoutOf(made.facility.kind)
      expect(saveDetection(loadDetection(new Detection(made.facility), bytes, name))).toEqual(bytes)
      made.detector.restore(made.facility, bytes, name)
    },
  }
}

const good = { level: 1, flow: 9 }
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
/** Too high from minute 100 to 150, and from 350 on. */
const swings = (minute: number) => ({ level: (minute >= 100 && minute < 150) || minute >= 350 ? 6 : 1, flow: 9 })

describe('a backlog that comes before newer reports', () => {
  test('is judged in its own time and told as late; what is still there when its facility has caught up is told of the present', () => {
    for (const isRestarted of [false, true]) {
      const { live, send, told, restart } = reporting()
      live(0, 10)
      send(range(10, 200), 370, swings)
      if (isRestarted) restart()
      send(range(200, 370), 370, swings)
      expect(told()).toEqual(['silence+ 12', 'silence- 370', 'high+ 100.5 late', 'high- 150 late', 'high+ 350.5 late', 'T-1 caught up'])
      live(371, 372, swings)
      live(372, 380)
      expect(told()).toEqual(['high- 372'])
    }
  })

  test('is over when nothing newer comes', () => {
    const { live, send, told, tick } = reporting()
    live(0, 10)
    send(range(10, 120), 370, swings)
    expect(told()).toEqual(['silence+ 12', 'silence- 370', 'high+ 100.5 late'])
    tick(start + 372 * EVERY)
    expect(told()).toEqual([])
    tick(start + 374 * EVERY)
    expect(told()).toEqual(['silence+ 373', 'T-1 caught up'])
  })

  test('of a device with a wrong clock is late by what its clock does not explain', () => {
    const { report, told } = reporting()
    for (let minute = 0; minute < 60; minute++) report(start + minute * EVERY, minute < 30 ? good : { level: 6, flow: 9 }, hours(2))
    expect(told().filter((change) => !change.startsWith('clock-skew'))).toEqual(['T-1 caught up', 'high+ 30.5'])
  })

  test('of a device with a wrong clock: its silence counts from when it was heard, by its own clock', () => {
    const { report, tick, told } = reporting()
    for (let minute = 0; minute < 10; minute++) report(start + minute * EVERY, good, hours(1))
    // Taken half an hour before it comes.
    report(start + 20 * EVERY, good, hours(1.5))
    told()
    tick(start + hours(1) + 54 * EVERY)
    expect(told()).toContain('silence+ 53')
  })

  test('a delay of some minutes is none', () => {
    const { live, send, told } = reporting()
    live(0, 10)
    send([10], 14.9, () => ({ level: 1, flow: 1 }))
    expect(told()).toEqual(['silence+ 12', 'low+ 10', 'silence- 12'])
  })
})

describe('a backlog that comes after newer reports', () => {
  /** The present goes on at minute 370; what was before it comes after. */
  function afterGap(values = swings) {
    const made = reporting()
    made.live(0, 10, values)
    made.live(370, 375, values)
    made.told()
    return made
  }

  test('is judged on what was known before the gap, and touches nothing of the present', () => {
    for (const isRestarted of [false, true]) {
      const { send, live, told, restart, detector } = afterGap()
      const present = [...stateOf(detector).values]
      send(range(10, 120), 374, swings)
      if (isRestarted) restart()
      send(range(120, 370), 374, swings)
      expect(told()).toEqual([
        'high+ 100.5 late of 100.5',
        'high- 150 late of 100.5',
        'high+ 350.5 late of 350.5',
        'high- 370 late of 350.5',
      ])
      expect([...stateOf(detector).values]).toEqual(present)
      live(375, 380)
      expect(told()).toEqual(['high- 375'])
    }
  })

  test('out of its own order is only stored, and so is what comes when the gap is filled', () => {
    const { send, told, detector } = afterGap()
    send([200, 100, 101], 374, () => ({ level: 1, flow: 1 }))
    expect(told()).toEqual(['low+ 200 late of 200'])
    send(range(201, 370), 374, () => good)
    expect(told()).toEqual(['low- 201 late of 200'])
    expect(stateOf(detector).fork).toBeNull()
    send(range(100, 370), 374, () => ({ level: 6, flow: 1 }))
    expect(told()).toEqual([])
  })

  test('does not raise again what was there before, and does not end it', () => {
    const { send, told } = afterGap((minute) => ({ level: 1, flow: minute < 10 || minute >= 370 ? 1 : 9 }))
    send(range(10, 200), 374, () => good)
    expect(told()).toEqual([])
    send(range(200, 370), 374, () => ({ level: 1, flow: 1 }))
    expect(told()).toEqual(['low+ 200 late of 200', 'low- 370 late of 200'])
  })

  test('what runs out in the gap is told once, of the present', () => {
    const made = reporting()
    made.live(0, 9)
    made.live(9, 10, () => ({ level: 6, flow: 9 }))
    made.live(370, 371)
    expect(made.told()).toEqual(['high+ 9.5', 'silence+ 12', 'high- 370', 'silence- 370'])
    made.send(range(10, 370), 372, () => ({ level: 6, flow: 9 }))
    expect(made.told()).toEqual([])
  })

  test.each([false, true])('of which nothing comes is waited for as long as it was; restarted: %s', (isRestarted) => {
    const { live, send, told, restart, detector } = afterGap()
    if (isRestarted) restart()
    live(375, 732)
    expect(stateOf(detector).fork).not.toBeNull()
    live(732, 733)
    expect(stateOf(detector).fork).toBeNull()
    told()
    send(range(10, 370), 733, swings)
    expect(told()).toEqual([])
  })

  test('is waited for for an hour at least', () => {
    const { live, detector } = reporting()
    live(0, 10)
    live(20, 81)
    expect(stateOf(detector).fork).not.toBeNull()
    live(81, 82)
    expect(stateOf(detector).fork).toBeNull()
  })

  test('is waited for longer when the first report after it was late itself', () => {
    const { live, send, told, detector } = reporting()
    live(0, 10)
    send([300], 370, swings)
    live(371, 1000, () => good)
    expect(stateOf(detector).fork).not.toBeNull()
    told()
    send(range(10, 300), 1000, swings)
    expect(told()).toEqual(['high+ 100.5 late of 100.5', 'high- 150 late of 100.5'])
  })

  test('is judged by the settings in force, to its end and over a restart', () => {
    for (const isRestarted of [false, true]) {
      const { live, send, told, restart, detector, facility } = reporting()
      const settings = defaultSettings(facility.kind, {}).map((setting) => ({ ...setting, onDelay: minutes(1) }))
      detector.put(facility, settings)
      live(0, 10)
      live(200, 201)
      told()
      send([197.7], 200, () => ({ level: 6, flow: 9 }))
      if (isRestarted) restart()
      live(201, 202)
      expect(told()).toEqual(['high+ 198.7 late of 198.7', 'high- 200 late of 198.7'])
    }
  })

  test('is waited for for two days once something came', () => {
    const { live, send, told, detector } = afterGap()
    send(range(10, 102), 374, swings)
    expect(told()).toEqual(['high+ 100.5 late of 100.5'])
    live(375, 370 + 48 * 60)
    expect(stateOf(detector).fork).not.toBeNull()
    live(370 + 48 * 60, 372 + 48 * 60)
    expect(stateOf(detector).fork).toBeNull()
    expect(told()).toEqual(['high- 375', 'high- 370 late of 100.5'])
    send(range(102, 370), 373 + 48 * 60, swings)
    expect(told()).toEqual([])
  })

  test('a longer gap takes its place; what was found in the shorter one ends there', () => {
    const { live, send, told } = reporting()
    live(0, 10)
    live(60, 65)
    const high = (from: number) => (minute: number) => ({ level: minute >= from ? 6 : 1, flow: 9 })
    send(range(10, 30), 64, high(20))
    live(370, 372)
    expect(told().filter((change) => !change.startsWith('silence'))).toEqual(['high+ 20.5 late of 20.5', 'high- 60 late of 20.5'])
    send(range(65, 100), 371, high(80))
    expect(told()).toEqual(['high+ 80.5 late of 80.5'])
  })

  test('with holes of its own tells of no silence in them', () => {
    const { send, told } = afterGap(() => good)
    send([20, 200, 300], 374, () => good)
    expect(told()).toEqual([])
  })

  test('what comes late from after it is only stored', () => {
    const { send, live, told } = afterGap(() => good)
    live(375, 376)
    told()
    send([370.5, 372.5], 375, () => ({ level: 6, flow: 1 }))
    expect(told()).toEqual([])
  })

  test('what was there before it ends in it after its off-delay, and may come again', () => {
    const { report, takeChanges } = detectorWith((build) => ({
      high: build.limit({ ...options, point: 'level', high: 5, offDelay: seconds(90) }),
      silence: build.silence({ ...options, period: 3 * EVERY }),
    }))
    const isHigh = (minute: number) => minute < 10 || minute >= 100
    for (const minute of [...range(0, 10), ...range(370, 373)]) report(start + minute * EVERY, { level: isHigh(minute) ? 6 : 1 })
    takeChanges()
    for (const minute of range(10, 110)) report(start + minute * EVERY, { level: isHigh(minute) ? 6 : 1 }, (372 - minute) * EVERY)
    expect(takeChanges().map(({ active, historySince = 0 }) => [active, (historySince - start) / EVERY])).toEqual([[true, 100]])
  })

  test('a short gap does not take the place of a long one', () => {
    const { live, send, told } = afterGap(() => good)
    live(380, 385)
    told()
    send(range(10, 370), 385, swings)
    expect(told()).toHaveLength(4)
  })
})

const stateOf = (detector: ReturnType<typeof reporting>['detector']) => detector.state(1) as Detection
