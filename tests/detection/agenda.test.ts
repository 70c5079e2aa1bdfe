import { describe, expect, test } from 'vitest'
import { ruleBuilders } from '../../src/detection/builders.ts'
import type { DetectedFacility } from '../../src/detection/detected-facility.ts'
import { Detector, TICK } from '../../src/detection/detector.ts'
import { saveDetection } from '../../src/detection/saved-state.ts'
import { defaultSettings } from '../../src/detection/settings.ts'
import type { Detection } from '../../src/detection/state.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { analog, text } from '../../src/telemetry/point.ts'
import { kindOf, texts } from './fixtures.ts'

const build = ruleBuilders<'level', never>()
const options = { ...texts, priority: 'high', point: 'level' } as const
const kind = kindOf(
  'tank',
  { level: analog(text('Level', '液位'), 'm', [0, 10]) },
  {
    high: build.limit({ ...options, high: 5, onDelay: seconds(10), offDelay: seconds(4) }),
    silence: build.silence({ ...options, period: minutes(3) }),
  },
)
const tank = (number: number, more: Partial<DetectedFacility> = {}): DetectedFacility => ({
  id: `T-${number}`,
  number,
  gateway: null,
  rated: {},
  kind,
  ...more,
})

/** A detector of tanks whose clocks may be behind ours; changes as "T-1 high+ second" in the order they are told. */
function tanks(...facilities: DetectedFacility[]) {
  const detector = new Detector()
  for (const facility of facilities) detector.put(facility)
  const changes: string[] = []
  const emit: Parameters<Detector['advance']>[1] = ({ facility, rule, active, at }) =>
    void changes.push(`${facility.id} ${rule.key}${active ? '+' : '-'} ${at / 1000}`)
  return {
    detector,
    emit,
    /** By our clock in seconds; its own may be so many seconds behind. */
    report(number: number, second: number, level: number | null, behind = 0) {
      const { facility } = detector.state(number) as Detection
      const readings = level === null ? [] : [{ point: 0, value: level, quality: 'good' as const }]
      return detector.report({ facility, at: seconds(second - behind), received: seconds(second), readings }, emit)
    },
    tick: (second: number) => detector.advance(seconds(second), emit),
    take: () => changes.splice(0),
  }
}

describe('time', () => {
  test('is told in whole ticks, and never goes back', () => {
    const { detector, tick } = tanks(tank(1))
    expect(detector.ticked).toBe(Number.NEGATIVE_INFINITY)
    tick(100.999)
    expect([detector.ticked, TICK]).toEqual([seconds(100), seconds(1)])
    tick(50)
    expect(detector.ticked).toBe(seconds(100))
  })

  test('brings what falls due in one tick in the order of its own time, then of the plant', () => {
    const { report, tick, take } = tanks(tank(3), tank(1), tank(2), tank(4))
    report(2, 100, 6)
    report(3, 99.8, 6)
    report(1, 100, 6)
    report(4, 99.5, 6)
    tick(110.9)
    expect(take()).toEqual([])
    tick(111)
    expect(take()).toEqual(['T-4 high+ 109.5', 'T-3 high+ 109.8', 'T-1 high+ 110', 'T-2 high+ 110'])
  })

  test('tells whom it looked at, in the order of the plant', () => {
    const { detector, report, tick } = tanks(tank(3), tank(1), tank(2))
    const judged: string[] = []
    detector.onJudged = ({ id }) => judged.push(id)
    report(3, 100, 6)
    report(1, 100, 6)
    tick(110.9)
    expect(judged).toEqual([])
    tick(111)
    expect(judged).toEqual(['T-1', 'T-3'])
  })

  test('that was long not told brings every delay in its own tick', () => {
    const { report, tick, take } = tanks(tank(1), tank(2))
    report(2, 100, 6)
    report(1, 150, 6)
    tick(2000)
    expect(take()).toEqual(['T-2 high+ 110', 'T-1 high+ 160', 'T-2 silence+ 280', 'T-1 silence+ 330'])
  })

  test('told twice brings nothing twice, and what ended is not looked at again', () => {
    const { report, tick, take } = tanks(tank(1))
    report(1, 100, 6)
    report(1, 105, 4)
    tick(120)
    tick(120)
    expect(take()).toEqual([])
    report(1, 121, 6)
    tick(132)
    report(1, 133, 4)
    tick(138)
    expect(take()).toEqual(['T-1 high+ 131', 'T-1 high- 137'])
  })
})

