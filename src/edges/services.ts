import type { Scope } from '../access/scope.ts'
import type { Alarm } from '../alarms/alarm.ts'
import type { AlarmListFilter } from '../alarms/alarm-filter.ts'
import type { AlarmPolicy } from '../alarms/policy.ts'
import type { ErrorCode } from '../errors.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import type { LimitLine } from '../facilities/limit-lines.ts'
import type { Facility, FacilityMode, Plant } from '../facilities/plant.ts'
import type { RuleSet } from '../facilities/rule-proposal.ts'
import type { EffectiveRule, FacilityGroup, RuleOverride } from '../facilities/rule-settings.ts'
import type { RuleVersion } from '../facilities/rule-version.ts'
import type { Change } from '../pipeline.ts'
import type { Page, StateStore } from '../storage/state-store.ts'
import type { TelemetryStore } from '../storage/telemetry-store.ts'
import type { RejectionReason } from '../telemetry/rejection.ts'
import type { RejectedMessage } from '../telemetry/rejection-log.ts'
import type { AlarmSystem } from './alarm-system.ts'
import type { AlertSources } from './alert-sources.ts'
import type { Backtests } from './backtests.ts'
import type { Brokers } from './brokers/brokers.ts'
import type { Channels } from './channels.ts'
import type { Commands } from './commands.ts'
import type { CompanyFigures, GasDeliveries } from './company-figures.ts'
import type { DayFigures } from './day-figures.ts'
import type { Devices } from './devices.ts'
import type { Dialects } from './dialects.ts'
import type { DutyReports } from './duty-reports.ts'
import type { EmergencyPlans } from './emergency-plans.ts'
import type { EnteredReadings } from './entered-readings.ts'
import type { ImportJobs } from './exchange/import-jobs.ts'
import type { TelemetryExports } from './exchange/telemetry/export-jobs.ts'
import type { TelemetryImports } from './exchange/telemetry/import-jobs.ts'
import type { Handovers } from './handovers.ts'
import type { ConsoleFigures, Health } from './health.ts'
import type { HeartbeatsView } from './http/heartbeat-schemas.ts'
import type { GroupInput, OverrideInput } from './http/rule-schemas.ts'
import type { FacilityDetail, FacilityInput, FacilityState, LatestView } from './http/schemas.ts'
import type { LampHistory } from './lamp-history.ts'
import type { LampOnRates } from './lamp-on-rates.ts'
import type { LightChanges } from './light-changes.ts'
import type { MapServices } from './map/map-services.ts'
import type { BrokerFigures } from './mqtt/broker-options.ts'
import type { Orders } from './orders.ts'
import type { Programmes } from './programmes.ts'
import type { Reports } from './reports.ts'
import type { RosterServices } from './roster.ts'
import type { Rounds } from './rounds.ts'
import type { Storage, StorageFigures } from './storage.ts'
import type { ServedCertificate } from './tls/certificate-watch.ts'
import type { Traffic } from './traffic.ts'
import type { VendorCodecServices } from './vendor-codecs/codec-services.ts'

/** What the edges may ask of the program. Methods throw `LamplighterError`; `by` is the name of the signed-in person. */
export interface Services {
  readonly kinds: readonly FacilityKind[]
  readonly plant: Plant
  readonly state: StateStore
  readonly telemetry: TelemetryStore
  /** Where buckets of readings begin, ms: a local midnight before a Monday. */
  readonly gridOrigin: number
  readonly lampOnRates: LampOnRates
  readonly lampHistory: LampHistory
  /** What telemetry amounts to by days. */
  readonly dayFigures: DayFigures
  /** What people measured by hand or in a laboratory. */
  readonly enteredReadings: EnteredReadings
  /** What the companies of the bureau are judged by. */
  readonly companyFigures: CompanyFigures
  readonly gasDeliveries: GasDeliveries
  /** What the map stands on. */
  readonly map: MapServices

  /** Adds or changes facilities, all or nothing; each change leaves a version. Refused where one is or would be out of scope. */
  putFacilities(inputs: readonly FacilityInput[], by: string, how?: Registering): Facility[]
  /** Refused while it has live alarms, unless it is out of service, and while others are fed by it. */
  removeFacility(id: string, by: string, scope: Scope, reason?: string): void
  setMode(id: string, mode: FacilityMode, reason: string, by: string): Facility
  /** The same of many, all or none; returns those that were in another mode. */
  setModes(ids: readonly string[], mode: FacilityMode, reason: string, by: string): Facility[]
  facilityDetail(facility: Facility): FacilityDetail
  facilityState(facility: Facility): FacilityState
  /** How its reports come in. */
  reportsOf(facility: Facility): ReportTimes
  /** What its points said last. */
  latestValues(facility: Facility): LatestView[]
  /** All that match, in order of number. */
  findFacilities(filter: FacilityFilter): readonly Facility[]
  listFacilities(filter: FacilityFilter, after: number, limit: number): FacilityPage
  /** `next` of the page is how many come before the next one. */
  listOrdered(filter: FacilityFilter, order: FacilityOrder, skip: number, limit: number): FacilityPage
  /** What hangs on a facility: fed by it, or reported for by it. */
  childrenOf(facility: Facility, filter: ChildFilter, after: number, limit: number): FacilityPage

