import { type Priority, priorities } from '../../../../src/detection/rule.ts'
import type { AlarmView, KindView, RuleView } from '../../../../src/edges/http/schemas.ts'
import type { WallFacility } from '../live/live-state.ts'

const listedStates: ReadonlySet<AlarmView['state']> = new Set(['unacknowledged', 'acknowledged', 'rtn-unacknowledged', 'latched'])

/** Stands in the alarm list; the others are counted on the shelf. */
export const isListed = (alarm: AlarmView): boolean => listedStates.has(alarm.state)
export const isUnacknowledged = (alarm: AlarmView): boolean => alarm.state === 'unacknowledged' || alarm.state === 'rtn-unacknowledged'

/** 0 = critical. */
const rank = Object.fromEntries(priorities.map((priority, i) => [priority, i])) as Record<Priority, number>

/** Unacknowledged first, then by priority, then newest first. */
export function compareAlarms(a: AlarmView, b: AlarmView): number {
  return (
    Number(isUnacknowledged(b)) - Number(isUnacknowledged(a)) ||
    rank[a.priority] - rank[b.priority] ||
    b.activated - a.activated ||
    b.id - a.id
  )
}

export interface AlarmFilter {
  /** Words that must all occur. */
  text: string
  domain: string | null
  priority: Priority | null
}

export const noFilter: AlarmFilter = { text: '', domain: null, priority: null }

export interface AlarmContext {
  kinds: ReadonlyMap<string, KindView>
  facilities: ReadonlyMap<string, WallFacility>
}

export const ruleOf = (alarm: AlarmView, kinds: AlarmContext['kinds']): RuleView | undefined =>
  kinds.get(alarm.kind)?.rules.find(({ key }) => key === alarm.rule)

/** What operators are told of it: as it was when the alarm arose, since engineers may change it. */
export const textsOf = (alarm: AlarmView, kinds: AlarmContext['kinds']): NonNullable<AlarmView['texts']> | undefined =>
  alarm.texts ?? ruleOf(alarm, kinds)

export function matches(alarm: AlarmView, filter: AlarmFilter, { kinds, facilities }: AlarmContext): boolean {
  if (filter.priority && alarm.priority !== filter.priority) return false
  if (filter.domain && kinds.get(alarm.kind)?.domain !== filter.domain) return false
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const facility = facilities.get(alarm.facility)
  const title = textsOf(alarm, kinds)?.title
  const kind = kinds.get(alarm.kind)?.title
  const texts = [alarm.facility, facility?.name, facility?.district, facility?.road, title?.en, title?.zh, kind?.en, kind?.zh, alarm.rule]
  const haystack = texts.join(' ').toLowerCase()
  return words.every((word) => haystack.includes(word))
}

/** The place of a row: which it is and in which block of the order it stands. */
export interface RowPlace {
  id: number | string
  block: string
}

export const placeOf = (alarm: AlarmView): RowPlace => ({ id: alarm.id, block: `${isUnacknowledged(alarm)}-${alarm.priority}` })

/**
 * By how many rows the list must scroll so that the row at `index` stays where it was on the screen.
 * A row that itself moved to another block is let go: the next one that stayed is held instead.
 */
export function shiftToHold(before: readonly RowPlace[], after: readonly RowPlace[], index: number): number {
  const now = new Map(after.map((place, i) => [place.id, { block: place.block, i }]))
  for (let i = Math.max(0, index); i < before.length; i++) {
    const place = before[i] as RowPlace
    const next = now.get(place.id)
    if (next && next.block === place.block) return next.i - i
  }
  return 0
}
