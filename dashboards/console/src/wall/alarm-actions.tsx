import { useState } from 'preact/hooks'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { reset, unshelve } from '../live/api.ts'
import { link, takeAnswer } from '../live/live.ts'
import { t } from '../settings.ts'
import { useKeys } from '../shell/keys.ts'
import { lazy } from '../shell/lazy.tsx'
import { act } from '../shell/notice.tsx'
import { acknowledgeAlarms } from './alarm-list.tsx'
import { isUnacknowledged } from './alarm-order.ts'

/** Loaded when somebody asks for one. */
const AlarmDialog = lazy(async () => (await import('../alarm/alarm-dialogs.tsx')).AlarmDialog)

export type Asking = 'comment' | 'shelve' | 'out-of-service' | null

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
      {asking && <AlarmDialog asking={asking} alarm={alarm} onClose={() => ask(null)} />}
    </div>
  )
}
