/** What can take only so much at a time: the city's radio, a feeder with its inrush, a gateway. */
export interface Lane {
  key: string
  perSecond: number
  /** So many may go at once, at least one. */
  burst: number
}

export interface Waiting {
  /** All of them must have room. */
  lanes: readonly Lane[]
}

/** What may still go out at a moment, ms; a lane that is not in the list may have all that it takes at once. */
export interface Spare {
  at: number
  lanes: ReadonlyMap<string, { lane: Lane; left: number }>
}

export const fullSpare = (at: number): Spare => ({ at, lanes: new Map() })

/** Those of `waiting`, in their order, that may go at `at`, ms; one whose lanes are full lets others pass, until `whole`, which all need, is. */
export function takeTurns<T extends Waiting>(waiting: Iterable<T>, whole: Lane, spare: Spare, at: number): { go: T[]; spare: Spare } {
  const elapsed = Math.max(0, at - spare.at) / 1000
  const lanes = new Map<string, { lane: Lane; left: number }>()
  for (const [key, { lane, left }] of spare.lanes) {
    const refilled = left + elapsed * lane.perSecond
    if (refilled < lane.burst) lanes.set(key, { lane, left: refilled })
  }
  const leftOf = ({ key, burst }: Lane) => lanes.get(key)?.left ?? burst
  const go: T[] = []
  for (const one of waiting) {
    if (leftOf(whole) < 1) break
    if (one.lanes.some((lane) => leftOf(lane) < 1)) continue
    for (const lane of [whole, ...one.lanes]) lanes.set(lane.key, { lane, left: leftOf(lane) - 1 })
    go.push(one)
  }
  return { go, spare: { at, lanes } }
}

/** How long it takes until all have gone, ms, when nothing else goes. */
export function timeToSend(waiting: Iterable<Waiting>, whole: Lane): number {
  const counts = new Map<string, { lane: Lane; count: number }>()
  for (const { lanes } of waiting)
    for (const lane of [whole, ...lanes]) counts.set(lane.key, { lane, count: (counts.get(lane.key)?.count ?? 0) + 1 })
  let longest = 0
  for (const { lane, count } of counts.values()) longest = Math.max(longest, (count - lane.burst) / lane.perSecond)
  return longest * 1000
}
