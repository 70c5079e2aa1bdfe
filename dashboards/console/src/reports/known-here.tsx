import { isOver } from '../../../../src/dispatch/order.ts'
import { formatDateTime } from '../format.ts'
import { alarms } from '../live/live.ts'
import { stateWord } from '../orders/order-parts.tsx'
import { getOrders } from '../orders/orders-api.ts'
import { t } from '../settings.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { ro } from '../texts/reports.ts'
import { alarmTitle } from '../wall/alarm-row.tsx'
import { publicWord } from './report-kinds.ts'
import { getPlace } from './reports-api.ts'

const MOST = 3

/** What is known of a pole, for who listens to somebody who stands before it. */
export function KnownHere({ pole }: { pole: string }) {
  const { answer, problem } = useAnswer(async () => {
    const [place, orders] = await Promise.all([getPlace(pole), getOrders({ facility: pole, limit: 20 })])
    return { known: place.known, orders: orders.items.filter(({ state }) => !isOver(state)) }
  }, pole)
  const own = [...alarms.value.values()].filter(({ facility, ended }) => facility === pole && ended === null)
  const lines = [
    ...(answer?.known ? [ro().alreadyKnown(publicWord(answer.known.state), formatDateTime(answer.known.since))] : []),
    ...own.slice(0, MOST).map((alarm) => ro().alarmHere(alarmTitle(alarm), formatDateTime(alarm.activated))),
    ...(answer?.orders ?? []).slice(0, MOST).map((order) => ro().orderHere(order.id, stateWord(order))),
  ]
  return (
    <div class="entry-known" role="status">
      {lines.length > 0 ? (
        <ul class="log">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      ) : (
        <p class="muted">{answer ? ro().nothingKnown : problem || t().loading}</p>
      )}
    </div>
  )
}
