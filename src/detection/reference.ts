import { minutes } from '../telemetry/duration.ts'
import { compileGuard, draft, type Guard, guardPoints, type Rated, UNKNOWN } from './draft.ts'
import type { FacilityView, Judge, RuleDraft, RuleOptions, RuleParameters } from './rule.ts'

export interface ReferenceOptions<P extends string, R extends string> {
  /** Current of a group of lamps, A. */
  point: P
  /** Voltage they are fed with, V; drivers hold their power, so the current falls as it rises. */
  voltage?: P
  /** Dimming step they burn at, %. */
  step?: P
  /** Whether the group is switched on and fed; what it draws is looked at only then. */
  only: Guard<P, R>
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

/**
 * What more an engineer may change. Per night the reference follows what is seen by `rise` upwards and by `fall` downwards: slow
 * enough downwards that lamps that die one by one add up. What lies further than `steady` below it is a fault and never learned.
 */
const PACE = { rise: 0.1, fall: 0.02, steady: 0.1 }
/** How fast an hour follows a dimming step that nobody reported and that moved into it from the hour beside it. */
const STEP_PACE = 0.5

type Parameters = Readonly<typeof PACE & Pick<ReferenceOptions<string, string>, 'share' | 'lamps' | 'period' | 'nights' | 'settling'>>

/** V */
const NOMINAL = 220
const BLOCK = minutes(15)
const HOUR = minutes(60)
const DAY = 24 * HOUR
/** Whatever happened in a longer pause of the reports is unknown, ms. */
const PAUSE = minutes(30)
/** An hour that was not lit for so many days is learned anew. */
const FORGOTTEN = 30
/** Where the alarm ends, as a part of where it begins. */
const RETURN = 0.7

// Places in a rule's memory: single numbers, then two for each hour of the night and dimming step.
const LAMP = 0
const TAKEN = 1
const STEP = 2
const SETTLED_FROM = 3
const BLOCK_NUMBER = 4
const SUM = 5
const COUNT = 6
/** Lowest mean of a block in the hour that runs, and that hour and step. */
const LOW = 7
const LOW_KEY = 8
const SINCE = 9
const BINS = 10
const BIN_COUNT = 18
const SLOTS = BINS + 2 * BIN_COUNT

const NO_STEP = 127
const MAX_NIGHTS = 63

/** Hour of the day (UTC) and dimming step as one number below 4096. */
const keyOf = (at: number, step: number) => (Math.floor(at / HOUR) % 24) * 128 + step

/** A known hour: its usual current at 220 V, on how many nights it was seen, and the day of the last one. */
interface Bin {
  key: number
  nights: number
  day: number
}

const pack = ({ key, nights, day }: Bin) => (day * 64 + nights) * 4096 + key
const unpack = (packed: number): Bin => ({ key: packed % 4096, nights: Math.floor(packed / 4096) % 64, day: Math.floor(packed / 262_144) })

interface Place {
  memory: Float64Array
  base: number
}

/** Place of the bin of `key`, -1 when it is not known or was forgotten. */
function findBin({ memory, base }: Place, key: number, day: number): number {
  for (let place = base + BINS; place < base + SLOTS; place += 2) {
    const packed = memory[place] as number
    if (packed % 4096 === key) return day - unpack(packed).day > FORGOTTEN ? -1 : place
  }
  return -1
}

/** Where a new bin goes: its own forgotten one, a free one, or the one that was lit longest ago. */
function placeForBin({ memory, base }: Place, key: number): number {
  let oldest = base + BINS
  for (let place = base + BINS; place < base + SLOTS; place += 2) {
    const packed = memory[place] as number
    if (packed % 4096 === key) return place
    if (Number.isNaN(memory[oldest] as number)) continue
    if (Number.isNaN(packed) || unpack(packed).day < unpack(memory[oldest] as number).day) oldest = place
  }
  return oldest
}

/** Takes the lowest quarter of an hour that is over into what is usual at that hour, once a night; of an hour of fault only that it was lit. */
function takeHour(place: Place, at: number, p: Parameters): void {
  const { memory, base } = place
  const low = memory[base + LOW] as number
  const key = memory[base + LOW_KEY] as number
  memory[base + LOW] = Number.NaN
  memory[base + LOW_KEY] = Number.NaN
  if (Number.isNaN(key)) return
  const day = Math.floor(at / DAY)
  const found = findBin(place, key, day)
  if (found < 0) {
    if (Number.isNaN(low)) return
    const fresh = placeForBin(place, key)
    memory[fresh] = pack({ key, nights: 1, day })
    memory[fresh + 1] = low
    return
  }
  const bin = unpack(memory[found] as number)
  if (bin.day === day) return
  const isLearned = !Number.isNaN(low)
  const known = memory[found + 1] as number
  if (isLearned) memory[found + 1] = known + paceOf(low, known, bin.nights, p) * (low - known)
  memory[found] = pack({ key, nights: isLearned ? Math.min(MAX_NIGHTS, bin.nights + 1) : bin.nights, day })
}

function paceOf(low: number, known: number, nights: number, p: Parameters): number {
  if (nights < p.nights) return 1 / (nights + 1)
  // So far below its own hour it would have been a fault, were it not what the hour beside it is used to.
  if (low < known * (1 - p.steady)) return STEP_PACE
  return low > known && low <= known * (1 + p.steady) ? p.rise : p.fall
}

function dropBlock({ memory, base }: Place): void {
  memory[base + COUNT] = 0
  memory[base + SUM] = 0
  memory[base + BLOCK_NUMBER] = Number.NaN
}

function finishBlock({ memory, base }: Place): void {
  const mean = (memory[base + SUM] as number) / (memory[base + COUNT] as number)
  if ((memory[base + COUNT] as number) > 0 && !((memory[base + LOW] as number) <= mean)) memory[base + LOW] = mean
}

function learn(place: Place, at: number, value: number, isHealthy: boolean, p: Parameters): void {
  const { memory, base } = place
  const block = Math.floor(at / BLOCK)
  if (!isHealthy) dropBlock(place)
  else if (memory[base + BLOCK_NUMBER] !== block) finishBlock(place)
  const key = keyOf(at, memory[base + STEP] as number)
  if (memory[base + LOW_KEY] !== key) {
    takeHour(place, at, p)
    memory[base + LOW_KEY] = key
  }
  if (!isHealthy) return
  if (memory[base + BLOCK_NUMBER] !== block) {
    dropBlock(place)
    memory[base + BLOCK_NUMBER] = block
  }
  memory[base + SUM] = (memory[base + SUM] as number) + value
  memory[base + COUNT] = (memory[base + COUNT] as number) + 1
}

/** Usual current around `at` at the step the lamps burn at, and at the brightest one; NaN while it is still being learned. */
function usual(place: Place, at: number, p: Parameters): { now: number; brightest: number } {
  const { memory, base } = place
  const day = Math.floor(at / DAY)
  const known = (key: number) => {
    const found = findBin(place, key, day)
    return found >= 0 && unpack(memory[found] as number).nights >= p.nights ? (memory[found + 1] as number) : Number.POSITIVE_INFINITY
  }
  const step = memory[base + STEP] as number
  const here = known(keyOf(at, step))
  if (here === Number.POSITIVE_INFINITY) return { now: Number.NaN, brightest: Number.NaN }
  // A dimming step that nobody reports may walk into this hour from the one beside it.
  const now = Math.min(known(keyOf(at - HOUR, step)), here, known(keyOf(at + HOUR, step)))
  let brightest = now
  for (let i = base + BINS; i < base + SLOTS; i += 2) if ((memory[i + 1] as number) > brightest) brightest = memory[i + 1] as number
  return { now, brightest }
}

/** What goes on: nothing is known of the circuit until it is settled again. */
function unsettle(place: Place, at: number, p: Parameters): void {
  const { memory, base } = place
  memory[base + SETTLED_FROM] = at + p.settling
  memory[base + SINCE] = Number.NaN
  dropBlock(place)
  takeHour(place, at, p)
}

interface Seen {
  /** Current as it would be at 220 V, A, and what it was multiplied with for that. */
  value: number
  scale: number
  step: number
}

function see(view: FacilityView, point: number, voltage: number | undefined, step: number | undefined): Seen {
  const volts = voltage === undefined ? Number.NaN : (view.values[voltage] as number)
  const percent = step === undefined ? Number.NaN : (view.values[step] as number)
  const scale = Number.isNaN(volts) ? 1 : volts / NOMINAL
  return {
    value: (view.values[point] as number) * scale,
    scale,
    step: Number.isNaN(percent) ? NO_STEP : Math.min(100, Math.round(percent / 5) * 5),
  }
}

/** Begins anew for lamps of another current. */
function begin({ memory, base }: Place, lamp: number): void {
  if (memory[base + LAMP] === lamp) return
  memory.fill(Number.NaN, base, base + SLOTS)
  memory[base + LAMP] = lamp
}

function judgeSeen(place: Place, at: number, { value, step }: Seen, wasTrue: boolean, p: Parameters): number {
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
export function reference<P extends string, R extends string>(options: RuleOptions & ReferenceOptions<P, R>): RuleDraft<P> {
  const { point, voltage, step, only, lamp, share, lamps, period, nights, settling } = options
  const extra = [...(voltage === undefined ? [] : [voltage]), ...(step === undefined ? [] : [step])]
  const indicesOf = (indices: readonly number[]) => ({
    current: indices[0] as number,
    volts: voltage === undefined ? undefined : indices[1],
    percent: step === undefined ? undefined : indices[extra.length],
  })
  return draft('reference', options, {
    points: [point, ...extra, ...guardPoints(only)],
    parameters: { share, lamps, period, nights, settling, ...PACE },
    ratedParameters: (rated) => ({ lamp: lamp(rated as Rated<R>) }),
    slots: SLOTS,
    judge(indices): Judge {
      const { current, volts, percent } = indicesOf(indices)
      const isLit = compileGuard(only, indices.slice(1 + extra.length))
      return (view, _at, wasTrue, parameters, memory, base) => {
        const p = parameters as Parameters & RuleParameters
        const taken = view.times[current] as number
        if (taken === memory[base + TAKEN] || Number.isNaN(view.values[current] as number)) return UNKNOWN
        const place = { memory, base }
        begin(place, p.lamp as number)
        const lit = isLit(view, parameters)
        if (lit === undefined) return UNKNOWN
        if (lit) return judgeSeen(place, taken, see(view, current, volts, percent), wasTrue, p)
        if (!Number.isNaN(memory[base + SETTLED_FROM] as number)) unsettle(place, taken, p)
        memory[base + TAKEN] = taken
        memory[base + SETTLED_FROM] = Number.NaN
        return UNKNOWN
      }
    },
    figures(indices) {
      const { current, volts, percent } = indicesOf(indices)
      return (view, _at, parameters, memory, base) => {
        const { value, scale } = see(view, current, volts, percent)
        const { now, brightest } = usual({ memory, base }, memory[base + TAKEN] as number, parameters as Parameters & RuleParameters)
        if (Number.isNaN(now)) return {}
        const difference = now - value
        return {
          reference: now / scale,
          missing: difference / now,
          lampsOut: Math.round(lampsMissing(difference, now, brightest, parameters.lamp as number)),
        }
      }
    },
  })
}
