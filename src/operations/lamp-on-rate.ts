import type { RoadClass } from '../facilities/plant.ts'

/**
 * Of 1,000 lamps that should be lit at least so many must be. Main, secondary and branch roads as bureaus are judged; where nobody said the
 * class of the road, as the lesser ones; landscape by practice.
 */
export const LAMP_ON_TARGETS: Readonly<Record<RoadClass | 'none', number>> = {
  main: 980,
  secondary: 960,
  branch: 960,
  landscape: 900,
  none: 960,
}

export const targetOf = (roadClass: RoadClass | null): number => LAMP_ON_TARGETS[roadClass ?? 'none']

/**
 * What is known of a lamp: `unknown` should be lit, but nothing recent says whether it is; `estimated` should be lit, has no controller and is
 * counted by the current of its circuit; `not-due` should be dark; of `unscheduled` nobody can say whether it should be lit; `exempt` is out of
 * service, under maintenance or run by hand.
 */
export const lampFindings = ['lit', 'dark', 'unknown', 'estimated', 'not-due', 'unscheduled', 'exempt'] as const
export type LampFinding = (typeof lampFindings)[number]

/** A lamp as it is seen at one moment; times by our clock, ms, NaN where there is none. */
export interface SeenLamp {
  isInService: boolean
  /** Since when it is asked to be lit (-Infinity: long since); null while it is not, undefined when nobody can say. */
  dueSince: number | null | undefined
  /** A report from before this is too old to say anything. */
  freshFrom: number
  report: { at: number; isLit: boolean } | null
  /** When it was known last that nothing feeds it. */
  unfedAt: number
  hasController: boolean
  /** Its circuit's current is known. */
  isCounted: boolean
}

/** What can be said of a lamp: its own word goes first while it is newer than what is known of its supply, and none that is old counts. */
export function lampFinding({ isInService, dueSince, freshFrom, report, unfedAt, hasController, isCounted }: SeenLamp): LampFinding {
  if (!isInService) return 'exempt'
  if (dueSince === undefined) return 'unscheduled'
  if (dueSince === null) return 'not-due'
  const isUnfed = !Number.isNaN(unfedAt)
  if (report && report.at >= Math.max(freshFrom, dueSince) && !(isUnfed && unfedAt >= report.at)) return report.isLit ? 'lit' : 'dark'
  if (isUnfed) return 'dark'
  return !hasController && isCounted ? 'estimated' : 'unknown'
}

/** The lamps on one circuit that should be lit, by what is known of them. */
export interface CircuitLamps {
  lit: number
  dark: number
  unknown: number
  estimated: number
}

/**
 * What part of the lamps without a controller is lit, from 0 to 1: what the current of the circuit is that of, less the lamps that say themselves
 * that they are lit. Those that have a controller and say nothing are as likely lit. `missing` is what its usual current lacks, lamps; NaN
 * while that is not known, and the rated current of a lamp must do.
 */
export function estimatedShare(
  { lit, dark, unknown, estimated }: CircuitLamps,
  { drawing, missing }: { drawing: number; missing: number },
): number {
  const silent = unknown + estimated
  if (silent === 0) return 0
  const drawn = Number.isNaN(missing) ? drawing : lit + dark + silent - missing
  return Math.min(1, Math.max(0, Math.round(drawn) - lit) / silent)
}

/** Lamps counted by what is known of them. */
export interface LampTally {
  lit: number
  dark: number
  unknown: number
  estimated: number
  /** How many of the estimated are lit, not always a whole number where a circuit lies on two roads. */
  estimatedLit: number
  notDue: number
  unscheduled: number
  exempt: number
  /** Thousandths of lamps that must be lit, of those whose state is known and of those where it is not. */
  required: number
  requiredUnknown: number
}

export const emptyTally = (): LampTally => ({
  ...{ lit: 0, dark: 0, unknown: 0, estimated: 0, estimatedLit: 0, notDue: 0, unscheduled: 0, exempt: 0, required: 0, requiredUnknown: 0 },
})

/** Counts a lamp in; `share` is that of its circuit where it is estimated. */
export function countLamp(tally: LampTally, finding: LampFinding, target: number, share = 0): void {
  if (finding === 'not-due') tally.notDue++
  else tally[finding]++
  if (finding === 'estimated') tally.estimatedLit += share
  if (finding === 'lit' || finding === 'dark' || finding === 'estimated') tally.required += target
  if (finding === 'unknown') tally.requiredUnknown += target
}

export function addTally(sum: LampTally, more: LampTally): void {
  for (const key of Object.keys(sum) as (keyof LampTally)[]) sum[key] += more[key]
}

/** met and missed whatever the unknown lamps do; open: it depends on them; none: no lamp should be lit. */
export const lampOnVerdicts = ['met', 'missed', 'open', 'none'] as const
export type LampOnVerdict = (typeof lampOnVerdicts)[number]

/** Rates and targets from 0 to 1. */
export interface LampOnRate {
  /** Lamps that should be lit. */
  due: number
  /** Of those whose state is known, the part that is lit; null where none is known, as by day. */
  rate: number | null
  /** What the rate would be were all unknown lamps dark, and were they all lit; null where no lamp should be lit. */
  least: number | null
  most: number | null
  /** That of the classes of its roads, by the number of their lamps. */
  target: number | null
  /** How many more lamps may go out before the target is missed; below 0 how many must be lit again. Of the lamps whose state is known. */
  margin: number | null
  verdict: LampOnVerdict
}

/** Sums of parts are off by less, thousandths of lamps. */
const ROUNDING = 1e-6

/** The rate of a tally. By day, when nothing should be lit, there is none. */
export function lampOnRate(tally: LampTally): LampOnRate {
  const { lit, dark, unknown, estimated, estimatedLit, required, requiredUnknown } = tally
  const known = lit + dark + estimated
  const due = known + unknown
  if (due === 0) return { due, rate: null, least: null, most: null, target: null, margin: null, verdict: 'none' }
  const lighted = lit + estimatedLit
  const isMet = (lamps: number, needed: number) => 1000 * lamps + ROUNDING >= needed
  const all = required + requiredUnknown
  return {
    due,
    rate: known === 0 ? null : lighted / known,
    least: lighted / due,
    most: (lighted + unknown) / due,
    target: all / due / 1000,
    margin: known === 0 ? null : Math.floor((1000 * lighted - required + ROUNDING) / 1000),
    verdict: isMet(lighted, all) ? 'met' : isMet(lighted + unknown, all) ? 'open' : 'missed',
  }
}
