import type { ReportPolicy } from '../dispatch/dispatch-policy.ts'
import { isAsUrgent, isOver, type NewOrder, type Order, type OrderClass } from '../dispatch/order.ts'
import { isRelapse } from '../dispatch/order-step.ts'
import { DUPLICATE_WINDOW, type Placed, takesMore, workGroup } from '../dispatch/work-group.ts'
import type { Text } from '../telemetry/point.ts'
import type { LampFinding } from './lamp-on-rate.ts'

/** What citizens report. */
export const reportKinds = {
  dark: { zh: '灯不亮', en: 'Lamp is dark' },
  flickering: { zh: '灯闪烁', en: 'Lamp flickers' },
  'by-day': { zh: '白天亮灯', en: 'Lamp burns by day' },
  damaged: { zh: '灯杆或灯具损坏', en: 'Pole or lamp is damaged' },
  'live-part': { zh: '漏电或电线裸露', en: 'Bare wire, or the pole gives shocks' },
  'cabinet-open': { zh: '箱门敞开', en: 'Cabinet stands open' },
  other: { zh: '其他', en: 'Something else' },
} as const satisfies Record<string, Text>
export type ReportKind = keyof typeof reportKinds

/** What can kill is a danger at once, whoever says so. */
export const isDangerous = (kind: ReportKind): boolean => kind === 'live-part' || kind === 'cabinet-open'

/** Whether telemetry can tell of it, and so bear out its repair; of a bare wire only people can. */
export const isSeenByTelemetry = (kind: ReportKind): boolean => kind === 'dark' || kind === 'flickering' || kind === 'by-day'

export const classOf = (kind: ReportKind): OrderClass => (isDangerous(kind) ? 'danger' : kind === 'damaged' ? 'severe' : 'ordinary')

/** How a report came in. */
export type ReportSource = 'page' | 'telephone'

/** What telemetry said when it came in; `disagrees`: that the lamp burns. */
export const telemetryWords = ['confirms', 'disagrees', 'unknown'] as const
export type TelemetryWord = (typeof telemetryWords)[number]

/** What somebody saw. `contact` is told to nobody but those who may enter reports. */
export interface CitizenReport {
  id: number
  /** By which whoever reported it looks it up; tells nothing and cannot be guessed. */
  number: string
  /** Made by the page, so that a report sent twice counts once. */
  madeId: string
  at: number
  kind: ReportKind
  source: ReportSource
  /** Account of the operator who took the call; null from the page. */
  enteredBy: string | null
  facility: string | null
  /** WGS84 longitude and latitude. */
  position: readonly [number, number] | null
  /** What further reports are taken to be the same: see `reportGroup`. */
  group: string
  /** Of the facility; empty without one. */
  district: string
  domain: string
  words: string
  contact: string
  language: 'zh' | 'en'
  /** Whoever called wants to be told what becomes of it. */
  callerWaits: boolean
  telemetry: TelemetryWord
  /** Telemetry or somebody else knew of it when it came in. */
  known: boolean
  /** The first report of the same fault; this one closes with it, and has no order of its own. */
  duplicateOf: number | null
  order: number | null
  /** When nothing more will come of it, ms; null while something may. */
  closed: number | null
  /** `order`: with its order; `first`: with the report it is a duplicate of; `desk`: by a person. */
  closedBy: 'order' | 'first' | 'desk' | null
  /** Why a person closed it, in words for whoever reported it; empty otherwise. */
  reason: string
}

/**
 * Faults of lamps on one circuit are one repair. What is broken or dangerous at one pole has nothing to do with the next, and what can kill
 * neither waits for another repair nor closes with it.
 */
export function reportGroup(kind: ReportKind, placed: Placed): string {
  if (isSeenByTelemetry(kind)) return workGroup(placed)
  return `${isDangerous(kind) ? 'danger ' : ''}facility ${placed.id}`
}

/** What is known of the fault that somebody reports. */
export interface KnownFault {
  /** Open reports of its group that are no duplicates, oldest first, with their orders. */
  firsts: readonly { report: CitizenReport; order: Order | null }[]
  /** An order to which the fault may be added: of its group, or for the alarm that explains it. */
  order: Order | null
  /** Orders that were over, or verified, last: of its group, and those into which what was reported of it went. */
  lasts: readonly Order[]
  /** An alarm that stands explains it, or that nothing is expected of it now. */
  isExplained: boolean
}

