import { minutes } from './duration.ts'

/** What has come by one way. Times are ms since 1970. */
export interface Flow {
  messages: number
  bytes: number
  since: number
  /** NaN until a message came. */
  last: number
  /** Messages, each worth less the older it is. */
  weight: number
}

/** ms in which a message comes to be worth 1/e. */
const MEMORY = minutes(5)
/** Of a flow that has just begun nothing can be said of less. */
const SHORTEST = minutes(1)

export const newFlow = (now: number): Flow => ({ messages: 0, bytes: 0, since: now, last: Number.NaN, weight: 0 })

export function passed(flow: Flow, bytes: number, now: number): void {
  flow.weight = weightAt(flow, now) + 1
  flow.messages++
  flow.bytes += bytes
  flow.last = now
}

/** Messages a minute as an exponential average of 5 minutes, also right while the flow is younger than that. */
export function perMinute(flow: Flow, now: number): number {
  const age = Math.max(SHORTEST, now - flow.since)
  return (weightAt(flow, now) * minutes(1)) / (MEMORY * -Math.expm1(-age / MEMORY))
}

const weightAt = ({ weight, last }: Flow, now: number) => (weight === 0 ? 0 : weight * Math.exp(-Math.max(0, now - last) / MEMORY))
