import { useState } from 'preact/hooks'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatMinutes } from '../format.ts'
import { commentOn, reset, setMode, shelve, unshelve } from '../live/api.ts'
import { link, takeAnswer } from '../live/live.ts'
import { t } from '../settings.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { useKeys } from '../shell/keys.ts'
import { act } from '../shell/notice.tsx'
import { acknowledgeAlarms } from './alarm-list.tsx'
import { isUnacknowledged } from './alarm-order.ts'
import { alarmTitle } from './alarm-row.tsx'

const shelveMinutes = [15, 30, 60, 120, 240, 480, 1440] as const

type Asking = 'comment' | 'shelve' | 'out-of-service' | null

/** What may be done with this alarm now; what may not is absent, or says why. */
export function AlarmActions({ alarm }: { alarm: AlarmView }) {
  const [asking, ask] = useState<Asking>(null)
  const unacknowledged = isUnacknowledged(alarm)
  const mayShelve = alarm.shelvable && alarm.state !== 'shelved' && alarm.state !== 'out-of-service'
  const acknowledgeThis = () => void (unacknowledged && acknowledgeAlarms([alarm.id]))
  useKeys({ a: acknowledgeThis, s: () => mayShelve && ask('shelve') })
  const refused = link.value === 'disconnected'
  const quiet = { class: 'button', type: 'button', 'aria-disabled': refused } as const
  const run = (action: () => Promise<AlarmView>) => () => void act(async () => takeAnswer([await action()]))
  return (
    <div class="buttons">
      {unacknowledged && (
        <button {...quiet} class="button primary" onClick={acknowledgeThis}>
          {t().acknowledge} <kbd>A</kbd>
        </button>
      )}
      {alarm.state === 'latched' && (
        <button {...quiet} class="button primary" onClick={run(() => reset(alarm.id))}>
          {t().reset}
        </button>
      )}
      <button {...quiet} onClick={() => ask('comment')}>
        {t().comment}…
      </button>
      {mayShelve && (
        <button {...quiet} onClick={() => ask('shelve')}>
          {t().shelve}… <kbd>S</kbd>
        </button>
      )}
      {alarm.state === 'shelved' && (
        <button {...quiet} onClick={run(() => unshelve(alarm.id))}>
          {t().unshelve}
        </button>
      )}
      {!alarm.outOfService && (
        <button {...quiet} onClick={() => ask('out-of-service')}>
          {t().takeOutOfService}…
        </button>
      )}
      {refused ? <p class="muted">{t().refusedDisconnected}</p> : !alarm.shelvable && <p class="muted">{t().neverShelved}</p>}
      {asking && <Asked asking={asking} alarm={alarm} onClose={() => ask(null)} />}
    </div>
  )
}

function Asked({ asking, alarm, onClose }: { asking: NonNullable<Asking>; alarm: AlarmView; onClose: () => void }) {
  const about = (action: string) => `${action}: ${alarm.facility} · ${alarmTitle(alarm)}`
  if (asking === 'comment') {
    const send = (form: FormData) => act(async () => takeAnswer([await commentOn(alarm.id, String(form.get('text')))]), t().done)
    return (
      <Dialog title={about(t().comment)} confirm={t().save} onConfirm={send} onClose={onClose}>
        <ReasonField label={t().text} name="text" />
      </Dialog>
    )
  }
  if (asking === 'shelve') {
    const send = (form: FormData) =>
      act(async () => takeAnswer([await shelve(alarm.id, Number(form.get('minutes')), String(form.get('reason')))]), t().done)
    return (
      <Dialog title={about(t().shelve)} confirm={t().shelve} onConfirm={send} onClose={onClose}>
        <label class="field">
          {t().shelveFor}
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
