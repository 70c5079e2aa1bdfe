import { randomBytes } from 'node:crypto'
import type { Alarm } from '../../alarms/alarm.ts'
import type { ReportPolicy } from '../../dispatch/dispatch-policy.ts'
import { isOver, type Order, type OrderClass } from '../../dispatch/order.ts'
import { deadlines } from '../../dispatch/order-clock.ts'
import { asksForRepair } from '../../dispatch/order-plan.ts'
import { RELAPSE } from '../../dispatch/order-step.ts'
import type { LampOnRates } from '../../edges/lamp-on-rates.ts'
import { TokenBucket } from '../../edges/mqtt/token-bucket.ts'
import type { Notifier } from '../../edges/notify/notifier.ts'
import type { FollowedReport, PublicPlace, ReportInput, ReportOutcome, Reports } from '../../edges/reports.ts'
import { LamplighterError, refuse } from '../../errors.ts'
import { type GeoBox, isInside } from '../../facilities/city-box.ts'
import type { Facility } from '../../facilities/plant.ts'
import {
  alertTitle,
  type CitizenReport,
  classOf,
  type Intake,
  intake,
  isDangerous,
  isSeenByTelemetry,
  type KnownFault,
  orderForReport,
  publicSince,
  publicSinceOf,
  publicState,
  publicStateOf,
  type ReportKind,
  readReportNumber,
  reportGroup,
  reportKinds,
  reportNumber,
  reportRemark,
  telemetryWord,
} from '../../operations/citizen-report.ts'
import { days, hours } from '../../telemetry/duration.ts'
import { groupOf, reopenRelapsed } from '../dispatch/alarm-orders.ts'
import type { OrderDesk, OrderParts } from '../dispatch/order-desk.ts'
import { unfedBy } from '../lamp-on-rates.ts'
import { Places } from './places.ts'
import { ReportBook, roomFor } from './report-book.ts'

/** Whoever reported it may be asked back for so long after it was closed, or after it came in while it is open, ms. */
export const PERSONAL_KEPT = days(90)
/**
 * Orders that reports of the page may make by themselves: anybody can send reports, and more than a storm brings must not send crews about.
 * Those beyond wait for the desk.
 */
const OWN_ORDERS = { perSecond: 60 / 3600, burst: 60 }
const OWN_DANGERS = { perSecond: 20 / 3600, burst: 20 }
/** Dangers without an order that the desk is woken for; past it they stand in the list only. */
const ALERTS = { perSecond: 20 / 3600, burst: 20 }
/** Reports of the page that one fault at one facility keeps besides the first: all that hangs on it is read whenever somebody looks at its order. */
const MOST_SAME = 20
/** What the public did is summed up in the audit trail so often, ms. */
const SUMMED = hours(1)

export type ReportServiceParts = OrderParts & {
  lampOnRates: Pick<LampOnRates, 'ofLamps'>
  notifying: { notifier: Pick<Notifier, 'keep'> }
  /** Where places of the city can be. */
  city?: GeoBox | undefined
}