  /** By name. */
  groups(): readonly FacilityGroup[]
  group(name: string): FacilityGroup
  putGroup(name: string, group: GroupInput, by: string): FacilityGroup
  /** Refused while overrides are made for it. */
  removeGroup(name: string, reason: string, by: string): void
  /** Newest first; only those with a lower id than `before`. */
  listOverrides(filter: OverrideFilter, scope: Scope, before: number, limit: number): Page<RuleOverride>
  /** Why an override of an older program has no full effect any more; null when it has. */
  overrideProblem(override: RuleOverride): string | null
  /** Adds an override, or replaces the one of the same scope and rule; counts at once. */
  putOverride(override: OverrideInput, by: string, scope: Scope): RuleOverride
  removeOverride(id: number, reason: string, by: string, scope: Scope): void
  /** Every change of the rules, newest first; only those with a lower id than `before`. */
  ruleVersions(filter: OverrideFilter, scope: Scope, before: number | undefined, limit: number): Page<ListedVersion>
  /** Lets what a version said count again for its scope and rule, as a new version. Refused when it does already or can no more. */
  revertRule(id: number, reason: string, by: string, scope: Scope): ListedVersion
  /** What is in force for a facility, the overrides that make it so, and the groups it is in, both the weakest first. */
  rulesOf(facility: Facility): { rules: EffectiveRule[]; overrides: readonly RuleOverride[]; groups: readonly string[] }
  /** The limits of a facility over a time, ms, as far back as the newest changes of the rules of its kind tell. */
  limitsOver(facility: Facility, from: number, to: number): LimitLine[]
  /** Files of facilities on their way into the plant. */
  readonly imports: ImportJobs
  /** Telemetry as files, and from files into the time series. */
  readonly telemetryExports: TelemetryExports
  readonly telemetryImports: TelemetryImports
  /** What other rules would have made of the past. */
  readonly backtests: Backtests
  /** Everything engineers changed of the rules. */
  ruleSet(): RuleSet

  /** What decodes the payloads of vendors' devices. */
  readonly vendorCodecs: VendorCodecServices

  /** What is shown to those who come over TLS; null when nobody can. */
  certificate(): ServedCertificate | null

  /** How it stands with the service itself; asks no database. */
  health(consoles: ConsoleFigures): Health

  /** Readings on their way to the store. */
  readonly storage: Storage

  /** Device profiles and bindings. */
  readonly dialects: Dialects

  /** Connections to brokers of others. */
  readonly brokers: Brokers

  /** The newest reports of a facility that were expected, and what became of each; at most `count`. */
  heartbeats(facility: Facility, count: number): Promise<HeartbeatsView>

  /** Load, floods and figures of the alarms together. */
  readonly alarmSystem: AlarmSystem

  /** Repairs. */
  readonly orders: Orders

  /** What light is asked of whom. */
  readonly programmes: Programmes
  readonly lightChanges: LightChanges

  /** What citizens report. */
  readonly reports: Reports

  /** What facilities are told to do. */
  readonly commands: Commands

  /** What one shift tells the next. */
  readonly handovers: Handovers

  /** What the city does otherwise in an emergency. */
  readonly emergencyPlans: EmergencyPlans

  /** What is told of shifts, days and months. */
  readonly dutyReports: DutyReports

  /** Crews and their duty. */
  readonly roster: RosterServices

  /** What people walk and look at. */
  readonly rounds: Rounds

  /** How people are told of it, and what became of each message. */
  readonly channels: Channels

  /** Systems of others whose alerts become alarms. */
  readonly alertSources: AlertSources

  /** Who may speak MQTT, and as whom. */
  readonly devices: Devices

  /** What comes and goes over MQTT. */
  readonly traffic: Traffic

