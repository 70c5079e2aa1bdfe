import { stateTopic } from './topic.ts'

/** What edge nodes learn of this host: retained, QoS 1. */
export interface HostState {
  topic: string
  payload: string
}

/**
 * That the host is there or gone. `timestamp`, ms since 1970, is when the connection was asked for, the same in its will and in what is sent
 * after it; nodes take what is older than the newest they know for news of a connection that is no more.
 */
export const hostState = (host: string, online: boolean, timestamp: number): HostState => ({
  topic: stateTopic(host),
  payload: JSON.stringify({ online, timestamp }),
})

/** Whether a state says that its host is gone. */
export function saysOffline(payload: Uint8Array): boolean {
  try {
    const state: unknown = JSON.parse(new TextDecoder().decode(payload))
    return typeof state === 'object' && state !== null && (state as { online?: unknown }).online === false
  } catch {
    return false
  }
}
