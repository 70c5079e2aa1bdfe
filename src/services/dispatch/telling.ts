import type { Notifier } from '../../edges/notify/notifier.ts'
import type { ServiceParts } from '../parts.ts'
import type { OrderDesk } from './order-desk.ts'
import { noticeOf } from './order-notices.ts'

/** Lets people be told of what becomes of orders: kept with the change itself, sent once that is durable. */
export function tellOfOrders(desk: OrderDesk, notifier: Notifier, parts: Pick<ServiceParts, 'state' | 'utcOffset'>): void {
  let kept: { begin: () => void }[] = []
  desk.book.onKeep(({ notices }) => {
    // A change that did not go through leaves none behind.
    kept = notices.flatMap((notice) => {
      const order = desk.book.get(notice.order)
      return order ? [notifier.keep(noticeOf(notice, order, desk, parts))] : []
    })
  })
  desk.book.onChange(() => {
    const begun = kept
    kept = []
    for (const { begin } of begun) begin()
  })
}
