import { signal } from '@preact/signals'
import type { Scope } from '../../../../src/access/scope.ts'
import type { PlantColumns, Snapshot, SnapshotReason } from '../../../../src/edges/http/live-schemas.ts'
import type { ReadingsView } from '../../../../src/edges/http/reading-schemas.ts'
import type { AlarmView, FacilityDetail, FacilityPageView, KindView } from '../../../../src/edges/http/schemas.ts'
import type { FacilityMode } from '../../../../src/facilities/plant.ts'
import type { Text } from '../../../../src/telemetry/point.ts'

const PATIENCE = 15_000

export interface Session {
  name: string
  role: string
  roleTitle: Text
  scope: Scope
  /** What the account may do. */
  permissions: readonly string[]
  expires: number
  /** What has to be set before anything else. */
  owes: 'password' | 'second-factor' | null
  secondFactorDue: number | null
  /** Of the city. */
  timeZone: string
}

/** A session, or what the code of the second factor is to be sent with. */
export type SignInStep = Session | { pending: string }

/** undefined: not asked yet; null: nobody is signed in. */
export const session = signal<Session | null | undefined>(undefined)

/** The server's refusal, or `unreachable` when there was no answer; `message` is for people. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly title: string

  constructor(status: number, code: string, title: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
    this.title = title
  }
}

export async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, {
      method,
      signal: AbortSignal.timeout(PATIENCE),
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  } catch (cause) {
    throw new ApiProblem(0, 'unreachable', '', cause instanceof Error ? cause.message : String(cause))
  }
  if (response.status === 204) return undefined as T
  const answer = (await response.json().catch(() => null)) as (T & { title?: string; detail?: string; code?: string }) | null
  if (response.ok && answer !== null) return answer
  if (response.status === 401 && path !== '/api/session') session.value = null
  throw new ApiProblem(response.status, answer?.code ?? 'unknown', answer?.title ?? response.statusText, answer?.detail ?? '')
}

export const get = <T>(path: string, query: Record<string, string | number | undefined> = {}): Promise<T> => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return request('GET', search ? `${path}?${search}` : path)
}
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
