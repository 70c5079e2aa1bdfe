import type { Scope } from '../../access/scope.ts'
import { LamplighterError } from '../../errors.ts'
import type { Facility } from '../../facilities/plant.ts'
import { type CitizenReport, reportKinds } from '../../operations/citizen-report.ts'
import type { Text } from '../../telemetry/point.ts'
import type { FollowedReport, PublicPlace, ReportInput } from '../reports.ts'
import type { Services } from '../services.ts'
import { isOrderInScope } from './order-views.ts'
import type {
  OrderReportView,
  PublicPlaceView,
  PublicReceiptView,
  PublicReportView,
  ReportDetailView,
  ReportInputView,
  ReportView,
} from './report-schemas.ts'

type Known = Pick<Services, 'plant'>

/** Where its facility lies; one without is for those who have the whole city. */
export const isReportInScope = ({ district, domain }: Pick<CitizenReport, 'district' | 'domain'>, scope: Scope): boolean =>
  isOrderInScope({ district, domain }, scope)

const nameOf = ({ name, nameEn, id }: Facility): Text => ({ zh: name || id, en: nameEn || name || id })
const namedIn = ({ plant }: Known, facility: string | null): Text | null => {
  const found = facility === null ? undefined : plant.get(facility)
  return found ? nameOf(found) : null
}
const positionView = (position: readonly [number, number] | null): [number, number] | null => position && [...position]

export const placeView = ({ facility, known }: PublicPlace): PublicPlaceView => ({
  ...{ code: facility.id, name: nameOf(facility), road: facility.road || null, kind: facility.kind.key },
  ...{ position: positionView(facility.position), known },
})

export const receiptView = ({ report, state }: FollowedReport): PublicReceiptView => ({
  ...{ number: report.number, state, duplicate: report.duplicateOf !== null, known: report.known },
})

export function publicReportView({ report, first, state, since }: FollowedReport, services: Known): PublicReportView {
  const { number, kind, at } = report
  const reason = report.reason || first.reason
  return { number, kind, at, state, since, place: namedIn(services, report.facility), ...(reason && { reason }) }
}

export function reportView({ report, order, state, since, duplicates }: FollowedReport, services: Known): ReportView {
  const { madeId: _, contact, group: __, position, ...rest } = report
  return {
    ...rest,
    name: namedIn(services, report.facility),
    position: positionView(position),
    ...{ hasContact: contact !== '', order, state, since, duplicates },
  }
}

export const reportDetailView = (one: FollowedReport, services: Known): ReportDetailView => ({
  report: reportView(one, services),
  contact: one.report.contact,
})

export const orderReportView = ({ report }: FollowedReport): OrderReportView => {
  const { id, at, kind, words, facility, telemetry, duplicateOf } = report
  return { id, at, kind, kindTitle: reportKinds[kind], words, facility, telemetry, duplicateOf }
}

/** Words as somebody may paste them, without what no keyboard has. */
const tidy = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\P{C}\n]/gu, ' ')
    .trim()

export function reportInput(given: ReportInputView): ReportInput {
  const { id, kind, code = null, position = null, words = '', contact = '', language = 'zh', callerWaits = false } = given
  return { madeId: id, kind, code, position, words: tidy(words), contact: tidy(contact), language, callerWaits }
}

/** Throws `not-found`, for one out of scope too. */
export function knownReport(services: Pick<Services, 'reports'>, id: number, scope: Scope): FollowedReport {
  const found = services.reports.report(id)
  if (found && isReportInScope(found.report, scope)) return found
  throw new LamplighterError('not-found', `There is no report ${id}; /api/reports lists them.`)
}
