import type { ArmingView, CommandView } from '../../../../src/edges/http/command-schemas.ts'
import { get, id, request } from '../live/api.ts'
import { consoleSeat } from '../live/live.ts'

interface CommandListQuery {
  facility?: string | undefined
  state?: string | undefined
  limit: number
  before?: string | number | undefined
}
export const listCommands = (query: CommandListQuery) => get<{ items: CommandView[]; next: number | null }>('/api/commands', { ...query })
export const getCommand = (command: string) => get<CommandView>(`/api/commands/${id(command)}`)

export interface CommandRequest {
  command: string
  value: CommandView['value']
  facilities?: readonly string[]
  /** In place of them: all that it fits. */
  query?: string
  reason: string
  minutes?: number
}
/** What would happen, and the token by which it does. */
export const armCommand = (asked: CommandRequest) => request<ArmingView>('POST', '/api/commands/arm', { ...asked, console: consoleSeat() })
/** `id` is made once for each, so that a second click is the same command. */
export const sendCommand = (id: string, token: string, count?: number) =>
  request<CommandView>('POST', '/api/commands', { id, token, ...(count !== undefined && { count }), console: consoleSeat() })
export const approveCommand = (command: string) =>
  request<CommandView>('POST', `/api/commands/${id(command)}/approve`, { console: consoleSeat() })
export const declineCommand = (command: string, reason: string) =>
  request<CommandView>('POST', `/api/commands/${id(command)}/decline`, { reason, console: consoleSeat() })
export const cancelCommand = (command: string, reason = '') =>
  request<CommandView>('POST', `/api/commands/${id(command)}/cancel`, { reason })
