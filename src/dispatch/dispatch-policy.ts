import type { QuietHours } from './delivery.ts'
import type { OrderClass } from './order.ts'
import { type ClassClock, usualClocks, type WorkCalendar } from './order-clock.ts'
import { type Route, usualRoutes } from './route.ts'

/** Which reports of citizens become orders by themselves: none, only what can kill, or all that nothing known explains. */
export const reportPolicies = ['off', 'danger', 'all'] as const
export type ReportPolicy = (typeof reportPolicies)[number]

/** How faults become repairs, as the city wants it. */
export interface DispatchPolicy {
  routes: readonly Route[]
  clocks: Readonly<Record<OrderClass, ClassClock>>
  calendar: WorkCalendar
  quiet: QuietHours
  /** An order that telemetry has verified is closed without anybody's doing. */
  closesVerified: boolean
  reports: ReportPolicy
}

export const usualDispatchPolicy: DispatchPolicy = {
  routes: usualRoutes,
  clocks: usualClocks,
  calendar: { holidays: [], workdays: [] },
  quiet: { from: 22 * 60, to: 6 * 60 },
  closesVerified: true,
  reports: 'all',
}
