import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatMinutes } from '../format.ts'
import { commentOn, setMode, shelve } from '../live/api.ts'
import { takeAnswer } from '../live/live.ts'
import { t } from '../settings.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { a } from '../texts/alarm.ts'
import type { Asking } from '../wall/alarm-actions.tsx'
import { alarmTitle } from '../wall/alarm-row.tsx'

const shelveMinutes = [15, 30, 60, 120, 240, 480, 1440] as const

/** The dialogs of what is done with an alarm for a reason. */
export function AlarmDialog({ asking, alarm, onClose }: { asking: NonNullable<Asking>; alarm: AlarmView; onClose: () => void }) {
  const about = (action: string) => `${action}: ${alarm.facility} · ${alarmTitle(alarm)}`
  if (asking === 'comment') {
    const send = (form: FormData) => act(async () => takeAnswer([await commentOn(alarm.id, String(form.get('text')))]), t().done)
    return (
      <Dialog title={about(t().comment)} confirm={t().save} onConfirm={send} onClose={onClose}>
        <ReasonField label={a().text} name="text" />
      </Dialog>
    )
  }
  if (asking === 'shelve') {
    const send = (form: FormData) =>
      act(async () => takeAnswer([await shelve(alarm.id, Number(form.get('minutes')), String(form.get('reason')))]), t().done)
    return (
      <Dialog title={about(t().shelve)} confirm={t().shelve} onConfirm={send} onClose={onClose}>
        <label class="field">
          {a().shelveFor}
          <select name="minutes">
            {shelveMinutes.map((minutes) => (
              <option key={minutes} value={minutes} selected={minutes === 60}>
                {formatMinutes(minutes)}
              </option>
            ))}
          </select>
        </label>
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
