import { useEffect, useRef } from 'preact/hooks'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatDateTime } from '../format.ts'
import { kinds } from '../live/live.ts'
import { RuleGuidance } from '../rules/rule-guidance.tsx'
import { t } from '../settings.ts'
import { useKeys } from '../shell/keys.ts'
import { Pager, usePages } from '../shell/pages.tsx'
import { lookOf, StateSymbol } from '../symbols.tsx'
import { f } from '../texts/facility.ts'
import { p } from '../texts/plant.ts'
import { isListed, textsOf } from '../wall/alarm-order.ts'
import { Age, alarmTitle, StateTag } from '../wall/alarm-row.tsx'
import { alarmPath } from '../wall/selection.ts'
import { getPastAlarms } from './facility-api.ts'

const PAGE = 5

/** Puts the focus on the alarm `step` lines further down (negative: up). */
function focusStep(place: HTMLElement | null, step: number): void {
  const links = [...(place?.querySelectorAll<HTMLAnchorElement>('a[data-alarm]') ?? [])]
  const here = links.indexOf(document.activeElement as HTMLAnchorElement)
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, here + step))
  links[next]?.focus()
}

/** The alarms that stand for the facility; j and k go through them. */
export function StandingAlarms({ alarms }: { alarms: readonly AlarmView[] }) {
  const place = useRef<HTMLElement>(null)
  useKeys({ j: () => focusStep(place.current, 1), k: () => focusStep(place.current, -1) })
  const listed = alarms.filter(isListed).length
  return (
    <section class="panel alarms" ref={place}>
      <h2>{p().liveAlarms(listed, alarms.length - listed)}</h2>
      {alarms.length === 0 && <p class="muted">{t().noAlarmsHere}</p>}
      <ul class="alarm-lines">
        {alarms.map((alarm) => (
          <AlarmLine key={alarm.id} alarm={alarm} />
        ))}
      </ul>
    </section>
  )
}

/** Those that are over, the newest first. */
export function PastAlarms({ id, standing }: { id: string; standing: number }) {
  const pages = usePages((before) => getPastAlarms(id, PAGE, before), `${id} ${standing}`)
  const { page, problem } = pages
  useEffect(() => {
    // What has just ended is in the history a moment later.
    const timer = setTimeout(pages.again, 2000)
    return () => clearTimeout(timer)
  }, [standing])
  return (
    <section class="panel alarms past-alarms">
      <h2>{f().pastAlarms}</h2>
      {problem && <p class="problem">{problem}</p>}
      {page?.items.length === 0 && <p class="muted">{p().noPastAlarms}</p>}
      <ul class="alarm-lines">
        {page?.items.map((alarm) => (
          <AlarmLine key={alarm.id} alarm={alarm} />
        ))}
      </ul>
      <Pager pages={pages} size={PAGE} />
    </section>
  )
}

function AlarmLine({ alarm }: { alarm: AlarmView }) {
  const texts = textsOf(alarm, kinds.value)
  return (
    <li>
      <StateSymbol state={alarm.priority} look={alarm.ended === null ? lookOf(alarm) : 'acknowledged'} />
      <a href={alarmPath(alarm.id)} data-alarm={alarm.id}>
        {alarmTitle(alarm)}
      </a>
      <span class="muted">
        {t().priorities[alarm.priority]} · {formatDateTime(alarm.activated)} ·{' '}
        {alarm.ended === null ? <Age since={alarm.activated} /> : t().endedAt(formatDateTime(alarm.ended))}
      </span>
      {alarm.ended === null && <StateTag alarm={alarm} />}
      {texts && (
        <details>
          <summary>
            {f().rulesFault}
            <span class="unseen"> {alarmTitle(alarm)}</span>
          </summary>
          <RuleGuidance texts={texts} />
        </details>
      )}
    </li>
  )
}
