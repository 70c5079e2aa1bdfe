import type {
  ActivationView,
  AlarmRaiseView,
  ArmedPlanView,
  EmergencyView,
  EntryView,
  FacilityEmergenciesView,
  PlanChoicesView,
  PlanInput,
  PlanView,
} from '../../../../src/edges/http/emergency-schemas.ts'
import { get, id, request } from '../live/api.ts'

export type ActivationRow = EmergencyView & { ended: ActivationView['ended'] }
export type PlanProblem = { at: string; en: string; zh: string }

export const getPlans = () => get<{ items: PlanView[] }>('/api/emergency-plans')
export const getPlan = (plan: string) => get<PlanView>(`/api/emergency-plans/${id(plan)}`)
export const putPlan = (plan: string, body: PlanInput, seen: number) =>
  request<PlanView>('PUT', `/api/emergency-plans/${id(plan)}`, { plan: body, seen })
export const getChoices = () => get<PlanChoicesView>('/api/emergency-plan-choices')
export const checkPlan = (body: PlanInput) => request<{ items: PlanProblem[] }>('POST', '/api/emergency-plans/check', body)
export const removePlan = (plan: string) => request<void>('DELETE', `/api/emergency-plans/${id(plan)}`)
export const armPlan = (plan: string, body: { area: string; drill: boolean; reason: string }) =>
  request<ArmedPlanView>('POST', `/api/emergency-plans/${id(plan)}/arm`, body)
export const activatePlan = (token: string) => request<ActivationView>('POST', '/api/emergency-activations', { token })

export const getActivations = (before?: number) =>
  get<{ items: ActivationRow[]; next: number | null }>('/api/emergency-activations', { limit: 20, ...(before !== undefined && { before }) })
export const getActivation = (activation: number) => get<ActivationView>(`/api/emergency-activations/${activation}`)
export const getLog = (activation: number) => get<{ items: EntryView[] }>(`/api/emergency-activations/${activation}/log`, { limit: 200 })
export const doItem = (activation: number, item: string, done: boolean, note: string) =>
  request<ActivationView>('POST', `/api/emergency-activations/${activation}/items/${id(item)}`, { done, note })
export const reach = (activation: number, contact: number, note: string) =>
  request<ActivationView>('POST', `/api/emergency-activations/${activation}/contacts/${contact}`, { note })
export const writeLog = (activation: number, text: string) =>
  request<EntryView>('POST', `/api/emergency-activations/${activation}/notes`, { text })
export const endActivation = (activation: number, reason: string) =>
  request<ActivationView>('POST', `/api/emergency-activations/${activation}/end`, { reason })

export const getAlarmRaise = (alarm: number) => get<AlarmRaiseView>(`/api/alarms/${alarm}/emergency`)
export const getFacilityEmergencies = (facility: string) => get<FacilityEmergenciesView>(`/api/facilities/${id(facility)}/emergency`)
