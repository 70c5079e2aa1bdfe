import type { DutyReportSummaryView, DutyReportView, ReportSettingsView } from '../../../../src/edges/http/duty-report-schemas.ts'
import type { Company } from '../../../../src/operations/company.ts'
import type { ReportPeriod } from '../../../../src/operations/duty-report.ts'
import { get, request } from '../live/api.ts'

export interface ListedReports {
  items: DutyReportSummaryView[]
  next: number | null
}

export const getReports = (filter: Record<string, string | number>) => get<ListedReports>('/api/duty-reports', filter)
export const getReport = (report: number) => get<DutyReportView>(`/api/duty-reports/${report}`)
export const makeReport = (company: Company, period: ReportPeriod, at: number) =>
  request<DutyReportSummaryView>('POST', '/api/duty-reports', { company, period, at })
export const makeAgain = (report: number, reason: string) =>
  request<DutyReportSummaryView>('POST', `/api/duty-reports/${report}/again`, { reason })
export const signReport = (report: number, remark: string) =>
  request<DutyReportView>('POST', `/api/duty-reports/${report}/sign`, { remark })
export const getReportSettings = () => get<ReportSettingsView>('/api/duty-report-settings')
export const putReportSettings = (settings: ReportSettingsView) => request<ReportSettingsView>('PUT', '/api/duty-report-settings', settings)
