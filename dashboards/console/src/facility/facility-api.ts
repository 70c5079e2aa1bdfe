import type { HeartbeatsView } from '../../../../src/edges/http/heartbeat-schemas.ts'
import type { AlarmView, FacilityInput, FacilityPageView, FacilityVersionView, FacilityView } from '../../../../src/edges/http/schemas.ts'
import { get, id, request } from '../live/api.ts'

type Cursor = string | number | undefined

export const getFacilities = (query: {
  q?: string
  query?: string
  kind?: string
  district?: string
  state?: string
  sort?: string
  limit?: number
  after?: Cursor
}) => get<FacilityPageView>('/api/facilities', query)

export const putFacility = (facility: FacilityInput, reason: string) =>
  request<{ facilities: FacilityView[] }>('POST', '/api/facilities', { facilities: [facility], ...(reason && { reason }) })

export const removeFacility = (facility: string, reason: string) =>
  request<void>('DELETE', `/api/facilities/${id(facility)}?${new URLSearchParams({ reason })}`)

export const getChildren = (facility: string, of: 'supply' | 'link', circuit: string, limit: number, after: Cursor) =>
  get<FacilityPageView>(`/api/facilities/${id(facility)}/children`, { of, circuit, limit, after })

export const getVersions = (facility: string, limit: number, before: Cursor) =>
  get<{ items: FacilityVersionView[]; next: number | null }>(`/api/facilities/${id(facility)}/versions`, { limit, before })

/** Alarms of a facility that are over, the newest first. */
export const getPastAlarms = (facility: string, limit: number, before: Cursor) =>
  get<{ items: AlarmView[]; next: number | null }>('/api/alarms', { facility, live: 'false', limit, before })

/** What became of the newest reports that were expected. */
export const getHeartbeats = (facility: string, limit: number) =>
  get<HeartbeatsView>(`/api/facilities/${id(facility)}/heartbeats`, { limit })
