import type { Services } from '../../edges/services.ts'
import type { ReportPart } from '../../operations/duty-report.ts'
import { companyReportParts } from '../company-figures/report-parts.ts'
import { emergencyReportPart } from '../emergency/emergency-report.ts'
import type { ServiceParts } from '../parts.ts'
import { programmeReportPart } from '../programmes/programme-report.ts'
import { completenessPart } from './completeness-part.ts'
import { lampPart } from './lamp-part.ts'
import { ownParts } from './own-parts.ts'
import { roundPart } from './round-part.ts'

/** What parts of reports are made of: the parts of the services, and services that are made already. */
export type ReportSources = ServiceParts &
  Pick<Services, 'companyFigures' | 'alarmSystem' | 'orders' | 'dayFigures' | 'lampOnRates' | 'lampHistory' | 'rounds'>

/** All parts of duty reports, in the order in which they stand there: what a company is judged by first, then alarms, orders and events. */
export function reportParts(sources: ReportSources): ReportPart[] {
  return [
    lampPart(sources),
    ...companyReportParts(sources),
    roundPart(sources),
    ...ownParts(sources),
    programmeReportPart(sources),
    emergencyReportPart(sources),
    completenessPart(sources),
  ]
}
