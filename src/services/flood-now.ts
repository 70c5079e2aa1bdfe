import type { StoredFlood } from '../alarms/flood-log.ts'
import type { IncidentSummary } from '../alarms/flood-review.ts'
import type { Incident } from '../alarms/incident.ts'
import type { FloodNow } from '../edges/alarm-system.ts'
import { seconds } from '../telemetry/duration.ts'
import { IncidentReading } from './incident-reading.ts'
import type { ServiceParts } from './parts.ts'

/** Incidents that a banner shows. */
const SHOWN = 5
/** The tree is made anew at most so often, ms, and takes at most this share of the time. */
const LEAST_WAIT = seconds(1)
const SHARE = 0.05
/** Parts of the record read at once; the rest of a burst is read the next time. */
const PARTS = 4

type Parts = Pick<ServiceParts, 'plant' | 'state' | 'register' | 'now'>

/** Follows the flood that goes on, with its largest incidents as of a moment ago. */
export function floodFollower(parts: Parts): () => FloodNow | null {
  const { register, now } = parts
  let followed: { id: number; reading: IncidentReading; incidents: readonly IncidentSummary[]; asOf: number; alarms: number } | undefined
  let wait = LEAST_WAIT

  const follow = (flood: StoredFlood, at: number) => {
    const began = performance.now()
    const reading = followed?.id === flood.id ? followed.reading : new IncidentReading(flood.started, parts)
    let hasMore = true
    for (let part = 0; part < PARTS && hasMore; part++) hasMore = reading.read(Number.MAX_SAFE_INTEGER)
    const incidents = reading.tree().incidents.slice(0, SHOWN).map(summaryOf)
    wait = Math.max(LEAST_WAIT, (performance.now() - began) / SHARE)
    return { id: flood.id, reading, incidents, asOf: at, alarms: hasMore ? Number.NaN : flood.alarms }
  }

  return () => {
    const flood = register.floods?.running
    if (!flood) {
      followed = undefined
      return null
    }
    const at = now()
    const isDue = Math.abs(at - (followed?.asOf ?? Number.NEGATIVE_INFINITY)) >= wait
    if (!followed || followed.id !== flood.id || (isDue && followed.alarms !== flood.alarms)) followed = follow(flood, at)
    return { ...flood, rate: register.floods?.rate ?? 0, incidents: followed.incidents, asOf: followed.asOf }
  }
}

export function summaryOf({ children: _, own: __, ...rest }: Incident): IncidentSummary {
  return rest
}
