import { days, hours } from '../telemetry/duration.ts'
import { type Alarm, isTold } from './alarm.ts'
import { STALE_AFTER } from './kpi.ts'

/** Standing alarms by how long their fault has been there: up to this long each, ms; the last without end. */
export const standingAges = [hours(1), hours(8), hours(24), days(7), Number.POSITIVE_INFINITY] as const

/** What stands at one moment. */
export interface StandingAlarms {
  /** Active and there for people to see, by age in the order of `standingAges`. */
  byAge: number[]
  standing: number
  /** Those older than a day, the oldest first; `staleCount` counts those beyond the list too. */
  stale: readonly Pick<Alarm, 'id' | 'facility' | 'rule' | 'priority' | 'activated'>[]
  staleCount: number
  unacknowledged: number
  /** Said by the alarms themselves: their rule waits longer, because they come and go. */
  chattering: number
  suppressed: number
  shelved: number
  outOfService: number
}

const MOST_LISTED = 100

/** Counts the live alarms at our time `now`, ms. */
export function standingAlarms(live: Iterable<Alarm>, now: number): StandingAlarms {
  const byAge = standingAges.map(() => 0)
  const stale: Alarm[] = []
  const counts = { standing: 0, unacknowledged: 0, chattering: 0, suppressed: 0, shelved: 0, outOfService: 0 }
  for (const alarm of live) {
    if (alarm.suppressed) counts.suppressed++
    if (alarm.shelved) counts.shelved++
    if (alarm.outOfService) counts.outOfService++
    if (alarm.chattering) counts.chattering++
    if (!isTold(alarm)) continue
    if (!alarm.acknowledged) counts.unacknowledged++
    if (!alarm.active) continue
    counts.standing++
    const age = now - alarm.activated
    const group = standingAges.findIndex((limit) => age <= limit)
    byAge[group] = (byAge[group] as number) + 1
    if (age > STALE_AFTER) stale.push(alarm)
  }
  stale.sort((a, b) => a.activated - b.activated || a.id - b.id)
  const listed = stale
    .slice(0, MOST_LISTED)
    .map(({ id, facility, rule, priority, activated }) => ({ id, facility, rule, priority, activated }))
  return { ...counts, byAge, stale: listed, staleCount: stale.length }
}
