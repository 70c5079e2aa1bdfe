import type { FacilityScope } from '../access/scope.ts'
import type { Alarm } from '../alarms/alarm.ts'
import type { AlarmRecord } from '../alarms/alarm-log.ts'
import type { PolicyInForce } from '../alarms/policy.ts'
import type { FacilityVersion } from '../facilities/facility-version.ts'
import type { FacilityDescription } from '../facilities/plant.ts'
import type { AlertSourceStore } from './alert-source-store.ts'
import type { AuditLink, AuditSource } from './audit-chain.ts'
import type { BrokerConnectionStore } from './broker-connection-store.ts'
import type { CodecStore } from './codec-store.ts'
import type { CommandStore } from './command-store.ts'
import type { DeliveryStore } from './delivery-store.ts'
import type { DeviceStore } from './device-store.ts'
import type { DutyReportStore } from './duty-report-store.ts'
import type { EmergencyStore } from './emergency-store.ts'
import type { EnteredReadingStore } from './entered-reading-store.ts'
import type { FacilityStaging } from './facility-staging.ts'
import type { FloodStore } from './flood-store.ts'
import type { GasDeliveryStore } from './gas-delivery-store.ts'
import type { HandoverStore } from './handover-store.ts'
import type { KeptViewStore } from './kept-view-store.ts'
import type { LampHistoryStore } from './lamp-history-store.ts'
import type { LightChangeStore } from './light-change-store.ts'
import type { OrderStore } from './order-store.ts'
import type { PeopleStore } from './people-store.ts'
import type { ProfileStore } from './profile-store.ts'
import type { ProgrammeStore } from './programme-store.ts'
import type { ReportStore } from './report-store.ts'
import type { RoadStore } from './road-store.ts'
import type { RosterStore } from './roster-store.ts'
import type { RoundStore } from './round-store.ts'
import type { RuleStore } from './rule-store.ts'
import type { SampleStore } from './sample-store.ts'

/** How far the alarms in the store account for the journal: all changes caused up to this message and this tick. -1 and 0 in a new store. */
export interface AppliedThrough {
  position: number
  /** ms; ticks up to here were applied. */
  tick: number
}

/**
 * Detection state of one facility after the message at `position` and the tick `tick`, ms; opaque bytes of the layout named. `tick` and
 * `resumedAt` are null where an older program did not say them.
 */
export interface DetectionSnapshot {
  facility: number
  position: number
  tick: number | null
  /** As `resumedAt` of the store was when it was taken. */
  resumedAt: number | null
  layout: string
  bytes: Uint8Array
}

export interface AuditRecord {
  at: number
  by: string
  action: string
  subject: string
  detail: string
}

/** All that is given must hold. */
export interface AuditQuery {
  by?: string
  action?: string
  subject?: string
  /** Part of subject or detail, whatever its case. */
  words?: string
  /** At or after / before, ms. */
  from?: number
  to?: number
  /** Only those with a lower id. */
  before?: number
  limit: number
}

/** A page of a list that can grow; `next` is passed back to go on, null at the end. */
export interface Page<T> {
  items: T[]
  next: number | null
}

export interface AlarmHistoryQuery {
  /** Only those of facilities that are registered and in scope. */
  within?: FacilityScope | undefined
  facility?: string
  rule?: string
  /** Id of the alarm that explains them. */
  suppressedBy?: number
  /** True: only alarms that have not ended; false: only those that have. */
  live?: boolean
  /** Raised at or after / before, ms. */
  from?: number
  to?: number
  /** Only what comes after this alarm. */
  before?: number
  limit: number
}

export interface AlarmRecordQuery {
  /** Only those of facilities that are registered and in scope. */
  within?: FacilityScope | undefined
  alarm?: number
  /** Recorded at or after / before, ms. */
  from?: number
  to?: number
  /** Only what comes after this step. */
  before?: number
  limit: number
}

/** Everything that must survive but is not a time series. All calls are synchronous and durable when they return. */
export interface StateStore {
  /** Runs `work` in one transaction; nested calls join it. */
  transaction<T>(work: () => T): T

  facilities(): { number: number; description: FacilityDescription }[]
  /** Inserts or replaces; returns the number, which a known id keeps. */
  putFacility(description: FacilityDescription): number
  removeFacility(id: string): void
  /** Where the facilities of a large import wait. */
  readonly staging: FacilityStaging
  addFacilityVersion(version: FacilityVersion): void
  /** Newest first. */
  facilityVersions(facility: string, before: number | null, limit: number): Page<FacilityVersion & { id: number }>
  /** When each facility was registered first, ms, as far as versions tell. */
  firstRegistered(): ReadonlyMap<string, number>

