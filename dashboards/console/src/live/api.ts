import type { PlantColumns, Snapshot, SnapshotReason } from '../../../../src/edges/http/live-schemas.ts'
import type { ReadingsView } from '../../../../src/edges/http/reading-schemas.ts'
import type { AlarmView, FacilityDetail, FacilityPageView, KindView } from '../../../../src/edges/http/schemas.ts'
import type { FacilityMode } from '../../../../src/facilities/plant.ts'
import { get, request } from '../../../shared/http.ts'
import type { Session, SignInStep } from '../../../shared/session.ts'

export { ApiProblem, get, request } from '../../../shared/http.ts'
export { type Session, type SignInStep, session } from '../../../shared/session.ts'

export const id = encodeURIComponent

export const signIn = (name: string, password: string) => request<SignInStep>('POST', '/api/session', { name, password })
export const signOut = () => request<void>('DELETE', '/api/session')
export const getSession = () => get<Session>('/api/session')
export const getKinds = () => get<{ kinds: KindView[] }>('/api/kinds')
export const getSnapshot = (reason: SnapshotReason) => get<Snapshot>('/api/snapshot', { reason })
export const getPlant = () => get<PlantColumns>('/api/plant')

export const getFacility = (facility: string) => get<FacilityDetail>(`/api/facilities/${id(facility)}`)
export const setMode = (facility: string, mode: FacilityMode, reason: string) =>
  request<unknown>('PUT', `/api/facilities/${id(facility)}/mode`, { mode, reason })
/** `from` and `to` ms since 1970; down-sampled to `buckets`. */
export const getReadings = (facility: string, points: readonly string[], from: number, to: number, buckets: number) =>
  get<ReadingsView>(`/api/facilities/${id(facility)}/readings`, { points: points.join(','), from, to, buckets })

export const getAlarm = (alarm: number) => get<AlarmView>(`/api/alarms/${alarm}`)
/** Facilities that lack something through an alarm. */
export const getAffected = (alarm: number, limit: number, after?: string | number) =>
  get<FacilityPageView>(`/api/alarms/${alarm}/affected`, { limit, ...(after !== undefined && { after }) })
/** Alarms that one explains. */
export const getExplained = (alarm: number, limit: number, before?: string | number) =>
  get<{ items: AlarmView[]; next: string | number | null }>('/api/alarms', {
    suppressedBy: alarm,
    limit,
    ...(before !== undefined && { before }),
  })
/** An alarm as somebody saw it; refused when it has come back or has another priority since. */
export type SeenAlarm = Pick<AlarmView, 'id' | 'version'>
export const acknowledge = (alarms: readonly SeenAlarm[]) =>
  request<{ alarms: AlarmView[] }>('POST', '/api/alarms/acknowledge', { alarms: alarms.map(({ id, version }) => ({ id, version })) })
export const commentOn = (alarm: number, text: string) => request<AlarmView>('POST', `/api/alarms/${alarm}/comment`, { text })
export const shelve = ({ id: alarm, version }: SeenAlarm, minutes: number, reason: string) =>
  request<AlarmView>('POST', `/api/alarms/${alarm}/shelve`, { minutes, reason, version })
export const unshelve = (alarm: number) => request<AlarmView>('POST', `/api/alarms/${alarm}/unshelve`, {})
export const reset = ({ id: alarm, version }: SeenAlarm) => request<AlarmView>('POST', `/api/alarms/${alarm}/reset`, { version })
