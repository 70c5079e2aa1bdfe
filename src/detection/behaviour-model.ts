import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { days } from '../telemetry/duration.ts'

/** Readings after which a point's scatter is known well enough to keep outliers out of it, and to learn what goes along with it. */
const KNOWN = 30
/** Readings over which a step has been taken in by the smoothed deviation: two means in a row of half as many each. */
const SMOOTHING = 6
/** Readings over which the usual value, and the usual scatter and correlations, are forgotten. */
const MEMORY_OF_VALUE = 150
const MEMORY_OF_SCATTER = 300
/** Beyond so many scatters a reading says no more: one wild value stays one. */
const WINSOR = 4
/** Likewise for the smoothed deviations that their own spread is learned from. */
const WINSOR_SMOOTHED = 2
/** Least variance of a smoothed deviation, in squared scatters of the point: a third of the 0.1 that independent noise leaves. */
const LEAST_VARIANCE = 0.03
/** Part of every correlation that is not believed (shrinkage after Ledoit and Wolf, with a fixed share). */
const SHRINKAGE = 0.3
/** The inverse of the correlations is worked out anew after so many readings. */
const REFACTOR = 32
/** How much slower everything is learned while the behaviour is unusual, so that a lasting change becomes usual in the end. */
const SLOWED = 4.5
/** A distance of so many times the facility's usual one is the least that counts, however restless the facility is. */
const TIMES_USUAL = 2.75
/** Likewise of the greatest one of the days before, which is forgotten by a fifth a day; no limit grows beyond so many times. */
const TIMES_PEAK = 2
const PEAK_KEPT = 0.8
const MOST_GROWN = 3
const PEAK_PERIOD = days(1)
/** What counts of an unusual distance when the usual one is learned, in limits. */
const MOST_USUAL = 3
/** By what the limit of the squared distance grows with each point: a healthy one adds about 1. */
const LIMIT_PER_POINT = 4
/** The usual values an alarm goes back to are this many readings old at least, twice as many at most. */
const LOOK_BACK = 40

/** Mean of |x| of a normal distribution is its standard deviation over this. */
const MEAN_TO_SIGMA = Math.sqrt(Math.PI / 2)

// Places in a model's memory: single numbers, then a block of each of these per point, then two triangles, then, where the first
// point leads, two more numbers per point.
const READINGS = 0
const USUAL = 1
const DISTANCE = 2
const SHARE = 3
const INVERTED = 4
/** A device time, ms. */
export const PERIOD_BEGAN = 5
const PEAK = 6
const PEAK_BEFORE = 7
const HEAD = 8
const [SEEN, MEAN, SCATTER, STEP, LAST, FIRST, SMOOTH, RECENT, BEFORE] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const
const BLOCKS = 9

const triangle = (size: number) => (size * (size + 1)) / 2
const limitOf = (sigmas: number, count: number) => sigmas * sigmas + LIMIT_PER_POINT * count
const clip = (value: number, most: number) => Math.max(-most, Math.min(most, value))

/**
 * One facility's own normal behaviour in some of its points: usual values that drift along, scatter, and how the points go along
 * with each other; and how far what it does now lies from that. The distance is Mahalanobis' (Hotelling's T²) of the smoothed,
 * winsorised deviations under shrunken correlations; beside it stands the one deviation that the other points explain least. All of it is in units of the facility's own scatter, so no unit matters, and in
 * readings instead of seconds. The numbers stand in a rule's memory; this holds only their places.
 */
export class BehaviourModel {
  readonly points: number
  readonly slots: number
  readonly #covariance: number
  readonly #inverse: number
  readonly #isLed: boolean
  // Of each point: mean product of its deviation and that of the first one, and mean square of the latter.
  readonly #products: number
  readonly #squares: number
  // Of the reading being taken in: deviations in sigmas, the same weighted by the inverse, what is learned from, and which points take part.
  readonly #sigmas: Float64Array
  readonly #weighted: Float64Array
  readonly #counted: Float64Array
  readonly #takesPart: boolean[]
  #memory: Float64Array = new Float64Array()
  #base = 0

  /** `isLed`: the first point is what the others depend on, and each of them is seen against its line over that one. */
  constructor(points: number, isLed = false) {
    // One bit each must fit into a number.
    if (points > 30) throw new RangeError(`at most 30 points, not ${points}`)
    this.points = points
    this.#covariance = HEAD + BLOCKS * points
    this.#inverse = this.#covariance + triangle(points)
    this.#isLed = isLed
    this.#products = this.#inverse + triangle(points)
    this.#squares = this.#products + points
    this.slots = isLed ? this.#squares + points : this.#products
    this.#sigmas = new Float64Array(points)
    this.#weighted = new Float64Array(points)
    this.#counted = new Float64Array(points)
    this.#takesPart = new Array<boolean>(points).fill(false)
  }

