import type { DatabaseSync } from 'node:sqlite'
import type { Alarm } from '../../alarms/alarm.ts'
import type { AlarmRecord } from '../../alarms/alarm-log.ts'
import { defaultPolicy, type PolicyInForce } from '../../alarms/policy.ts'
import { LamplighterError } from '../../errors.ts'
import type { FacilityVersion } from '../../facilities/facility-version.ts'
import type { FacilityDescription } from '../../facilities/plant.ts'
import type { AlertSourceStore } from '../alert-source-store.ts'
import type { AuditLink } from '../audit-chain.ts'
import type { BrokerConnectionStore } from '../broker-connection-store.ts'
import type { CodecStore } from '../codec-store.ts'
import type { CommandStore } from '../command-store.ts'
import type { DeliveryStore } from '../delivery-store.ts'
import type { DeviceStore } from '../device-store.ts'
import type { DutyReportStore } from '../duty-report-store.ts'
import type { EmergencyStore } from '../emergency-store.ts'
import type { EnteredReadingStore } from '../entered-reading-store.ts'
import type { FacilityStaging } from '../facility-staging.ts'
import type { FloodStore } from '../flood-store.ts'
import type { GasDeliveryStore } from '../gas-delivery-store.ts'
import type { HandoverStore } from '../handover-store.ts'
import type { KeptViewStore } from '../kept-view-store.ts'
import type { LampHistoryStore } from '../lamp-history-store.ts'
import type { LightChangeStore } from '../light-change-store.ts'
import type { OrderStore } from '../order-store.ts'
import type { PeopleStore } from '../people-store.ts'
import type { ProfileStore } from '../profile-store.ts'
import type { ProgrammeStore } from '../programme-store.ts'
import type { ReportStore } from '../report-store.ts'
import type { RoadStore } from '../road-store.ts'
import type { RosterStore } from '../roster-store.ts'
import type { RoundStore } from '../round-store.ts'
import type { RuleStore } from '../rule-store.ts'
import type { SampleStore } from '../sample-store.ts'
import type {
  AlarmHistoryQuery,
  AlarmRecordQuery,
  AppliedThrough,
  AuditQuery,
  AuditRecord,
  DetectionSnapshot,
  Page,
  StateStore,
} from '../state-store.ts'
import { sqliteAlertSourceStore } from './alert-source-store.ts'
import { type AuditTable, auditTable, chainOlderRecords } from './audit-table.ts'
import { sqliteBrokerConnectionStore } from './broker-connection-store.ts'
import { sqliteCodecStore } from './codec-store.ts'
import { sqliteCommandStore } from './command-store.ts'
import { sqliteDeliveryStore } from './delivery-store.ts'
import { sqliteDeviceStore } from './device-store.ts'
import { sqliteDutyReportStore } from './duty-report-store.ts'
import { sqliteEmergencyStore } from './emergency-store.ts'
import { sqliteEnteredReadingStore } from './entered-reading-store.ts'
import { openFacilityStaging } from './facility-staging.ts'
import { sqliteFloodStore } from './flood-store.ts'
import { sqliteGasDeliveryStore } from './gas-delivery-store.ts'
import { sqliteHandoverStore } from './handover-store.ts'
import { sqliteKeptViewStore } from './kept-view-store.ts'
import { sqliteLampHistoryStore } from './lamp-history-store.ts'
import { sqliteLightChangeStore } from './light-change-store.ts'
import { sqliteOrderStore } from './order-store.ts'
import { page } from './page.ts'
import { sqlitePeopleStore } from './people-store.ts'
import { sqliteProfileStore } from './profile-store.ts'
import { sqliteProgrammeStore } from './programme-store.ts'
import { sqliteReportStore } from './report-store.ts'
import { sqliteRoadStore } from './road-store.ts'
import { sqliteRosterStore } from './roster-store.ts'
import { sqliteRoundStore } from './round-store.ts'
import { sqliteRuleStore } from './rule-store.ts'
import { RuleTextsTable } from './rule-texts.ts'
import { sqliteSampleStore } from './sample-store.ts'
import { facilityIn, newestWithin } from './scope-sql.ts'
import { inTransaction, openDatabase } from './state-database.ts'
import { type StateFile, stateFile } from './state-file.ts'
import {
  type AlarmRecordRow,
  type AlarmRow,
  alarmColumns,
  alarmRecordColumns,
  alarmRecordValues,
  alarmValues,
  type FacilityRow,
  type FacilityVersionRow,
  facilityColumns,
  facilityValues,
  toAlarm,
  toAlarmRecord,
  toFacility,
  toFacilityVersion,
} from './state-rows.ts'
import { matching, Statements } from './statements.ts'

