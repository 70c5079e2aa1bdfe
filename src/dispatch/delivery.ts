import { days, hours, minutes, seconds } from '../telemetry/duration.ts'

/** One message for one target, kept until it is delivered or given up. Times in ms. */
export interface Delivery {
  id: number
  /** Where it goes: a channel that somebody has set up, or the phone of a person. */
  target: string
  /** The message; kept apart, since many deliveries share one. */
  notice: number
  /** It goes out by itself and before others, however many wait. */
  urgent: boolean
  created: number
  state: 'waiting' | 'delivered' | 'dead'
  attempts: number
  /** Not before then: a pause after a failure, or quiet hours. */
  notBefore: number
  delivered: number | null
  /** What went wrong last; empty when nothing has. */
  problem: string
}

export interface TargetLimits {
  /** Messages in a minute; robots of chat services take 20. */
  perMinute: number
  /** When more than so many wait, they go out as one. */
  digestAbove: number
}

export const usualLimits: TargetLimits = { perMinute: 20, digestAbove: 3 }

/** After so long without success it is given up, ms. */
export const GIVE_UP = hours(24)
const FIRST_PAUSE = seconds(5)
const LONGEST_PAUSE = hours(1)

/** The pause after so many failures, ms: doubled each time, and up to a fifth longer so that many do not come back at once. `spread`: 0 to 1. */
export const pauseAfter = (failures: number, spread: number): number =>
  Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1)) * (1 + spread / 5)

export interface Batch {
  /** More than one: a digest. */
  deliveries: readonly Delivery[]
}

/**
 * What goes out to one target now, and when to look again, ms (null: when something new comes). `sent` are the times of what went out within
 * the last minute. Urgent ones come first and alone; many others become one digest. Between equals the older goes first.
 */
export function dueBatches(
  waiting: readonly Delivery[],
  sent: readonly number[],
  limits: TargetLimits,
  at: number,
): { batches: Batch[]; wake: number | null } {
  const recent = sent.filter((time) => at - time < minutes(1)).sort((a, b) => a - b)
  const free = Math.max(0, limits.perMinute - recent.length)
  const due = waiting.filter(({ notBefore }) => notBefore <= at).sort((a, b) => Number(b.urgent) - Number(a.urgent) || a.id - b.id)
  const urgent = due.filter((one) => one.urgent)
  const others = due.filter((one) => !one.urgent)
  // When even the urgent ones are too many for the minute, all of them in one message are better than some of them later.
  const whole = urgent.length > free ? [urgent] : urgent.map((one) => [one])
  const rest = others.length > limits.digestAbove ? [others] : others.map((one) => [one])
  const batches = [...whole, ...rest].filter(({ length }) => length > 0)
  const now = batches.slice(0, free).map((deliveries) => ({ deliveries }))
  const later = waiting.filter(({ notBefore }) => notBefore > at).map(({ notBefore }) => notBefore)
  const isFull = batches.length > free
  // `free` of none means that there is an oldest one.
  const reopens = isFull ? [(recent[0] ?? at) + minutes(1)] : []
  const times = [...later, ...reopens]
  return { batches: now, wake: times.length > 0 ? Math.min(...times) : null }
}

export const afterSuccess = (delivery: Delivery, at: number): Delivery => ({
  ...delivery,
  ...{ state: 'delivered', delivered: at, attempts: delivery.attempts + 1, problem: '' },
})

/** `isFinal`: the target will never take it, as when its address is wrong; trying again would be of no use. */
export function afterFailure(delivery: Delivery, at: number, problem: string, isFinal: boolean, spread: number): Delivery {
  const attempts = delivery.attempts + 1
  const isOver = isFinal || at - delivery.created >= GIVE_UP
  return { ...delivery, attempts, problem, state: isOver ? 'dead' : 'waiting', notBefore: at + pauseAfter(attempts, spread) }
}

/** Sent once more by hand; its day begins anew. */
export const sentAgain = (delivery: Delivery, at: number): Delivery => ({
  ...delivery,
  ...{ state: 'waiting', created: at, notBefore: at, attempts: 0, delivered: null, problem: '' },
})

/** Hours of the night in which nobody is woken for what can wait; minutes after midnight, city time. */
export interface QuietHours {
  from: number
  to: number
}

/** The end of the quiet hours that `at`, ms, lies in; null when it lies in none. `minuteOfDay` is that of the city then. */
export function quietUntil({ from, to }: QuietHours, at: number, minuteOfDay: number): number | null {
  const isQuiet = from < to ? minuteOfDay >= from && minuteOfDay < to : from !== to && (minuteOfDay >= from || minuteOfDay < to)
  if (!isQuiet) return null
  const left = (to - minuteOfDay + 1440) % 1440
  return at + minutes(left)
}

/** The same, of the city whose time is so far ahead of UTC, ms. */
export function quietUntilAt(quiet: QuietHours, at: number, utcOffset: (at: number) => number): number | null {
  return quietUntil(quiet, at, Math.floor(modulo(at + utcOffset(at), days(1)) / minutes(1)))
}

const modulo = (a: number, b: number): number => ((a % b) + b) % b
