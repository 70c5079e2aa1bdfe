import { hours, minutes, seconds } from '../../telemetry/duration.ts'

/** Times that a codec may be stopped at a limit in quick succession; one is forgiven each `FORGIVEN`. */
const STRIKES = 3
const FORGIVEN = minutes(1)
const FIRST_PAUSE = seconds(10)
const LONGEST_PAUSE = minutes(30)
/** After so long without being stopped, the next pause is the first again. */
const REFORMED = hours(1)

/** How often a codec had to be stopped of late. */
export interface Conduct {
  strikes: number
  /** ms since 1970 */
  lastStrike: number
  pause: number
  suspendedUntil: number
}

export const GOOD_CONDUCT: Conduct = {
  strikes: 0,
  lastStrike: Number.NEGATIVE_INFINITY,
  pause: 0,
  suspendedUntil: Number.NEGATIVE_INFINITY,
}

/** After a codec was stopped at `now`: too often, and it is not run for a while, twice as long each time. */
export function afterStrike(conduct: Conduct, now: number): Conduct {
  const since = now - conduct.lastStrike
  const { pause: before, ...known } = since >= REFORMED ? GOOD_CONDUCT : conduct
  const strikes = Math.max(0, known.strikes - Math.floor(since / FORGIVEN)) + 1
  if (strikes < STRIKES) return { ...known, pause: before, strikes, lastStrike: now }
  const pause = before === 0 ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, before * 2)
  // One more stop right after the pause begins the next.
  return { strikes: STRIKES - 1, lastStrike: now, pause, suspendedUntil: now + pause }
}

export const isSuspended = (conduct: Conduct, now: number) => now < conduct.suspendedUntil