const RECORDS_PER_PAGE = 500

const alarms = { table: 'alarm', time: 'raised', index: 'alarm_facility' } as const
const steps = { table: 'alarm_event', time: 'recorded', index: 'alarm_event_facility' } as const

export interface EmbeddedStateStore extends StateStore {
  readonly file: StateFile
}

/** Opens the state in this file, or in `:memory:`. Throws `store-unavailable`. */
export function openStateStore(file: string): EmbeddedStateStore {
  return new SqliteStateStore(openDatabase(file), file)
}

// The driver's own prepared statements rather than a query builder: those are asynchronous, and a step of the pipeline
// must find its alarms durable when the call returns. A store on a database server can bring its builder along.
class SqliteStateStore implements EmbeddedStateStore {
  readonly #db: DatabaseSync
  readonly #sql: Statements
  readonly rules: RuleStore
  readonly samples: SampleStore
  readonly floods: FloodStore
  readonly keptViews: KeptViewStore
  readonly devices: DeviceStore
  readonly profiles: ProfileStore
  readonly brokerConnections: BrokerConnectionStore
  readonly codecs: CodecStore
  readonly roads: RoadStore
  readonly orders: OrderStore
  readonly reports: ReportStore
  readonly roster: RosterStore
  readonly rounds: RoundStore
  readonly handovers: HandoverStore
  readonly emergencies: EmergencyStore
  readonly dutyReports: DutyReportStore
  readonly deliveries: DeliveryStore
  readonly commands: CommandStore
  readonly programmes: ProgrammeStore
  readonly lightChanges: LightChangeStore
  readonly lampHistory: LampHistoryStore
  readonly alertSources: AlertSourceStore
  readonly enteredReadings: EnteredReadingStore
  readonly gasDeliveries: GasDeliveryStore
  readonly people: PeopleStore
  readonly staging: FacilityStaging
  readonly #texts: RuleTextsTable
  readonly auditChain: AuditTable
  readonly file: StateFile

