import { useState } from 'preact/hooks'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatMinutes } from '../format.ts'
import { commentOn, setMode, shelve } from '../live/api.ts'
import { alarms, takeAnswer } from '../live/live.ts'
import { t } from '../settings.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { a } from '../texts/alarm.ts'
import type { Asking } from '../wall/alarm-actions.tsx'
import { alarmTitle } from '../wall/alarm-row.tsx'
import { getAlarmPolicy } from './alarm-api.ts'

export const shelveMinutes = [15, 30, 60, 120, 240, 480, 1440] as const
const USUAL = 60

/** The dialogs of what is done with an alarm for a reason. */
export function AlarmDialog({ asking, alarm, onClose }: { asking: Asking; alarm: AlarmView; onClose: () => void }) {
  const about = (action: string) => `${action}: ${alarm.facility} · ${alarmTitle(alarm)}`
  // As it was when the dialog opened: what it became since is refused and said.
  const [seen] = useState({ id: alarm.id, version: alarm.version })
  const isOver = alarms.value.get(alarm.id)?.ended !== null
  // Without its button the dialog still shows what was typed.
  const confirm = (words: string) => (isOver ? {} : { confirm: words })
  const over = isOver && (
    <p class="problem" role="alert">
      {a().endedMeanwhile}
    </p>
  )
  if (asking === 'comment') {
    const send = (form: FormData) => act(async () => takeAnswer([await commentOn(alarm.id, String(form.get('text')))]), t().done)
    return (
      <Dialog title={about(t().comment)} {...confirm(t().save)} onConfirm={send} onClose={onClose}>
        {over}
        <ReasonField label={a().text} name="text" />
      </Dialog>
    )
  }
  if (asking === 'shelve') {
    const send = (form: FormData) =>
      act(async () => takeAnswer([await shelve(seen, Number(form.get('minutes')), String(form.get('reason')))]), t().done)
    return (
      <Dialog title={about(t().shelve)} {...confirm(t().shelve)} onConfirm={send} onClose={onClose}>
        {over}
        <ShelveLength priority={alarm.priority} />
        <ReasonField label={t().reason} />
      </Dialog>
    )
  }
  const send = (form: FormData) => act(() => setMode(alarm.facility, 'out-of-service', String(form.get('reason'))), t().done)
  return (
    <Dialog title={`${t().takeOutOfService}: ${alarm.facility}`} confirm={t().takeOutOfService} onConfirm={send} onClose={onClose}>
      <p>{t().outOfServiceMeans}</p>
      <ReasonField label={t().reason} />
    </Dialog>
  )
}

/** For how long, as far as the policy lets an alarm of this priority be put aside. */
function ShelveLength({ priority }: { priority: AlarmView['priority'] }) {
  const { answer: policy, problem } = useAnswer(getAlarmPolicy, '')
  const longest = policy?.longestShelving[priority]
  if (longest === undefined) return <p class="muted">{problem || t().loading}</p>
  const lengths = [...new Set([...shelveMinutes.filter((minutes) => minutes < longest), longest])]
  return (
    <>
      <label class="field">
        {a().shelveFor}
        <select name="minutes">
          {lengths.map((minutes) => (
            <option key={minutes} value={minutes} selected={minutes === Math.min(USUAL, longest)}>
              {formatMinutes(minutes)}
            </option>
          ))}
        </select>
      </label>
      <p class="muted">{a().shelveAtMost(t().priorities[priority], formatMinutes(longest))}</p>
    </>
  )
}