/** Reports of citizens: what becomes of them by themselves and by the desk. */
export function reportServices(desk: OrderDesk, parts: ReportServiceParts): Reports {
  const { state, plant, now } = parts
  const store = state.reports
  const places = new Places(plant, now)
  const book = new ReportBook(desk.book, state, now)
  const taken = new Map<ReportOutcome, number>()
  const own = { danger: new TokenBucket(OWN_DANGERS, now()), other: new TokenBucket(OWN_ORDERS, now()) }
  const alerts = new TokenBucket(ALERTS, now())
  let sums = { since: now(), taken: 0, refused: 0 }
  let looked = Number.NEGATIVE_INFINITY

  const known = (id: number): CitizenReport => {
    const report = store.report(id)
    if (!report) throw new LamplighterError('not-found', `There is no report ${id}; /api/reports lists them.`)
    return report
  }

  function followed(report: CitizenReport): FollowedReport {
    const first = (report.duplicateOf !== null && store.report(report.duplicateOf)) || report
    const order = book.orderOf(first)
    // One that a person closed apart from its first tells its own end.
    const told = report.closedBy === 'desk' ? report : first
    return {
      ...{ report, first, order: order?.id ?? null, duplicates: store.countDuplicates(report.id) },
      state: publicState(told, order),
      since: Math.max(report.at, publicSince(told, order)),
    }
  }

  /** The alarm by which telemetry tells of what somebody sees at a facility. */
  function explaining(kind: ReportKind, facility: Facility): Alarm | null {
    if (!isSeenByTelemetry(kind)) return null
    const finding = findingOf(facility)
    // Of a lamp with another fault nobody knows that it is dark.
    const ownAlarm = [...parts.register.of(facility.id)].find((alarm) => asksForRepair(alarm) && tellsOfFault(alarm))
    if (ownAlarm && (kind !== 'dark' || finding === null || finding === 'dark')) return ownAlarm
    return (kind === 'dark' && finding !== 'lit' && unfedBy(facility, parts)) || null
  }

  function findingOf(facility: Facility) {
    return facility.kind.light ? (parts.lampOnRates.ofLamps([facility]).findings[0]?.[1] ?? null) : null
  }

  /** An order that what happens to a facility belongs to. */
  function orderAt(facility: Facility, kind: ReportKind, cause: Alarm | null, at: number): Order | null {
    const fault = classOf(kind)
    const ofGroup = desk.book.ofGroup(reportGroup(kind, placed(facility)), fault, at)
    if (ofGroup) return ofGroup
    if (!isDangerous(kind)) return cause && desk.book.openOfAlarm(cause.id)
    // Telemetry may have told of the same danger.
    const orders = [groupOf(facility), `facility ${facility.id}`].flatMap((group) => desk.book.ofGroup(group, fault, at) ?? [])
    return orders.find(({ facilities }) => facilities.includes(facility.id)) ?? null
  }

  function knownFault({ id, kind, group }: CitizenReport, facility: Facility | undefined, at: number): KnownFault {
    const firsts = store.firstsOf(group).filter((report) => report.id !== id)
    const cause = facility ? explaining(kind, facility) : null
    const verified = [...desk.book.open()].filter((order) => order.group === group && order.state === 'verified')
    const former = store.newestWithOrder(group)
    return {
      firsts: firsts.map((report) => ({ report, order: book.orderOf(report) })),
      order: facility ? orderAt(facility, kind, cause, at) : null,
      lasts: [...verified, state.orders.lastOfGroup(group, at - RELAPSE), former && book.orderOf(former)].filter((one) => one != null),
      isExplained: cause !== null || (isSeenByTelemetry(kind) && facility !== undefined && isOut(facility)),
    }
  }

  /** What the city wants of this report; nothing by itself when the public has made more orders than it may. */
  function policyFor({ source, kind }: CitizenReport, at: number): ReportPolicy {
    const { reports } = desk.policy()
    return source === 'page' && own[isDangerous(kind) ? 'danger' : 'other'].wait(at) > 0 ? 'off' : reports
  }

  function clockOf(cls: OrderClass, at: number) {
    const { clocks, calendar } = desk.policy()
    return deadlines(clocks[cls], at, calendar, parts.utcOffset)
  }

  /** Does what a plan says of a report that is no duplicate yet; belongs to the caller's change. */
  function carryOut(report: CitizenReport, plan: Intake, by: string, at: number, cls: OrderClass = classOf(report.kind)): CitizenReport {
    switch (plan.type) {
      case 'duplicate':
        return joinFirst(report, plan.of, at)
      case 'join':
        return book.join(report, plan.order, at)
      case 'relapse': {
        const covers = { alarms: [], reports: [report.id], facilities: roomFor(report, plan.order) }
        const order = reopenRelapsed(desk.book, plan.order, covers, clockOf(plan.order.class, at), reportRemark(report), at)
        return book.put(report, { ...report, order: order.id })
      }
      case 'order': {
        const facility = plant.get(report.facility as string) as Facility
        const draft = { ...orderForReport(report, placed(facility), clockOf(cls, at), by, at), class: cls }
        const order = desk.book.add(draft, { by, words: reportRemark(report) })
        return book.put(report, { ...report, order: order.id })
      }
      default:
        return report
    }
  }

  /** Tells the desk at once of what can kill and has become no order; belongs to the caller's change, and sends nothing before `begin`. */
  function alert(report: CitizenReport, at: number): { begin: () => void } {
    const isAlone = isDangerous(report.kind) && report.order === null && report.duplicateOf === null
    if (!isAlone || alerts.take(1, at) === 0) return { begin: () => {} }
    const desk = state.people.users().filter(({ role, disabled }) => role === 'dispatcher' && !disabled)
    const place = report.facility ?? report.position?.map((degrees) => degrees.toFixed(5)).join(', ') ?? ''
    return parts.notifying.notifier.keep({
      ...{ at, type: 'report.danger', urgent: true, mayWait: false, path: `/reports/${report.id}` },
      ...{ title: alertTitle(report.kind), text: { zh: place, en: place }, district: report.district, domain: report.domain },
      ...{ data: { report: report.id, kind: report.kind, facility: report.facility ?? '' }, accounts: desk.map(({ name }) => name) },
    })
  }

  /** The newest of the reports that say the same of the same facility, where there are as many as are kept. */
  function lastOfMany(first: CitizenReport, facility: string | null): CitizenReport | undefined {
    // After a repair each of them says that it may not hold.
    if (book.orderOf(first)?.state === 'repaired') return undefined
    const same = store.duplicatesOf(first.id).filter((one) => one.facility === facility)
    return same.length >= MOST_SAME ? same.at(-1) : undefined
  }

  function joinFirst(report: CitizenReport, of: CitizenReport, at: number): CitizenReport {
    const order = book.orderOf(of)
    if (order && order.state === 'repaired') {
      desk.book.remark(order, 'note', { by: 'rule', words: `${reportRemark(report)}, after the repair` }, at)
    } else if (order && !isOver(order.state)) {
      const facilities = roomFor(report, order)
      desk.book.step(order, { type: 'cover', at, alarms: [], reports: [], facilities }, { by: 'rule', words: reportRemark(report) }, at)
    }
    const joined = book.put(report, { ...report, duplicateOf: of.id, known: true })
    // What waited for the desk may be an order now that it is seen again.
    if (!order) {
      const facility = of.facility === null ? undefined : plant.get(of.facility)
      const fault = { ...knownFault(of, facility, at), firsts: [] }
      if (facility) byItself(of, intake(of, fault, policyFor(of, at)), at)
    }
    return joined
  }

  /** Carries out what goes by itself, and counts the orders that the public makes. */
  function byItself(report: CitizenReport, plan: Intake, at: number): CitizenReport {
    const isNew = plan.type === 'order' || plan.type === 'relapse'
    if (isNew && report.source === 'page') own[isDangerous(report.kind) ? 'danger' : 'other'].take(1, at)
    return carryOut(report, plan, 'rule', at)
  }

  function placeOf(facility: Facility): PublicPlace {
    return { facility, known: knownAt(facility) }
  }

  function knownAt(facility: Facility): PublicPlace['known'] {
    const at = now()
    const seen = ['live-part', 'damaged', 'dark'] as const
    const cause = explaining('dark', facility)
    const order = seen.flatMap((kind) => orderAt(facility, kind, kind === 'dark' ? cause : null, at) ?? [])[0]
    if (order) return { state: publicStateOf(order), since: publicSinceOf(order, order.created), isDanger: order.class === 'danger' }
    const groups = new Set(seen.map((kind) => reportGroup(kind, placed(facility))))
    const waiting = [...groups].flatMap((group) => store.firstsOf(group)).find(({ order: its }) => its === null)
    const since = cause?.activated ?? waiting?.at
    return since === undefined ? null : { state: 'received', since, isDanger: waiting !== undefined && isDangerous(waiting.kind) }
  }

  /** A number that nobody has. */
  function freshNumber(): string {
    for (;;) {
      const number = reportNumber(randomBytes(10))
      if (!store.ofNumber(number)) return number
    }
  }

  function draftOf({ code, position, ...input }: ReportInput, by: string | null, at: number): CitizenReport {
    const facility = code === null ? undefined : by === null ? places.of(code) : (plant.get(code) ?? places.of(code))
    if (code !== null && !facility && !position) {
      throw new LamplighterError('place-unknown', `Nothing here has the code ${JSON.stringify(code.slice(0, 64))}; say where it is.`)
    }
    if (!facility && !position)
      throw new LamplighterError('place-unknown', 'Say where it is: by the code on the pole, or by a place on the map.')
    if (!facility && position && parts.city && !isInside(parts.city, ...position)) {
      throw new LamplighterError('place-unknown', 'This place is not in the city.')
    }
    const number = freshNumber()
    return {
      ...{ ...input, id: 0, number, at, source: by === null ? 'page' : 'telephone', enteredBy: by },
      ...{ facility: facility?.id ?? null, position: facility?.position ?? position },
      group: facility ? reportGroup(input.kind, placed(facility)) : `report ${number}`,
      ...{ district: facility?.district ?? '', domain: facility?.kind.domain ?? '' },
      ...{ telemetry: 'unknown', known: false, duplicateOf: null, order: null, closed: null, closedBy: null, reason: '' },
    }
  }

  return {
    place(code) {
      const facility = places.of(code)
      return facility && placeOf(facility)
    },
    placesNear: (position) => places.near(position).map(placeOf),
    placesOn: (road) => places.on(road).map(placeOf),

    taken(madeId) {
      const report = store.ofMadeId(madeId)
      return report && followed(report)
    },
    take(input, by) {
      const before = store.ofMadeId(input.madeId)
      if (before) return followed(before)
      const at = now()
      const draft = draftOf(input, by, at)
      const facility = draft.facility === null ? undefined : plant.get(draft.facility)
      const { report, begin } = book.change(() => {
        const fault = knownFault(draft, facility, at)
        const plan = intake(draft, fault, policyFor(draft, at))
        const last = by === null && plan.type === 'duplicate' ? lastOfMany(plan.of, draft.facility) : undefined
        if (last) return { report: last, begin: () => {} }
        const telemetry = telemetryWord(
          draft.kind,
          facility ? findingOf(facility) : null,
          facility ? explaining(draft.kind, facility) !== null : false,
        )
        const made = book.insert({ ...draft, telemetry, known: fault.isExplained || plan.type === 'join' })
        if (by !== null) {
          const subject = draft.facility === null ? 'without a facility' : `facility ${draft.facility}`
          state.audit({ at, by, action: 'report-enter', subject: `report ${made.id}`, detail: `${reportKinds[draft.kind].en}, ${subject}` })
        }
        taken.set(plan.type, (taken.get(plan.type) ?? 0) + 1)
        const report = byItself(made, plan, at)
        return { report, ...alert(report, at) }
      })
      begin()
      if (by === null) sums.taken++
      return followed(report)
    },
    ofNumber(text) {
      const number = readReportNumber(text)
      const report = number === null ? undefined : store.ofNumber(number)
      return report && followed(report)
    },
    report(id) {
      const report = store.report(id)
      return report && followed(report)
    },
    list(query) {
      const { items, next } = store.list(query)
      return { items: items.map(followed), next }
    },
    ofOrder: (order) =>
      store
        .ofOrder(order)
        .flatMap((first) => [first, ...store.duplicatesOf(first.id)])
        .map(followed),

    close: (id, reason, by) =>
      book.change(() => {
        const before = known(id)
        if (before.closed !== null) refuse(`Report ${id} is closed already.`)
        const at = now()
        const report = book.put(before, { ...before, closed: at, closedBy: 'desk', reason })
        state.audit({ at, by, action: 'report-close', subject: `report ${id}`, detail: '' })
        return followed(report)
      }),
    makeOrder: (id, { facility: named, class: cls }, by) =>
      book.change(() => {
        const before = known(id)
        if (before.closed !== null) refuse(`Report ${id} is closed.`)
        if (before.duplicateOf !== null) refuse(`Report ${id} goes with report ${before.duplicateOf}.`)
        if (before.order !== null) refuse(`Report ${id} has order ${before.order} already.`)
        const code = named ?? before.facility
        if (code === null) throw new LamplighterError('invalid-request', 'Say which facility it is about.')
        const facility = plant.get(code)
        if (!facility) throw new LamplighterError('not-found', `There is no facility ${JSON.stringify(code)}.`)
        const at = now()
        const place = { facility: facility.id, district: facility.district, domain: facility.kind.domain }
        const located = book.put(before, { ...before, ...place, group: reportGroup(before.kind, placed(facility)) })
        const fault = { ...knownFault(located, facility, at), isExplained: false }
        const report = carryOut(located, intake(located, fault, 'all'), by, at, cls)
        const order = book.orderOf(report.duplicateOf === null ? report : known(report.duplicateOf))
        state.audit({ at, by, action: 'report-order', subject: `report ${id}`, detail: order ? `order ${order.id}` : '' })
        return followed(report)
      }),
    noteRefused() {
      sums.refused++
    },
    tick() {
      const at = now()
      if (Math.abs(at - looked) < SUMMED) return
      state.transaction(() => {
        store.erasePersonal(at - PERSONAL_KEPT)
        if (sums.taken + sums.refused === 0) return
        const detail = `${sums.taken} taken, ${sums.refused} refused since ${new Date(sums.since).toISOString()}`
        state.audit({ at, by: 'public', action: 'citizen-reports', subject: 'report page', detail })
      })
      looked = at
      sums = { since: at, taken: 0, refused: 0 }
    },
    figures: () => ({ taken, ...store.counts() }),
    onChange: (listener) => book.onChange((reports) => listener(reports.map(followed))),
  }
}

const placed = ({ id, kind, road, fedBy, circuit, district, keyArea }: Facility) => ({
  ...{ id, domain: kind.domain, road, fedBy, circuit, district, keyArea },
})

/** Whoever took it out of service, or works at it, knows that it is dark. */
const isOut = ({ mode }: Facility): boolean => mode === 'out-of-service' || mode === 'maintenance'

/** Not that nothing is heard, nor that a sensor or a clock is wrong: nobody sees that in the street. */
const tellsOfFault = ({ rule, evidence }: Alarm): boolean =>
  evidence.ruleType !== 'silence' && rule !== 'sensor-fault' && rule !== 'clock-skew'
