import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import { get, id, request } from '../live/api.ts'

interface CommandListQuery {
  facility?: string | undefined
  state?: string | undefined
  limit: number
  before?: string | number | undefined
}
export const listCommands = (query: CommandListQuery) => get<{ items: CommandView[]; next: number | null }>('/api/commands', { ...query })
export const getCommand = (command: string) => get<CommandView>(`/api/commands/${id(command)}`)

export interface CommandOrder {
  /** Made when it was armed, so that a second click is the same command. */
  id: string
  command: string
  value: CommandView['value']
  facilities: readonly string[]
  reason: string
  minutes?: number
  armedAt: number
}
export const sendCommand = (order: CommandOrder) => request<CommandView>('POST', '/api/commands', order)
export const cancelCommand = (command: string, reason = '') =>
  request<CommandView>('POST', `/api/commands/${id(command)}/cancel`, { reason })
