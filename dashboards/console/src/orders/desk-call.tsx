import { useEffect, useState } from 'preact/hooks'
import { orderClasses } from '../../../../src/dispatch/order.ts'
import type { OrderView } from '../../../../src/edges/http/order-schemas.ts'
import { link, toldOrders } from '../live/live.ts'
import { language, say } from '../settings.ts'
import { may } from '../shell/access.ts'
import { getOrders } from './orders-api.ts'
import { deskCalls, heardOf, waitsForDesk } from './waits-for-desk.ts'

const texts = {
  en: {
    nobody: (order: number, cls: string, title: string) => `Nobody has order ${order} (${cls}) and no crew is asked: ${title}`,
    more: (n: number) => `and ${n} more`,
    open: 'Open the order',
  },
  zh: {
    nobody: (order: number, cls: string, title: string) => `工单 ${order}（${cls}）无人接单，请尽快派单：${title}`,
    more: (n: number) => `另有 ${n} 张`,
    open: '打开工单',
  },
}

/** Calls the desk, on every page, to urgent orders that are its turn. */
export function DeskCall() {
  return may('order.dispatch') ? <Calling /> : null
}

function Calling() {
  const [heard, hear] = useState<ReadonlyMap<number, OrderView>>(new Map())
  const isOff = link.value === 'disconnected'
  useEffect(() => {
    // Whatever was told while the connection was away is missing.
    if (isOff) return
    let wanted = true
    getOrders({ state: 'open', limit: 500 }).then(
      ({ items }) => wanted && hear((before) => heardOf(before, items)),
      () => undefined,
    )
    const stop = toldOrders.subscribe(({ orders, gone }) => hear((before) => heardOf(before, orders, gone)))
    return () => {
      wanted = false
      stop()
    }
  }, [isOff])
  const waiting = waitsForDesk(heard)
  const ids = waiting.map(({ id }) => id)
  useEffect(() => {
    deskCalls.value = ids
  }, [ids.join()])
  const [first, ...rest] = waiting
  if (!first) return null
  const words = texts[language.value]
  return (
    <p class="banner warning strip" role="alert">
      {words.nobody(first.id, say(orderClasses[first.class]), say(first.title))} {rest.length > 0 && words.more(rest.length)}
      <a class="button" href={`/orders/${first.id}`}>
        {words.open}
      </a>
    </p>
  )
}
