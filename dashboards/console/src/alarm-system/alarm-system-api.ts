import type { Static } from 'typebox'
import type { AlarmKpiView, FloodNowView, FloodReviewSchema, IncidentsView } from '../../../../src/edges/http/flood-schemas.ts'
import { get, request } from '../live/api.ts'

/** A flood without what changes while it goes on. */
export type FloodView = Omit<FloodNowView, 'rate' | 'incidents' | 'asOf'>

/** `from` and `to` ms since 1970. */
export const getKpi = (from: number, to: number) => get<AlarmKpiView>('/api/alarm-kpi', { from: Math.round(from), to: Math.round(to) })
/** Newest first. */
export const getFloods = (limit: number, before?: string | number) =>
  get<{ items: FloodView[]; next: number | null }>('/api/floods', { limit, before })
export const getFlood = (flood: number) => get<IncidentsView & { flood: FloodView }>(`/api/floods/${flood}`)

export type FloodReviewView = Static<typeof FloodReviewSchema>
export type Proposal = NonNullable<FloodReviewView['review']>['proposals'][number]
export const getReview = (flood: number) => get<FloodReviewView>(`/api/floods/${flood}/review`)
export const makeReview = (flood: number) => request<unknown>('POST', `/api/floods/${flood}/review`, {})
export const stopReview = (flood: number) => request<unknown>('DELETE', `/api/floods/${flood}/review`)