  liveAlarms(): Iterable<Alarm>
  /** A page of those that a filter lets through, raised last first; it may hold fewer than `limit` although the list goes on. */
  findAlarms(query: AlarmListQuery, limit: number): Promise<FoundAlarms>
  /** All of them, in parts between which others get their turn. */
  eachAlarm(query: AlarmListQuery): AsyncIterable<readonly Alarm[]>
  /** Facilities that match and have live alarms. */
  listAlarmed(filter: FacilityFilter, after: number, limit: number): FacilityPage
  /** Those that lack supply or link while the alarm is active, as the plant is now. */
  affectedBy(alarm: Alarm, scope: Scope, after: number, limit: number): FacilityPage
  /** All or nothing. */
  acknowledge(seen: readonly SeenAlarm[], by: string, comment: string): Alarm[]
  /** Does one thing with several alarms, each for itself: what one does not allow does not keep it from the others. */
  actOnMany(seen: readonly SeenAlarm[], by: string, action: ManyAction): ManyDone
  comment(seen: SeenAlarm, by: string, text: string): Alarm
  shelve(seen: SeenAlarm, by: string, minutes: number, reason: string): Alarm
  unshelve(seen: SeenAlarm, by: string): Alarm
  reset(seen: SeenAlarm, by: string): Alarm
  alarmPolicy(): AlarmPolicy
  setAlarmPolicy(policy: AlarmPolicy, reason: string, by: string): AlarmPolicy

  readonly rejections: RejectionLogView
  /** Problems that make the service not ready, in words; empty when it is. */
  notReady(): string[]
  figures(): Figures
  /** Called after each step of the pipeline or action that changed something. */
  onChange(listener: (change: Change) => void): void
}

export type { Change, RejectedMessage }

/** An alarm as somebody saw it when they decided what to do; without a version whatever it is now. */
/** Times are ms since 1970, spans ms; null until there was one. */
export interface ReportTimes {
  /** By the clock of the device. */
  lastReport: number | null
  lastReceived: number | null
  /** How far the device clock is ahead of ours. */
  clockSkew: number | null
  usualInterval: number | null
}

export interface SeenAlarm {
  id: number
  version?: number
}

/** What can be done with several alarms at once. */
export type ManyAction =
  | { type: 'acknowledge'; comment: string }
  | { type: 'comment'; text: string }
  | { type: 'shelve'; minutes: number; reason: string }
  | { type: 'unshelve' }

export const refusalCodes = ['not-found', 'action-refused', 'alarm-changed', 'invalid-request'] as const satisfies readonly ErrorCode[]
export interface RefusedAlarm {
  id: number
  code: (typeof refusalCodes)[number]
  detail: string
}

export interface ManyDone {
  alarms: Alarm[]
  /** Those that it was not done with, and why, in words. */
  refused: RefusedAlarm[]
}

/** All that is given must hold. */
export interface AlarmListQuery {
  filter: AlarmListFilter
  scope: Scope
  /** Id of the alarm that explains them. */
  suppressedBy?: number
  /** True: only alarms that have not ended; false: only those that have. */
  live?: boolean
  /** Raised at or after / before, ms. */
  from?: number
  to?: number
  /** Only what comes after this alarm. */
  before?: number
}

export interface FoundAlarms extends Page<Alarm> {
  /** When the last one that was looked at was raised, ms; null when there was none. */
  lookedBackTo: number | null
}

export interface Registering {
  /** Of the person who does it; the whole city when absent. */
  scope?: Scope
  reason?: string
  action?: 'put' | 'import'
}

/** All that is given must hold. */
export interface FacilityFilter {
  /** Of the person who asks; what lies elsewhere is not found. */
  scope: Scope
  /** Text form of `parseFacilityQuery`. */
  query?: string
  /** Part of id, name or road. */
  words?: string
  kind?: string
  district?: string
}

/** What a list of facilities can be in the order of; `state`: the worst first. */
export const facilityOrders = ['id', 'name', 'kind', 'district', 'road', 'state'] as const

/** A list in another order than that of registration, or only of facilities in some states as they are now. */
export interface FacilityOrder {
  by: (typeof facilityOrders)[number] | null
  isDescending: boolean
  /** Null: in any state. */
  states: ReadonlySet<FacilityState> | null
}

export interface ChildFilter {
  scope: Scope
  /** supply: what it feeds; link: what it reports for. */
  of: 'supply' | 'link'
  circuit?: number
}

export interface OverrideFilter {
  kind?: string
  group?: string
  facility?: string
  rule?: string
}

export interface ListedVersion extends RuleVersion {
  /** Its `after` is what is in force for that scope and rule now. */
  current: boolean
}

export interface FacilityPage {
  items: readonly Facility[]
  /** Number of the last one, to be passed back as `after`; null at the end. */
  next: number | null
  /** How many there are on all pages. */
  total: number
}

export interface RejectionLogView {
  /** Since the start. */
  counts(): ReadonlyMap<RejectionReason, number>
  lastHour(now: number): ReadonlyMap<RejectionReason, number>
  /** Newest first, bounded. */
  samples(): readonly RejectedMessage[]
}

/** Running totals since start and present levels, for /metrics and the heartbeat. */
export interface Figures {
  messages: number
  readings: number
  duplicates: number
  late: number
  badValues: number
  pipelineBacklog: number
  storage: StorageFigures
  mqttClients: number
  /** Null while the broker is not open. */
  broker: BrokerFigures | null
  facilities: number
  liveAlarms: number
  alarmsRaised: number
}
