import type { AlarmKpiView, FloodNowView, IncidentsView } from '../../../../src/edges/http/flood-schemas.ts'
import { get } from '../live/api.ts'

/** A flood without what changes while it goes on. */
export type FloodView = Omit<FloodNowView, 'rate' | 'incidents' | 'asOf'>

/** `from` and `to` ms since 1970. */
export const getKpi = (from: number, to: number) => get<AlarmKpiView>('/api/alarm-kpi', { from: Math.round(from), to: Math.round(to) })
/** Newest first. */
export const getFloods = (limit: number, before?: string | number) =>
  get<{ items: FloodView[]; next: number | null }>('/api/floods', { limit, before })
export const getFlood = (flood: number) => get<IncidentsView & { flood: FloodView }>(`/api/floods/${flood}`)
