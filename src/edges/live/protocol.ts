import type { FloodNow } from '../alarm-system.ts'
import type { CommandView } from '../http/command-schemas.ts'
import type { EmergencyView } from '../http/emergency-schemas.ts'
import type { LightChangeView } from '../http/light-change-schemas.ts'
import type { OrderView } from '../http/order-schemas.ts'
import type { ReportView } from '../http/report-schemas.ts'
import type { AlarmView } from '../http/schemas.ts'

/** Changes since the snapshot or delta before; `seq` grows by one, a gap asks for a new snapshot. */
export interface Delta {
  /** Names one run of the server; another epoch asks for a new snapshot. */
  epoch: string
  seq: number
  /** New or changed alarms; one with `ended` set leaves the list. */
  alarms: AlarmView[]
  /** Changed facility states as `packStates` makes them; null when none changed. Browsers get an ArrayBuffer. */
  states: Uint8Array | ArrayBuffer | null
  /** Version of the facilities (GET /api/plant) from here on; null while it stays. */
  plant: string | null
}

/** Each second, so that a client knows how fresh it is. */
export interface Heartbeat {
  epoch: string
  seq: number
  /** What is shown at this `seq`, as `shownHash` counts it; one that shows something else fetches a snapshot. */
  hash: number
  /** Server time, ms. */
  at: number
  /** New alarms in the last 10 minutes. */
  rate: number
  messagesPerSecond: number
  /** The flood that goes on; null when there is none. */
  flood: FloodNow | null
}

/** Newest values of a watched facility: [point key, value as in the API, device time ms, good]. */
export interface LiveReadings {
  facility: string
  readings: [point: string, value: number | boolean | string, at: number, good: boolean][]
}

/** Repair orders one is told of that are new or changed, whole; after a gap the lists are fetched anew. */
export interface LiveOrders {
  orders: OrderView[]
  /** Ids of those one was told of only because one's crew was asked or had them, which it is and has no more. */
  gone: number[]
}

/** Citizens' reports of one's scope that are new or changed, without contacts; after a gap the list is fetched anew. */
export interface LiveReports {
  reports: ReportView[]
}

/** Commands to facilities of one's scope that are new or moved on; of a large group the first facilities only. */
export interface LiveCommands {
  commands: CommandView[]
}

/** Plans in one's scope or for one's crews of whose rounds something is otherwise; what it is, is asked for anew. */
export interface LiveRounds {
  plans: { plan: string; crew: string | null }[]
}

/** Changes of light in one's scope that somebody asked for, or of which something became; after a gap the list is fetched anew. */
export interface LiveLightChanges {
  changes: LightChangeView[]
}

/** All emergency plans that are active in one's scope, drills too; on connecting, and whenever one of them begins, moves on or ends. */
export interface LiveEmergencies {
  emergencies: EmergencyView[]
}

export interface ServerEvents {
  delta(delta: Delta): void
  heartbeat(heartbeat: Heartbeat): void
  readings(readings: LiveReadings): void
  orders(changed: LiveOrders): void
  reports(changed: LiveReports): void
  commands(changed: LiveCommands): void
  /** Light that is asked of facilities, or what devices make of it, is otherwise. */
  programmes(changed: { version: number }): void
  'light-changes'(changed: LiveLightChanges): void
  emergencies(active: LiveEmergencies): void
  rounds(changed: LiveRounds): void
  /** The session ended; sign in again. */
  'signed-out'(): void
}

export interface ClientEvents {
  /** Watch the readings of one facility, or none; replaces the last watch. */
  watch(facility: string | null): void
}