  readonly rules: RuleStore
  readonly floods: FloodStore
  readonly keptViews: KeptViewStore
  readonly devices: DeviceStore
  /** How devices of other dialects speak, and for whom. */
  readonly profiles: ProfileStore
  readonly brokerConnections: BrokerConnectionStore
  readonly codecs: CodecStore
  readonly roads: RoadStore

  /** Alarms that have not ended. */
  liveAlarms(): Alarm[]
  alarm(id: number): Alarm | undefined
  /** The historical alarm of a rule that was raised at an event time, ms. */
  historicalAlarm(facility: string, rule: string, raised: number): Alarm | undefined
  /** Inserts an alarm (its `id` is ignored) and returns its id. Fails when the (facility, rule) has a live one. */
  insertAlarm(alarm: Alarm): number
  updateAlarm(alarm: Alarm): void
  recordAlarm(record: AlarmRecord): void
  /** Steps of alarms, those recorded last first. Throws `invalid-request` when the step that a page goes on from is kept no more. */
  alarmRecords(query: AlarmRecordQuery): Page<AlarmRecord & { id: number }>
  /**
   * All steps recorded from `from` to before `to`, our time, ms, in the order in which they were written, whatever the clock said; read in
   * small parts, so that the caller may pause.
   */
  alarmRecordsBetween(from: number, to: number): Iterable<AlarmRecord>
  /** Forgets up to `limit` steps recorded before this, our time, ms, the oldest first. */
  pruneAlarmRecords(before: number, limit: number): void
  /** Forgets up to `limit` alarms that ended before this, ms, the longest ended first, with their steps and samples. */
  pruneAlarms(before: number, limit: number): void
  /** Those raised last first. Throws `invalid-request` when the alarm that a page goes on from is kept no more. */
  alarmHistory(query: AlarmHistoryQuery): Page<Alarm>
  /** The newest alarms of a facility that were not over before `from` and came before `to`, ms; newest first. */
  alarmsDuring(query: { facility: string; from: number; to: number; limit: number }): Page<Alarm>
  /** The highest id; 0 when there is none. */
  newestAlarm(): number
  readonly samples: SampleStore
  /** The usual one in a new store. */
  alarmPolicy(): PolicyInForce
  setAlarmPolicy(inForce: PolicyInForce): void
  /** Raise times and priorities since `from` of alarms that bothered somebody, for the timeline. */
  raisedSince(from: number): { facility: string; raised: number; priority: Alarm['priority'] }[]

  appliedThrough(): AppliedThrough
  setAppliedThrough(applied: AppliedThrough): void
  /** Messages up to here need not be judged again: every facility's snapshot accounts for them; -1 in a new store. */
  detectedThrough(): number
  setDetectedThrough(position: number): void
  /** When the program last began to listen, ms: in the pause before it nobody was listening, so that was no silence. 0 before the first run. */
  resumedAt(): number
  setResumedAt(at: number): void
  /** Position up to which the telemetry store has confirmed everything; -1 in a new store. */
  storedThrough(): number
  setStoredThrough(position: number): void
  detectionSnapshots(): DetectionSnapshot[]
  putDetectionSnapshots(snapshots: readonly DetectionSnapshot[]): void

  readonly orders: OrderStore
  readonly reports: ReportStore
  readonly roster: RosterStore
  /** Plans of rounds, and who was where. */
  readonly rounds: RoundStore
  readonly handovers: HandoverStore
  readonly emergencies: EmergencyStore
  readonly dutyReports: DutyReportStore
  readonly deliveries: DeliveryStore
  readonly commands: CommandStore
  readonly programmes: ProgrammeStore
  readonly lampHistory: LampHistoryStore
  readonly alertSources: AlertSourceStore
  readonly enteredReadings: EnteredReadingStore
  readonly gasDeliveries: GasDeliveryStore
  readonly lightChanges: LightChangeStore

  readonly people: PeopleStore

  /** Adds a record for ever, chained to the one before. */
  audit(record: AuditRecord): void
  /** Newest first. */
  auditTrail(query: AuditQuery): Page<AuditLink>
  /** The trail as it is verified. */
  readonly auditChain: AuditSource

  /** Throws when the store cannot be written. */
  check(): void
  close(): void
}
