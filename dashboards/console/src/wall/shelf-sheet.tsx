import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatDateTime, formatNumber } from '../format.ts'
import { unshelve } from '../live/api.ts'
import { takeAnswer } from '../live/live.ts'
import { language, t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { StateSymbol } from '../symbols.tsx'
import { compareAlarms } from './alarm-order.ts'
import { Suppression } from './alarm-reach.tsx'
import { alarmTitle } from './alarm-row.tsx'
import { alarmPath, shelved } from './selection.ts'

const MOST_SHOWN = 200

const texts = {
  en: {
    shelfEmpty: 'Nothing is shelved, suppressed or out of service.',
    shelfParts: {
      shelved: (count: string) => `Shelved by somebody (${count})`,
      'suppressed-by-design': (count: string) => `Suppressed: another alarm or the mode explains them (${count})`,
      'out-of-service': (count: string) => `Out of service (${count})`,
    },
  },
  zh: {
    shelfEmpty: '没有被搁置、抑制或停用的告警。',
    shelfParts: {
      shelved: (count: string) => `人工搁置 (${count})`,
      'suppressed-by-design': (count: string) => `已抑制：由其他告警或运行模式引起 (${count})`,
      'out-of-service': (count: string) => `停用 (${count})`,
    },
  },
}

/** Alarms put aside, by why. */
export function ShelfSheet({ onClose }: { onClose: () => void }) {
  const list = [...shelved.value].sort(compareAlarms)
  return (
    <Dialog title={t().shelf(formatNumber(list.length))} onClose={onClose}>
      {list.length === 0 && <p>{texts[language.value].shelfEmpty}</p>}
      {parts.map((state) => (
        <Part key={state} state={state} list={list.filter((alarm) => alarm.state === state)} onLeave={onClose} />
      ))}
    </Dialog>
  )
}

const parts = ['shelved', 'out-of-service', 'suppressed-by-design'] as const

function Part({ state, list, onLeave }: { state: (typeof parts)[number]; list: readonly AlarmView[]; onLeave: () => void }) {
  if (list.length === 0) return null
  return (
    <>
      <h3>{texts[language.value].shelfParts[state](formatNumber(list.length))}</h3>
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
            {may('alarm.shelve') && alarm.state === 'shelved' && (
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
