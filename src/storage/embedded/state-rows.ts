import type { SQLInputValue } from 'node:sqlite'
import type { Alarm } from '../../alarms/alarm.ts'
import type { AlarmRecord } from '../../alarms/alarm-log.ts'
import type { RuleTexts } from '../../detection/rule.ts'
import type { FacilityVersion } from '../../facilities/facility-version.ts'
import type { FacilityDescription } from '../../facilities/plant.ts'

/** Rows as SQLite hands them out; the STRICT tables hold the types. Booleans are 0 or 1, JSON is text. */
export interface AlarmRow
  extends Pick<Alarm, 'id' | 'facility' | 'kind' | 'rule' | 'priority' | 'raised' | 'activated' | 'returned' | 'ended'> {
  base_priority: Alarm['basePriority']
  escalated: string | null
  reminders: string | null
  act_by: number
  reset_request: string | null
  chattering: string | null
  historical: number
  told_since: number | null
  unanswered: number
  active: number
  latching: number
  latched: number
  shelvable: number
  acknowledged: string | null
  shelved: string | null
  out_of_service: number
  suppressed: string | null
  affects: number
  occurrences: string
  occurrence_count: number
  comments: string
  comment_count: number
  evidence: string
  texts: string | null
  version: number
}

export interface FacilityRow
  extends Omit<FacilityDescription, 'nameEn' | 'roadClass' | 'keyArea' | 'position' | 'fedBy' | 'labels' | 'rated'> {
  number: number
  name_en: string
  road_class: FacilityDescription['roadClass']
  key_area: number
  longitude: number | null
  latitude: number | null
  fed_by: string | null
  labels: string
  rated: string
}

const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
const parsed = (value: string | null) => (value === null ? null : JSON.parse(value))

export const alarmColumns = [
  'facility', 'kind', 'rule', 'priority', 'base_priority', 'escalated', 'reminders', 'act_by', 'active', 'latching', 'latched', 'shelvable',
  'reset_request', 'chattering', 'historical', 'told_since', 'unanswered', 'acknowledged', 'shelved', 'out_of_service', 'suppressed',
  'affects', 'raised', 'activated', 'returned', 'ended', 'occurrences', 'occurrence_count', 'comments',
  'comment_count', 'evidence', 'texts', 'version',
] as const // biome-ignore format: a list

/** In the order of `alarmColumns`; `texts` is the hash of what the alarm says. */
export function alarmValues(alarm: Alarm, texts: string | null): SQLInputValue[] {
  const { texts: _, ...evidence } = alarm.evidence
  return [
    alarm.facility,
    alarm.kind,
    alarm.rule,
    alarm.priority,
    alarm.basePriority,
    json(alarm.escalated),
    json(alarm.reminders),
    alarm.actBy,
    Number(alarm.active),
    Number(alarm.latching),
    Number(alarm.latched),
    Number(alarm.shelvable),
    json(alarm.resetRequest),
    json(alarm.chattering),
    Number(alarm.historical),
    alarm.toldSince,
    Number(alarm.unanswered),
    json(alarm.acknowledged),
    json(alarm.shelved),
    Number(alarm.outOfService),
    json(alarm.suppressed),
    alarm.affects,
    alarm.raised,
    alarm.activated,
    alarm.returned,
    alarm.ended,
    json(alarm.occurrences),
    alarm.occurrenceCount,
    json(alarm.comments),
    alarm.commentCount,
    json(evidence),
    texts,
    alarm.version,
  ]
}

export function toAlarm(row: AlarmRow, texts: RuleTexts | null): Alarm {
  return {
    id: row.id,
    facility: row.facility,
    kind: row.kind,
    rule: row.rule,
    priority: row.priority,
    basePriority: row.base_priority,
    escalated: parsed(row.escalated),
    reminders: parsed(row.reminders),
    actBy: row.act_by,
    active: row.active === 1,
    latching: row.latching === 1,
    latched: row.latched === 1,
    shelvable: row.shelvable === 1,
    resetRequest: parsed(row.reset_request),
    chattering: parsed(row.chattering),
    historical: row.historical === 1,
    toldSince: row.told_since,
    unanswered: row.unanswered === 1,
    acknowledged: parsed(row.acknowledged),
    shelved: parsed(row.shelved),
    outOfService: row.out_of_service === 1,
    suppressed: parsed(row.suppressed),
    affects: row.affects,
    raised: row.raised,
    activated: row.activated,
    returned: row.returned,
    ended: row.ended,
    occurrences: parsed(row.occurrences),
    occurrenceCount: row.occurrence_count,
    comments: parsed(row.comments),
    commentCount: row.comment_count,
    evidence: { ...parsed(row.evidence), texts },
    version: row.version,
  }
}

export interface AlarmRecordRow extends Omit<AlarmRecord, 'told' | 'announced'> {
  id: number
  told: number
  announced: number
}

export const alarmRecordColumns = [
  'alarm', 'facility', 'rule', 'type', 'at', 'recorded', 'by', 'detail', 'priority', 'told', 'announced', 'version',
] as const // biome-ignore format: a list

/** In the order of `alarmRecordColumns`. */
export function alarmRecordValues(record: AlarmRecord): SQLInputValue[] {
  return alarmRecordColumns.map((column) => (column === 'told' || column === 'announced' ? Number(record[column]) : record[column]))
}

export function toAlarmRecord({ told, announced, ...row }: AlarmRecordRow): AlarmRecord & { id: number } {
  return { ...row, told: told === 1, announced: announced === 1 }
}

export const facilityColumns = [
  'id', 'kind', 'name', 'name_en', 'district', 'road', 'road_class', 'key_area', 'owner', 'longitude', 'latitude', 'fed_by', 'circuit',
  'gateway', 'labels', 'rated', 'mode',
] as const // biome-ignore format: a list

/** In the order of `facilityColumns`. */
export function facilityValues(facility: FacilityDescription): SQLInputValue[] {
  return [
    facility.id,
    facility.kind,
    facility.name,
    facility.nameEn,
    facility.district,
    facility.road,
    facility.roadClass,
    Number(facility.keyArea),
    facility.owner,
    facility.position?.[0] ?? null,
    facility.position?.[1] ?? null,
    facility.fedBy,
    facility.circuit,
    facility.gateway,
    json(facility.labels),
    json(facility.rated),
    facility.mode,
  ]
}

export function toFacility(row: FacilityRow): FacilityDescription {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    nameEn: row.name_en,
    district: row.district,
    road: row.road,
    roadClass: row.road_class,
    keyArea: row.key_area === 1,
    owner: row.owner,
    position: row.longitude === null || row.latitude === null ? null : [row.longitude, row.latitude],
    fedBy: row.fed_by,
    circuit: row.circuit,
    gateway: row.gateway,
    labels: parsed(row.labels),
    rated: parsed(row.rated),
    mode: row.mode,
  }
}

export interface FacilityVersionRow extends Omit<FacilityVersion, 'changes' | 'description'> {
  id: number
  changes: string
  description: string | null
}

export function toFacilityVersion({ changes, description, ...row }: FacilityVersionRow): FacilityVersion & { id: number } {
  return { ...row, changes: parsed(changes), description: parsed(description) }
}
