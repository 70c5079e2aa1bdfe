import { stringify } from 'csv-stringify/sync'
import { type Alarm, type AlarmState, alarmState } from '../../alarms/alarm.ts'
import type { Priority } from '../../detection/rule.ts'
import { findRule } from '../../detection/rule-key.ts'
import type { FacilityKind } from '../../facilities/facility-kind.ts'
import type { Facility } from '../../facilities/plant.ts'
import type { Text } from '../../telemetry/point.ts'
import { csvFormat } from './csv-writing.ts'
import { guardFormula } from './formula-guard.ts'

export interface AlarmCsvParts {
  language: 'en' | 'zh'
  timeZone: string
  /** What its time is ahead of UTC, ms. */
  utcOffset: (at: number) => number
  facility: (id: string) => Facility | undefined
  kind: (key: string) => FacilityKind | undefined
}

const priorities: Readonly<Record<Priority, Text>> = {
  critical: { en: 'critical', zh: '紧急' },
  high: { en: 'high', zh: '高' },
  medium: { en: 'medium', zh: '中' },
  low: { en: 'low', zh: '低' },
}
const states: Readonly<Record<AlarmState, Text>> = {
  normal: { en: 'ended', zh: '已结束' },
  unacknowledged: { en: 'unacknowledged', zh: '未确认' },
  acknowledged: { en: 'acknowledged', zh: '已确认' },
  'rtn-unacknowledged': { en: 'back to normal, unacknowledged', zh: '已恢复未确认' },
  latched: { en: 'latched', zh: '待复位' },
  shelved: { en: 'shelved', zh: '已搁置' },
  'suppressed-by-design': { en: 'suppressed', zh: '已抑制' },
  'out-of-service': { en: 'out of service', zh: '停用' },
}
const yes: Text = { en: 'yes', zh: '是' }

type Cell = string | number | null
type Reader = (alarm: Alarm, parts: AlarmCsvParts) => Cell

const at = (time: number | null | undefined, { utcOffset }: AlarmCsvParts) =>
  time == null ? null : new Date(time + utcOffset(time)).toISOString().slice(0, 19).replace('T', ' ')
const mark = (is: unknown, { language }: AlarmCsvParts) => (is ? yes[language] : '')
const titleOf = ({ evidence, kind, rule }: Alarm, parts: AlarmCsvParts): Text | undefined =>
  evidence.texts?.title ?? findRule(parts.kind(kind)?.rules ?? [], rule)?.title

/** Times are those of the city, as spreadsheets know them; the title of the first one names the zone. */
const columns: readonly [title: Text, read: Reader][] = [
  [{ en: 'id', zh: '编号' }, ({ id }) => id],
  [{ en: 'priority', zh: '级别' }, ({ priority }, { language }) => priorities[priority][language]],
  [{ en: 'state', zh: '状态' }, (alarm, { language }) => states[alarmState(alarm)][language]],
  [{ en: 'raised', zh: '发生时间' }, ({ raised }, parts) => at(raised, parts)],
  [{ en: 'last raised', zh: '最近发生' }, ({ activated }, parts) => at(activated, parts)],
  [{ en: 'back to normal', zh: '恢复时间' }, ({ returned }, parts) => at(returned, parts)],
  [{ en: 'ended', zh: '结束时间' }, ({ ended }, parts) => at(ended, parts)],
  [{ en: 'facility', zh: '设施' }, ({ facility }) => facility],
  [{ en: 'name', zh: '设施名称' }, ({ facility }, { language, ...parts }) => nameOf(parts.facility(facility), language)],
  [{ en: 'kind', zh: '类型' }, ({ kind }, parts) => parts.kind(kind)?.title[parts.language] ?? kind],
  [{ en: 'district', zh: '区域' }, ({ facility }, parts) => parts.facility(facility)?.district ?? ''],
  [{ en: 'road', zh: '道路' }, ({ facility }, parts) => parts.facility(facility)?.road ?? ''],
  [{ en: 'fault', zh: '故障' }, (alarm, parts) => titleOf(alarm, parts)?.[parts.language] ?? alarm.rule],
  [{ en: 'rule', zh: '规则' }, ({ rule }) => rule],
  [{ en: 'occurrences', zh: '发生次数' }, ({ occurrenceCount }) => occurrenceCount],
  [{ en: 'acknowledged', zh: '确认时间' }, ({ acknowledged }, parts) => at(acknowledged?.at, parts)],
  [{ en: 'acknowledged by', zh: '确认人' }, ({ acknowledged }) => acknowledged?.by ?? ''],
  [{ en: 'shelved until', zh: '搁置至' }, ({ shelved }, parts) => at(shelved?.until, parts)],
  [{ en: 'shelved by', zh: '搁置人' }, ({ shelved }) => shelved?.by ?? ''],
  [{ en: 'reason for shelving', zh: '搁置原因' }, ({ shelved }) => shelved?.reason ?? ''],
  [{ en: 'escalated', zh: '已升级' }, ({ escalated }, parts) => mark(escalated, parts)],
  [{ en: 'chattering', zh: '抖动' }, ({ chattering }, parts) => mark(chattering, parts)],
  [{ en: 'late data', zh: '补传数据' }, ({ historical }, parts) => mark(historical, parts)],
  [{ en: 'facilities affected', zh: '影响设施数' }, ({ affects }) => affects],
  [{ en: 'last comment', zh: '最近备注' }, ({ comments }) => comments.at(-1)?.text ?? ''],
]

const nameOf = (facility: Facility | undefined, language: 'en' | 'zh') => (language === 'en' && facility?.nameEn) || (facility?.name ?? '')

export function alarmCsvHead({ language, timeZone }: Pick<AlarmCsvParts, 'language' | 'timeZone'>): string {
  const raised = 3
  return stringify([columns.map(([title], i) => (i === raised ? `${title[language]} (${timeZone})` : title[language]))], csvFormat)
}

/** Texts of people and devices are guarded, so that no spreadsheet runs them. */
export function alarmCsvRows(alarms: readonly Alarm[], parts: AlarmCsvParts): string {
  const row = (alarm: Alarm) =>
    columns.map(([, read]) => {
      const cell = read(alarm, parts)
      return typeof cell === 'string' ? guardFormula(cell) : cell
    })
  return stringify(alarms.map(row), csvFormat)
}
