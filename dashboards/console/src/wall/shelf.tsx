import { useState } from 'preact/hooks'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatDateTime, formatNumber } from '../format.ts'
import { unshelve } from '../live/api.ts'
import { takeAnswer } from '../live/live.ts'
import { t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { StateSymbol } from '../symbols.tsx'
import { compareAlarms } from './alarm-order.ts'
import { Suppression } from './alarm-reach.tsx'
import { alarmTitle } from './alarm-row.tsx'
import { alarmPath, shelved } from './selection.ts'

const MOST_SHOWN = 200

/** Alarms put aside: shelved, suppressed, out of service. Counted in sight so that nothing is forgotten. */
export function Shelf() {
  const [open, setOpen] = useState(false)
  const list = [...shelved.value].sort(compareAlarms)
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        {t().shelf(formatNumber(list.length))}
      </button>
      {open && (
        <Dialog title={t().shelf(formatNumber(list.length))} onClose={() => setOpen(false)}>
          {list.length === 0 && <p>{t().shelfEmpty}</p>}
          {parts.map((state) => (
            <Part key={state} state={state} list={list.filter((alarm) => alarm.state === state)} onLeave={() => setOpen(false)} />
          ))}
        </Dialog>
      )}
    </>
  )
}

const parts = ['shelved', 'out-of-service', 'suppressed-by-design'] as const

function Part({ state, list, onLeave }: { state: (typeof parts)[number]; list: readonly AlarmView[]; onLeave: () => void }) {
  if (list.length === 0) return null
  return (
    <>
      <h3>{t().shelfParts[state](formatNumber(list.length))}</h3>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the links inside take the keys */}
      <ul class="shelf" onClick={(event) => (event.target as Element).closest('a') && onLeave()}>
        {list.slice(0, MOST_SHOWN).map((alarm) => (
          <li key={alarm.id}>
            <StateSymbol state={alarm.priority} look="acknowledged" />
            <a href={alarmPath(alarm.id)}>
              {alarm.facility} · {alarmTitle(alarm)}
            </a>
            {alarm.shelved && (
              <span class="muted">
                {t().shelvedUntil(formatDateTime(alarm.shelved.until), alarm.shelved.by)} {alarm.shelved.reason}
              </span>
            )}
            {alarm.state === 'shelved' && (
              <button type="button" class="button" onClick={() => void act(async () => takeAnswer([await unshelve(alarm.id)]))}>
                {t().unshelve}
              </button>
            )}
            {state === 'suppressed-by-design' && <Suppression alarm={alarm} />}
          </li>
        ))}
      </ul>
      {list.length > MOST_SHOWN && <p class="muted">{t().andMore(formatNumber(list.length - MOST_SHOWN))}</p>}
    </>
  )
}
