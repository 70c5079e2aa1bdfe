import type { LightArmingView, LightChangeInput, LightChangeView } from '../../../../src/edges/http/light-change-schemas.ts'
import { get, id, request } from '../live/api.ts'
import { consoleSeat } from '../live/live.ts'

export const listLightChanges = (state: 'waiting' | 'all', limit: number, before?: string | number) =>
  get<{ items: LightChangeView[]; next: number | null }>('/api/light-changes', { state, limit, before })
export const getLightChange = (change: string) => get<LightChangeView>(`/api/light-changes/${id(change)}`)
/** What would happen, and the token by which it does. */
export const armLight = (change: LightChangeInput) =>
  request<LightArmingView>('POST', '/api/light-changes/arm', { change, console: consoleSeat() })
export const executeLight = (change: string, token: string, count?: number) =>
  request<LightChangeView>('POST', '/api/light-changes', {
    ...{ id: change, token, ...(count !== undefined && { count }) },
    console: consoleSeat(),
  })
export const approveLight = (change: string) =>
  request<LightChangeView>('POST', `/api/light-changes/${id(change)}/approve`, { console: consoleSeat() })
export const declineLight = (change: string, reason: string) =>
  request<LightChangeView>('POST', `/api/light-changes/${id(change)}/decline`, { reason, console: consoleSeat() })
export const withdrawLight = (change: string, reason: string) =>
  request<LightChangeView>('POST', `/api/light-changes/${id(change)}/withdraw`, { reason })
