import type { KeptViewsView, KeptViewView } from '../../../../src/edges/http/routes/kept-views.ts'
import { get, request } from '../live/api.ts'

export type AlarmListView = KeptViewView
export type ViewInput = Pick<AlarmListView, 'name' | 'shared' | 'search'>

export const getViews = () => get<KeptViewsView>('/api/views')
export const addView = (view: ViewInput) => request<AlarmListView>('POST', '/api/views', view)
export const changeView = (id: number, { name, shared, search }: ViewInput) =>
  request<AlarmListView>('PUT', `/api/views/${id}`, { name, shared, search })
export const removeView = (id: number) => request<void>('DELETE', `/api/views/${id}`)
/** null: the list opens with none. */
export const setFirstView = (id: number | null) => request<void>('PUT', '/api/views/first', { id })
