import type { Static } from 'typebox'
import type { BindingSchema, ProfileView, TrialView, UnboundSchema } from '../../../../src/edges/http/dialect-schemas.ts'
import { get, id, request } from '../live/api.ts'

export type { ProfileView, TrialView }
export type ProfileInput = Omit<ProfileView, 'id' | 'by' | 'at' | 'devices'>
export type BindingView = Static<typeof BindingSchema>
export type BindingInput = Pick<BindingView, 'dialect' | 'address' | 'facility' | 'profile'>
export type UnboundView = Static<typeof UnboundSchema>
export type Encoding = 'text' | 'hex' | 'base64'

/** A message to try a profile on. */
export interface Sample {
  topic: string
  payload: string
  encoding: Encoding
}

export const getProfiles = () => get<{ items: ProfileView[] }>('/api/device-profiles')
export const putProfile = (profile: string, input: ProfileInput) =>
  request<ProfileView>('PUT', `/api/device-profiles/${id(profile)}`, input)
export const removeProfile = (profile: string) => request<void>('DELETE', `/api/device-profiles/${id(profile)}`)
export const tryProfile = (profile: ProfileInput, sample: Sample) =>
  request<TrialView>('POST', '/api/device-profiles/try', { profile, ...sample })

export const getBindings = (words: string, limit: number, before?: string | number) =>
  get<{ items: BindingView[]; next: number | null }>('/api/device-bindings', { words, limit, before })
export const putBinding = (binding: BindingInput) => request<{ changed: number }>('PUT', '/api/device-bindings', binding)
export const removeBinding = ({ dialect, address, profile }: BindingInput) =>
  request<void>('DELETE', `/api/device-bindings?${new URLSearchParams({ dialect, address, profile })}`)
export const getUnbound = () => get<{ items: UnboundView[] }>('/api/device-bindings/unbound')
