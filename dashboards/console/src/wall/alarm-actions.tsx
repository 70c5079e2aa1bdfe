import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatClock } from '../format.ts'
import { reset, session, unshelve } from '../live/api.ts'
import { link, takeAnswer } from '../live/live.ts'
import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { useKeys } from '../shell/keys.ts'
import { lazy } from '../shell/lazy.tsx'
import { act } from '../shell/notice.tsx'
import { acknowledgeAlarms } from './alarm-list.tsx'
import { isUnacknowledged } from './alarm-order.ts'
import { picked } from './picked.ts'

/** Loaded when somebody asks for one. */
const AlarmDialog = lazy(async () => (await import('../alarm/alarm-dialogs.tsx')).AlarmDialog, 'dialog')

export type Asking = 'comment' | 'shelve' | 'out-of-service'

/** The dialog that is open, and the alarm as it was when it opened. */
const asked = signal<{ asking: Asking; alarm: AlarmView } | null>(null)
const close = () => {
  asked.value = null
}

/** Stays open when its alarm ends, since somebody may be typing in it. */
export function OpenDialog({ id }: { id: number | null }) {
  useEffect(() => close, [id])
  return asked.value?.alarm.id === id ? <AlarmDialog {...asked.value} onClose={close} /> : null
}

/** What may be done with this alarm now; what may not is absent, or says why. */
export function AlarmActions({ alarm }: { alarm: AlarmView }) {
  const ask = (asking: Asking) => {
    asked.value = { asking, alarm }
  }
  const unacknowledged = isUnacknowledged(alarm)
  const mayAnswer = may('alarm.answer')
  const mayShelve = may('alarm.shelve') && alarm.shelvable && alarm.state !== 'shelved' && alarm.state !== 'out-of-service'
  const acknowledgeThis = () => void (unacknowledged && acknowledgeAlarms([alarm]))
  // While several are chosen the keys act on those.
  useKeys(picked.value.size > 0 ? {} : { a: acknowledgeThis, s: () => mayShelve && ask('shelve'), o: () => mayAnswer && ask('comment') })
  const refused = link.value === 'disconnected'
  const quiet = { class: 'button', type: 'button', 'aria-disabled': refused } as const
  const run = (action: () => Promise<AlarmView>) => () => void act(async () => takeAnswer([await action()]))
  return (
    <div class="buttons">
      {mayAnswer && unacknowledged && (
        <button {...quiet} class="button primary" onClick={acknowledgeThis}>
          {t().acknowledge} <kbd>A</kbd>
        </button>
      )}
      {mayAnswer && alarm.state === 'latched' && <Reset alarm={alarm} quiet={quiet} onReset={run(() => reset(alarm))} />}
      {mayAnswer && (
        <button {...quiet} onClick={() => ask('comment')}>
          {t().comment}… <kbd>O</kbd>
        </button>
      )}
      {mayShelve && (
        <button {...quiet} onClick={() => ask('shelve')}>
          {t().shelve}… <kbd>S</kbd>
        </button>
      )}
      {may('alarm.shelve') && alarm.state === 'shelved' && (
        <button {...quiet} onClick={run(() => unshelve(alarm.id))}>
          {t().unshelve}
        </button>
      )}
      {may('facility.mode') && !alarm.outOfService && (
        <button {...quiet} onClick={() => ask('out-of-service')}>
          {t().takeOutOfService}…
        </button>
      )}
      {refused ? <p class="muted">{t().refusedDisconnected}</p> : !alarm.shelvable && <p class="muted">{t().neverShelved}</p>}
    </div>
  )
}

interface ResetProps {
  alarm: AlarmView
  quiet: { class: string; type: 'button'; 'aria-disabled': boolean }
  onReset: () => void
}

/** What protects lives is reset by two people: the first one's button asks, the other one's confirms. */
function Reset({ alarm, quiet, onReset }: ResetProps) {
  const { resetRequest: asked, shelvable } = alarm
  const isMine = asked?.by === session.value?.name
  const at = asked ? formatClock(asked.at) : ''
  return (
    <>
      {asked && <p class="request">{isMine ? t().resetAwaited(at) : t().resetAsked(asked.by, at)}</p>}
      {!(asked && isMine) && (
        <button {...quiet} class="button primary" onClick={onReset}>
          {shelvable ? t().reset : asked ? t().resetConfirm : t().resetAsk}
        </button>
      )}
    </>
  )
}
