import { useState } from 'preact/hooks'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { AlarmDialog } from '../alarm/alarm-dialogs.tsx'
import { formatDateTime, formatDuration, formatNumber } from '../format.ts'
import { link, serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Dialog } from '../shell/dialog.tsx'
import { tell } from '../shell/notice.tsx'
import { StateSymbol } from '../symbols.tsx'
import { al } from '../texts/alarms.ts'
import { compareAlarms } from '../wall/alarm-order.ts'
import { Suppression } from '../wall/alarm-reach.tsx'
import { alarmTitle } from '../wall/alarm-row.tsx'
import { alarmPath, shelved } from '../wall/selection.ts'
import './alarms.css'
import { actOnMany, type Outcome } from './bulk-api.ts'
import { Refusals } from './bulk-dialogs.tsx'

const MOST_SHOWN = 200
const parts = ['shelved', 'out-of-service', 'suppressed-by-design'] as const
type Part = (typeof parts)[number]

/** Soonest back first; the others as urgent as they are. */
const orders: Readonly<Record<Part, (a: AlarmView, b: AlarmView) => number>> = {
  shelved: (a, b) => (a.shelved?.until ?? 0) - (b.shelved?.until ?? 0) || a.id - b.id,
  'out-of-service': compareAlarms,
  'suppressed-by-design': compareAlarms,
}

/** Alarms put aside, by why: until when, by whom, and what can be done about it. */
export function ShelfSheet({ onClose }: { onClose: () => void }) {
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const finish = (result: Outcome) => (result.refused.length > 0 ? setOutcome(result) : tell(al().done(formatNumber(result.done))))
  const all = shelved.value
  return (
    <Dialog title={t().shelf(formatNumber(all.length))} onClose={onClose}>
      {all.length === 0 && <p>{al().shelfEmpty}</p>}
      {parts.map((state) => (
        <PartList
          key={state}
          state={state}
          list={all.filter((alarm) => alarm.state === state).sort(orders[state])}
          onDone={finish}
          onLeave={onClose}
        />
      ))}
      {outcome && <Refusals outcome={outcome} onClose={() => setOutcome(null)} />}
    </Dialog>
  )
}

interface PartProps {
  state: Part
  list: readonly AlarmView[]
  onDone: (outcome: Outcome) => void
  onLeave: () => void
}

function PartList({ state, list, onDone, onLeave }: PartProps) {
  const [chosen, choose] = useState<ReadonlySet<number>>(new Set())
  const [extended, extend] = useState<AlarmView | null>(null)
  if (list.length === 0) return null
  const mayUnshelve = state === 'shelved' && may('alarm.shelve')
  const unshelve = async (alarms: readonly AlarmView[]) => {
    if (link.peek() === 'disconnected') tell(t().refusedDisconnected, true)
    else onDone(await actOnMany(alarms, { type: 'unshelve' }))
    choose(new Set())
  }
  const toggle = (id: number) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    choose(next)
  }
  const several = list.filter(({ id }) => chosen.has(id))
  return (
    <section class="shelf-part">
      <div class="list-bar">
        <h3>{al().shelfParts[state](formatNumber(list.length))}</h3>
        <span class="grow" />
        {several.length > 0 && (
          <button type="button" class="button primary" onClick={() => void unshelve(several)}>
            {al().unshelveChosen(formatNumber(several.length))}
          </button>
        )}
        {mayUnshelve && list.length > 1 && (
          <button type="button" class="button" onClick={() => choose(new Set(chosen.size < list.length ? list.map(({ id }) => id) : []))}>
            {chosen.size < list.length ? al().chooseAllOf(formatNumber(list.length)) : al().chooseNone}
          </button>
        )}
      </div>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the links inside take the keys */}
      <ul class="shelf" onClick={(event) => (event.target as Element).closest('a') && onLeave()}>
        {list.slice(0, MOST_SHOWN).map((alarm) => (
          <li key={alarm.id}>
            {mayUnshelve && (
              <input
                type="checkbox"
                aria-label={al().choose(`${alarm.facility} ${alarmTitle(alarm)}`)}
                checked={chosen.has(alarm.id)}
                onChange={() => toggle(alarm.id)}
              />
            )}
            <StateSymbol state={alarm.priority} look="acknowledged" />
            <a href={alarmPath(alarm.id)}>
              {alarm.facility} · {alarmTitle(alarm)}
            </a>
            {alarm.shelved && <Until shelving={alarm.shelved} />}
            {mayUnshelve && (
              <span class="together">
                <button type="button" class="button" onClick={() => void unshelve([alarm])}>
                  {t().unshelve}
                </button>
                <button type="button" class="button" onClick={() => extend(alarm)}>
                  {al().extend}
                </button>
              </span>
            )}
            {state === 'suppressed-by-design' && <Suppression alarm={alarm} />}
            {state === 'out-of-service' && (
              <a href={`/facilities/${encodeURIComponent(alarm.facility)}`} class="muted">
                {al().toFacility} {alarm.facility}
              </a>
            )}
          </li>
        ))}
      </ul>
      {list.length > MOST_SHOWN && (
        <p class="muted">
          {t().andMore(formatNumber(list.length - MOST_SHOWN))}{' '}
          <a href={`/alarms?state=${state}`} onClick={onLeave}>
            {al().asList}
          </a>
        </p>
      )}
      {extended && <AlarmDialog asking="shelve" alarm={extended} onClose={() => extend(null)} />}
    </section>
  )
}

/** How long it stays put aside yet, by whom and why. */
function Until({ shelving: { until, by, reason } }: { shelving: NonNullable<AlarmView['shelved']> }) {
  const left = until - serverNow.value
  return (
    <>
      <b class={left > 0 ? '' : 'tag'}>{left > 0 ? al().left(formatDuration(left)) : al().overdue(formatDuration(-left))}</b>
      <span class="muted">
        {al().until(formatDateTime(until))} {al().by(by)}
      </span>
      <span class="reason">{reason}</span>
    </>
  )
}
