import type { ControlProgramme } from '../../../../src/control/control-programme.ts'
import type { ProgrammeCalendar } from '../../../../src/control/programme-calendar.ts'
import type { ProgrammeAssignment } from '../../../../src/control/programme-set.ts'
import type {
  AssignmentsView,
  CalendarsView,
  ConditionView,
  DeviceProgrammesView,
  OverrideInput,
  OverrideView,
  PreviewView,
  ProgrammesView,
  TryOutView,
} from '../../../../src/edges/http/programme-schemas.ts'
import { get, id, request } from '../live/api.ts'

export const getProgrammes = () => get<ProgrammesView>('/api/programmes')
export const putProgramme = ({ id: key, ...rest }: ControlProgramme) => request<unknown>('PUT', `/api/programmes/${id(key)}`, rest)
export const removeProgramme = (key: string) => request<void>('DELETE', `/api/programmes/${id(key)}`)
export const tryOut = (steps: ControlProgramme['steps'], date?: string) =>
  request<TryOutView>('POST', '/api/programme-preview', { steps, ...(date && { date }) })

export const getCalendars = () => get<CalendarsView>('/api/calendars')
export const putCalendar = ({ id: key, ...rest }: ProgrammeCalendar) => request<unknown>('PUT', `/api/calendars/${id(key)}`, rest)
export const removeCalendar = (key: string) => request<void>('DELETE', `/api/calendars/${id(key)}`)

export const getAssignments = () => get<AssignmentsView>('/api/programme-assignments')
/** Refused where another version than `version` is in force. */
export const putAssignments = (items: readonly ProgrammeAssignment[], version: number) =>
  request<AssignmentsView>('PUT', '/api/programme-assignments', { items, version })

export const getConditions = () => get<{ items: ConditionView[] }>('/api/programme-conditions')
export const putCondition = ({ id: key, ...rest }: ConditionView) => request<unknown>('PUT', `/api/programme-conditions/${id(key)}`, rest)
export const removeCondition = (key: string) => request<void>('DELETE', `/api/programme-conditions/${id(key)}`)

export const getOverrides = (state: 'open' | 'all', limit: number, after?: string | number) =>
  get<{ items: OverrideView[]; next: number | null }>('/api/programme-overrides', { state, limit, after })
export const addOverride = (override: OverrideInput) => request<OverrideView>('POST', '/api/programme-overrides', override)
export const endOverride = (override: number, reason: string) =>
  request<OverrideView>('POST', `/api/programme-overrides/${override}/end`, { reason })

/** Of the present night where no date is given. */
export const getPreview = (query: { facility?: string | undefined; query?: string | undefined; date?: string | undefined }) =>
  get<PreviewView>('/api/programme-preview', query)

export const getDevices = (state: string | undefined, limit: number, after?: string | number) =>
  get<DeviceProgrammesView>('/api/programme-state', { state, limit, after })
/** Facilities that one request takes. */
export const MOST_DOWNLOADED = 500
export const downloadAgain = (facilities: readonly string[]) =>
  request<{ devices: number }>('POST', '/api/programme-state/download', { facilities })
