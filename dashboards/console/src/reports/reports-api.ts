import type { PublicPlaceView, ReportDetailView, ReportInputView, ReportPageView } from '../../../../src/edges/http/report-schemas.ts'
import { get, id, request } from '../live/api.ts'

export const getReports = (query: Record<string, string | number | undefined>) => get<ReportPageView>('/api/reports', query)
export const getReport = (report: number) => get<ReportDetailView>(`/api/reports/${report}`)
export const enterReport = (body: ReportInputView) => request<ReportDetailView>('POST', '/api/reports', body)
export const closeReport = (report: number, reason: string) => request<ReportDetailView>('POST', `/api/reports/${report}/close`, { reason })
export const makeReportOrder = (report: number, body: { facility?: string; class?: string }) =>
  request<ReportDetailView>('POST', `/api/reports/${report}/order`, body)
/** What the public is told of a pole, a fault that is known there among it. */
export const getPlace = (code: string) => get<PublicPlaceView>(`/api/public/places/${id(code)}`)
