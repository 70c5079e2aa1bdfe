import { BehaviourModel, PERIOD_BEGAN } from './behaviour-model.ts'
import { compileGuard, draft, type Guard, guardPoints, NEVER, type Rated, UNKNOWN } from './draft.ts'
import type { FacilityView, Judge, LearnedState, RuleDraft, RuleOptions, RuleParameters } from './rule.ts'

export interface BehaviourOptions<P extends string, R extends string> {
  /** What is looked at together; a facility may lack some. The first that is there sets the pace: with it a reading of all is taken. */
  points: readonly P[]
  /** The first point is a load, such as a flow, that the others follow: they are seen against what they usually read at it, never without it. */
  isLed?: boolean
  /** When the facility is in the state whose behaviour is learned, such as running. Nothing is learned or judged otherwise. */
  only: Guard<P, R>
  /** Readings that come sooner than this after the last one taken are passed over, ms; none when absent. */
  every?: number
  /** Nothing is learned or judged for this long after that state began or reports were missing, ms. */
  settling: number
  /** Points, such as temperatures, that need `warming` ms after the state was not there before they say anything. */
  slow?: readonly P[]
  warming?: number
  /** What happened in a longer pause of the reports is unknown, and a point not read for longer is not there, ms. */
  pause: (rated: Rated<R>) => number
  /** Readings until the behaviour is known. */
  readings: number
  /** Deviation of one point, in its own sigmas, that is unusual by itself. */
  sigmas: number
  /** Readings in a row that must be unusual, and usual again. */
  consecutive: number
  calm: number
}
type Parameters = Readonly<Record<'settling' | 'warming' | 'pause' | 'readings' | 'sigmas' | 'consecutive' | 'calm', number>>

const LEAST_READINGS = 100
/** Where the alarm ends, as a part of where it begins. */
const RETURN = 0.3
/** Deviations in sigmas that are told of in an alarm, the greatest first. */
const NOTABLE = 2

// Places in a rule's memory, before those of the model.
const TAKEN = 0
const STARTED = 1
/** Readings in a row that speak against what the rule says at present. */
const CONTRARY = 2
/** Until when slow points are not looked at; Infinity while the state is not there. */
const COLD_UNTIL = 3
const MODEL = 4

/** Gathers what the points read now, NaN of those not read for `pause`; returns the time of the reading, NaN when there is none. */
function gather(view: FacilityView, points: readonly number[], pause: number, values: Float64Array): number {
  let taken = Number.NaN
  for (let k = 0; k < points.length; k++) {
    const point = points[k] as number
    const at = view.times[point] as number
    const value = view.values[point] as number
    const isThere = !Number.isNaN(value) && view.lastReport - at <= pause
    values[k] = isThere ? value : Number.NaN
    if (isThere && Number.isNaN(taken)) taken = at
  }
  return taken
}

