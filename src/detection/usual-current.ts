import { minutes } from '../telemetry/duration.ts'

/**
 * What more an engineer may change. Per night the reference follows what is seen by `rise` upwards and by `fall` downwards: slow
 * enough downwards that lamps that die one by one add up. What lies further than `steady` below it is a fault and never learned.
 */
export const PACE = { rise: 0.1, fall: 0.02, steady: 0.1 }
/** How fast an hour follows a dimming step that nobody reported and that moved into it from the hour beside it. */
const STEP_PACE = 0.5

/** See `ReferenceOptions`. */
export type UsualParameters = Readonly<typeof PACE & { nights: number; settling: number }>

const BLOCK = minutes(15)
const HOUR = minutes(60)
const DAY = 24 * HOUR
/** An hour that was not lit for so many days is learned anew. */
const FORGOTTEN = 30

// Places in a rule's memory, by steady time: single numbers, then two for each hour of the night and dimming step.
export const LAMP = 0
export const TAKEN = 1
export const STEP = 2
export const SETTLED_FROM = 3
const BLOCK_NUMBER = 4
const SUM = 5
const COUNT = 6
/** Lowest mean of a block in the hour that runs, and that hour and step. */
const LOW = 7
const LOW_KEY = 8
export const SINCE = 9
const BINS = 10
const BIN_COUNT = 18
export const SLOTS = BINS + 2 * BIN_COUNT

export const NO_STEP = 127
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

export interface Place {
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
function takeHour(place: Place, at: number, p: UsualParameters): void {
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

function paceOf(low: number, known: number, nights: number, p: UsualParameters): number {
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

export function learn(place: Place, at: number, value: number, isHealthy: boolean, p: UsualParameters): void {
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
export function usual(place: Place, at: number, p: UsualParameters): { now: number; brightest: number } {
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
export function unsettle(place: Place, at: number, p: UsualParameters): void {
  const { memory, base } = place
  memory[base + SETTLED_FROM] = at + p.settling
  memory[base + SINCE] = Number.NaN
  dropBlock(place)
  takeHour(place, at, p)
}

/** Begins anew for lamps of another current. */
export function begin({ memory, base }: Place, lamp: number): void {
  if (memory[base + LAMP] === lamp) return
  memory.fill(Number.NaN, base, base + SLOTS)
  memory[base + LAMP] = lamp
}
