import type { AlertSourceInput, ListedAlertSource } from '../../../../src/edges/alert-sources.ts'
import type { ChannelTrial, ListedChannel, ListedDelivery } from '../../../../src/edges/channels.ts'
import { get, id, request } from '../live/api.ts'
import type { Page } from '../shell/pages.tsx'

export const getChannels = () => get<{ items: ListedChannel[] }>('/api/channels')
export const putChannel = (channel: string, input: unknown) => request<ListedChannel>('PUT', `/api/channels/${id(channel)}`, input)
export const removeChannel = (channel: string) => request<void>('DELETE', `/api/channels/${id(channel)}`)
export const testChannel = (channel: string, input: unknown) => request<ChannelTrial>('POST', `/api/channels/${id(channel)}/test`, input)
export const getAlertSources = () => get<{ items: ListedAlertSource[] }>('/api/alert-sources')
export const putAlertSource = (source: string, input: AlertSourceInput) =>
  request<ListedAlertSource>('PUT', `/api/alert-sources/${id(source)}`, input)
export const removeAlertSource = (source: string) => request<void>('DELETE', `/api/alert-sources/${id(source)}`)
export const giveSourceToken = (source: string) => request<{ token: string }>('POST', `/api/alert-sources/${id(source)}/token`)
export const revokeSourceToken = (source: string) => request<void>('DELETE', `/api/alert-sources/${id(source)}/token`)
export const getDeliveries = (query: Record<string, string | number | undefined>) => get<Page<ListedDelivery>>('/api/deliveries', query)
export const sendAgain = (delivery: number) => request<ListedDelivery>('POST', `/api/deliveries/${delivery}/send-again`)