/** Compares what many points do together with what the facility itself usually does. It learns by itself and says until then that it learns. */
export function behaviour<P extends string, R extends string>(options: RuleOptions & BehaviourOptions<P, R>): RuleDraft<P> {
  const {
    points: keys,
    only,
    isLed = false,
    slow = [],
    every = 0,
    settling,
    warming = 0,
    pause,
    readings,
    sigmas,
    consecutive,
    calm,
  } = options
  const model = new BehaviourModel(keys.length, isLed)
  const values = new Float64Array(keys.length)
  const isSlow = keys.map((key) => slow.includes(key))
  const modelOf = (memory: Float64Array, base: number) => model.at(memory, base + MODEL)
  return draft(
    'behaviour',
    { expects: true, ...options },
    {
      points: [...keys, ...guardPoints(only)],
      parameters: { sigmas, consecutive, calm, readings, settling, warming },
      // Fewer readings than that show no scatter.
      ranges: { readings: [LEAST_READINGS, 1e6], sigmas: [1, 100], consecutive: [1, 1000], calm: [1, 1000] },
      ratedParameters: (rated) => ({ pause: pause(rated as Rated<R>) }),
      slots: MODEL + model.slots,
      timeSlots: [TAKEN, STARTED, COLD_UNTIL, MODEL + PERIOD_BEGAN],
      judge(indices): Judge {
        const points = indices.slice(0, keys.length)
        const guard = compileGuard(only, indices.slice(keys.length))
        return (view, at, wasTrue, parameters, memory, base) => {
          const p = parameters as Parameters & RuleParameters
          if (view.lastReport - (memory[base + TAKEN] as number) < every) return UNKNOWN
          const taken = gather(view, points, p.pause, values)
          const since = taken - (memory[base + TAKEN] as number)
          if (Number.isNaN(taken) || since <= 0 || since < every || (isLed && Number.isNaN(values[0] as number))) return UNKNOWN
          const isOpen = guard(view, parameters)
          if (isOpen === undefined) return UNKNOWN
          const isGap = !(since <= p.pause)
          memory[base + TAKEN] = taken
          if (!isOpen) {
            memory[base + STARTED] = Number.NaN
            memory[base + COLD_UNTIL] = Number.POSITIVE_INFINITY
            return UNKNOWN
          }
          const learned = modelOf(memory, base)
          if (isGap || Number.isNaN(memory[base + STARTED] as number)) {
            memory[base + STARTED] = taken
            memory[base + CONTRARY] = 0
            if (memory[base + COLD_UNTIL] === Number.POSITIVE_INFINITY) memory[base + COLD_UNTIL] = taken + p.warming
            learned.interrupt()
          }
          if (taken - (memory[base + STARTED] as number) < p.settling) return UNKNOWN
          if (taken < (memory[base + COLD_UNTIL] as number)) for (let k = 0; k < values.length; k++) if (isSlow[k]) values[k] = Number.NaN
          const share = learned.takeIn(taken, values, wasTrue, p.readings, p.sigmas)
          if (learned.readings < p.readings) return wasTrue ? UNKNOWN : NEVER
          const contrary = share > (wasTrue ? RETURN : 1) === wasTrue ? 0 : (memory[base + CONTRARY] as number) + 1
          const changes = contrary >= (wasTrue ? p.calm : p.consecutive)
          memory[base + CONTRARY] = changes ? 0 : contrary
          if (changes && wasTrue) learned.settle()
          else if (changes) learned.lookBack()
          return wasTrue === changes ? NEVER : at
        }
      },
      figures: () => (_view, _at, parameters, memory, base) => {
        const learned = modelOf(memory, base)
        const found: Record<string, number> = { distance: learned.distance, distanceLimit: learned.limit(parameters.sigmas as number) }
        const deviating = keys
          .map((key, k) => ({ key, k, sigmas: learned.deviation(k) }))
          .filter(({ sigmas }) => Math.abs(sigmas) >= NOTABLE)
        for (const { key, k, sigmas } of deviating.toSorted((one, other) => Math.abs(other.sigmas) - Math.abs(one.sigmas))) {
          found[`${key}.sigmas`] = sigmas
          found[`${key}.expected`] = learned.expected(k)
        }
        return found
      },
      learned: (indices) => (parameters, memory, base) => {
        const found = modelOf(memory, base)
        const needed = parameters.readings as number
        const progress = Math.min(1, found.readings / needed)
        const byPoint = keys.map((_, k) => ({ point: indices[k] as number, expected: found.expected(k), sigmas: found.deviation(k) }))
        const { distance, share } = found
        const isKnown = progress === 1
        return {
          progress,
          distance: isKnown ? distance : Number.NaN,
          limit: isKnown ? found.limit(parameters.sigmas as number) : Number.NaN,
          share: isKnown ? share : Number.NaN,
          points: isKnown ? byPoint.filter(({ expected }) => !Number.isNaN(expected)) : [],
        } satisfies LearnedState
      },
    },
  )
}
