import { draft, NEVER, UNKNOWN } from '../../detection/draft.ts'
import type { RuleDraft, RuleParameters } from '../../detection/rule.ts'
import { days, minutes } from '../../telemetry/duration.ts'
import { advise } from '../writing.ts'
import { isTurning } from './flow-rules.ts'
import type { PumpPoint, Rated } from './points.ts'
import { speedShare } from './pump-curve.ts'

const unusualPower = advise(
  ['Pump no longer behaves as usual', '水泵偏离自身历史工况'],
  2880,
  [
    'Worn impeller or wear ring, rubbing parts, wrong direction after repair, a meter out of adjustment.',
    '叶轮或口环磨损、动静件摩擦、检修后反转或仪表失准。',
  ],
  [
    'It takes another power than it used to for the same flow: energy is wasted, or a failure is coming.',
    '同样流量下功率与以往不同：能耗上升或故障前兆。',
  ],
  ['Compare power, flow and vibration with the months before.', '与前几个月的功率、流量、振动比较。'],
  ['Order a performance test of the pump and a check of its meters.', '派单进行水泵性能测试并校验仪表。'],
)

// Places in the rule's memory; the learned power of each band of flow, and from how many readings, stand behind them.
const LAST = 0
const STARTED = 1
const SHORT = 2
const SPREAD = 3
const SEEN = 4
const MEANS = 5

/** Flow by speed is learned in bands of this width. */
const BAND_WIDTH = 0.125
const BANDS = 12
const COUNTS = MEANS + BANDS
const SLOTS = COUNTS + BANDS

/** A pump that has just started does not yet run steadily. */
const SETTLING = minutes(1)
/** A reading speaks for at most this long. */
const LONGEST_STEP = minutes(5)
/** How much slower the pump's own curve is learned while the fault is there. */
const SLOWED = 20

type Parameter = 'short' | 'long' | 'readings' | 'atLeast' | 'spreads' | 'leastFlow'

/** The band of the pump's flow, and its power at full speed: by the affinity laws Q ~ n and P ~ n³ one curve holds for all speeds. */
function operatingPoint(power: number, flow: number, speed: number, rated: Rated) {
  return { band: Math.floor(flow / (rated.flow * speed) / BAND_WIDTH), power: power / speed ** 3 }
}

/** Takes a deviation into the short mean, the spread and the learned curve. */
function learn(memory: Float64Array, base: number, band: number, power: number, elapsed: number, isSlow: boolean, given: RuleParameters) {
  const { short, long } = given as Record<Parameter, number>
  const mean = memory[base + MEANS + band] as number
  const count = (memory[base + COUNTS + band] as number) + 1
  const pace = isSlow ? 1 / SLOWED : 1
  memory[base + COUNTS + band] = count
  memory[base + MEANS + band] = mean + Math.max(1 / count, elapsed / long) * pace * (power - mean)
  const seen = (memory[base + SEEN] as number) + elapsed
  memory[base + SEEN] = seen
  const before = memory[base + SHORT] as number
  const now = before + Math.min(1, elapsed / Math.min(seen, short)) * (power / mean - 1 - before)
  memory[base + SHORT] = now
  const spread = memory[base + SPREAD] as number
  memory[base + SPREAD] = spread + Math.min(1, elapsed / Math.min(seen, long)) * pace * (Math.abs(now) - spread)
}

/**
 * Compares the power a pump takes for its flow and speed with the curve it has shown itself over weeks. Speaks of nothing while it
 * rests, and of no flow it has not yet learned.
 */
export function behaviourRule(consequenceOf: readonly string[]): RuleDraft<PumpPoint> {
  const options = { ...unusualPower, priority: 'low', consequenceOf } as const
  const parameters: Record<Parameter, number> = {
    short: minutes(30),
    long: days(14),
    readings: 60,
    atLeast: 0.08,
    spreads: 4,
    leastFlow: 0.1,
  }
  return draft<PumpPoint>('drift', options, {
    points: ['power', 'flow', 'current-a', 'speed'],
    parameters,
    slots: SLOTS,
    judge: (points) => (view, at, wasTrue, given, memory, base) => {
      const [power, flow, current, hertz] = points.map((point) => view.values[point] as number) as [number, number, number, number]
      if (Number.isNaN(power + flow + current) || (view.times[points[0] as number] as number) < view.lastReport) return UNKNOWN
      const rated = view.rated as Rated
      const speed = speedShare(hertz)
      const { short, readings, atLeast, spreads, leastFlow } = given as Record<Parameter, number>
      if (!isTurning(current, rated) || flow < leastFlow * rated.flow * speed) {
        memory[base + STARTED] = Number.NaN
        return UNKNOWN
      }
      if (Number.isNaN(memory[base + STARTED] as number)) memory[base + STARTED] = at
      const elapsed = Math.min(LONGEST_STEP, at - (memory[base + LAST] as number))
      memory[base + LAST] = at
      const now = operatingPoint(power, flow, speed, rated)
      if (at - (memory[base + STARTED] as number) < SETTLING || !(elapsed > 0) || !(now.band < BANDS)) return UNKNOWN
      if (Number.isNaN(memory[base + SEEN] as number)) memory.fill(0, base + SHORT, base + MEANS)
      const count = memory[base + COUNTS + now.band] as number
      if (Number.isNaN(count) || count < readings) {
        const known = count || 0
        const mean = known === 0 ? now.power : (memory[base + MEANS + now.band] as number)
        memory[base + COUNTS + now.band] = known + 1
        memory[base + MEANS + now.band] = mean + (now.power - mean) / (known + 1)
        return UNKNOWN
      }
      learn(memory, base, now.band, now.power, elapsed, wasTrue, given)
      if ((memory[base + SEEN] as number) < short) return NEVER
      const enough = Math.max(atLeast, spreads * (memory[base + SPREAD] as number)) * (wasTrue ? 0.5 : 1)
      return Math.abs(memory[base + SHORT] as number) > enough ? at : NEVER
    },
    figures: (points) => (view, _at, _given, memory, base) => {
      const [power, flow, , hertz] = points.map((point) => view.values[point] as number) as [number, number, number, number]
      const speed = speedShare(hertz)
      const { band } = operatingPoint(power, flow, speed, view.rated as Rated)
      return band < BANDS ? { expected: (memory[base + MEANS + band] as number) * speed ** 3 } : {}
    },
  })
}