  /** Chooses the facility the other methods speak of. */
  at(memory: Float64Array, base: number): this {
    this.#memory = memory
    this.#base = base
    if (Number.isNaN(memory[base] as number)) {
      memory.fill(0, base, base + this.slots)
      memory[base + PERIOD_BEGAN] = Number.NaN
    }
    return this
  }

  #get(block: number, point: number): number {
    return this.#memory[this.#base + HEAD + block * this.points + point] as number
  }

  #set(block: number, point: number, value: number): void {
    this.#memory[this.#base + HEAD + block * this.points + point] = value
  }

  /** Readings learned from. */
  get readings(): number {
    return this.#memory[this.#base + READINGS] as number
  }

  /** Squared distance from the usual behaviour at the last reading. */
  get distance(): number {
    return this.#memory[this.#base + DISTANCE] as number
  }

  /** How much of what is allowed the last reading used; above 1 it is unusual. */
  get share(): number {
    return this.#memory[this.#base + SHARE] as number
  }

  /** What a point usually reads, where the first one leads at what that read last; NaN before it was read. */
  expected(point: number): number {
    if (!(this.#get(SEEN, point) > 0)) return Number.NaN
    return this.#get(MEAN, point) + this.#slope(point) * (this.#get(LAST, 0) - this.#get(MEAN, 0))
  }

  /** By how many of its own sigmas a point deviates after smoothing; 0 while too little is known of it. */
  deviation(point: number): number {
    return this.#get(SEEN, point) > KNOWN ? this.#get(SMOOTH, point) / this.#sigma(point) : 0
  }

  /** Limit of the squared distance, when one point alone may deviate by `sigmas`. */
  limit(sigmas: number): number {
    let count = 0
    for (let bits = this.#memory[this.#base + INVERTED] as number; bits > 0; bits &= bits - 1) count++
    return limitOf(sigmas, count)
  }

  /** Begins the smoothed deviations anew: what was before a pause is not carried over it. */
  interrupt(): void {
    for (let k = 0; k < this.points; k++) this.#rest(k)
  }

  #rest(point: number): void {
    this.#set(FIRST, point, 0)
    this.#set(SMOOTH, point, 0)
  }

  /** What was learned while an alarm was on its way is taken back. */
  lookBack(): void {
    for (let k = 0; k < this.points; k++) if (this.#get(SEEN, k) > 2 * LOOK_BACK) this.#set(MEAN, k, this.#get(BEFORE, k))
  }

  /** Once an alarm is over, what is usual now is what may be gone back to. */
  settle(): void {
    for (let k = 0; k < this.points; k++) {
      this.#set(RECENT, k, this.#get(MEAN, k))
      this.#set(BEFORE, k, this.#get(MEAN, k))
    }
  }

  /**
   * Learns from one reading of the points, NaN where there is none, and returns `share`. `sigmas` is the deviation of a single point
   * that is unusual by itself, `needed` the number of readings until the model is judged by, `at` the time of the reading, ms.
   */
  takeIn(at: number, values: Float64Array, isUnusual: boolean, needed: number, sigmas: number): number {
    const memory = this.#memory
    const base = this.#base
    const pace = isUnusual ? 1 / SLOWED : 1
    const readings = this.readings + 1
    memory[base + READINGS] = readings
    const lead = this.#isLed && this.#get(SEEN, 0) > 0 ? (values[0] as number) - this.#get(MEAN, 0) : 0
    for (let k = 0; k < this.points; k++) {
      const value = values[k] as number
      if (Number.isNaN(value)) this.#rest(k)
      else this.#learnPoint(k, value, pace, lead)
      this.#takesPart[k] = !Number.isNaN(value) && this.#get(SEEN, k) >= needed / 2
    }
    if (!isUnusual && readings % LOOK_BACK === 0) {
      for (let k = 0; k < this.points; k++) {
        this.#set(BEFORE, k, this.#get(RECENT, k))
        this.#set(RECENT, k, this.#get(MEAN, k))
      }
    }
    this.#invertWhenDue(readings)
    const excess = this.#measure(sigmas)
    this.#learnTogether(values, pace)
    const usual = memory[base + USUAL] as number
    if (readings >= needed / 2) {
      const rate = Math.max(1 / (readings - needed / 2 + 1), 1 / MEMORY_OF_SCATTER) * pace
      memory[base + USUAL] = usual + rate * (Math.min(MOST_USUAL, excess) - usual)
    }
    const peak = Math.min(MOST_GROWN, TIMES_PEAK * this.#peakBefore(at, isUnusual || readings < needed ? 0 : excess))
    memory[base + SHARE] = excess / Math.max(1, TIMES_USUAL * usual, peak)
    return this.share
  }

  /** Takes an excess into the peak of the present day, and returns that of the days before. */
  #peakBefore(at: number, excess: number): number {
    const memory = this.#memory
    const base = this.#base
    if (!(at - (memory[base + PERIOD_BEGAN] as number) < PEAK_PERIOD)) {
      const isFirst = Number.isNaN(memory[base + PERIOD_BEGAN] as number)
      memory[base + PEAK_BEFORE] = isFirst ? 0 : Math.max(memory[base + PEAK] as number, PEAK_KEPT * (memory[base + PEAK_BEFORE] as number))
      memory[base + PEAK] = 0
      memory[base + PERIOD_BEGAN] = at
    }
    memory[base + PEAK] = Math.max(memory[base + PEAK] as number, excess)
    return memory[base + PEAK_BEFORE] as number
  }

  /** How much a point moves with each unit of the first one (least squares), 0 where that does not lead or too little is known. */
  #slope(point: number): number {
    if (!this.#isLed || point === 0 || this.#get(SEEN, point) < KNOWN) return 0
    const squares = this.#memory[this.#base + this.#squares + point] as number
    return squares > 0 ? (this.#memory[this.#base + this.#products + point] as number) / squares : 0
  }

  #learnPoint(k: number, value: number, pace: number, lead: number): void {
    const memory = this.#memory
    const { points } = this
    const own = this.#base + HEAD + k
    const of = (block: number) => own + block * points
    const moved = Math.abs(value - (memory[of(LAST)] as number))
    let step = memory[of(STEP)] as number
    // What never moved has not shown its scatter yet: with its first move it is learned from the beginning.
    const seenBefore = memory[of(SEEN)] as number
    const isNew = seenBefore === 0 || (step === 0 && moved > 0)
    const seen = isNew ? 1 : seenBefore + 1
    memory[of(SEEN)] = seen
    if (isNew) {
      for (const block of [MEAN, LAST, RECENT, BEFORE]) memory[of(block)] = value
      for (const block of [SCATTER, FIRST, SMOOTH]) memory[of(block)] = 0
      memory[of(STEP)] = seenBefore > 0 ? moved : 0
      return
    }
    // The smallest step seen is the least scatter: a meter shows nothing finer.
    if (moved > 0 && moved < step) step = moved
    memory[of(STEP)] = step
    memory[of(LAST)] = value
    const mean = memory[of(MEAN)] as number
    const learned = memory[of(SCATTER)] as number
    const scatter = Math.max(learned, step)
    const explained = this.#slope(k) * lead
    const deviation = value - mean - explained
    const counted = seen < KNOWN ? deviation : clip(deviation, WINSOR * scatter)
    memory[of(MEAN)] = mean + Math.max(1 / seen, 1 / MEMORY_OF_VALUE) * pace * (counted + explained)
    const rate = Math.max(1 / seen, 1 / MEMORY_OF_SCATTER) * pace
    if (this.#isLed) this.#learnSlope(k, counted + explained, lead, rate)
    memory[of(SCATTER)] = learned + rate * (MEAN_TO_SIGMA * Math.abs(counted) - learned)
    const scaled = scatter > 0 ? clip(deviation / scatter, WINSOR) : 0
    const before = memory[of(FIRST)] as number
    const first = before + (2 / SMOOTHING) * (scaled - before)
    memory[of(FIRST)] = first
    const smooth = memory[of(SMOOTH)] as number
    memory[of(SMOOTH)] = smooth + (2 / SMOOTHING) * (first - smooth)
  }

  #learnSlope(k: number, deviation: number, lead: number, rate: number): void {
    const memory = this.#memory
    const product = this.#base + this.#products + k
    const square = this.#base + this.#squares + k
    memory[product] = (memory[product] as number) + rate * (deviation * lead - (memory[product] as number))
    memory[square] = (memory[square] as number) + rate * (lead * lead - (memory[square] as number))
  }

  #sigma(k: number): number {
    return Math.sqrt((this.#memory[this.#base + this.#covariance + triangle(k) + k] as number) + LEAST_VARIANCE)
  }

  /** Learns how the smoothed deviations spread and go along with each other. */
  #learnTogether(values: Float64Array, pace: number): void {
    const memory = this.#memory
    const { points } = this
    const counted = this.#counted
    const seen = this.#base + HEAD + SEEN * points
    const smooth = this.#base + HEAD + SMOOTH * points
    for (let k = 0; k < points; k++) {
      const number = memory[seen + k] as number
      const most = number > KNOWN + 20 ? WINSOR_SMOOTHED * this.#sigma(k) : Number.POSITIVE_INFINITY
      counted[k] = number > KNOWN && !Number.isNaN(values[k] as number) ? clip(memory[smooth + k] as number, most) : Number.NaN
    }
    let place = this.#base + this.#covariance
    for (let a = 0; a < points; a++) {
      const mine = counted[a] as number
      const number = memory[seen + a] as number
      for (let b = 0; b <= a; b++, place++) {
        const product = mine * (counted[b] as number)
        if (Number.isNaN(product)) continue
        const known = memory[place] as number
        const young = 1 / (Math.min(number, memory[seen + b] as number) - KNOWN)
        memory[place] = known + Math.max(young, 1 / MEMORY_OF_SCATTER) * pace * (product - known)
      }
    }
  }

  /** Works out the inverse of the shrunken correlations of the points that take part, when others do or it has become old. */
  #invertWhenDue(readings: number): void {
    const memory = this.#memory
    let which = 0
    for (let k = 0; k < this.points; k++) if (this.#takesPart[k]) which |= 1 << k
    if (readings % REFACTOR !== 0 && memory[this.#base + INVERTED] === which) return
    memory[this.#base + INVERTED] = which
    const taken = this.#takesPart.flatMap((takesPart, k) => (takesPart ? [k] : []))
    const correlations = Matrix.eye(taken.length)
    for (const [i, a] of taken.entries()) {
      for (const [j, b] of taken.slice(0, i).entries()) {
        const covariance = memory[this.#base + this.#covariance + triangle(a) + b] as number
        const shrunken = ((1 - SHRINKAGE) * covariance) / (this.#sigma(a) * this.#sigma(b))
        correlations.set(i, j, shrunken).set(j, i, shrunken)
      }
    }
    const factors = new CholeskyDecomposition(correlations)
    // Learned at different times, correlations may contradict each other; then each point counts by itself.
    const inverse = factors.isPositiveDefinite() ? factors.solve(Matrix.eye(taken.length)) : Matrix.eye(taken.length)
    memory.fill(0, this.#base + this.#inverse, this.#base + this.#products)
    for (const [i, a] of taken.entries()) {
      for (let j = 0; j <= i; j++) memory[this.#base + this.#inverse + triangle(a) + (taken[j] as number)] = inverse.get(i, j)
    }
  }

  /** The squared distance, and the deviation that others explain least; returns the greater of both as shares of their limits. */
  #measure(limit: number): number {
    const { points } = this
    const memory = this.#memory
    const sigmas = this.#sigmas
    let count = 0
    for (let k = 0; k < points; k++) {
      sigmas[k] = this.#takesPart[k] ? this.#get(SMOOTH, k) / this.#sigma(k) : 0
      if (this.#takesPart[k]) count++
    }
    const weighted = this.#weighted.fill(0)
    const inverse = this.#base + this.#inverse
    for (let a = 0, place = inverse; a < points; a++) {
      for (let b = 0; b <= a; b++, place++) {
        const weight = memory[place] as number
        weighted[a] = (weighted[a] as number) + weight * (sigmas[b] as number)
        if (b < a) weighted[b] = (weighted[b] as number) + weight * (sigmas[a] as number)
      }
    }
    let distance = 0
    let furthest = 0
    for (let k = 0; k < points; k++) {
      if (!this.#takesPart[k]) continue
      const mine = sigmas[k] as number
      distance += (weighted[k] as number) * mine
      // What is left of a deviation when the others are known (regression on them), in its own sigmas.
      const unexplained = (weighted[k] as number) / Math.sqrt(memory[inverse + triangle(k) + k] as number)
      furthest = Math.max(furthest, Math.min(Math.abs(mine), Math.abs(unexplained)))
    }
    memory[this.#base + DISTANCE] = distance
    return Math.max(distance / limitOf(limit, count), (furthest * furthest) / (limit * limit))
  }
}
