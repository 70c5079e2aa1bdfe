import type { Order } from '../../dispatch/order.ts'
import type { Services } from '../services.ts'
import { isIdInScope } from './api.ts'
import { MOST_ALARMS, type OrderDetailView } from './order-schemas.ts'
import { type OrderViewer, orderFacilityView, orderScope, orderView } from './order-views.ts'
import { MOST_REPORTS } from './report-schemas.ts'
import { isReportInScope, orderReportView } from './report-views.ts'
import { alarmViewer } from './views.ts'

/** An order with all that belongs to it, as somebody sees it. */
export function orderDetails(services: Services) {
  const { orders, plant, state } = services
  const alarmView = alarmViewer(services)
  return (order: Order, viewer: OrderViewer, log: { before?: number | undefined; limit: number }): OrderDetailView => {
    const view = orderView(order, services, viewer)
    const scope = orderScope(order, viewer)
    const alarms = order.alarms.slice(0, MOST_ALARMS).flatMap((id) => state.alarm(id) ?? [])
    const reports = services.reports.ofOrder(order.id).filter(({ report }) => isReportInScope(report, scope))
    const { items, next } = orders.logOf(order.id, log.before ?? Number.MAX_SAFE_INTEGER, log.limit)
    return {
      order: view,
      facilities: view.facilities.flatMap((id) => plant.get(id) ?? []).map((one) => orderFacilityView(one, services.facilityState(one))),
      alarms: alarms.filter(({ facility }) => isIdInScope(services, facility, scope)).map(alarmView),
      reports: reports.slice(0, MOST_REPORTS).map(orderReportView),
      photos: orders.photosOf(order.id),
      // What telemetry says names facilities.
      log: { items: view.elsewhere > 0 ? items.map((one) => (one.by === 'telemetry' ? { ...one, words: '' } : one)) : items, next },
    }
  }
}
