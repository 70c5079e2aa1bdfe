import { minutes } from '../telemetry/duration.ts'
import type { Rule, RuleSetting } from './rule.ts'

/** A rule that came lately, by event times, ms. */
export interface Restless {
  /** Its newest activations, oldest first. */
  times: number[]
  /** When its fault began last. */
  last: number
  /** Since when it chatters; NaN while it does not. */
  since: number
  /** While it chatters, the shortest of its delays in force. */
  delay: number
}

/** Three alarms of a rule in a minute chatter (ISA-18.2, EEMUA 191); four in ten minutes are one operator's whole share of alarms. */
const LIMITS = [
  { activations: 3, within: minutes(1) },
  { activations: 4, within: minutes(10) },
] as const
const MOST = 4
/** A fault that did not begin for so long is over. */
const QUIET = minutes(30)
/** Delays become twice as long as its alarms were apart: the fault comes back before it is taken to be gone. */
const STRETCH = 2
const SHORTEST = minutes(1)
const LONGEST = minutes(10)

/** What a rule that protects lives says is told each time; results of samples come one by one, and several of one sample are corrections. */
export const mayChatter = ({ shelvable, ofSamples }: Rule): boolean => shelvable && !ofSamples

/** Notes an activation at event time `at`, told with the date `told`, which is later after the clock was set back. */
export function noteActivation(known: Restless | undefined, at: number, told: number): Restless {
  const restless = known ?? { times: [], last: at, since: Number.NaN, delay: 0 }
  const { times } = restless
  times.push(at)
  if (times.length > MOST) times.shift()
  for (const { activations, within } of LIMITS) {
    const first = times.at(-activations)
    if (first === undefined || at - first > within) continue
    if (Number.isNaN(restless.since)) restless.since = told
    const apart = (at - first) / (activations - 1)
    restless.delay = Math.max(restless.delay, Math.min(LONGEST, Math.max(SHORTEST, STRETCH * apart)))
  }
  return restless
}

export const isQuiet = ({ last }: Restless, at: number): boolean => at - last >= QUIET

export const onDelayOf = (restless: Restless | undefined, { onDelay }: RuleSetting): number => Math.max(onDelay, restless?.delay ?? 0)
export const offDelayOf = (restless: Restless | undefined, { offDelay }: RuleSetting): number => Math.max(offDelay, restless?.delay ?? 0)

/** As a change of the condition tells it. */
export function chatteringOf(restless: Restless | undefined, setting: RuleSetting): { since: number; onDelay: number } | null {
  if (!restless || Number.isNaN(restless.since)) return null
  return { since: restless.since, onDelay: onDelayOf(restless, setting) }
}
