import { useEffect } from 'preact/hooks'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatDateTime, formatDuration } from '../format.ts'
import { emergencies, facilityById, kinds, serverNow, view, watch } from '../live/live.ts'
import { RuleGuidance } from '../rules/rule-guidance.tsx'
import { say, t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { lazy } from '../shell/lazy.tsx'
import { kiosk } from '../shell/router.ts'
import { lookOf, StateSymbol } from '../symbols.tsx'
import { AlarmActions, OpenDialog } from './alarm-actions.tsx'
import { ruleOf, textsOf } from './alarm-order.ts'
import { affectsWords, Suppression } from './alarm-reach.tsx'
import { Age, alarmTitle, Marks, StateTag } from './alarm-row.tsx'
import { fetchEnded, missing, selectedId, shown } from './selection.ts'

/** Loaded when somebody chooses an alarm, so that the wall is there at once. */
const AlarmProof = lazy(async () => (await import('../alarm/alarm-proof.tsx')).AlarmProof)
const AlarmOrder = lazy(async () => (await import('../orders/alarm-order.tsx')).AlarmOrder, 'small')
const AlarmRaise = lazy(async () => (await import('../emergency/alarm-raise.tsx')).AlarmRaise, 'small')
const AlarmTrend = lazy(async () => (await import('./alarm-trend.tsx')).AlarmTrend)

/** Everything about the alarm of the address. */
export function AlarmDetail() {
  const id = selectedId.value
  const alarm = shown.value
  const wanted = id !== null && !alarm && view.value !== null
  useEffect(() => {
    if (wanted && id !== null) void fetchEnded(id)
  }, [wanted, id])
  useEffect(() => {
    watch(alarm?.facility ?? null)
    return () => watch(null)
  }, [alarm?.facility])
  return (
    <section class="panel detail" aria-label={t().detail} tabIndex={-1} id="detail">
      {alarm ? (
        <Detail key={alarm.id} alarm={alarm} chosen={id !== null} />
      ) : (
        <p class="muted hint">{id === null ? !kiosk.value && t().selectHint : missing.value ? t().noSuchAlarm(id) : t().loading}</p>
      )}
      <OpenDialog id={id} />
    </section>
  )
}

/** Everything about an alarm; `chosen`: somebody chose it, so that it can be acted on. */
export function Detail({ alarm, chosen }: { alarm: AlarmView; chosen: boolean }) {
  const facility = facilityById.value.get(alarm.facility)
  const kind = kinds.value.get(alarm.kind)
  const rule = ruleOf(alarm, kinds.value)
  const texts = textsOf(alarm, kinds.value)
  // What a sample of days ago says can be acted on from when it was known.
  const known = texts ? alarm.actBy - texts.timeToAct * 60_000 : alarm.activated
  const where = [facility?.name !== alarm.facility && facility?.name, kind && say(kind.title), facility?.district, facility?.road].filter(
    Boolean,
  )
  return (
    <>
      <h2>
        <StateSymbol state={alarm.priority} look={lookOf(alarm)} size={24} />
        <span>{alarmTitle(alarm)}</span>
        <StateTag alarm={alarm} />
        <Marks alarm={alarm} />
      </h2>
      <p class="where">
        <a href={`/facilities/${encodeURIComponent(alarm.facility)}`}>{alarm.facility}</a>
        {where.map((part) => (
          <span key={part}> · {part}</span>
        ))}
      </p>
      <p class="muted">
        {t().priorities[alarm.priority]} · {t().raisedAt(formatDateTime(alarm.activated))} ·{' '}
        {known - alarm.activated > LATE && `${t().knownAt(formatDateTime(known))} · `}
        {alarm.ended === null ? <Age since={alarm.activated} /> : t().endedAt(formatDateTime(alarm.ended))}
        {alarm.returned !== null && ` · ${t().returnedAt(formatDateTime(alarm.returned))}`}
      </p>
      {/* What stands here without having been chosen may change at any moment, also just before a key is pressed. */}
      {!chosen && !kiosk.value && <p class="muted to-select">{t().mostUrgent}</p>}
      {chosen && alarm.ended === null && <AlarmActions alarm={alarm} />}
      {alarm.shelved && (
        <p>
          {t().shelvedUntil(formatDateTime(alarm.shelved.until), alarm.shelved.by)} {alarm.shelved.reason}
        </p>
      )}
      {chosen && may('order.read') && <AlarmOrder alarm={alarm} />}
      {isRaisable(alarm) && <AlarmRaise alarm={alarm} />}
      <Suppression alarm={alarm} />
      {!chosen && alarm.affects > 0 && <p>{affectsWords(alarm, rule)}</p>}
      {texts && <RuleGuidance texts={texts}>{alarm.active && !alarm.historical && <TimeLeft until={alarm.actBy} />}</RuleGuidance>}
      {rule && <AlarmTrend alarm={alarm} rule={rule} />}
      {chosen && <AlarmProof alarm={alarm} rule={rule} />}
    </>
  )
}

/** What became known so much later than it was, ms, is told with both times. */
const LATE = 300_000

/** Whether an emergency plan may make it more urgent: one is active, or its rule was raised when it came. */
const isRaisable = ({ evidence }: AlarmView): boolean => emergencies.value.some(({ drill }) => !drill) || evidence.ruleVersion.includes('^')

/** What is left of the time to act, kept current. */
function TimeLeft({ until }: { until: number }) {
  const left = until - serverNow.value
  return left > 0 ? <>· {t().timeLeft(formatDuration(left))}</> : <span class="tag">{t().timeOver(formatDuration(-left))}</span>
}
