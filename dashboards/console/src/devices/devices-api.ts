import type { ClaimView, CredentialView, DeviceView, IssuedView } from '../../../../src/edges/http/device-schemas.ts'
import { ApiProblem, get, id, request } from '../live/api.ts'

export type { ClaimView, CredentialView, DeviceView, IssuedView }
export type DeviceState = 'connected' | 'away' | 'no-credential' | 'disabled'
export type DeviceChange = Partial<Pick<DeviceView, 'sort' | 'topics' | 'subscriptions' | 'limits' | 'disabled' | 'note'>>

export interface DeviceListView {
  items: DeviceView[]
  next: string | null
  total: number
  unprovided: number
}

const path = (device: string) => `/api/devices/${id(device)}`
const because = (reason: string) => new URLSearchParams({ reason })

export const getDevices = (query: { words: string; state: string; sort: string; limit: number; after: string | number | undefined }) =>
  get<DeviceListView>('/api/devices', query)
export const getDevice = (device: string) => get<DeviceView>(path(device))
export const putDevice = (device: string, change: DeviceChange) => request<DeviceView>('PUT', path(device), change)
export const removeDevice = (device: string, reason: string) => request<void>('DELETE', `${path(device)}?${because(reason)}`)
export const addCredential = (device: string, input: Partial<Pick<CredentialView, 'type' | 'label' | 'expires' | 'fingerprint'>>) =>
  request<IssuedView>('POST', `${path(device)}/credentials`, input)
export const rotateCredential = (device: string, credential: number, overlap: number) =>
  request<IssuedView>('POST', `${path(device)}/credentials/${credential}/rotate`, { overlap })
export const revokeCredential = (device: string, credential: number, reason: string) =>
  request<void>('DELETE', `${path(device)}/credentials/${credential}?${because(reason)}`)

export const getClaims = () => get<{ items: ClaimView[] }>('/api/claim-codes')
export const addClaim = (devices: readonly string[], hours: number) =>
  request<{ code: string; claim: ClaimView }>('POST', '/api/claim-codes', { devices, hours })
export const removeClaim = (claim: number) => request<void>('DELETE', `/api/claim-codes/${claim}`)

/** Sends and saves the answer, which is a file; returns how many devices were left as they were. */
export async function saveSecrets(to: string, type: string, body: Blob | string): Promise<number> {
  const response = await fetch(to, { method: 'POST', headers: { 'content-type': type }, body })
  if (!response.ok) {
    const { code = 'unknown', title = response.statusText, detail = '' } = await response.json().catch(() => ({}))
    throw new ApiProblem(response.status, code, title, detail)
  }
  const href = URL.createObjectURL(await response.blob())
  const anchor = Object.assign(document.createElement('a'), { href, download: 'device-secrets.csv' })
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(href), 60_000)
  return Number(response.headers.get('x-skipped') ?? 0)
}
