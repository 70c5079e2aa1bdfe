import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { AlarmView, RuleView } from '../../../../src/edges/http/schemas.ts'
import { formatDateTime, formatNumber } from '../format.ts'
import { getAffected, getExplained } from '../live/api.ts'
import { alarms } from '../live/live.ts'
import { t } from '../settings.ts'
import { Pager, usePages } from '../shell/pages.tsx'
import { StateSymbol } from '../symbols.tsx'
import { a } from '../texts/alarm.ts'
import { affectsWords } from '../wall/alarm-reach.tsx'
import { alarmTitle } from '../wall/alarm-row.tsx'
import { alarmPath } from '../wall/selection.ts'

const PAGE = 20

/** Whom the alarm concerns besides its own facility, and which alarms it keeps quiet. */
export function Reach({ alarm, rule }: { alarm: AlarmView; rule: RuleView | undefined }) {
  const explained = [...alarms.value.values()].filter(({ suppressed }) => suppressed?.by === alarm.id).length
  const words = affectsWords(alarm, rule)
  return (
    <>
      {words && <Opened summary={words} list={() => <Affected alarm={alarm} />} />}
      {(explained > 0 || alarm.ended !== null) && (
        <Opened
          summary={explained > 0 ? a().explains(formatNumber(explained)) : a().explained}
          list={() => <Explained alarm={alarm} count={explained} />}
        />
      )}
    </>
  )
}

/** A list that is fetched only when somebody opens it. */
function Opened({ summary, list: List }: { summary: string; list: () => JSX.Element }) {
  const [open, setOpen] = useState(false)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {open && List()}
    </details>
  )
}

function Affected({ alarm }: { alarm: AlarmView }) {
  const pages = usePages((after) => getAffected(alarm.id, PAGE, after), `${alarm.id} ${alarm.version}`)
  return (
    <>
      <p class="muted">{a().affectedNow}</p>
      {pages.problem && <p>{pages.problem}</p>}
      <ul class="alarm-lines">
        {pages.page?.items.map(({ id, name, road, state }) => (
          <li key={id}>
            <StateSymbol state={state} size={16} />
            <a href={`/facilities/${encodeURIComponent(id)}`}>{id}</a>
            <span class="muted">{[name !== id && name, road, t().facilityStates[state]].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
      </ul>
      {pages.page?.items.length === 0 && <p class="muted">{t().noAlarmsHere}</p>}
      <Pager pages={pages} size={PAGE} />
    </>
  )
}

function Explained({ alarm, count }: { alarm: AlarmView; count: number }) {
  const pages = usePages((before) => getExplained(alarm.id, PAGE, before), `${alarm.id} ${count}`)
  return (
    <>
      {pages.problem && <p>{pages.problem}</p>}
      <ul class="alarm-lines">
        {pages.page?.items.map((one) => (
          <li key={one.id}>
            <StateSymbol state={one.priority} look="acknowledged" size={16} />
            <a href={alarmPath(one.id)}>
              {one.facility} · {alarmTitle(one)}
            </a>
            <span class="muted">{one.ended === null ? t().alarmTags[one.state] : t().endedAt(formatDateTime(one.ended))}</span>
          </li>
        ))}
      </ul>
      {pages.page?.items.length === 0 && <p class="muted">{t().noAlarmsHere}</p>}
      <Pager pages={pages} size={PAGE} />
    </>
  )
}
