import { describe, expect, test } from 'vitest'
import { ruleBuilders } from '../../src/detection/builders.ts'
import type { DetectedFacility } from '../../src/detection/detected-facility.ts'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { Detector } from '../../src/detection/detector.ts'
import type { Rule } from '../../src/detection/rule.ts'
import { saveDetection } from '../../src/detection/saved-state.ts'
import { layoutOf } from '../../src/detection/state-layout.ts'
import { days, hours, minutes } from '../../src/telemetry/duration.ts'
import { analog, digital, text } from '../../src/telemetry/point.ts'
import type { Reading } from '../../src/telemetry/report.ts'
import { kindOf, texts } from './fixtures.ts'

const points = {
  current: analog(text('I', 'I'), 'A', [0, 63]),
  voltage: analog(text('U', 'U'), 'V', [0, 300]),
  dimming: analog(text('D', 'D'), '%', [0, 100]),
  closed: digital(text('K', 'K'), text('open', '断'), text('closed', '合')),
}
const build = ruleBuilders<keyof typeof points, 'lamp'>()
const draft = build.reference({
  ...texts,
  priority: 'medium',
  point: 'current',
  circuit: 1,
  voltage: 'voltage',
  step: 'dimming',
  only: { points: ['closed'], when: ([closed]) => closed === 1 },
  lamp: ({ lamp }) => lamp,
  share: 0.1,
  lamps: 1.5,
  period: minutes(5),
  nights: 3,
  settling: minutes(15),
})
const kind = { ...kindOf('circuit', points, { out: draft }), rated: { lamp: 0.5 } }
const rule = kind.rules[0] as Rule

const lampPoints = {
  asked: analog(text('D', 'D'), '%', [0, 100]),
  control: digital(text('C', 'C'), text('programme', '方案'), text('command', '指令')),
}
const lampKind = { ...kindOf('lamp', lampPoints, {}), light: { command: 0 }, held: { point: 1, value: 1 } }
const LAMPS = 42
/** Lamps that can tell what they are asked for. */
const told = Array.from({ length: 8 }, (_, i): DetectedFacility => {
  return { id: `L${i}`, number: 2 + i, gateway: null, rated: {}, kind: lampKind, fedBy: 'C', circuit: 1 }
})
const AMPS = 0.5

/** What one minute of a night is like; `hour` counts from noon, so that a night is one run of hours. */
interface Minute {
  night: number
  hour: number
  minute: number
}
interface Circuit {
  /** Hours from noon at which it is lit and dark; noon is at 4 h UTC. */
  lit?: (night: number) => readonly [from: number, to: number]
  /** Share of full light. */
  dim?: (minute: Minute) => number
  lamps?: (minute: Minute) => number
  volts?: (minute: Minute) => number
  /** Lamps that commands hold, each of which says so, and at what, %. */
  held?: (minute: Minute) => { count: number; asked: number }
  /** No report then. */
  gap?: (minute: Minute) => boolean
  isStepReported?: boolean
  every?: number
}

const always = (value: number) => () => value
const start = Date.UTC(2026, 8, 1, 4)

