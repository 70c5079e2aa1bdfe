import { useEffect, useState } from 'preact/hooks'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatDateTime } from '../format.ts'
import { getAlarmHistory } from '../live/api.ts'
import { t } from '../settings.ts'
import { explain } from '../shell/notice.tsx'
import { lookOf, StateSymbol } from '../symbols.tsx'
import { p } from '../texts/plant.ts'
import { Age, alarmTitle, StateTag } from '../wall/alarm-row.tsx'
import { alarmPath } from '../wall/selection.ts'

/** The facility's live alarms, and those of the past on request. */
export function FacilityAlarms({ id, alarms }: { id: string; alarms: readonly AlarmView[] }) {
  const [past, setPast] = useState<AlarmView[] | null>(null)
  const [next, setNext] = useState<string | number | null>(null)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    setPast(null)
    setNext(null)
  }, [id])
  const load = async () => {
    try {
      const page = await getAlarmHistory(id, next ?? undefined)
      setPast([...(past ?? []), ...page.items.filter(({ ended }) => ended !== null)])
      setNext(page.next)
      setProblem('')
    } catch (failure) {
      setProblem(explain(failure))
    }
  }
  return (
    <section class="panel alarms">
      <h2>{p().liveAlarms(String(alarms.length))}</h2>
      {alarms.length === 0 && <p class="muted">{t().noAlarmsHere}</p>}
      <ul class="alarm-lines">
        {alarms.map((alarm) => (
          <AlarmLine key={alarm.id} alarm={alarm} />
        ))}
      </ul>
      {past && past.length > 0 && (
        <ul class="alarm-lines past">
          {past.map((alarm) => (
            <AlarmLine key={alarm.id} alarm={alarm} />
          ))}
        </ul>
      )}
      {past?.length === 0 && <p class="muted">{p().noPastAlarms}</p>}
      {problem && <p>{problem}</p>}
      {(past === null || next !== null) && (
        <button type="button" class="button" onClick={() => void load()}>
          {past === null ? p().pastAlarms : t().more}
        </button>
      )}
    </section>
  )
}

function AlarmLine({ alarm }: { alarm: AlarmView }) {
  return (
    <li>
      <StateSymbol state={alarm.priority} look={alarm.ended === null ? lookOf(alarm) : 'acknowledged'} />
      <a href={alarmPath(alarm.id)}>{alarmTitle(alarm)}</a>
      <span class="muted">
        {t().priorities[alarm.priority]} · {formatDateTime(alarm.activated)} ·{' '}
        {alarm.ended === null ? <Age since={alarm.activated} /> : t().endedAt(formatDateTime(alarm.ended))}
      </span>
      {alarm.ended === null && <StateTag alarm={alarm} />}
    </li>
  )
}
