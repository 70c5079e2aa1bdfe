import type { AlarmView, RuleView } from '../../../../src/edges/http/schemas.ts'
import { formatDateTime, formatNumber } from '../format.ts'
import { getAlarm } from '../live/api.ts'
import { alarms } from '../live/live.ts'
import { t } from '../settings.ts'
import { usePages } from '../shell/pages.tsx'
import { alarmTitle } from './alarm-row.tsx'
import { alarmPath } from './selection.ts'

/** What an alarm takes from others, in words; empty when it concerns nobody else. */
export function affectsWords(alarm: AlarmView, rule: RuleView | undefined): string {
  if (alarm.affects === 0) return ''
  const [first, more] = rule?.deprives ?? []
  return t().affects[first && !more ? first : 'both'](formatNumber(alarm.affects))
}

/** Says which alarm or mode explains this one, and until when. */
export function Suppression({ alarm }: { alarm: AlarmView }) {
  if (!alarm.suppressed) return null
  const { cause, by, until } = alarm.suppressed
  return (
    <p>
      {t().suppressedBy[cause]} {by !== null && <AlarmLink id={by} />}
      {until !== null && ` ${t().suppressedUntil(formatDateTime(until))}`}
    </p>
  )
}

/** Names an alarm that may be gone from the live list. */
export function AlarmLink({ id }: { id: number }) {
  const live = alarms.value.get(id)
  const { page } = usePages(live ? null : async () => ({ items: [await getAlarm(id)], next: null }), `${id}`)
  const alarm = live ?? page?.items[0]
  return <a href={alarmPath(id)}>{alarm ? `${alarm.facility} · ${alarmTitle(alarm)}` : `${id}`}</a>
}