/** What happens to a report as it comes in. */
export type Intake =
  /** The same fault was reported before: it goes with that report. */
  | { type: 'duplicate'; of: CitizenReport }
  | { type: 'join'; order: Order }
  /** The repair did not hold. */
  | { type: 'relapse'; order: Order }
  | { type: 'order' }
  /** For the desk. */
  | { type: 'wait' }

/** What becomes of a report. Joining what there is costs nobody a trip, so that only a new one asks the policy. */
export function intake(
  { kind, facility, at }: Pick<CitizenReport, 'kind' | 'facility' | 'at'>,
  { firsts, order, lasts, isExplained }: KnownFault,
  policy: ReportPolicy,
): Intake {
  if (facility === null) return { type: 'wait' }
  const covers = (one: Order) => one.facilities.includes(facility)
  const takes = (its: Order | null) => its === null || takesMore(its) || (its.state === 'repaired' && covers(its))
  // What a crew calls repaired takes no other lamp any more, but the same one once more is no news. What hurries waits with nothing that does not.
  const first = firsts.find(
    ({ report, order: its }) => at - report.at <= DUPLICATE_WINDOW && isAsUrgent(classOf(report.kind), classOf(kind)) && takes(its),
  )
  if (first) return { type: 'duplicate', of: first.report }
  if (order && takesMore(order)) return { type: 'join', order }
  const makesOrder = policy !== 'off' && (isDangerous(kind) || (policy === 'all' && !isExplained))
  if (!makesOrder) return { type: 'wait' }
  const former = lasts.find((one) => covers(one) && isRelapse(one, at))
  return former ? { type: 'relapse', order: former } : { type: 'order' }
}

/** What telemetry says of what somebody saw. `finding`: of the lamp, null for what is none; `isExplained`: an alarm stands for it. */
export function telemetryWord(kind: ReportKind, finding: LampFinding | null, isExplained: boolean): TelemetryWord {
  if (!isSeenByTelemetry(kind)) return 'unknown'
  if (kind === 'dark' && finding === 'lit') return 'disagrees'
  return isExplained || (kind === 'dark' && finding === 'dark') ? 'confirms' : 'unknown'
}

export const reportTitle = (kind: ReportKind): Text => ({
  zh: `市民报修：${reportKinds[kind].zh}`,
  en: `Reported by a citizen: ${reportKinds[kind].en}`,
})

/** What the desk is told of a danger for which there is no order yet. */
export const alertTitle = (kind: ReportKind): Text => ({
  zh: `市民报告危险，尚无工单：${reportKinds[kind].zh}`,
  en: `Danger without an order, reported by a citizen: ${reportKinds[kind].en}`,
})

/** What the log of its order says of a report: nothing in words of whoever reported it. */
export function reportRemark({ id, kind, telemetry }: Pick<CitizenReport, 'id' | 'kind' | 'telemetry'>): string {
  const doubt = telemetry === 'disagrees' ? '; telemetry says that the lamp burns' : ''
  return `report ${id}: ${reportKinds[kind].en}${doubt}`
}

/** The order that a report becomes by itself, or by `createdBy`. */
export const orderForReport = (
  { id, kind, group }: Pick<CitizenReport, 'id' | 'kind' | 'group'>,
  facility: { id: string; district: string; domain: string; keyArea: boolean },
  clock: { arriveBy: number; repairBy: number },
  createdBy: string,
  at: number,
): NewOrder => ({
  ...{ origin: 'report', class: classOf(kind), title: reportTitle(kind), facilities: [facility.id], alarms: [], reports: [id], group },
  ...{ district: facility.district, domain: facility.domain, keyArea: facility.keyArea, created: at, createdBy, ...clock },
})

/**
 * A report as its order is now, which is not one that was merged; the same object when nothing changes. An order that goes on again takes back
 * what was closed with it.
 */
