import { type Alarm, alarmState, isTold } from '../alarms/alarm.ts'
import { addDays, dateOf } from '../control/calendar-day.ts'
import type { FacilityMode } from '../detection/facility-mode.ts'
import { type Priority, priorities } from '../detection/rule.ts'
import type { RuleVersion } from '../facilities/rule-version.ts'
import { inBoth, type Text } from '../telemetry/point.ts'
import { type Rotation, shiftsOn } from './duty.ts'
import { type Order, type OrderClass, type OrderState, orderClasses } from './order.ts'

/** A note is read aloud between two shifts; what is more is only counted. */
export const MOST_LISTED = 100

export interface Listed<T> {
  total: number
  /** The first `MOST_LISTED` of them. */
  items: readonly T[]
}

export interface NotedAlarm {
  id: number
  facility: string
  name: string
  district: string
  title: Text
  priority: Priority
  raised: number
  /** Since when the fault is gone; null: it lasts. Notes of before do not say. */
  returned?: number | null
  /** Account; null: nobody has. */
  acknowledgedBy: string | null
}

export interface NotedShelf extends NotedAlarm {
  by: string
  until: number
  reason: string
}

export interface NotedMode {
  facility: string
  name: string
  district: string
  mode: FacilityMode
}

export type NotedRule = Pick<RuleVersion, 'id' | 'kind' | 'group' | 'facility' | 'rule' | 'action' | 'reason' | 'by' | 'at'>

export interface NotedOrder {
  id: number
  title: Text
  class: OrderClass
  state: OrderState
  district: string
  /** Name of the crew that has it; null: nobody does. */
  crew: string | null
  arriveBy: number
  repairBy: number
  /** A clock of it has run out. */
  isLate: boolean
  relapses: number
}

/** What a citizen reported and nobody at the desk has answered. What they wrote and how to reach them is not frozen for ever. */
export interface NotedReport {
  id: number
  at: number
  title: Text
  /** Empty where the report names none. */
  facility: string
  name: string
  district: string
  /** Wants to be called back. */
  callerWaits: boolean
}

/** Something the next shift should know although it may be over. */
export type NotedEvent =
  | ({ type: 'critical'; at: number; ended: number | null } & Pick<NotedAlarm, 'id' | 'facility' | 'name' | 'title'>)
  | { type: 'flood'; at: number; id: number; ended: number | null; alarms: number; peak: number }
  | { type: 'relapse'; at: number; order: number; title: Text }
  | { type: 'silence'; at: number; by: string; detail: string }

export type AsideCounts = Record<'shelved' | 'suppressed-by-design' | 'out-of-service', number>

/** What one shift tells the next. Times in ms. */
export interface HandoverNote {
  standing: Listed<NotedAlarm>
  shelved: Listed<NotedShelf>
  /** How many alarms are in no list of operators, by what hides them: together what the wall counts on its shelf. Notes of before do not say. */
  aside?: AsideCounts
  outOfService: Listed<NotedMode>
  overrides: Listed<NotedRule>
  orders: Listed<NotedOrder>
  orderCounts: OrderCounts
  /** Citizens' reports that wait for the desk, the oldest first. Notes of before do not say. */
  reports?: Listed<NotedReport>
  events: Listed<NotedEvent>
}

/** What was done with orders in the shift, and how many of those that are not over are overdue now. */
export interface OrderCounts {
  made: number
  closed: number
  overdue: number
}

/** The shift that is handed over. */
export interface EndingShift {
  rotation: string
  rotationName: string
  shift: string
  shiftName: string
  team: string
  teamName: string
  from: number
  to: number
}

/** What a note is made of: the city as it is, and what happened in the shift. */
export interface HandoverFacts {
  at: number
  alarms: Iterable<Alarm>
  /** Undefined where it is not registered any more. */
  facility: (id: string) => { name: string; district: string } | undefined
  title: (alarm: Alarm) => Text
  modes: readonly NotedMode[]
  rules: readonly RuleVersion[]
  orders: Iterable<Order>
  /** Made and closed in the shift. */
  made: number
  closed: number
  crewName: (id: string) => string
  /** That wait for the desk. */
  reports: readonly Omit<NotedReport, 'name'>[]
  /** Critical ones raised in the shift. */
  criticals: readonly Alarm[]
  floods: readonly { id: number; recognised: number; ended: number | null; alarms: number; peak: number }[]
  relapses: readonly { at: number; order: number; title: Text }[]
  silences: readonly { at: number; by: string; detail: string }[]
}

const listed = <T>(all: readonly T[]): Listed<T> => ({ total: all.length, items: all.slice(0, MOST_LISTED) })
const urgency = ({ priority }: Alarm): number => priorities.indexOf(priority)

