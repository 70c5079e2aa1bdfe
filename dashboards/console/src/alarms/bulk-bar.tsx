import { useState } from 'preact/hooks'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatNumber } from '../format.ts'
import { link } from '../live/live.ts'
import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { useKeys } from '../shell/keys.ts'
import { lazy } from '../shell/lazy.tsx'
import { tell } from '../shell/notice.tsx'
import { al } from '../texts/alarms.ts'
import { o } from '../texts/orders.ts'
import { isUnacknowledged } from '../wall/alarm-order.ts'
import { picked, pickOnly } from '../wall/picked.ts'
import './alarms.css'
import { actOnMany, type Outcome } from './bulk-api.ts'
import { type BulkAsking, BulkDialog, Refusals } from './bulk-dialogs.tsx'

/** Loaded when somebody asks for it. */
const MakeDialog = lazy(async () => (await import('../orders/order-dialogs.tsx')).MakeDialog, 'dialog')

interface BulkBarProps {
  /** What the list shows; only what is chosen of it is acted on. */
  list: readonly AlarmView[]
  /** Acted on while none is chosen. */
  current?: AlarmView | null
}

/** What can be done with several alarms at once, and how it went. */
export function BulkBar({ list, current = null }: BulkBarProps) {
  const [asking, ask] = useState<{ what: BulkAsking; alarms: readonly AlarmView[] } | null>(null)
  const [ordering, makeOrder] = useState<readonly AlarmView[] | null>(null)
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const chosen = list.filter(({ id }) => picked.value.has(id))
  const targets = chosen.length > 0 ? chosen : current ? [current] : []
  const isOff = link.value === 'disconnected'
  const finish = (result: Outcome) => {
    if (result.refused.length > 0) setOutcome(result)
    else tell(al().done(formatNumber(result.done)))
    const left = new Set(result.refused.map(({ id }) => id))
    // Those that could not be done stay chosen.
    if (chosen.length > 0) pickOnly(chosen.filter(({ id, facility }) => left.has(id) || left.has(facility)).map(({ id }) => id))
  }
  const now = async (alarms: readonly AlarmView[], type: 'acknowledge' | 'unshelve', nothing: string) => {
    if (isOff) tell(t().refusedDisconnected, true)
    else if (alarms.length === 0) tell(nothing)
    else finish(await actOnMany(alarms, { type }))
  }
  const acknowledge = () => may('alarm.answer') && void now(targets.filter(isUnacknowledged), 'acknowledge', al().nothingTo)
  const unshelve = () =>
    void now(
      targets.filter(({ shelved }) => shelved),
      'unshelve',
      al().nothingShelved,
    )
  const open = (what: BulkAsking) => {
    if (what === 'shelve' && !targets.some(({ shelvable }) => shelvable)) tell(t().neverShelved, true)
    else if (targets.length > 0) ask({ what, alarms: targets })
  }
  const mayShelve = may('alarm.shelve')
  useKeys({
    ...(targets.length > 0 && {
      a: acknowledge,
      s: () => mayShelve && open('shelve'),
      o: () => may('alarm.answer') && open('comment'),
    }),
    ...(chosen.length > 0 && { d: () => may('order.dispatch') && makeOrder(chosen), Escape: () => pickOnly([]) }),
  })
  const button = (label: string, key: string | null, action: () => unknown, primary = false) => (
    <button type="button" class={primary ? 'button primary' : 'button'} aria-disabled={isOff} onClick={() => action()}>
      {label} {key && <kbd>{key}</kbd>}
    </button>
  )
  return (
    <>
      {chosen.length > 0 && (
        <section class="bulk-bar" aria-label={al().chosen(formatNumber(chosen.length))}>
          <b role="status">{al().chosen(formatNumber(chosen.length))}</b>
          {may('alarm.answer') && button(al().acknowledge, 'A', acknowledge, true)}
          {mayShelve && button(al().shelve, 'S', () => open('shelve'))}
          {mayShelve && chosen.some(({ shelved }) => shelved) && button(al().unshelve, null, unshelve)}
          {may('alarm.answer') && button(al().comment, 'O', () => open('comment'))}
          {may('facility.mode') && button(al().outOfService, null, () => open('out-of-service'))}
          {may('order.dispatch') && button(o().makeOne, 'D', () => makeOrder(chosen))}
          <span class="grow" />
          {chosen.length < list.length && (
            <button type="button" class="button" onClick={() => pickOnly(list.map(({ id }) => id))}>
              {al().chooseAllOf(formatNumber(list.length))}
            </button>
          )}
          <button type="button" class="button" onClick={() => pickOnly([])}>
            {al().chooseNone} <kbd>Esc</kbd>
          </button>
        </section>
      )}
      {ordering && (
        <MakeDialog
          alarms={ordering}
          onClose={(made) => {
            makeOrder(null)
            if (made) pickOnly([])
          }}
        />
      )}
      {asking && <BulkDialog {...asking} onDone={finish} onClose={() => ask(null)} />}
      {outcome && <Refusals outcome={outcome} onClose={() => setOutcome(null)} />}
    </>
  )
}
