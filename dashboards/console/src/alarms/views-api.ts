import type { AlarmViewsView, AlarmViewView } from '../../../../src/edges/http/routes/alarm-views.ts'
import { get, request } from '../live/api.ts'

export type AlarmListView = AlarmViewView
export type ViewInput = Pick<AlarmListView, 'name' | 'shared' | 'search'>

export const getViews = () => get<AlarmViewsView>('/api/alarm-views')
export const addView = (view: ViewInput) => request<AlarmListView>('POST', '/api/alarm-views', view)
export const changeView = (id: number, { name, shared, search }: ViewInput) =>
  request<AlarmListView>('PUT', `/api/alarm-views/${id}`, { name, shared, search })
export const removeView = (id: number) => request<void>('DELETE', `/api/alarm-views/${id}`)
/** null: the list opens with none. */
export const setFirstView = (id: number | null) => request<void>('PUT', '/api/alarm-views/first', { id })