/** A detector fed with nights of one circuit; changes as "out+ night hour". */
function watch(circuit: Circuit, facility: DetectedFacility = { id: 'C', number: 1, gateway: null, rated: {}, kind }) {
  const { lit = () => [5, 18], dim = always(1), lamps = always(LAMPS), volts = always(220), gap = () => false, held } = circuit
  const { isStepReported = true, every = 1 } = circuit
  let detector = new Detector()
  detector.put(facility)
  if (held) for (const lamp of told) detector.put(lamp)
  const changes: string[] = []
  const figures: Readonly<Record<string, number>>[] = []
  const emit = ({ active, at }: ConditionChange) => {
    const state = detector.state(1)!
    changes.push(`${active ? '+' : '-'} ${Math.floor((at - start) / days(1))} ${(((at - start) % days(1)) / hours(1)).toFixed(2)}`)
    if (active) figures.push(rule.figures!(state, at, state.settings[0]!.parameters, state.values, state.layout.memories[0]!))
  }
  let ripple = 0
  return {
    changes,
    figures,
    run(from: number, nights: number) {
      for (let m = 0; m < nights * 1440; m += every) {
        const now: Minute = { night: from + Math.floor(m / 1440), hour: (m % 1440) / 60, minute: m % 1440 }
        if (gap(now)) continue
        const [on, off] = lit(now.night)
        const isLit = now.hour >= on && now.hour < off
        // Drivers start softly.
        const warm = now.hour - on < 0.05 ? 0.6 : 1
        ripple = (ripple + 0.37) % 1
        const share = dim(now)
        const { count, asked } = held?.(now) ?? { count: 0, asked: 0 }
        const burning = (lamps(now) - count) * share + (count * asked) / 100
        const amps = isLit ? ((burning * AMPS * warm * 220) / volts(now)) * (1 + 0.01 * (ripple - 0.5)) : 0
        const values = [amps, volts(now), isLit ? 100 * share : 0, isLit ? 1 : 0]
        const readings = values.map((value, point): Reading => ({ point, value, quality: 'good' }))
        const at = start + days(from) + minutes(m)
        for (const [i, lamp] of held ? told.entries() : []) {
          const of = (point: number, value: number): Reading => ({ point, value, quality: 'good' })
          detector.report(
            { facility: lamp, at, received: at, readings: [of(0, i < count ? asked : 100 * share), of(1, Number(i < count))] },
            emit,
          )
        }
        detector.report(
          { facility, at, received: at, readings: isStepReported ? readings : readings.filter(({ point }) => point !== 2) },
          emit,
        )
      }
      return this
    },
    /** Lamps counted by the last report. */
    counted() {
      const state = detector.state(1)!
      return rule.lamps!.count(state, state.settings[0]!.parameters, state.values, state.layout.memories[0]!)
    },
    restart() {
      const bytes = saveDetection(detector.state(1)!)
      const layout = layoutOf(kind).name
      detector = new Detector()
      detector.put(facility)
      detector.restore(facility, bytes, layout)
      return this
    },
  }
}

/** Full, then dimmed from 23:00 to 5:00 by the clock. */
const dimmed = ({ hour }: Minute) => (hour >= 11 && hour < 17 ? 0.7 : 1)
/** In September nights grow by two minutes at both ends. */
const season = (night: number) => [6.5 - night / 30, 17 + night / 30] as const
const out = (count: number, night: number, hour: number) => (at: Minute) =>
  at.night > night || (at.night === night && at.hour >= hour) ? LAMPS - count : LAMPS

describe('healthy nights raise nothing', () => {
  test.each<[string, Circuit]>([
    ['even light', {}],
    ['dimming by the clock', { dim: dimmed }],
    ['dimming that nobody reports', { dim: dimmed, isStepReported: false }],
    // The step walks with the sun: 2 min a night over three hours of the clock.
    [
      'a step that walks and is not reported',
      { dim: ({ night, hour }) => (hour >= 11 - night / 30 && hour < 17 ? 0.7 : 1), isStepReported: false },
    ],
    ['nights that grow longer', { lit: season, dim: dimmed }],
    ['mains between 205 and 240 V', { volts: ({ minute }) => 222 + 17 * Math.sin(minute / 60) }],
    ['gaps of hours and of days', { dim: dimmed, gap: ({ night, hour }) => night % 5 === 4 || (night % 3 === 1 && hour > 9 && hour < 12) }],
    ['a report every five minutes', { dim: dimmed, every: 5 }],
    ['one lamp out', { lamps: out(1, 8, 8) }],
    ['a lamp more each week', { lamps: ({ night }) => 30 + Math.floor(night / 7) }],
  ])(
    '%s',
    (_, circuit) => {
      expect(watch(circuit).run(0, 60).changes).toEqual([])
    },
    20_000,
  )
})

describe('lamps are counted at any time of the night', () => {
  test.each<[string, Circuit, number, { drawing: number; missing: number }]>([
    ['by what one is rated to draw, while nothing is learned', {}, 0.4, { drawing: 42, missing: Number.NaN }],
    ['dimmed', { dim: dimmed }, 14.5 / 24, { drawing: 42, missing: Number.NaN }],
    ['at a low voltage', { volts: always(200) }, 0.4, { drawing: 42, missing: Number.NaN }],
    ['by what is usual, once that is known', { lamps: out(7, 8, 8) }, 8.4, { drawing: 35, missing: 7 }],
    ['by what is usual when dimmed', { dim: dimmed, lamps: out(7, 8, 8) }, 8 + 14.5 / 24, { drawing: 35, missing: 7 }],
    ['none missing', {}, 8.4, { drawing: 42, missing: 0 }],
  ])('%s', (_, circuit, nights, { drawing, missing }) => {
    const counted = watch(circuit).run(0, nights).counted()!
    expect(Math.round(counted.drawing)).toBe(drawing)
    expect(Math.abs(Math.round(counted.missing))).toBe(missing)
  })

  test('of a circuit that is off nothing can be said', () => {
    expect(watch({}).run(0, 2).counted()).toBeUndefined()
  })
})

