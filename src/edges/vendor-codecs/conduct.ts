import { hours, minutes, seconds } from '../../telemetry/duration.ts'

/** Times that a codec may be stopped at a limit in quick succession; one is forgiven each `FORGIVEN`. */
const STRIKES = 3
const FORGIVEN = minutes(1)
const FIRST_PAUSE = seconds(10)
const LONGEST_PAUSE = minutes(30)
/** After so long without being stopped, the next pause is the first again. */
const REFORMED = hours(1)

/** Devices that make a codec be stopped within `LATELY` and so show that it is the codec's fault. */
const SEVERAL = 3
const LATELY = minutes(10)

/** How often a codec had to be stopped of late, at uplinks of one device or of all. */
export interface Conduct {
  strikes: number
  /** ms since 1970; the end of the pause it brought, where it brought one. */
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
export const afterStrike = (conduct: Conduct, now: number): Conduct => struck(conduct, now, STRIKES)

function struck(conduct: Conduct, now: number, allowed: number): Conduct {
  const since = Math.max(0, now - conduct.lastStrike)
  const { pause: before, ...known } = since >= REFORMED ? GOOD_CONDUCT : conduct
  const strikes = Math.max(0, known.strikes - Math.floor(since / FORGIVEN)) + 1
  if (strikes < allowed) return { ...known, pause: before, strikes, lastStrike: now }
  const pause = before === 0 ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, before * 2)
  // One more stop right after the pause begins the next.
  return { strikes: STRIKES - 1, lastStrike: now + pause, pause, suspendedUntil: now + pause }
}

export const isSuspended = (conduct: Conduct, now: number) => now < conduct.suspendedUntil

/** After the devices of these conducts made a codec be stopped, the last of them at `now`: it is suspended itself when they are several. */
export function afterDevices(conduct: Conduct, devices: Iterable<Conduct>, now: number): Conduct {
  let several = 0
  for (const { lastStrike } of devices) if (now - lastStrike < LATELY) several++
  return several < SEVERAL ? conduct : struck(conduct, now, 1)
}
