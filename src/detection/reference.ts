import { minutes } from '../telemetry/duration.ts'
import { compileGuard, draft, type GuardedOptions, guardAsData, guardPoints, type Only, type Rated, UNKNOWN } from './draft.ts'
import type { FacilityView, Judge, LampCount, RuleDraft, RuleOptions, RuleParameters } from './rule.ts'
import {
  begin,
  LAMP,
  learn,
  NO_STEP,
  PACE,
  type Place,
  SETTLED_FROM,
  SINCE,
  SLOTS,
  STEP,
  TAKEN,
  type UsualParameters,
  unsettle,
  usual,
} from './usual-current.ts'

export interface ReferenceOptions<P extends string, R extends string, N extends string> extends GuardedOptions<P, R, N> {
  /** Current of a group of lamps, A, and the number of their circuit. */
  point: P
  circuit?: number
  /** Voltage they are fed with, V; drivers hold their power, so the current falls as it rises. */
  voltage?: P
  /** Dimming step they burn at, %. */
  step?: P
  /** Whether the group is switched on and fed; what it draws is looked at only then. */
  only: Only<P, R, NoInfer<N>>
  /** Current of one lamp at the brightest step and 220 V, A. Another value makes the rule learn anew. */
  lamp: (rated: Rated<R>) => number
  /** Part of the usual current that must be missing, and how many lamps that must be at least. */
  share: number
  lamps: number
  /** How long it must be missing, ms. */
  period: number
  /** Nights an hour must have been seen before it is judged. */
  nights: number
  /** Nothing is learned or judged for this long after the lamps were switched or dimmed, ms. */
  settling: number
}
type Parameters = UsualParameters & Readonly<Pick<ReferenceOptions<string, string, string>, 'share' | 'lamps' | 'period'>>

/** V */
const NOMINAL = 220
/** No lamp is dimmed further, %. */
const LEAST_STEP = 5
/** Whatever happened in a longer pause of the reports is unknown, ms. */
const PAUSE = minutes(30)
/** Where the alarm ends, as a part of where it begins. */
const RETURN = 0.7

/** Indices of points. */
interface Places {
  current: number
  volts: number | undefined
  percent: number | undefined
  /** Number of the circuit. */
  circuit: number | undefined
}

interface Seen {
  /** Current as it would be at 220 V, A, and what it was multiplied with for that. */
  drawn: number
  scale: number
  /** What lamps would draw besides that commands hold dark, A. */
  held: number
  step: number
}

/** What is read of it, with what the lamps would draw that commands hold dark: nobody has to look for those. */
function see(view: FacilityView, { current, volts: voltage, percent: step, circuit }: Places, lamp: number): Seen {
  const volts = voltage === undefined ? Number.NaN : (view.values[voltage] as number)
  const percent = step === undefined ? Number.NaN : (view.values[step] as number)
  const scale = Number.isNaN(volts) ? 1 : volts / NOMINAL
  const dimmed = Number.isNaN(percent) ? NO_STEP : Math.min(100, Math.round(percent / 5) * 5)
  const level = levelOf(dimmed)
  const held = circuit === undefined ? 0 : view.heldBack(circuit, level) * level * lamp
  return { drawn: (view.values[current] as number) * scale, held, scale, step: dimmed }
}

const levelOf = (step: number): number => (step === NO_STEP ? 1 : Math.max(step, LEAST_STEP) / 100)

function judgeSeen(place: Place, at: number, { drawn, held, step }: Seen, wasTrue: boolean, p: Parameters): number {
  const value = drawn + held
  const { memory, base } = place
  const pause = at - (memory[base + TAKEN] as number)
  memory[base + TAKEN] = at
  const isSteady = pause <= PAUSE && memory[base + STEP] === step && !Number.isNaN(memory[base + SETTLED_FROM] as number)
  if (!isSteady) unsettle(place, at, p)
  memory[base + STEP] = step
  if (at < (memory[base + SETTLED_FROM] as number)) return UNKNOWN
  const { now, brightest } = usual(place, at, p)
  const missing = 1 - value / now
  learn(place, at, value, !wasTrue && !(missing > p.steady), p)
  if (Number.isNaN(now)) return wasTrue ? UNKNOWN : Number.POSITIVE_INFINITY
  const margin = wasTrue ? RETURN : 1
  const lampsOut = lampsMissing(now - value, now, brightest, memory[base + LAMP] as number)
  if (missing <= p.share * margin || lampsOut < p.lamps * margin) {
    memory[base + SINCE] = Number.NaN
    return Number.POSITIVE_INFINITY
  }
  if (Number.isNaN(memory[base + SINCE] as number)) memory[base + SINCE] = at
  return wasTrue || at - (memory[base + SINCE] as number) >= p.period ? at : Number.POSITIVE_INFINITY
}