export function withOrder(report: CitizenReport, order: Order): CitizenReport {
  const isDone = isOver(order.state)
  const isKept = report.closedBy === 'desk' || (report.closed !== null) === isDone
  if (isKept) return report.order === order.id ? report : { ...report, order: order.id }
  return { ...report, order: order.id, closed: isDone ? order.closed : null, closedBy: isDone ? 'order' : null }
}

/** A duplicate as the first report is now; the same object when nothing changes. */
export function withFirst(report: CitizenReport, { closed, reason }: Pick<CitizenReport, 'closed' | 'reason'>): CitizenReport {
  if (report.closedBy === 'desk' || (report.closed === closed && report.reason === reason)) return report
  return { ...report, closed, closedBy: closed === null ? null : 'first', reason }
}

/** How far it is, in steps that a citizen understands. */
export const publicStates = {
  received: { zh: '已受理', en: 'Received' },
  'crew-told': { zh: '已派单', en: 'A crew has been told' },
  'crew-on-the-way': { zh: '维修人员已出发', en: 'A crew is on its way' },
  'crew-there': { zh: '正在维修', en: 'A crew is working on it' },
  repaired: { zh: '已修复，正在核实', en: 'Repaired, being checked' },
  done: { zh: '已办结', en: 'Done' },
  'not-repaired': { zh: '已结束，未作维修', en: 'Closed without a repair' },
} as const satisfies Record<string, Text>
export type PublicState = keyof typeof publicStates

const ofOrder: Readonly<Record<Order['state'], PublicState>> = {
  ...{ open: 'received', dispatched: 'crew-told', accepted: 'crew-told', 'on-the-way': 'crew-on-the-way', arrived: 'crew-there' },
  ...{ repairing: 'crew-there', repaired: 'repaired', verified: 'done', closed: 'done', rejected: 'not-repaired', merged: 'received' },
}

/** What the public is told of an order. */
export const publicStateOf = ({ state, repair }: Pick<Order, 'state' | 'repair'>): PublicState =>
  state === 'closed' && repair === null ? 'not-repaired' : ofOrder[state]

/** Since when, ms; what was reported later cannot have been so before it was reported. */
export function publicSinceOf({ state, times, repair, verification, closed, created }: Order, reported: number): number {
  const moments: Readonly<Record<PublicState, number | null | undefined>> = {
    ...{ received: created, 'crew-told': times.accepted ?? times.dispatched, 'crew-on-the-way': times.setOut },
    ...{ 'crew-there': times.begun ?? times.arrived, repaired: repair?.at, done: verification?.at ?? closed, 'not-repaired': closed },
  }
  return Math.max(reported, moments[publicStateOf({ state, repair })] ?? created)
}

/** What whoever knows its number is told: nothing of any person. `report` is no duplicate; `order` is the one it went into, after all merging. */
export function publicState(report: Pick<CitizenReport, 'closed' | 'closedBy'>, order: Order | null): PublicState {
  if (report.closedBy === 'desk') return 'not-repaired'
  if (order) return publicStateOf(order)
  return report.closed === null ? 'received' : 'not-repaired'
}

export function publicSince(report: Pick<CitizenReport, 'at' | 'closed' | 'closedBy'>, order: Order | null): number {
  if (report.closedBy !== 'desk' && order) return publicSinceOf(order, report.at)
  return report.closed ?? report.at
}

/** Letters and digits that are not taken for each other when read aloud or written by hand. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const LENGTH = 10

/** A number such as K7Q2M-9XRT4 from random bytes, at least ten: 31 to the power of 10 possible ones, so that guessing finds none. */
export function reportNumber(random: Uint8Array): string {
  const letters = Array.from({ length: LENGTH }, (_, i) => ALPHABET[(random[i] as number) % ALPHABET.length])
  return `${letters.slice(0, 5).join('')}-${letters.slice(5).join('')}`
}

/** A number as somebody has typed it, in letters of full width too, as Chinese keyboards write them; null when it cannot be one. */
export function readReportNumber(text: string): string | null {
  const plain = text.normalize('NFKC').toUpperCase().replace(/[\s-]/g, '')
  const isNumber = plain.length === LENGTH && [...plain].every((letter) => ALPHABET.includes(letter))
  return isNumber ? `${plain.slice(0, 5)}-${plain.slice(5)}` : null
}