  constructor(db: DatabaseSync, path: string) {
    this.#db = db
    this.file = stateFile(db, path)
    this.#sql = new Statements(db)
    this.#texts = new RuleTextsTable(this.#sql)
    this.rules = sqliteRuleStore(this.#sql)
    this.samples = sqliteSampleStore(this.#sql)
    this.floods = sqliteFloodStore(this.#sql)
    this.keptViews = sqliteKeptViewStore(this.#sql)
    this.devices = sqliteDeviceStore(this.#sql)
    this.profiles = sqliteProfileStore(this.#sql)
    this.brokerConnections = sqliteBrokerConnectionStore(this.#sql)
    this.codecs = sqliteCodecStore(this.#sql)
    this.roads = sqliteRoadStore(this.#sql)
    this.orders = sqliteOrderStore(this.#sql)
    this.reports = sqliteReportStore(this.#sql)
    this.roster = sqliteRosterStore(this.#sql)
    this.rounds = sqliteRoundStore(this.#sql)
    this.handovers = sqliteHandoverStore(this.#sql)
    this.emergencies = sqliteEmergencyStore(this.#sql)
    this.dutyReports = sqliteDutyReportStore(this.#sql)
    this.deliveries = sqliteDeliveryStore(this.#sql)
    this.commands = sqliteCommandStore(this.#sql)
    this.programmes = sqliteProgrammeStore(this.#sql)
    this.lightChanges = sqliteLightChangeStore(this.#sql)
    this.lampHistory = sqliteLampHistoryStore(this.#sql, (work) => this.transaction(work))
    this.alertSources = sqliteAlertSourceStore(this.#sql)
    this.gasDeliveries = sqliteGasDeliveryStore(this.#sql)
    this.enteredReadings = sqliteEnteredReadingStore(this.#sql)
    this.people = sqlitePeopleStore(this.#sql)
    this.staging = openFacilityStaging(db, this.#sql, this)
    this.auditChain = auditTable(this.#sql)
    chainOlderRecords(this.#sql, (work) => this.transaction(work))
  }

  transaction<T>(work: () => T): T {
    return inTransaction(this.#db, work)
  }

  facilities(): { number: number; description: FacilityDescription }[] {
    return this.#sql.all<FacilityRow>('SELECT * FROM facility ORDER BY number').map((row) => ({
      number: row.number,
      description: toFacility(row),
    }))
  }

  putFacility(description: FacilityDescription): number {
    const updates = facilityColumns.slice(1).map((column) => `${column} = excluded.${column}`)
    const row = this.#sql.one<{ number: number }>(
      `INSERT INTO facility (${facilityColumns}) VALUES (${facilityColumns.map(() => '?')})
       ON CONFLICT (id) DO UPDATE SET ${updates} RETURNING number`,
      ...facilityValues(description),
    )
    return row.number
  }

  removeFacility(id: string): void {
    this.transaction(() => {
      this.#sql.run('DELETE FROM detection_snapshot WHERE facility = (SELECT number FROM facility WHERE id = ?)', id)
      this.#sql.run('DELETE FROM facility WHERE id = ?', id)
    })
  }

  addFacilityVersion({ facility, at, by, action, reason, changes, description }: FacilityVersion): void {
    this.#sql.run(
      'INSERT INTO facility_version (facility, at, by, action, reason, changes, description) VALUES (?, ?, ?, ?, ?, ?, ?)',
      facility,
      at,
      by,
      action,
      reason,
      JSON.stringify(changes),
      description && JSON.stringify(description),
    )
  }

  facilityVersions(facility: string, before: number | null, limit: number): Page<FacilityVersion & { id: number }> {
    const rows = this.#sql.all<FacilityVersionRow>(
      'SELECT * FROM facility_version WHERE facility = ? AND id < ? ORDER BY id DESC LIMIT ?',
      facility,
      before ?? Number.MAX_SAFE_INTEGER,
      limit + 1,
    )
    return page(rows.map(toFacilityVersion), limit)
  }

  firstRegistered(): ReadonlyMap<string, number> {
    const rows = this.#sql.all<{ facility: string; at: number }>(
      'SELECT facility, at FROM facility_version WHERE id IN (SELECT min(id) FROM facility_version GROUP BY facility)',
    )
    return new Map(rows.map(({ facility, at }) => [facility, at]))
  }

  readonly #toAlarm = (row: AlarmRow): Alarm => toAlarm(row, row.texts === null ? null : this.#texts.get(row.texts))

  #alarmValues(alarm: Alarm) {
    const { texts } = alarm.evidence
    return alarmValues(alarm, texts && this.#texts.put(texts))
  }

  liveAlarms(): Alarm[] {
    // Left to itself SQLite reads the whole table for the order, past alarms too.
    return this.#sql.all<AlarmRow>('SELECT * FROM alarm INDEXED BY alarm_live_id WHERE ended IS NULL ORDER BY id').map(this.#toAlarm)
  }

  alarm(id: number): Alarm | undefined {
    const row = this.#sql.get<AlarmRow>('SELECT * FROM alarm WHERE id = ?', id)
    return row && this.#toAlarm(row)
  }

  historicalAlarm(facility: string, rule: string, raised: number): Alarm | undefined {
    const row = this.#sql.get<AlarmRow>(
      'SELECT * FROM alarm WHERE facility = ? AND rule = ? AND raised = ? AND historical = 1 AND ended IS NOT NULL ORDER BY id DESC LIMIT 1',
      facility,
      rule,
      raised,
    )
    return row && this.#toAlarm(row)
  }

  insertAlarm(alarm: Alarm): number {
    const row = this.#sql.one<{ id: number }>(
      `INSERT INTO alarm (${alarmColumns}) VALUES (${alarmColumns.map(() => '?')}) RETURNING id`,
      ...this.#alarmValues(alarm),
    )
    return row.id
  }

  updateAlarm(alarm: Alarm): void {
    this.#sql.run(`UPDATE alarm SET ${alarmColumns.map((column) => `${column} = ?`)} WHERE id = ?`, ...this.#alarmValues(alarm), alarm.id)
  }

  recordAlarm(record: AlarmRecord): void {
    this.#sql.run(
      `INSERT INTO alarm_event (${alarmRecordColumns}) VALUES (${alarmRecordColumns.map(() => '?')})`,
      ...alarmRecordValues(record),
    )
  }

  alarmRecords({ within, alarm, from, to, before, limit }: AlarmRecordQuery): Page<AlarmRecord & { id: number }> {
    const ofAll = alarm === undefined
    const given = matching([
      ['alarm = ?', alarm],
      [`${unless(ofAll)}recorded >= ?`, from],
      [`${unless(ofAll && before === undefined)}recorded < ?`, to],
      [ofAll ? '(recorded, id) < (SELECT recorded, id FROM alarm_event WHERE id = ?)' : 'id < ?', before],
      ...(within && !ofAll ? [facilityIn(within)] : []),
    ])
    const order = ofAll ? 'recorded DESC, id DESC' : 'id DESC'
    const rows =
      within && ofAll
        ? newestWithin<AlarmRecordRow>(this.#sql, { ...steps, ...given }, within, limit + 1)
        : this.#sql.all<AlarmRecordRow>(`SELECT * FROM alarm_event ${given.where} ORDER BY ${order} LIMIT ?`, ...given.values, limit + 1)
    if (rows.length === 0 && ofAll) this.#checkCursor('alarm_event', before)
    return page(rows.map(toAlarmRecord), limit)
  }

  *alarmRecordsBetween(from: number, to: number): Iterable<AlarmRecord> {
    // By the order in which they were written, which is the true one where the clock was set back.
    const ends = () =>
      this.#sql.one<{ first: number | null; last: number | null }>(
        'SELECT min(id) AS first, max(id) AS last FROM alarm_event WHERE recorded >= ? AND recorded < ?',
        ...[from, to],
      )
    const { first, last: present } = ends()
    let last = present
    // Page by page: the caller may pause between two steps, and others use the database then.
    for (let after = (first ?? 0) - 1; last !== null && after < last; ) {
      const rows = this.#sql.all<AlarmRecordRow>(
        'SELECT * FROM alarm_event WHERE id > ? AND id <= ? AND +recorded >= ? AND +recorded < ? ORDER BY id LIMIT ?',
        ...[after, last, from, to, RECORDS_PER_PAGE],
      )
      for (const row of rows) yield toAlarmRecord(row)
      after = rows.at(-1)?.id ?? last
      // What was written meanwhile is of the time too.
      if (rows.length < RECORDS_PER_PAGE) last = ends().last
    }
  }

  pruneAlarmRecords(before: number, limit: number): void {
    this.#sql.run(
      'DELETE FROM alarm_event WHERE id IN (SELECT id FROM alarm_event WHERE recorded < ? ORDER BY recorded, id LIMIT ?)',
      before,
      limit,
    )
  }

  pruneAlarms(before: number, limit: number): void {
    this.transaction(() => {
      const old = 'SELECT id FROM alarm WHERE ended < ? ORDER BY ended, id LIMIT ?'
      this.#sql.run(`DELETE FROM alarm_event WHERE alarm IN (${old})`, before, limit)
      this.#sql.run(`DELETE FROM alarm WHERE id IN (${old})`, before, limit)
    })
  }

  alarmHistory({ within, facility, rule, suppressedBy, live, from, to, before, limit }: AlarmHistoryQuery): Page<Alarm> {
    const isSuppressed = suppressedBy !== undefined
    const isOfOne = isSuppressed || facility !== undefined
    const isOfFew = isOfOne || live === true
    const given = matching([
      ["suppressed IS NOT NULL AND json_extract(suppressed, '$.by') = ?", suppressedBy],
      [`${unless(!isSuppressed)}facility = ?`, facility],
      [`${unless(!isOfOne && !live)}rule = ?`, rule],
      [`${unless(!isOfOne)}ended IS ${live ? '' : 'NOT '}NULL`, live === undefined ? undefined : true],
      ['raised >= ?', from],
      [`${unless(before === undefined)}raised < ?`, to],
      ['(raised, id) < (SELECT raised, id FROM alarm WHERE id = ?)', before],
      ...(within && isOfFew ? [facilityIn(within)] : []),
    ])
    const rows =
      within && !isOfFew
        ? newestWithin<AlarmRow>(this.#sql, { ...alarms, ...given }, within, limit + 1)
        : this.#sql.all<AlarmRow>(`SELECT * FROM alarm ${given.where} ORDER BY raised DESC, id DESC LIMIT ?`, ...given.values, limit + 1)
    if (rows.length === 0) this.#checkCursor('alarm', before)
    return page(rows.map(this.#toAlarm), limit)
  }

  alarmsDuring({ facility, from, to, limit }: { facility: string; from: number; to: number; limit: number }): Page<Alarm> {
    const rows = this.#sql.all<AlarmRow>(
      'SELECT * FROM alarm WHERE facility = ? AND raised < ? AND (+ended IS NULL OR +ended >= ?) ORDER BY raised DESC, id DESC LIMIT ?',
      ...[facility, to, from, limit + 1],
    )
    return page(rows.map(this.#toAlarm), limit)
  }

  /** Nothing comes after what is not there, which does not mean that the list is at its end. */
  #checkCursor(table: 'alarm' | 'alarm_event', before: number | undefined): void {
    if (before === undefined || this.#sql.get(`SELECT 1 FROM ${table} WHERE id = ?`, before)) return
    throw new LamplighterError('invalid-request', `Entry ${before} is not kept any more; begin again with the first page.`)
  }

  newestAlarm(): number {
    return this.#sql.one<{ id: number }>('SELECT coalesce(max(id), 0) AS id FROM alarm').id
  }

  alarmPolicy(): PolicyInForce {
    const row = this.#sql.get<{ policy: string; since: number }>('SELECT policy, since FROM alarm_policy')
    // A policy that an older program wrote lacks what is new.
    return row ? { policy: { ...defaultPolicy, ...JSON.parse(row.policy) }, since: row.since } : { policy: defaultPolicy, since: 0 }
  }

  setAlarmPolicy({ policy, since }: PolicyInForce): void {
    this.#sql.run('INSERT OR REPLACE INTO alarm_policy (one, policy, since) VALUES (1, ?, ?)', JSON.stringify(policy), since)
  }

  raisedSince(from: number): { facility: string; raised: number; priority: Alarm['priority'] }[] {
    return this.#sql.all('SELECT facility, raised, priority FROM alarm WHERE raised >= ? AND suppressed IS NULL ORDER BY raised', from)
  }

  appliedThrough(): AppliedThrough {
    return this.#sql.one('SELECT applied_position AS position, applied_tick AS tick FROM progress')
  }

  setAppliedThrough(applied: AppliedThrough): void {
    this.#sql.run('UPDATE progress SET applied_position = ?, applied_tick = ?', applied.position, applied.tick)
  }

  detectedThrough(): number {
    return this.#sql.one<{ detected_position: number }>('SELECT detected_position FROM progress').detected_position
  }

  setDetectedThrough(position: number): void {
    this.#sql.run('UPDATE progress SET detected_position = ?', position)
  }

  resumedAt(): number {
    return this.#sql.one<{ resumed_at: number }>('SELECT resumed_at FROM progress').resumed_at
  }

  setResumedAt(at: number): void {
    this.#sql.run('UPDATE progress SET resumed_at = ?', at)
  }

  storedThrough(): number {
    return this.#sql.one<{ stored_position: number }>('SELECT stored_position FROM progress').stored_position
  }

  setStoredThrough(position: number): void {
    this.#sql.run('UPDATE progress SET stored_position = ?', position)
  }

  detectionSnapshots(): DetectionSnapshot[] {
    return this.#sql.all('SELECT facility, position, tick, resumed_at AS resumedAt, layout, bytes FROM detection_snapshot')
  }

  putDetectionSnapshots(snapshots: readonly DetectionSnapshot[]): void {
    this.transaction(() => {
      for (const { facility, position, tick, resumedAt, layout, bytes } of snapshots) {
        this.#sql.run(
          `INSERT OR REPLACE INTO detection_snapshot (facility, position, tick, resumed_at, layout, bytes) VALUES (?, ?, ?, ?, ?, ?)`,
          facility,
          position,
          tick,
          resumedAt,
          layout,
          bytes,
        )
      }
    })
  }

  audit(record: AuditRecord): void {
    this.transaction(() => this.auditChain.append(record))
  }

  auditTrail(query: AuditQuery): Page<AuditLink> {
    return this.auditChain.page(query)
  }

  check(): void {
    this.#sql.run('UPDATE progress SET stored_position = stored_position')
  }

  close(): void {
    this.#sql.clear()
    if (this.#db.isOpen) this.#db.close()
  }
}

/** Goes before a column. The planner knows no figures, so it is told which index leaves more rows than another one. */
const unless = (isToBeIndexed: boolean) => (isToBeIndexed ? '' : '+')
