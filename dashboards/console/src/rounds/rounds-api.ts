import type {
  ComingRoundsView,
  CoverageView,
  RoundDetailView,
  RoundLabelsView,
  RoundPageView,
  RoundPlanInputView,
  RoundPlansView,
  RoundPlanView,
  RoundView,
} from '../../../../src/edges/http/round-schemas.ts'
import { get, id, request } from '../live/api.ts'

export const getRounds = (query: Record<string, string | number>) => get<RoundPageView>('/api/rounds', query)
export const getComing = (query: { from: number; to: number; limit: number }) => get<ComingRoundsView>('/api/rounds/to-come', query)
export const getRound = (round: number) => get<RoundDetailView>(`/api/rounds/${round}`)
export const callOff = (round: number, reason: string) => request<RoundView>('POST', `/api/rounds/${round}/call-off`, { reason })
export const getPlans = () => get<RoundPlansView>('/api/round-plans')
export const putPlan = (plan: string, body: RoundPlanInputView) => request<RoundPlanView>('PUT', `/api/round-plans/${id(plan)}`, body)
export const removePlan = (plan: string) => request<void>('DELETE', `/api/round-plans/${id(plan)}`)
export const getLabels = (plan: string) => get<RoundLabelsView>(`/api/round-plans/${id(plan)}/labels`)
export const getCoverage = (query: Record<string, string | number>) => get<CoverageView>('/api/round-coverage', query)
