import { useEffect, useState } from 'preact/hooks'
import type { OrderView } from '../../../../src/edges/http/order-schemas.ts'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { commandOpen } from '../commands/command-open.ts'
import { link, toldOrders } from '../live/live.ts'
import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { useKeys } from '../shell/keys.ts'
import { navigate } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { o } from '../texts/orders.ts'
import { picked } from '../wall/picked.ts'
import { loadCalled } from './crew-names.ts'
import { MakeDialog } from './order-dialogs.tsx'
import { ClassMark, holderWords, OrderClock, stateWord } from './order-parts.tsx'
import { getOrders } from './orders-api.ts'
import './orders.css'

/** The newest order that covers an alarm. */
async function orderOf({ id }: AlarmView): Promise<{ order: OrderView | null }> {
  const { items } = await getOrders({ alarm: id, limit: 1 })
  return { order: items[0] ?? null }
}

/** The repair order of an alarm, or how to make one. */
export function AlarmOrder({ alarm }: { alarm: AlarmView }) {
  const { answer, problem, again } = useAnswer(() => orderOf(alarm), `${alarm.id} ${link.value === 'disconnected'}`)
  useEffect(() => void loadCalled(), [])
  const [isMaking, make] = useState(false)
  const order = answer?.order ?? null
  useEffect(
    () => toldOrders.subscribe(({ orders }) => orders.some(({ id, alarms }) => id === order?.id || alarms.includes(alarm.id)) && again()),
    [alarm.id, order?.id],
  )
  const mayMake = may('order.dispatch') && answer !== null && order === null && alarm.ended === null
  // While several are chosen the keys act on those.
  useKeys(
    picked.value.size > 0
      ? {}
      : {
          d: () => (order ? navigate(`/orders/${order.id}`) : mayMake && make(true)),
          c: () => {
            commandOpen.value = { ids: [alarm.facility], query: null }
          },
        },
  )
  return (
    <section class="alarm-order" aria-label={o().theOrder}>
      {!answer && <p class="muted">{problem || t().loading}</p>}
      {order && (
        <p>
          <a class="button" href={`/orders/${order.id}`}>
            {o().order(order.id)} <kbd>D</kbd>
          </a>{' '}
          <ClassMark order={order} /> <span class="tag">{stateWord(order)}</span> {holderWords(order)} <OrderClock order={order} />
        </p>
      )}
      {answer && !order && (
        <p>
          <span class="muted">{o().noOrder}</span>{' '}
          {mayMake && (
            <button type="button" class="button" aria-disabled={link.value === 'disconnected'} onClick={() => make(true)}>
              {o().make}… <kbd>D</kbd>
            </button>
          )}
        </p>
      )}
      {isMaking && (
        <MakeDialog
          alarms={[alarm]}
          onClose={() => {
            make(false)
            again()
          }}
        />
      )}
    </section>
  )
}