/** The note of a shift: first what is most urgent, and of that first what is oldest. */
export function handoverNote(facts: HandoverFacts): HandoverNote {
  const alarms = [...facts.alarms].sort((a, b) => urgency(a) - urgency(b) || a.raised - b.raised)
  const noted = (alarm: Alarm): NotedAlarm => {
    const { name = '', district = '' } = facts.facility(alarm.facility) ?? {}
    const { id, facility, priority, raised, acknowledged } = alarm
    const returned = alarm.active ? null : alarm.returned
    return { id, facility, name, district, title: facts.title(alarm), priority, raised, returned, acknowledgedBy: acknowledged?.by ?? null }
  }
  const orders = notedOrders(facts)
  return {
    standing: listed(alarms.filter((alarm) => isTold(alarm) && !alarm.historical && alarmState(alarm) !== 'normal').map(noted)),
    shelved: listed(
      alarms.flatMap((alarm) => {
        const { shelved } = alarm
        return shelved ? [{ ...noted(alarm), by: shelved.by, until: shelved.until, reason: shelved.reason }] : []
      }),
    ),
    aside: asideCounts(alarms),
    outOfService: listed(facts.modes.filter(({ mode }) => mode !== 'auto').toSorted(byPlace)),
    overrides: listed(
      facts.rules.map(({ id, kind, group, facility, rule, action, reason, by, at }) => ({
        ...{ id, kind, group, facility, rule, action, reason, by, at },
      })),
    ),
    orders: listed(orders),
    orderCounts: { made: facts.made, closed: facts.closed, overdue: orders.filter(({ isLate }) => isLate).length },
    reports: listed(notedReports(facts)),
    events: listed(events(facts, noted)),
  }
}

function asideCounts(alarms: readonly Alarm[]): AsideCounts {
  const counts: AsideCounts = { shelved: 0, 'suppressed-by-design': 0, 'out-of-service': 0 }
  for (const alarm of alarms) {
    const state = alarmState(alarm)
    if (state in counts) counts[state as keyof AsideCounts]++
  }
  return counts
}

const byPlace = (a: NotedMode, b: NotedMode) => a.district.localeCompare(b.district) || a.facility.localeCompare(b.facility)

const notedReports = ({ reports, facility: find }: HandoverFacts): NotedReport[] =>
  reports.toSorted((a, b) => a.at - b.at || a.id - b.id).map((report) => ({ ...report, name: find(report.facility)?.name ?? '' }))

function notedOrders({ orders, at, crewName }: HandoverFacts): NotedOrder[] {
  const classes = Object.keys(orderClasses)
  return [...orders]
    .sort((a, b) => classes.indexOf(a.class) - classes.indexOf(b.class) || a.repairBy - b.repairBy)
    .map((order) => {
      const { id, title, class: cls, state, district, holder, arriveBy, repairBy, relapses } = order
      const crew = holder ? crewName(holder.crew) : null
      return { id, title: inBoth(title), class: cls, state, district, crew, arriveBy, repairBy, isLate: isOverdue(order, at), relapses }
    })
}

/** Whether a clock of an order that is not over has run out at `at`, ms. */
export function isOverdue({ state, times, arriveBy, repairBy }: Order, at: number): boolean {
  const isMended = state === 'repaired' || state === 'verified'
  return !isMended && (at >= repairBy || (times.arrived === null && at >= arriveBy))
}

function events({ criticals, floods, relapses, silences }: HandoverFacts, noted: (alarm: Alarm) => NotedAlarm): NotedEvent[] {
  const all: NotedEvent[] = [
    ...criticals.map((alarm): NotedEvent => {
      const { id, facility, name, title } = noted(alarm)
      return { type: 'critical', at: alarm.raised, id, facility, name, title, ended: alarm.ended }
    }),
    ...floods.map(({ id, recognised, ended, alarms, peak }): NotedEvent => ({ type: 'flood', at: recognised, id, ended, alarms, peak })),
    ...relapses.map(({ at, order, title }): NotedEvent => ({ type: 'relapse', at, order, title })),
    ...silences.map(({ at, by, detail }): NotedEvent => ({ type: 'silence', at, by, detail })),
  ]
  return all.sort((a, b) => a.at - b.at)
}

/**
 * The shift of a rotation that is being handed over at `at`, ms: of those that have begun the one whose end is nearest, so that it may be
 * signed some time before the end or after it. Null before the first.
 */
export function endingShift(rotation: Rotation, at: number, utcOffset: (at: number) => number): EndingShift | null {
  const today = dateOf(at, utcOffset)
  const distance = ({ to }: { to: number }) => Math.abs(to - at)
  const [found] = [addDays(today, -2), addDays(today, -1), today]
    .flatMap((date) => shiftsOn(rotation, date, utcOffset))
    .filter(({ from }) => from <= at)
    .sort((a, b) => distance(a) - distance(b) || a.from - b.from)
  if (!found) return null
  const { shift, team, from, to } = found
  return {
    ...{ rotation: rotation.id, rotationName: rotation.name, shift: shift.key, shiftName: shift.name },
    ...{ team: team.key, teamName: team.name, from, to },
  }
}
