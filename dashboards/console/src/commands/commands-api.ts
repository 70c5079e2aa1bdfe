import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import { get, id, request } from '../live/api.ts'

export const getCommands = (facility: string, limit: number, before?: string | number) =>
  get<{ items: CommandView[]; next: number | null }>('/api/commands', { facility, limit, before })

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
export const cancelCommand = (command: string) => request<CommandView>('POST', `/api/commands/${id(command)}/cancel`, {})
