import type { RuleProposal } from './delay-proposal.ts'
import { COVERED, LEAST, WORTH } from './delay-proposal.ts'

/** The largest deadband that is proposed, as a share of the range of the point (ISA-18.2-2016, recommended deadbands: 1 to 5 %). */
const LARGEST_SHARE = 0.05

/** What is smaller than this share of the range is nothing. */
const LEAST_SHARE = 1e-4

/** How a limit rule is in force, in the unit of its point. */
export interface LimitInForce {
  deadband: number
  /** Between the least and the greatest plausible value. */
  range: number
  /** It protects lives: it stays as it is. */
  protectsLives: boolean
}

/**
 * The smallest deadband of two digits that would have held an alarm over four of five of its breaks; `depths` say how far beyond the
 * limit the value went back in each. Null when there is none up to 5 % of the range, when too few alarms came back, or when the rule
 * protects lives. A deadband lets alarms last longer and delays none.
 */
export function proposeDeadband(
  depths: readonly number[],
  { alarms, breaks }: { alarms: number; breaks: readonly number[] },
  { deadband, range, protectsLives }: LimitInForce,
): RuleProposal | null {
  if (protectsLives || depths.length < LEAST || breaks.length < WORTH * alarms) return null
  const sorted = depths.toSorted((a, b) => a - b)
  const held = sorted[Math.ceil(COVERED * sorted.length) - 1] as number
  const wider = justAbove(Math.max(held, deadband, LEAST_SHARE * range))
  if (wider > LARGEST_SHARE * range) return null
  const covered = depths.filter((depth) => depth < wider).length
  return { changes: { parameters: { deadband: wider } }, because: 'near-limit', alarms, such: depths.length, covered }
}

/** The next number of two digits that is greater; of one above 0. */
function justAbove(value: number): number {
  const exponent = Math.floor(Math.log10(value)) - 1
  const next = Math.floor(value / 10 ** exponent) + 1
  // Through text, so that 0.1 + 0.2 is 0.3.
  return Number(`${next}e${exponent}`)
}
