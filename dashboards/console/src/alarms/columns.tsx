import type { ComponentChildren } from 'preact'
import { priorities } from '../../../../src/detection/rule.ts'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatDateTime, formatDuration, formatNumber, formatWhen } from '../format.ts'
import { facilityById, kinds, serverNow } from '../live/live.ts'
import { language, say, t } from '../settings.ts'
import { lookOf, StateSymbol } from '../symbols.tsx'
import { al } from '../texts/alarms.ts'
import { compareAlarms, isUnacknowledged, ruleOf } from '../wall/alarm-order.ts'
import { Age, alarmTitle, alarmValue, Marks, StateTag } from '../wall/alarm-row.tsx'
import type { ColumnKey, ListState } from './list-state.ts'

interface Column {
  /** Of a CSS grid. */
  width: string
  /** By which it is put in order; texts as a person would. */
  key: (alarm: AlarmView) => number | string
  cell: (alarm: AlarmView) => ComponentChildren
  /** As text, where the cell is drawn. */
  text?: (alarm: AlarmView) => string
  isNumber?: true
}

const facilityOf = ({ facility }: AlarmView) => facilityById.value.get(facility)
const kindTitle = ({ kind }: AlarmView) => {
  const found = kinds.value.get(kind)
  return found ? say(found.title) : kind
}
const domainOf = ({ kind }: AlarmView): string => {
  const domain = kinds.value.get(kind)?.domain ?? ''
  return t().domains[domain as keyof ReturnType<typeof t>['domains']] ?? domain
}
/** As it was when the rule fired, whatever its unit; texts and none below all numbers. */
const numberOf = (alarm: AlarmView): number => {
  const value = alarm.evidence.values[ruleOf(alarm, kinds.value)?.points[0] ?? '']
  return value == null || typeof value === 'string' ? Number.MIN_SAFE_INTEGER : Number(value)
}
const leftOf = ({ active, historical, actBy }: AlarmView) => (active && !historical ? actBy : Number.MAX_SAFE_INTEGER)
const when = (at: number | null | undefined) => (at == null ? '' : formatWhen(at, serverNow.peek()))

export const columns: Readonly<Record<ColumnKey, Column>> = {
  priority: {
    width: '6.6rem',
    key: ({ priority }) => priorities.indexOf(priority),
    cell: (alarm) => (
      <span class="with-symbol">
        <StateSymbol state={alarm.priority} look={lookOf(alarm)} />
        {t().priorities[alarm.priority]}
      </span>
    ),
    text: ({ priority }) => t().priorities[priority],
  },
  state: {
    width: '6.6rem',
    key: ({ state }) => t().alarmTags[state],
    cell: (alarm) => <StateTag alarm={alarm} />,
    text: ({ state }) => t().alarmTags[state],
  },
  raised: {
    width: '6.2rem',
    key: ({ activated }) => activated,
    cell: ({ activated }) => when(activated),
    text: ({ activated }) => formatDateTime(activated),
  },
  age: {
    width: '5rem',
    key: ({ activated }) => -activated,
    cell: ({ activated, ended }) => (ended === null ? <Age since={activated} /> : formatDuration(ended - activated)),
    text: ({ activated, ended }) => formatDuration((ended ?? serverNow.peek()) - activated),
  },
  left: { width: '6.2rem', key: leftOf, cell: (alarm) => <Left alarm={alarm} />, text: (alarm) => leftWords(alarm, serverNow.peek()) },
  district: {
    width: 'minmax(4.5rem, 9.5rem)',
    key: (alarm) => facilityOf(alarm)?.district ?? '',
    cell: (alarm) => facilityOf(alarm)?.district,
  },
  road: { width: 'minmax(5rem, 10rem)', key: (alarm) => facilityOf(alarm)?.road ?? '', cell: (alarm) => facilityOf(alarm)?.road },
  facility: { width: 'minmax(5rem, 8rem)', key: ({ facility }) => facility, cell: ({ facility }) => facility },
  name: { width: 'minmax(6rem, 12rem)', key: (alarm) => facilityOf(alarm)?.name ?? '', cell: (alarm) => facilityOf(alarm)?.name },
  kind: { width: 'minmax(5rem, 9rem)', key: kindTitle, cell: kindTitle },
  domain: { width: 'minmax(4.5rem, 8rem)', key: domainOf, cell: domainOf },
  fault: {
    width: 'minmax(10rem, 1fr)',
    key: alarmTitle,
    cell: (alarm) => (
      <>
        <span class="fault-title">{alarmTitle(alarm)}</span>
        <Marks alarm={alarm} />
        {alarm.affects > 0 && <span class="tag">{t().affectsShort(formatNumber(alarm.affects))}</span>}
      </>
    ),
    text: alarmTitle,
  },
  value: { width: 'minmax(4rem, 7.2rem)', key: numberOf, cell: alarmValue, isNumber: true },
  acknowledged: {
    width: 'minmax(5rem, 9rem)',
    key: ({ acknowledged }) => acknowledged?.at ?? 0,
    cell: ({ acknowledged }) => acknowledged && `${when(acknowledged.at)} ${acknowledged.by}`,
  },
  shelved: {
    width: 'minmax(6rem, 10rem)',
    key: ({ shelved }) => shelved?.until ?? 0,
    cell: ({ shelved }) => shelved && `${when(shelved.until)} ${shelved.by}`,
  },
  occurrences: {
    width: '5rem',
    key: ({ occurrenceCount }) => occurrenceCount,
    cell: ({ occurrenceCount }) => formatNumber(occurrenceCount),
    isNumber: true,
  },
  comments: {
    width: '5rem',
    key: ({ commentCount }) => commentCount,
    cell: ({ commentCount }) => formatNumber(commentCount),
    isNumber: true,
  },
  first: { width: '6.2rem', key: ({ raised }) => raised, cell: ({ raised }) => when(raised), text: ({ raised }) => formatDateTime(raised) },
  ended: {
    width: '6.2rem',
    key: ({ ended }) => ended ?? 0,
    cell: ({ ended }) => when(ended),
    text: ({ ended }) => (ended === null ? '' : formatDateTime(ended)),
  },
}

