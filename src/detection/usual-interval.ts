/** A silence is so many reports long, so a rule's period is so many intervals. */
export const MISSED_REPORTS = 3
/** Intervals that differ from the rated one by less than this factor are taken for it: reports come late and some get lost. */
const SAME = 1.5
/** The interval followed is the one that most of the time lies in: intervals are weighed by their length, bursts hardly count. */
const QUANTILE = 0.9
/** Slow enough that one report lost in twenty does not count as another interval. */
const PACE = 0.1

/** Parts of the period that the time to wait may become by what is learned. */
export interface PatienceBounds {
  shortestShare: number
  longestShare: number
}

/**
 * One and a half intervals at least, so that neither a device that was set to its rated interval again nor a late report is missing; four
 * times the period at most, or a device that is silent would not be missed on the same shift. What protects lives waits no longer than
 * its rule says.
 */
export function patienceBounds(options: Partial<PatienceBounds> & { shelvable?: boolean }): PatienceBounds {
  const { shelvable = true, shortestShare = 0.5, longestShare = shelvable ? 4 : 1 } = options
  return { shortestShare, longestShare }
}

export type PatienceParameters = { period: number } & PatienceBounds

/** Who is missed sooner than its rule says has missed more: where reports are frequent, more of them get lost in a row. */
const MISSED_WHEN_FASTER = 6

/** How long to wait for a report, ms: the period of the rule where it reports as rated, and some intervals where they are usually others. */
export function patience(usual: number, { period, shortestShare, longestShare }: PatienceParameters): number {
  const ratio = (usual * MISSED_REPORTS) / period
  if (ratio > SAME) return Math.min(longestShare, ratio) * period
  if (ratio < 1 / SAME) return Math.min(1, Math.max(shortestShare, (ratio * MISSED_WHEN_FASTER) / MISSED_REPORTS)) * period
  return period
}

/** The usual interval after one more of `interval` ms; an outage is none. It begins as the rule's period tells. */
export function learnInterval(usual: number, interval: number, { period, longestShare }: PatienceParameters): number {
  const known = Number.isNaN(usual) ? period / MISSED_REPORTS : usual
  if (!(interval > 0) || interval > period * longestShare) return known
  const weight = Math.min(1, interval / known) * PACE
  if (interval > known) return Math.min(interval, known * (1 + weight * QUANTILE))
  return Math.max(interval, known * (1 - weight * (1 - QUANTILE)))
}
