import type { Alarm } from '../../alarms/alarm.ts'
import type { HandoverFacts } from '../../dispatch/handover.ts'
import type { Order } from '../../dispatch/order.ts'
import { alarmTitle } from '../../facilities/alarm-title.ts'
import type { Facility } from '../../facilities/plant.ts'
import { reportKinds } from '../../operations/citizen-report.ts'
import type { OrderLogEntry } from '../../storage/order-store.ts'
import { inBoth } from '../../telemetry/point.ts'
import type { ServiceParts } from '../parts.ts'

/** Changes of rules and waiting reports that are read. */
const PART = 1000
/** Floods, and silences, of a time. */
const MOST_FLOODS = 100

export type FactParts = Pick<ServiceParts, 'state' | 'plant' | 'kinds' | 'register' | 'desk'>

/** What happened, as far as it has to be read in parts. */
export interface Happened {
  /** Alarms raised then that are over, of every priority. */
  raised: readonly Alarm[]
  relapses: readonly Pick<OrderLogEntry, 'order' | 'at'>[]
  made: number
  closed: number
}

/** Whose facts are wanted, by a facility; undefined: one that is registered no more. */
export type Wanted = (facility: Facility | undefined) => boolean

/** What stands and what happened from `from` to before `to`, ms, as it is known at `at`, of the facilities that are wanted. */
export function handoverFacts(
  { state, plant, kinds, register, desk }: FactParts,
  { from, to, at }: { from: number; to: number; at: number },
  { raised, relapses, ...counts }: Happened,
  wanted: Wanted = () => true,
): HandoverFacts {
  const all = [...kinds.values()]
  const isWanted = (id: string | undefined) => wanted(id === undefined ? undefined : plant.get(id))
  const ofOrder = ({ facilities }: Order) => isWanted(facilities[0])
  const live = [...register.live()].filter(({ facility }) => isWanted(facility))
  const crews = new Map(state.roster.crews().map(({ id, name }) => [id, name]))
  const isOfAll = wanted(undefined)
  return {
    at,
    alarms: live,
    facility: (id) => plant.get(id),
    title: (alarm) => alarmTitle(alarm, all),
    modes: [...plant].filter(wanted).map(({ id, name, district, mode }) => ({ facility: id, name, district, mode })),
    rules: state.rules
      .versions({ limit: PART })
      .items.filter(
        (version) => version.at >= from && version.at < to && (isOfAll || (version.facility !== null && isWanted(version.facility))),
      ),
    orders: [...desk.book.open()].filter(ofOrder),
    ...counts,
    crewName: (id) => crews.get(id) ?? id,
    reports: state.reports
      .list({ state: 'waiting', limit: PART })
      .items.filter(({ facility }) => isWanted(facility ?? undefined))
      .map(({ id, at, kind, facility, district, callerWaits }) => ({
        ...{ id, at, title: reportKinds[kind], facility: facility ?? '', district, callerWaits },
      })),
    criticals: [...live.filter((alarm) => alarm.raised >= from && alarm.raised < to), ...raised].filter(
      ({ priority, facility }) => priority === 'critical' && isWanted(facility),
    ),
    floods: isOfAll ? state.floods.floods({ from, to, limit: MOST_FLOODS }).items : [],
    relapses: relapses.flatMap(({ order: id, at }) => {
      const order = state.orders.order(id)
      return order && ofOrder(order) ? [{ at, order: id, title: inBoth(order.title) }] : []
    }),
    silences: isOfAll ? state.auditTrail({ action: 'silence-sound', from, to, limit: MOST_FLOODS }).items : [],
  }
}
