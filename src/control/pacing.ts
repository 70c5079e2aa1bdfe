/** How fast commands may go out: over the whole city, so that radio does not choke, and behind one feeder, so that inrush does not trip it. */
export interface Pace {
  perSecond: number
  perFeederPerSecond: number
}

/** What may still go out at a moment, ms; a feeder that is not in the list may have its full share. */
export interface Spare {
  at: number
  whole: number
  feeders: ReadonlyMap<string, number>
}

export interface Waiting {
  /** Id of what feeds it; null for one that hangs on nothing. */
  feeder: string | null
}

export const fullSpare = (pace: Pace, at: number): Spare => ({ at, whole: pace.perSecond, feeders: new Map() })

/** Those of `waiting`, in their order, that may go at `at`, ms; one whose feeder has had its share lets others pass. */
export function takeTurns<T extends Waiting>(waiting: Iterable<T>, pace: Pace, spare: Spare, at: number): { go: T[]; spare: Spare } {
  const elapsed = Math.max(0, at - spare.at) / 1000
  let whole = Math.min(pace.perSecond, spare.whole + elapsed * pace.perSecond)
  const feeders = new Map<string, number>()
  for (const [feeder, left] of spare.feeders) {
    const refilled = left + elapsed * pace.perFeederPerSecond
    if (refilled < pace.perFeederPerSecond) feeders.set(feeder, refilled)
  }
  const go: T[] = []
  for (const one of waiting) {
    if (whole < 1) break
    if (one.feeder !== null) {
      const left = feeders.get(one.feeder) ?? pace.perFeederPerSecond
      if (left < 1) continue
      feeders.set(one.feeder, left - 1)
    }
    whole--
    go.push(one)
  }
  return { go, spare: { at, whole, feeders } }
}

/** How long it takes until all have gone, ms. */
export function timeToSend(waiting: Iterable<Waiting>, { perSecond, perFeederPerSecond }: Pace): number {
  let whole = 0
  const feeders = new Map<string, number>()
  for (const { feeder } of waiting) {
    whole++
    if (feeder !== null) feeders.set(feeder, (feeders.get(feeder) ?? 0) + 1)
  }
  return Math.max(whole / perSecond, Math.max(0, ...feeders.values()) / perFeederPerSecond) * 1000
}