describe('the plant', () => {
  test('a facility that is removed is not judged any more, and another one in its place knows nothing of it', () => {
    const { detector, report, tick, take } = tanks(tank(1))
    report(1, 100, 6)
    detector.remove(1)
    detector.remove(1)
    expect(detector.state(1)).toBeUndefined()
    tick(120)
    detector.put(tank(1, { id: 'T-9' }))
    expect(detector.state(1)?.values[0]).toBeNaN()
    tick(1000)
    expect(take()).toEqual([])
    report(1, 1001, 6)
    tick(1020)
    expect(take()).toEqual(['T-9 high+ 1011'])
  })

  test('a facility described anew keeps what is known of it', () => {
    const { detector, report, tick, take } = tanks(tank(1))
    report(1, 100, 6)
    detector.put(tank(1, { id: 'renamed', rated: { height: 3 } }))
    expect(detector.state(1)?.rated).toEqual({ height: 3 })
    tick(120)
    expect(take()).toEqual(['renamed high+ 110'])
  })

  test('hangs together in whatever order it is registered, and comes apart again', () => {
    const { detector } = tanks(tank(1, { fedBy: 'T-2', gateway: 'T-3' }), tank(2), tank(3))
    const links = () => {
      const { feeder, reporter } = detector.state(1) as Detection
      return [feeder?.facility.id, reporter?.facility.id]
    }
    expect(links()).toEqual(['T-2', 'T-3'])
    detector.remove(2)
    expect(links()).toEqual([undefined, 'T-3'])
    detector.remove(3)
    expect(links()).toEqual([undefined, undefined])
    detector.put(tank(3))
    detector.put(tank(2))
    expect(links()).toEqual(['T-2', 'T-3'])
    detector.put(tank(1, { fedBy: 'T-3' }))
    expect(links()).toEqual(['T-3', undefined])
    // What no longer hangs on it is left alone when it goes or comes again.
    detector.remove(2)
    detector.put(tank(2))
    expect(links()).toEqual(['T-3', undefined])
    detector.put(tank(1, { fedBy: 'T-3', gateway: 'T-3' }))
    detector.put(tank(1, { fedBy: 'T-3', gateway: 'T-2' }))
    detector.remove(3)
    expect(links()).toEqual([undefined, 'T-2'])
    detector.put(tank(1, { fedBy: 'T-3', gateway: 'T-3' }))
    expect(links()).toEqual([undefined, undefined])
  })

  test('the numbers of one that is removed serve the next of its kind, which knows nothing of them', () => {
    const { detector, report } = tanks(tank(1))
    report(1, 100, 6)
    const values = detector.state(1)?.values
    detector.remove(1)
    detector.put(tank(2))
    expect(detector.state(2)?.values).toBe(values)
    expect(values?.[0]).toBeNaN()
  })

  test('one that hangs on nothing any more is always fed', () => {
    const { detector } = tanks(tank(1, { fedBy: 'T-2' }), tank(2))
    const state = detector.state(1) as Detection
    state.fedFrom = 77
    detector.put(tank(1, { fedBy: 'T-2' }))
    expect(state.fedFrom).toBe(77)
    detector.put(tank(1))
    expect(state.fedFrom).toBe(Number.NEGATIVE_INFINITY)
  })

  test('nothing is said of who is not registered', () => {
    const { detector, emit, take } = tanks(tank(1))
    detector.link({ facility: tank(5), online: false, received: 1 }, emit)
    detector.resettle(5, { settings: [], mode: 'auto' }, 1, emit)
    expect([detector.state(5), detector.inForce(5), take()]).toEqual([undefined, undefined, []])
    expect(detector.inForce(1)).toEqual({ settings: defaultSettings(kind, {}), mode: 'auto' })
  })
})

describe('a report', () => {
  test('older than what is known moves nothing, and one told twice is one', () => {
    const { report, tick, take } = tanks(tank(1))
    expect(report(1, 100, 4)).toMatchObject({ fresh: 1, late: 0, duplicate: 0 })
    expect(report(1, 101, 6, 2)).toMatchObject({ fresh: 0, late: 1 })
    expect(report(1, 102, 6, 2)).toMatchObject({ fresh: 0, duplicate: 1 })
    tick(130)
    expect(take()).toEqual([])
  })

  test('without readings is a sign of life when it is newer, and only then', () => {
    const { report, tick, take } = tanks(tank(1))
    report(1, 100, 4)
    report(1, 200, null)
    tick(381)
    expect(take()).toEqual(['T-1 silence+ 380'])
    report(1, 390, null, 200)
    tick(400)
    expect(take()).toEqual([])
    report(1, 401, null)
    expect(take()).toEqual(['T-1 silence- 401'])
  })

  test('without readings, told by the clock of a gateway, is dated by the clock of the facility', () => {
    const { detector, report, tick, take } = tanks(tank(1))
    for (let second = 0; second <= 60; second += 10) report(1, second, 4, 3600)
    report(1, 100, null)
    expect(detector.state(1)?.lastReport).toBe(seconds(100 - 3600))
    tick(282)
    expect(take()).toEqual(['T-1 silence+ -3320'])
  })
})

describe('after a restart', () => {
  const saved = () => {
    const before = tanks(tank(1))
    before.report(1, 100, 6)
    const state = before.detector.state(1) as Detection
    return [saveDetection(state), state.layout.name] as const
  }

  test('delays run on from where they stood', () => {
    const { detector, tick, take } = tanks()
    detector.restore(tank(1), ...saved())
    tick(120)
    expect(take()).toEqual(['T-1 high+ 110'])
  })

  test('ticks that did their part before the state was saved are not run again', () => {
    const { detector, tick, take } = tanks(tank(1))
    detector.restore(tank(1), ...saved(), { ticked: seconds(130) })
    tick(130)
    expect(take()).toEqual([])
    tick(131)
    expect(take()).toEqual(['T-1 high+ 110'])
  })

  test('nobody was silent while nobody listened', () => {
    const { detector, tick, take, report } = tanks(tank(1))
    detector.restore(tank(1), ...saved(), { resumedAt: seconds(1000) })
    tick(1150)
    expect(take()).toEqual(['T-1 high+ 110'])
    report(1, 1160, 6)
    tick(1342)
    expect(take()).toEqual(['T-1 silence+ 1340'])
  })

  test('settings that were in force stay so', () => {
    const { detector, tick, take } = tanks(tank(1))
    detector.put(
      tank(1),
      defaultSettings(kind, {}).map((setting) => ({ ...setting, onDelay: seconds(20) })),
    )
    detector.restore(tank(1), ...saved())
    tick(122)
    expect(take()).toEqual(['T-1 high+ 120'])
  })
})
