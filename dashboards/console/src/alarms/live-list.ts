import { type AlarmListFilter, alarmMatcher, alarmText, type FilterContext } from '../../../../src/alarms/alarm-filter.ts'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { type AlarmContext, isListed, textsOf } from '../wall/alarm-order.ts'

/** An alarm object is never changed in place, so that its text is put together once. */
const texts = new WeakMap<AlarmView, string>()

function textOf(alarm: AlarmView, { kinds, facilities }: AlarmContext): string {
  const known = texts.get(alarm)
  if (known !== undefined) return known
  const facility = facilities.get(alarm.facility)
  const title = textsOf(alarm, kinds)?.title
  const kind = kinds.get(alarm.kind)?.title
  const { name, district, road } = facility ?? {}
  const text = alarmText([alarm.facility, name, district, road, title?.en, title?.zh, kind?.en, kind?.zh, alarm.rule])
  texts.set(alarm, text)
  return text
}

export interface LiveContext extends AlarmContext {
  /** Facilities of the facility query that have live alarms; null while they are being looked up. */
  queried: ReadonlySet<string> | null
  /** Our time, ms. */
  now: number
  /** Suppressed ones stand in the list too: with what explains them. */
  withSuppressed?: boolean
}

/** The live alarms a filter lets through; without a state among its filters those that stand in the list, not the ones put aside. */
export function filterLive(alarms: Iterable<AlarmView>, filter: AlarmListFilter, context: LiveContext): AlarmView[] {
  const { kinds, facilities, queried, now, withSuppressed = false } = context
  const parts: FilterContext = {
    placeOf({ facility, kind }) {
      const { district = '', road = '' } = facilities.get(facility) ?? {}
      return { domain: kinds.get(kind)?.domain ?? '', district, road }
    },
    textOf: (alarm) => textOf(alarm as AlarmView, context),
    isQueried: (facility) => queried?.has(facility) ?? false,
    now,
  }
  const isLetThrough = alarmMatcher(filter, parts)
  const withAll = filter.states.length > 0
  const isHere = (alarm: AlarmView) => withAll || isListed(alarm) || (withSuppressed && alarm.state === 'suppressed-by-design')
  const found: AlarmView[] = []
  for (const alarm of alarms) if (isHere(alarm) && isLetThrough(alarm)) found.push(alarm)
  return found
}
