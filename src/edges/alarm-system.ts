import type { StoredFlood } from '../alarms/flood-log.ts'
import type { Incident, IncidentAlarm } from '../alarms/incident.ts'
import type { AlarmKpi } from '../alarms/kpi.ts'
import type { StandingAlarms } from '../alarms/standing.ts'
import type { FloodQuery } from '../storage/flood-store.ts'
import type { Page } from '../storage/state-store.ts'

/** What the alarm record tells of the alarm system itself: its load, its floods and how people cope. Times are ms. */
export interface AlarmSystem {
  /** The flood that goes on with its largest incidents; null when there is none. */
  floodNow(): FloodNow | null
  /** Alarms told to operators in the last ten minutes. */
  rate(): number
  /** Figures of a time, and what stands now. Throws `invalid-request` when the time is longer than the record. */
  kpi(from: number, to: number): Promise<AlarmKpi & { standing: StandingAlarms }>
  floods(query: FloodQuery): Page<StoredFlood>
  /** Throws `not-found`. */
  flood(id: number): StoredFlood
  incidentsOfFlood(id: number): Promise<Incidents>
  /** What came between two times. */
  incidents(from: number, to: number): Promise<Incidents>
}

export interface Incidents {
  /** The most urgent first. */
  incidents: readonly Incident[]
  /** False when there were more alarms than are looked at; then those that came first are. */
  complete: boolean
}

export interface FloodNow extends StoredFlood {
  /** Alarms told in the last ten minutes. */
  rate: number
  /** The most urgent and largest, as of `asOf`. */
  incidents: readonly IncidentSummary[]
  asOf: number
}

/** An incident without what is below it. */
export interface IncidentSummary extends Omit<Incident, 'children' | 'own'> {
  firstOut: IncidentAlarm
}
