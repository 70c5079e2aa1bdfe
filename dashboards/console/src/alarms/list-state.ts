import {
  type AlarmListFilter,
  alarmFilterNames,
  noAlarmFilter,
  readAlarmFilter,
  writeAlarmFilter,
} from '../../../../src/alarms/alarm-filter.ts'

export const columnKeys = [
  'priority',
  'state',
  'raised',
  'age',
  'left',
  'district',
  'road',
  'facility',
  'name',
  'kind',
  'domain',
  'fault',
  'value',
  'acknowledged',
  'shelved',
  'occurrences',
  'comments',
  'first',
  'ended',
] as const
export type ColumnKey = (typeof columnKeys)[number]

export const usualColumns: readonly ColumnKey[] = ['priority', 'raised', 'age', 'district', 'facility', 'fault', 'value', 'state']
const usualPastColumns: readonly ColumnKey[] = ['priority', 'raised', 'ended', 'district', 'facility', 'fault', 'value', 'acknowledged']

export const groupings = ['facility', 'rule', 'cause'] as const
export type Grouping = (typeof groupings)[number]

/** What the list shows, as its address says it. */
export interface ListState {
  filter: AlarmListFilter
  /** Those that have ended, in place of the live ones. */
  isPast: boolean
  /** Raised at or after / before, ms; of past ones only. */
  from: number | null
  to: number | null
  columns: readonly ColumnKey[]
  /** null: the most urgent first, of past ones the newest. */
  sort: { by: ColumnKey; isDown: boolean } | null
  group: Grouping | null
}

const stateNames = ['live', 'from', 'to', 'columns', 'sort', 'group'] as const
const listNames: readonly string[] = [...alarmFilterNames, ...stateNames]

export const columnsOf = (isPast: boolean): readonly ColumnKey[] => (isPast ? usualPastColumns : usualColumns)

export const emptyList: ListState = {
  filter: noAlarmFilter,
  isPast: false,
  from: null,
  to: null,
  columns: usualColumns,
  sort: null,
  group: null,
}

const isColumn = (text: string): text is ColumnKey => (columnKeys as readonly string[]).includes(text)
const timeOf = (text: string | null) => (text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null)

/** What is no value of its parameter is passed over. */
export function readList(query: URLSearchParams): ListState {
  const isPast = query.get('live') === 'false'
  const columns = [...new Set((query.get('columns') ?? '').split(',').filter(isColumn))]
  const sort = query.get('sort') ?? ''
  const by = sort.replace(/^-/, '')
  return {
    filter: readAlarmFilter((name) => query.get(name)),
    isPast,
    from: isPast ? timeOf(query.get('from')) : null,
    to: isPast ? timeOf(query.get('to')) : null,
    columns: columns.length > 0 ? columns : columnsOf(isPast),
    sort: isColumn(by) && !isPast ? { by, isDown: sort.startsWith('-') } : null,
    group: groupings.find((one) => one === query.get('group')) ?? null,
  }
}

/** What `readList` reads back; null for what need not be said. */
export function writeList({ filter, isPast, from, to, columns, sort, group }: ListState): Record<string, string | null> {
  const isUsual = columns.join() === columnsOf(isPast).join()
  return {
    ...writeAlarmFilter(filter),
    live: isPast ? 'false' : null,
    from: isPast && from !== null ? String(from) : null,
    to: isPast && to !== null ? String(to) : null,
    columns: isUsual ? null : columns.join(','),
    sort: sort ? `${sort.isDown ? '-' : ''}${sort.by}` : null,
    group,
  }
}

/** As a view keeps it: the part of an address behind its question mark. */
export function searchOf(state: ListState): string {
  const given = Object.entries(writeList(state)).filter((entry): entry is [string, string] => entry[1] !== null)
  return new URLSearchParams(given).toString()
}

/** Whether the address itself says something of the list, which then counts in place of its view. */
export const saysList = (query: URLSearchParams): boolean => listNames.some((name) => query.has(name))

/** Which filters are set, by the names of their parameters. */
export const filtersSet = (filter: AlarmListFilter): string[] =>
  Object.entries(writeAlarmFilter(filter)).flatMap(([name, value]) => (value === null ? [] : [name]))
