import type { Static } from 'typebox'
import type { BindingSchema, CommandTrialView, ProfileView, TrialView, UnboundSchema } from '../../../../src/edges/http/dialect-schemas.ts'
import { get, id, request } from '../live/api.ts'

export type { CommandTrialView, ProfileView, TrialView }
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
/** `id` is the profile that is open, with which devices are bound; null for a new one. */
export const tryCommand = (profile: ProfileInput, id: string | null, address: string, command: string, value: string | number | null) =>
  request<CommandTrialView>('POST', '/api/device-profiles/try-command', {
    profile: { ...profile, ...(id !== null && { id }) },
    ...{ address, command, value },
  })
export const getBoundWith = (profile: string) => get<{ items: BindingView[] }>('/api/device-bindings', { profile, limit: 100 })

export const getBindings = (words: string, limit: number, before?: string | number) =>
  get<{ items: BindingView[]; next: number | null }>('/api/device-bindings', { words, limit, before })
export const putBinding = (binding: BindingInput) => request<{ changed: number }>('PUT', '/api/device-bindings', binding)
export const removeBinding = ({ dialect, address, profile }: BindingInput) =>
  request<void>('DELETE', `/api/device-bindings?${new URLSearchParams({ dialect, address, profile })}`)
export const getUnbound = () => get<{ items: UnboundView[] }>('/api/device-bindings/unbound')
