import { setImmediate as nextTurn } from 'node:timers/promises'
import { facilityScope } from '../access/scope.ts'
import { type Alarm, alarmState } from '../alarms/alarm.ts'
import { type AlarmListFilter, alarmMatcher, alarmText, type FilteredAlarm, isFiltering } from '../alarms/alarm-filter.ts'
import { findRule } from '../detection/rule-key.ts'
import type { AlarmListQuery, FoundAlarms, Services } from '../edges/services.ts'
import type { AlarmHistoryQuery } from '../storage/state-store.ts'
import type { ServiceParts } from './parts.ts'

/** Alarms read in one turn of the event loop. */
const SLICE = 200
/** A page ends after so many, however few of them the filter let through. */
const MOST_LOOKED_AT = 10_000

type Parts = Pick<ServiceParts, 'plant' | 'state' | 'kinds' | 'now'> & Pick<Services, 'findFacilities'>

/** One after another, each in a turn of the event loop of its own: however many search at once, others wait for one slice and not for one of each. */
function turns(): () => Promise<unknown> {
  let line: Promise<unknown> = Promise.resolve()
  return () => {
    line = line.then(() => nextTurn())
    return line
  }
}

/** Finds alarms, live and past ones, by what a list of alarms can be limited to. */
export function alarmListing({ plant, state, kinds, now, findFacilities }: Parts) {
  const nextInLine = turns()
  const textOf = (alarm: FilteredAlarm & Pick<Alarm, 'evidence'>) => {
    const facility = plant.get(alarm.facility)
    const kind = kinds.get(alarm.kind)
    const title = alarm.evidence.texts?.title ?? findRule(kind?.rules ?? [], alarm.rule)?.title
    const { name, nameEn, district, road } = facility ?? {}
    return alarmText([alarm.facility, name, nameEn, district, road, title?.en, title?.zh, kind?.title.en, kind?.title.zh, alarm.rule])
  }

  function matcher(filter: AlarmListFilter, scope: AlarmListQuery['scope']): (alarm: Alarm) => boolean {
    const queried = filter.query ? new Set(findFacilities({ scope, query: filter.query }).map(({ id }) => id)) : null
    const test = alarmMatcher(filter, {
      placeOf({ facility, kind }) {
        const { district = '', road = '' } = plant.get(facility) ?? {}
        return { domain: kinds.get(kind)?.domain ?? '', district, road }
      },
      textOf: (alarm) => textOf(alarm as FilteredAlarm & Alarm),
      isQueried: (facility) => queried?.has(facility) ?? true,
      now: now(),
    })
    return (alarm) => test({ ...alarm, state: alarmState(alarm) })
  }

  /** Slice by slice, newest first; `next` is where the list goes on after it. */
  async function* slices({
    filter,
    scope,
    ...range
  }: AlarmListQuery): AsyncGenerator<{ looked: Alarm[]; found: Alarm[]; next: number | null }> {
    const { facility, rule } = filter
    const query: Omit<AlarmHistoryQuery, 'limit'> = {
      ...range,
      within: facilityScope(scope, kinds.values()),
      ...(facility && { facility }),
      ...(rule && { rule }),
    }
    const isLetThrough = matcher(filter, scope)
    let { before } = query
    for (;;) {
      await nextInLine()
      const page = state.alarmHistory({ ...query, ...(before !== undefined && { before }), limit: SLICE })
      yield { looked: page.items, found: page.items.filter(isLetThrough), next: page.next }
      if (page.next === null) return
      before = page.next
    }
  }

  return {
    async findAlarms(query: AlarmListQuery, limit: number): Promise<FoundAlarms> {
      const { facility, rule, ...others } = query.filter
      if (!isFiltering({ ...others, facility: '', rule: '' })) {
        const { filter: _, scope, ...range } = query
        const chosen = { ...(facility && { facility }), ...(rule && { rule }) }
        const page = state.alarmHistory({ ...range, ...chosen, within: facilityScope(scope, kinds.values()), limit })
        return { ...page, lookedBackTo: page.items.at(-1)?.raised ?? null }
      }
      const items: Alarm[] = []
      let count = 0
      for await (const { looked, found, next } of slices(query)) {
        count += looked.length
        const room = limit - items.length
        items.push(...found.slice(0, room))
        // The page goes on after the last one it took.
        if (found.length > room) return pageOf(items, items.at(-1)?.id ?? null, items.at(-1)?.raised ?? null)
        if (next === null) return pageOf(items, null, looked.at(-1)?.raised ?? null)
        if (items.length === limit || count >= MOST_LOOKED_AT) return pageOf(items, next, looked.at(-1)?.raised ?? null)
      }
      return pageOf(items, null, null)
    },
    async *eachAlarm(query: AlarmListQuery): AsyncGenerator<readonly Alarm[]> {
      for await (const { found } of slices(query)) if (found.length > 0) yield found
    },
  }
}

const pageOf = (items: Alarm[], next: number | null, lookedBackTo: number | null): FoundAlarms => ({ items, next, lookedBackTo })
