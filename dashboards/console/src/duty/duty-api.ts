import type { Static } from 'typebox'
import type { Rotation } from '../../../../src/dispatch/duty.ts'
import type { HandoverDraftView, HandoverSummaryView, HandoverView } from '../../../../src/edges/http/handover-schemas.ts'
import type {
  CrewInputSchema,
  CrewPersonInputSchema,
  DutyPlanView,
  DutyView,
  ExceptionInputSchema,
  RosterView,
} from '../../../../src/edges/http/roster-schemas.ts'
import { get, id, request } from '../live/api.ts'

export type CrewInput = Static<typeof CrewInputSchema>
export type PersonInput = Static<typeof CrewPersonInputSchema>
export type ExceptionInput = Static<typeof ExceptionInputSchema>
export type RosterCrew = RosterView['crews'][number]
export type RosterPerson = RosterView['people'][number]
export type CalledInView = DutyPlanView['calledIn'][number]
export type PlannedShift = DutyPlanView['items'][number]

/** Null: now. */
export const getDuty = (at: number | null = null) => get<DutyView>('/api/duty', at === null ? {} : { at })
export const getPlan = (from: string, days: number) => get<DutyPlanView>('/api/duty/plan', { from, days })
export const getRoster = () => get<RosterView>('/api/roster')
export const putCrew = (crew: string, input: CrewInput) => request<unknown>('PUT', `/api/roster/crews/${id(crew)}`, input)
export const removeCrew = (crew: string) => request<void>('DELETE', `/api/roster/crews/${id(crew)}`)
export const putPerson = (account: string, input: PersonInput) => request<unknown>('PUT', `/api/roster/people/${id(account)}`, input)
export const putRotation = ({ id: rotation, ...input }: Rotation) => request<unknown>('PUT', `/api/roster/rotations/${id(rotation)}`, input)
export const removeRotation = (rotation: string) => request<void>('DELETE', `/api/roster/rotations/${id(rotation)}`)
export const addException = (input: ExceptionInput) => request<unknown>('POST', '/api/roster/exceptions', input)
export const removeException = (exception: number) => request<void>('DELETE', `/api/roster/exceptions/${exception}`)

export const getDraft = (rotation: string) => get<HandoverDraftView>('/api/handovers/draft', { rotation })
export const getHandover = (handover: number) => get<HandoverView>(`/api/handovers/${handover}`)
export const getHandovers = (limit: number, before?: string | number) =>
  get<{ items: HandoverSummaryView[]; next: number | null }>('/api/handovers', { limit, before })
export const leaveShift = (rotation: string, words: string) => request<HandoverView>('POST', '/api/handovers', { rotation, words })
export const takeOver = (handover: number, remark: string) =>
  request<HandoverView>('POST', `/api/handovers/${handover}/takeover`, { remark })
