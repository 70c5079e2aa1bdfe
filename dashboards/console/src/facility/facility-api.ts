import type { FacilityInput, FacilityPageView, FacilityVersionView, FacilityView } from '../../../../src/edges/http/schemas.ts'
import { get, id, request } from '../live/api.ts'

type Cursor = string | number | undefined

export const getFacilities = (query: { q?: string; query?: string; kind?: string; limit?: number; after?: Cursor }) =>
  get<FacilityPageView>('/api/facilities', query)

export const putFacility = (facility: FacilityInput, reason: string) =>
  request<{ facilities: FacilityView[] }>('POST', '/api/facilities', { facilities: [facility], ...(reason && { reason }) })

export const removeFacility = (facility: string, reason: string) =>
  request<void>('DELETE', `/api/facilities/${id(facility)}?${new URLSearchParams({ reason })}`)

export const getChildren = (facility: string, of: 'supply' | 'link', circuit: string, limit: number, after: Cursor) =>
  get<FacilityPageView>(`/api/facilities/${id(facility)}/children`, { of, circuit, limit, after })

export const getVersions = (facility: string, limit: number, before: Cursor) =>
  get<{ items: FacilityVersionView[]; next: number | null }>(`/api/facilities/${id(facility)}/versions`, { limit, before })