/** dI / I of one lamp, which draws less at a dimmed step. */
const lampsMissing = (difference: number, now: number, brightest: number, lamp: number) => (difference / lamp) * (brightest / now)

/**
 * Counts lamps by the current of their circuit. The reference is learned per hour of the night and dimming step and follows the
 * season; a dark circuit says nothing of its lamps, so the alarm stays as it was until the circuit is lit again.
 */
export function reference<P extends string, R extends string, N extends string>(
  options: RuleOptions & ReferenceOptions<P, R, N>,
): RuleDraft<P> {
  const { point, circuit, voltage, step, only, lamp, share, lamps, period, nights, settling } = options
  const extra = [...(voltage === undefined ? [] : [voltage]), ...(step === undefined ? [] : [step])]
  const indicesOf = (indices: readonly number[]): Places => ({
    circuit,
    current: indices[0] as number,
    volts: voltage === undefined ? undefined : indices[1],
    percent: step === undefined ? undefined : indices[extra.length],
  })
  const count = (indices: readonly number[]): LampCount => {
    const places = indicesOf(indices)
    const isLit = compileGuard(only, indices.slice(1 + extra.length))
    return (view, parameters, memory, base) => {
      if (isLit(view, parameters) !== true || Number.isNaN(view.values[places.current] as number)) return undefined
      const p = parameters as Parameters & RuleParameters
      const lampCurrent = p.lamp as number
      const { drawn, held, step: dimmed } = see(view, places, lampCurrent)
      const { now, brightest } = usual({ memory, base }, memory[base + TAKEN] as number, p)
      return {
        drawing: drawn / (lampCurrent * levelOf(dimmed)),
        missing: lampsMissing(now - drawn - held, now, brightest, lampCurrent),
      }
    }
  }
  return draft('reference', options, {
    points: [point, ...extra, ...guardPoints(only)],
    parameters: { ...options.parameters, share, lamps, period, nights, settling, ...PACE },
    ratedParameters: (rated) => ({ lamp: lamp(rated as Rated<R>) }),
    only: guardAsData(only),
    slots: SLOTS,
    judge(indices): Judge {
      const places = indicesOf(indices)
      const { current } = places
      const isLit = compileGuard(only, indices.slice(1 + extra.length))
      return (view, _at, wasTrue, parameters, memory, base) => {
        const p = parameters as Parameters & RuleParameters
        const reported = view.times[current] as number
        const taken = view.steady(reported)
        if (taken === memory[base + TAKEN] || Number.isNaN(view.values[current] as number)) return UNKNOWN
        const place = { memory, base }
        begin(place, p.lamp as number)
        const lit = isLit(view, parameters)
        if (lit === undefined) return UNKNOWN
        if (lit) return judgeSeen(place, taken, see(view, places, p.lamp as number), wasTrue, p) + (reported - taken)
        if (!Number.isNaN(memory[base + SETTLED_FROM] as number)) unsettle(place, taken, p)
        memory[base + TAKEN] = taken
        memory[base + SETTLED_FROM] = Number.NaN
        return UNKNOWN
      }
    },
    lamps: circuit === undefined ? null : { circuit, count },
    figures(indices) {
      const places = indicesOf(indices)
      return (view, _at, parameters, memory, base) => {
        const { drawn, held, scale } = see(view, places, parameters.lamp as number)
        const { now, brightest } = usual({ memory, base }, memory[base + TAKEN] as number, parameters as Parameters & RuleParameters)
        if (Number.isNaN(now)) return {}
        const difference = now - drawn - held
        return {
          reference: now / scale,
          missing: difference / now,
          lampsOut: Math.round(lampsMissing(difference, now, brightest, parameters.lamp as number)),
        }
      }
    },
  })
}
