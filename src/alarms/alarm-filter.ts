import { type Priority, priorities } from '../detection/rule.ts'
import { type Alarm, type AlarmState, alarmStates } from './alarm.ts'

/** What a list of alarms is limited to; all that is given must hold, and what is empty limits nothing. */
export interface AlarmListFilter {
  /** Words that must all occur in what people read of an alarm. */
  words: string
  priorities: readonly Priority[]
  states: readonly AlarmState[]
  domains: readonly string[]
  kinds: readonly string[]
  districts: readonly string[]
  road: string
  facility: string
  rule: string
  /** Activated at least so many minutes ago. */
  olderThan: number
  unacknowledged: boolean
  escalated: boolean
  chattering: boolean
  historical: boolean
  /** A facility query as text. */
  query: string
}

export const noAlarmFilter: AlarmListFilter = {
  words: '',
  priorities: [],
  states: [],
  domains: [],
  kinds: [],
  districts: [],
  road: '',
  facility: '',
  rule: '',
  olderThan: 0,
  unacknowledged: false,
  escalated: false,
  chattering: false,
  historical: false,
  query: '',
}

/** An alarm as the filter looks at it. */
export interface FilteredAlarm
  extends Pick<
    Alarm,
    'facility' | 'kind' | 'rule' | 'priority' | 'activated' | 'acknowledged' | 'escalated' | 'chattering' | 'historical'
  > {
  state: AlarmState
}

/** Where it is; of a facility that is not registered any more all is empty. */
export interface AlarmPlace {
  domain: string
  district: string
  road: string
}

export interface FilterContext {
  placeOf(alarm: FilteredAlarm): AlarmPlace
  /** All that people read of it, in lower case. */
  textOf(alarm: FilteredAlarm): string
  /** Whether its facility is one of the facility query. */
  isQueried(facility: string): boolean
  /** Our time, ms. */
  now: number
}

/** Names of the parameters of an address, of the console as of the API. Lists are written with commas; a comma within is escaped. */
const names = {
  words: 'q',
  priorities: 'priority',
  states: 'state',
  domains: 'domain',
  kinds: 'kind',
  districts: 'district',
  road: 'road',
  facility: 'facility',
  rule: 'rule',
  olderThan: 'older',
  unacknowledged: 'unacknowledged',
  escalated: 'escalated',
  chattering: 'chattering',
  historical: 'historical',
  query: 'query',
} as const satisfies Record<keyof AlarmListFilter, string>

export const alarmFilterNames: readonly string[] = Object.values(names)

const LONGEST_AGE = 366 * 24 * 60

export const splitList = (text: string | null | undefined): string[] =>
  (text ?? '')
    .split(/(?<!\\),/)
    .map((each) => each.replaceAll('\\,', ',').trim())
    .filter(Boolean)
const joinList = (list: readonly string[]): string => list.map((each) => each.replaceAll(',', '\\,')).join(',')
const known = <T extends string>(all: readonly T[], text: string | null | undefined): T[] =>
  splitList(text).filter((each): each is T => (all as readonly string[]).includes(each))

/** Reads parameters of an address; what is no value of its parameter is passed over. */
export function readAlarmFilter(get: (name: string) => string | null | undefined): AlarmListFilter {
  const isSet = (name: string) => get(name) === 'true'
  const older = Number(get(names.olderThan) ?? 0)
  return {
    words: get(names.words)?.trim() ?? '',
    priorities: known(priorities, get(names.priorities)),
    states: known(alarmStates, get(names.states)),
    domains: splitList(get(names.domains)),
    kinds: splitList(get(names.kinds)),
    districts: splitList(get(names.districts)),
    road: get(names.road)?.trim() ?? '',
    facility: get(names.facility)?.trim() ?? '',
    rule: get(names.rule)?.trim() ?? '',
    olderThan: older > 0 ? Math.min(older, LONGEST_AGE) : 0,
    unacknowledged: isSet(names.unacknowledged),
    escalated: isSet(names.escalated),
    chattering: isSet(names.chattering),
    historical: isSet(names.historical),
    query: get(names.query)?.trim() ?? '',
  }
}

/** What `readAlarmFilter` reads back; null for what limits nothing. */
export function writeAlarmFilter(filter: AlarmListFilter): Record<string, string | null> {
  const written = Object.entries(names).map(([key, name]) => {
    const value = filter[key as keyof AlarmListFilter]
    const text = Array.isArray(value) ? joinList(value) : value === true ? 'true' : value ? String(value) : ''
    return [name, text === '' ? null : text]
  })
  return Object.fromEntries(written)
}

/** The filter without what one parameter says. */
export function withoutFilter(filter: AlarmListFilter, name: string): AlarmListFilter {
  const written = writeAlarmFilter(filter)
  return readAlarmFilter((other) => (other === name ? null : written[other]))
}

export const isFiltering = (filter: AlarmListFilter): boolean => Object.values(writeAlarmFilter(filter)).some((text) => text !== null)

/** What the words of a filter are looked for in. */
export const alarmText = (texts: readonly (string | undefined)[]): string => texts.filter(Boolean).join(' ').toLowerCase()

const isOf = <T>(list: readonly T[], value: T) => list.length === 0 || list.includes(value)
const isUnanswered = (state: AlarmState) => state === 'unacknowledged' || state === 'rtn-unacknowledged'

/** The test of a filter, with its words split once. */
export function alarmMatcher(filter: AlarmListFilter, context: FilterContext): (alarm: FilteredAlarm) => boolean {
  const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean)
  const { domains, districts, road, query, olderThan } = filter
  const isPlaced = domains.length > 0 || districts.length > 0 || road !== ''
  const newest = context.now - olderThan * 60_000
  return (alarm) => {
    if (!isOf(filter.priorities, alarm.priority) || !isOf(filter.states, alarm.state) || !isOf(filter.kinds, alarm.kind)) return false
    if ((filter.facility && alarm.facility !== filter.facility) || (filter.rule && alarm.rule !== filter.rule)) return false
    if (olderThan > 0 && alarm.activated > newest) return false
    if (filter.unacknowledged && !isUnanswered(alarm.state)) return false
    if ((filter.escalated && !alarm.escalated) || (filter.chattering && !alarm.chattering)) return false
    if (filter.historical && !alarm.historical) return false
    if (isPlaced) {
      const place = context.placeOf(alarm)
      if (!isOf(domains, place.domain) || !isOf(districts, place.district) || (road && place.road !== road)) return false
    }
    if (query && !context.isQueried(alarm.facility)) return false
    if (words.length === 0) return true
    const text = context.textOf(alarm)
    return words.every((word) => text.includes(word))
  }
}
