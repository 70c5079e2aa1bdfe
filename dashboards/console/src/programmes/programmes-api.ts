import type { ControlProgramme } from '../../../../src/control/control-programme.ts'
import type {
  AssignmentsView,
  CalendarsView,
  ConditionView,
  DeviceProgrammesView,
  OverrideView,
  PreviewView,
  ProgrammesView,
  TryOutView,
} from '../../../../src/edges/http/programme-schemas.ts'
import { get, id, request } from '../live/api.ts'

export const getProgrammes = () => get<ProgrammesView>('/api/programmes')
export const removeProgramme = (key: string) => request<void>('DELETE', `/api/programmes/${id(key)}`)
export const tryOut = (steps: ControlProgramme['steps'], date?: string) =>
  request<TryOutView>('POST', '/api/programme-preview', { steps, ...(date && { date }) })

export const getCalendars = () => get<CalendarsView>('/api/calendars')
export const removeCalendar = (key: string) => request<void>('DELETE', `/api/calendars/${id(key)}`)

export const getAssignments = () => get<AssignmentsView>('/api/programme-assignments')

export const getConditions = () => get<{ items: ConditionView[] }>('/api/programme-conditions')

export const getOverrides = (state: 'open' | 'all', limit: number, after?: string | number) =>
  get<{ items: OverrideView[]; next: number | null }>('/api/programme-overrides', { state, limit, after })

/** Of the present night where no date is given. */
export const getPreview = (query: { facility?: string | undefined; query?: string | undefined; date?: string | undefined }) =>
  get<PreviewView>('/api/programme-preview', query)

export const getDevices = (state: string | undefined, limit: number, after?: string | number) =>
  get<DeviceProgrammesView>('/api/programme-state', { state, limit, after })
/** Facilities that one request takes. */
export const MOST_DOWNLOADED = 500
export const downloadAgain = (facilities: readonly string[]) =>
  request<{ devices: number }>('POST', '/api/programme-state/download', { facilities })
