import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Alarm } from '../../alarms/alarm.ts'
import { findRule } from '../../detection/rule-key.ts'
import { handoverNote, isOverdue } from '../../dispatch/handover.ts'
import type { Order } from '../../dispatch/order.ts'
import { figuresByClass, orderFigures } from '../../dispatch/order-figures.ts'
import { alarmTables } from '../../operations/alarm-report.ts'
import { citizenTables } from '../../operations/citizen-figures.ts'
import type { CitizenReport } from '../../operations/citizen-report.ts'
import { companyOf } from '../../operations/company.ts'
import type { ReportPart, ReportScope, ReportSpan } from '../../operations/duty-report.ts'
import { dutyTables } from '../../operations/duty-roster-report.ts'
import { noteTables } from '../../operations/note-report.ts'
import { orderTables } from '../../operations/order-report.ts'
import { timeText } from '../../operations/report-words.ts'
import type { OrderLogEntry } from '../../storage/order-store.ts'
import type { Page } from '../../storage/state-store.ts'
import { inBoth } from '../../telemetry/point.ts'
import { handoverFacts, type Wanted } from '../dispatch/handover-facts.ts'
import type { ReportSources } from './report-parts.ts'

/** Read at once, which takes a few milliseconds; others have their turn in between. */
const PART = 100

/** Of a list that may be long, newest first, those to be kept; read as far as `isNewEnough` says. */
async function readAll<T>(
  read: (before: number | undefined) => Page<T>,
  isKept: (one: T) => boolean,
  isNewEnough: (one: T) => boolean = () => true,
): Promise<T[]> {
  const found: T[] = []
  for (let before: number | null | undefined; before !== null; await nextTurn()) {
    const { items, next }: Page<T> = read(before)
    found.push(...items.filter((one) => isNewEnough(one) && isKept(one)))
    before = items.every(isNewEnough) ? next : null
  }
  return found
}

const after = (before: number | undefined) => (before === undefined ? {} : { before })

/** Whose facilities a report is about; what is registered no more, and what belongs to none, only the bureau can tell of. */
const wantedBy = ({ company }: ReportScope): Wanted =>
  company === 'bureau' ? () => true : (facility) => facility !== undefined && companyOf(facility) === company

/** What is known of every company: alarms, orders, citizens' reports, what stands and what happened. */
export function ownParts(sources: ReportSources): ReportPart[] {
  const { plant, state, desk, alarmSystem, utcOffset, now } = sources

  const isWanted = (scope: ReportScope) => {
    const wanted = wantedBy(scope)
    return (id: string | null | undefined) => wanted(id == null ? undefined : plant.get(id))
  }

  async function alarmPart({ from, to }: ReportSpan, scope: ReportScope) {
    const facts = await alarmSystem.kpi(from, to, isWanted(scope))
    const names = {
      facility: (id: string) => plant.get(id)?.name ?? '',
      rule: (id: string, rule: string) => {
        const title = findRule(plant.get(id)?.kind.rules ?? [], rule)?.title
        return title ? inBoth(title) : { zh: rule, en: rule }
      },
    }
    return alarmTables(facts, names, scope.company === 'bureau')
  }

  async function orderPart({ from, to }: ReportSpan, scope: ReportScope) {
    const isOwn = isWanted(scope)
    const ofCompany = ({ facilities }: Order) => isOwn(facilities[0])
    const made = await readAll((before) => state.orders.list({ from, to, ...after(before), limit: PART }), ofCompany)
    const closed = await steps(from, to, 'close')
    const open = [...desk.book.open()].filter(ofCompany)
    const at = now()
    return orderTables({
      all: orderFigures(made, Math.min(at, to)),
      byClass: figuresByClass(made, Math.min(at, to)),
      closed: closed.filter(({ order: id }) => isOwn(state.orders.order(id)?.facilities[0])).length,
      open: open.length,
      overdue: open.filter((order) => isOverdue(order, at)).length,
    })
  }

  /** What happened to orders of one type of step, each order once. */
  async function steps(from: number, to: number, type: string): Promise<OrderLogEntry[]> {
    const found = new Map<number, OrderLogEntry>()
    for (let last: number | null = 0; last !== null; await nextTurn()) {
      const { items, next }: Page<OrderLogEntry> = state.orders.logBetween(from, to, last, PART)
      for (const entry of items) if (entry.type === type) found.set(entry.order, entry)
      last = next
    }
    return [...found.values()]
  }

  async function citizenPart({ from, to }: ReportSpan, scope: ReportScope) {
    const isOwn = isWanted(scope)
    const ofCompany = ({ facility }: CitizenReport) => isOwn(facility)
    const own = await readAll(
      (before) => state.reports.list({ ...after(before), limit: PART }),
      (report) => report.at < to && ofCompany(report),
      ({ at }) => at >= from,
    )
    const waiting = await readAll((before) => state.reports.list({ state: 'waiting', ...after(before), limit: PART }), ofCompany)
    // Citizens report lamps; of another company there is something to say only where somebody had one of its facilities in mind.
    const isTold = own.length + waiting.length > 0 || scope.company === 'bureau' || scope.company === 'lighting'
    return isTold ? citizenTables(own, waiting.length) : []
  }

  async function notePart({ from, to }: ReportSpan, scope: ReportScope) {
    const raised = await readAll<Alarm>(
      (before) => state.alarmHistory({ from, to, live: false, ...after(before), limit: PART }),
      ({ priority }) => priority === 'critical',
    )
    const relapses = await steps(from, to, 'relapse')
    const at = now()
    const facts = handoverFacts(sources, { from, to, at }, { raised, relapses, made: 0, closed: 0 }, wantedBy(scope))
    return noteTables(handoverNote(facts), timeText(at, { utcOffset }))
  }

  async function dutyPart({ period, from, to }: ReportSpan) {
    const { roster, handovers } = state
    const signed = await readAll(
      (before = Number.MAX_SAFE_INTEGER) => handovers.list(before, PART),
      ({ begins }) => begins >= from && begins < to,
      ({ leftAt }) => leftAt >= from,
    )
    const facts = { rotations: roster.rotations(), exceptions: roster.exceptions(from), handovers: signed, utcOffset }
    return dutyTables({ period, from, to }, facts)
  }

  return [
    { key: 'alarms', company: 'all', tables: alarmPart },
    { key: 'orders', company: 'all', tables: orderPart },
    { key: 'citizens', company: 'all', tables: citizenPart },
    { key: 'standing', company: 'all', tables: notePart },
    { key: 'duty', company: 'bureau', tables: dutyPart },
  ]
}
