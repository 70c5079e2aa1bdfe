import type { ArmingView, CommandView } from '../../../../src/edges/http/command-schemas.ts'
import { get, id, request } from '../live/api.ts'
import { consoleSeat } from '../live/live.ts'
import type { CommandTargetView } from './command-words.ts'

interface CommandListQuery {
  facility?: string | undefined
  state?: string | undefined
  limit: number
  before?: string | number | undefined
}
export const listCommands = (query: CommandListQuery) => get<{ items: CommandView[]; next: number | null }>('/api/commands', { ...query })
export const getCommand = (command: string) => get<CommandView>(`/api/commands/${id(command)}`)

/** Its facilities, in pages. */
export const getTargets = (command: string, state: string | undefined, limit: number, after?: string | number) =>
  get<{ items: CommandTargetView[]; next: number | null }>(`/api/commands/${id(command)}/targets`, { state, limit, after })

export interface CommandRequest {
  command: string
  value: CommandView['value']
  facilities?: readonly string[]
  /** In place of them: all that it finds. */
  query?: string
  reason: string
  minutes?: number
}
/** What would happen, and the token by which it does. */
export const armCommand = (asked: CommandRequest) => request<ArmingView>('POST', '/api/commands/arm', { ...asked, console: consoleSeat() })
export const sendCommand = (id: string, token: string, count?: number) =>
  request<CommandView>('POST', '/api/commands', { id, token, ...(count !== undefined && { count }), console: consoleSeat() })
export const approveCommand = (command: string) =>
  request<CommandView>('POST', `/api/commands/${id(command)}/approve`, { console: consoleSeat() })
export const declineCommand = (command: string, reason: string) =>
  request<CommandView>('POST', `/api/commands/${id(command)}/decline`, { reason, console: consoleSeat() })
export const cancelCommand = (command: string, reason = '') =>
  request<CommandView>('POST', `/api/commands/${id(command)}/cancel`, { reason })