describe('lamps that commands hold dark or dimmed, as they say themselves,', () => {
  const from = (night: number, hour: number, count: number, asked: number) => (at: Minute) => ({
    count: at.night > night || (at.night === night && at.hour >= hour) ? count : 0,
    asked,
  })
  test.each<[string, Circuit]>([
    ['off', { held: from(8, 8, 8, 0) }],
    ['dimmed', { held: from(8, 8, 8, 30) }],
    ['off while the others are dimmed', { dim: dimmed, held: from(8, 13, 8, 0) }],
  ])('are not missed: %s', (_, circuit) => {
    expect(watch(circuit).run(0, 12).changes).toEqual([])
  })

  test('do not hide those that are out', () => {
    const { changes, figures } = watch({ held: from(8, 8, 4, 0), lamps: out(7, 8, 9) }).run(0, 9)
    expect([changes[0], Math.round(figures[0]?.lampsOut as number)]).toEqual(['+ 8 9.08', 7])
    // One that is held at full light while the others are dimmed draws more, and covers none of them.
    expect(watch({ dim: dimmed, held: from(8, 12, 8, 100), lamps: out(7, 8, 13) }).run(0, 9).changes[0]).toBe('+ 8 13.08')
  })
})

describe('lamps out', () => {
  test.each<[string, number, number, string]>([
    ['at full light', 7, 8, '+ 8 8.08'],
    ['dimmed', 7, 14, '+ 8 14.08'],
    ['just before the step', 7, 10.97, '+ 8 11.33'],
    ['by day, seen at dusk', 7, 2, '+ 8 5.33'],
    ['all but one', 41, 8, '+ 8 8.08'],
  ])('%s: raised once, with their number', (_, count, hour, raised) => {
    const seen = watch({ dim: dimmed, lamps: out(count, 8, hour) }).run(0, 12)
    expect(seen.changes).toEqual([raised])
    expect(seen.figures[0]).toMatchObject({ lampsOut: count, missing: expect.closeTo(count / LAMPS, 1) })
  })

  test('the alarm stands through the day and ends when they are lit again', () => {
    const repaired = ({ night, hour }: Minute) => (night === 8 && hour >= 8 ? LAMPS - 7 : LAMPS)
    expect(watch({ lamps: repaired }).run(0, 11).changes).toEqual(['+ 8 8.08', '- 9 5.25'])
  })

  test('nothing is said while it is still being learned', () => {
    expect(watch({ lamps: out(10, 0, 8) }).run(0, 5).changes).toEqual([])
    expect(watch({ lamps: out(10, 3, 8) }).run(0, 4).changes).toEqual(['+ 3 8.08'])
  })

  test('a fault of weeks is not learned', () => {
    const seen = watch({ lamps: ({ night }) => (night >= 8 && night < 50 ? LAMPS - 7 : LAMPS) }).run(0, 53)
    expect(seen.changes).toEqual(['+ 8 5.33', '- 50 5.25'])
  })

  test('lamps that die one by one add up', () => {
    const seen = watch({ lamps: ({ night }) => LAMPS - Math.floor(Math.max(0, night - 10) / 7) }).run(0, 60)
    expect(seen.changes).toHaveLength(1)
    expect(Number(seen.changes[0]!.split(' ')[1])).toBeLessThan(55)
    expect(seen.figures[0]!.lampsOut).toBeGreaterThanOrEqual(4)
  })

  test('other lamps are learned anew once they are registered', () => {
    const half = { lamps: ({ night }: Minute) => (night >= 8 ? LAMPS / 2 : LAMPS) }
    const seen = watch(half).run(0, 9)
    expect(seen.changes).toEqual(['+ 8 5.33'])
    const facility: DetectedFacility = { id: 'C', number: 1, gateway: null, rated: { lamp: 0.25 }, kind }
    expect(watch({ ...half, lamps: always(LAMPS / 2) }, facility).run(9, 6).changes).toEqual([])
  })
})

test('goes on after a restart in the middle of a night as if nothing had happened', () => {
  const circuit: Circuit = { dim: dimmed, lamps: out(7, 8, 8) }
  const whole = watch(circuit).run(0, 9)
  const cut = watch(circuit)
  for (let night = 0; night < 9; night++) cut.run(night, 1).restart()
  expect(cut.changes).toEqual(whole.changes)
  expect(cut.figures).toEqual(whole.figures)
})

test('is small: twelve circuits with two rules each take less than 10 kB', () => {
  expect(rule.slots * 8 * 24).toBeLessThan(10_000)
})
