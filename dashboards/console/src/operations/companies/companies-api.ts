import type { Duty } from '../../../../../src/edges/company-figures.ts'
import type { CompanyTableAnswer, CompanyViewAnswer, DeliveryView } from '../../../../../src/edges/http/company-schemas.ts'
import { get, request } from '../../live/api.ts'

export type Options = Readonly<Record<string, string>>
export type { CompanyTableAnswer, CompanyViewAnswer, DeliveryView }

export const getView = (duty: Duty, options: Options) => get<CompanyViewAnswer>(`/api/operations/${duty}`, options)
export const getDays = (duty: Duty, range: { from: string; to: string }, options: Options) =>
  get<CompanyTableAnswer>(`/api/operations/${duty}/days`, { ...options, ...range })
export const getDeliveries = async () => (await get<{ items: DeliveryView[] }>('/api/gas-deliveries', { limit: 100 })).items
export const planDelivery = (body: object) => request<DeliveryView>('POST', '/api/gas-deliveries', body)
export const changeDelivery = (id: number, body: object) => request<DeliveryView>('PUT', `/api/gas-deliveries/${id}`, body)

export interface EnterOutcome {
  entered: number
  corrected: number
  known: number
}
export const enterReadings = (body: object) => request<EnterOutcome>('POST', '/api/entered-readings', body)
export const importReadings = (file: File) =>
  request<EnterOutcome>('POST', '/api/entered-readings/import?source=laboratory', new Blob([file], { type: 'text/csv' }), 60_000)
