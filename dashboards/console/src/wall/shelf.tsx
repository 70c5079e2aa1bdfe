import { useState } from 'preact/hooks'
import { formatDateTime, formatNumber } from '../format.ts'
import { unshelve } from '../live/api.ts'
import { takeAnswer } from '../live/live.ts'
import { t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { StateSymbol } from '../symbols.tsx'
import { compareAlarms } from './alarm-order.ts'
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
          <ul class="shelf">
            {list.slice(0, MOST_SHOWN).map((alarm) => (
              <li key={alarm.id}>
                <StateSymbol state={alarm.priority} look="acknowledged" />
                <a href={alarmPath(alarm.id)} onClick={() => setOpen(false)}>
                  {alarm.facility} · {alarmTitle(alarm)}
                </a>
                <span class="muted">
                  {alarm.shelved
                    ? `${t().shelvedUntil(formatDateTime(alarm.shelved.until), alarm.shelved.by)} ${alarm.shelved.reason}`
                    : t().alarmTags[alarm.state]}
                </span>
                {alarm.state === 'shelved' && (
                  <button type="button" class="button" onClick={() => void act(async () => takeAnswer([await unshelve(alarm.id)]))}>
                    {t().unshelve}
                  </button>
                )}
              </li>
            ))}
          </ul>
          {list.length > MOST_SHOWN && <p class="muted">{t().andMore(formatNumber(list.length - MOST_SHOWN))}</p>}
        </Dialog>
      )}
    </>
  )
}
