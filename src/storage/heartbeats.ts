import type { LateReport } from '../telemetry/late-reports.ts'
import type { Span } from './completeness.ts'

/** A report is missing only when it is this part of an interval overdue: reports do not fall in step with the clock. */
const GRACE = 0.5

/** What became of an expected report; `history`: it came too late to act on, as part of what had been kept. */
export const heartbeatStates = ['came', 'late', 'history', 'missing', 'not-due'] as const
export type HeartbeatState = (typeof heartbeatStates)[number]

/** One expected report. */
export interface Heartbeat {
  /** When it was taken, or when it was due, ms since 1970. */
  at: number
  state: HeartbeatState
  /** By how much later it came than it was taken, ms; null unless it came late. */
  delay: number | null
}

interface HeartbeatsAsked extends Span {
  /** When reports were taken, in any order, ms since 1970. */
  times: readonly number[]
  late: readonly LateReport[]
  /** Ms between two reports. */
  interval: number
  /** When reports are due, rising and apart. */
  due: readonly Span[]
}

/**
 * The reports of a time as they were expected, oldest first. A gap between two reports holds as many missing ones as intervals fit
 * into it; what comes more often than expected is one with the report before.
 */
export function heartbeats({ times, late, interval, due, from, to }: HeartbeatsAsked): Heartbeat[] {
  const lateAt = new Map(late.map((one) => [one.at, one]))
  // The clock of a device may be a little ahead of the end.
  const taken = [...new Set(times)].filter((at) => at >= from && at < to + interval).sort((a, b) => a - b)
  const found: Heartbeat[] = []
  let last = from
  for (const at of taken) {
    const passed = Math.round((at - last) / interval)
    if (passed === 0 && found.length > 0) continue
    for (let i = 1; i < passed; i++) found.push(unheard(last + i * interval, due))
    found.push(heard(at, lateAt.get(at)))
    last = at
  }
  const overdue = Math.floor((to - last) / interval - GRACE)
  for (let i = 1; i <= overdue; i++) found.push(unheard(last + i * interval, due))
  return found
}

const unheard = (at: number, due: readonly Span[]): Heartbeat => ({
  at,
  state: due.some(({ from, to }) => at >= from && at < to) ? 'missing' : 'not-due',
  delay: null,
})

function heard(at: number, late: LateReport | undefined): Heartbeat {
  if (!late) return { at, state: 'came', delay: null }
  return { at, state: late.isHistory ? 'history' : 'late', delay: late.delay }
}