function leftWords(alarm: AlarmView, now: number): string {
  const by = leftOf(alarm)
  if (by === Number.MAX_SAFE_INTEGER) return ''
  return by > now ? formatDuration(by - now) : al().over(formatDuration(now - by))
}

/** What is left of the time to act, kept current. */
const Left = ({ alarm }: { alarm: AlarmView }) => <>{leftWords(alarm, serverNow.value)}</>

export const cellText = (key: ColumnKey, alarm: AlarmView): string => {
  const { text, cell } = columns[key]
  return text ? text(alarm) : String(cell(alarm) ?? '')
}

/** Texts by their place in the order of the language; few of them are ever new, so that each is looked up once. */
const ranks = new Map<string, Map<string, number>>()
function rankOf(texts: readonly string[]): ReadonlyMap<string, number> {
  const known = ranks.get(language.peek()) ?? new Map<string, number>()
  ranks.set(language.peek(), known)
  const fresh = texts.filter((text) => !known.has(text))
  if (fresh.length > 0) {
    const { compare } = new Intl.Collator(language.peek() === 'zh' ? 'zh-CN' : 'en', { numeric: true })
    const all = [...new Set([...known.keys(), ...fresh])].sort(compare)
    known.clear()
    for (const [i, text] of all.entries()) known.set(text, i)
  }
  return known
}

/** Puts a list in its order, in place. */
export function sortAlarms(list: AlarmView[], sort: ListState['sort']): AlarmView[] {
  if (!sort) return list.sort(compareAlarms)
  const keys = list.map(columns[sort.by].key)
  const isText = keys.some((key) => typeof key === 'string')
  const rank = isText ? rankOf(keys.map(String)) : null
  const places = new Map(list.map((alarm, i) => [alarm, rank ? (rank.get(String(keys[i])) ?? 0) : (keys[i] as number)]))
  const way = sort.isDown ? -1 : 1
  return list.sort((a, b) => way * ((places.get(a) as number) - (places.get(b) as number)) || compareAlarms(a, b))
}

/** Within which part of the order a row stands; one that leaves it is not held in its place. */
export const blockOf = (sort: ListState['sort']) => (alarm: AlarmView) =>
  sort ? String(columns[sort.by].key(alarm)) : `${isUnacknowledged(alarm)}-${alarm.priority}`
