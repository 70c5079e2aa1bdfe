import { io, type Socket } from 'socket.io-client'
import type { LightChangeInput } from '../../src/edges/http/light-change-schemas.ts'
import type { City } from './city.ts'

let lights = 0

/** Somebody at a live console. */
export interface Seat {
  socket: Socket
  /** What goes with each command. */
  console: () => { connection: string; heartbeat: number }
  ask: (method: string, path: string, body?: unknown) => ReturnType<City['ask']>
  /** Looks at a change of light and says yes to it, whereupon it may wait for a second person. */
  light: (change: LightChangeInput) => ReturnType<City['ask']>
  /** Arms a command and says yes to it as somebody does who reads what they are told; the answer to whichever went wrong first. */
  command: (id: string, command: string, whom: readonly string[] | string, more?: object) => ReturnType<City['ask']>
}

/** Opens the live connection of somebody who is signed in. */
export async function seatOf(city: City, cookie: string): Promise<Seat> {
  const socket = io(city.url, { extraHeaders: { cookie, origin: city.url }, transports: ['websocket'], reconnection: false })
  await new Promise((resolve) => socket.once('heartbeat', resolve))
  const console = () => ({ connection: socket.id as string, heartbeat: city.now() })
  const ask: Seat['ask'] = (method, path, body) => city.ask(method, path, body, { cookie })
  return {
    ...{ socket, console, ask },
    async light(change) {
      const armed = await ask('POST', '/api/light-changes/arm', { change, console: console() })
      if (armed.status !== 200) return armed
      const { token, ready } = armed.body
      return ask('POST', '/api/light-changes', { id: `light-change-${++lights}-${Date.now()}`, token, count: ready, console: console() })
    },
    async command(id, command, whom, more = {}) {
      const asked = typeof whom === 'string' ? { query: whom } : { facilities: whom }
      const armed = await ask('POST', '/api/commands/arm', { command, ...asked, ...more, console: console() })
      if (armed.status !== 200) return armed
      const { token, ready } = armed.body
      return ask('POST', '/api/commands', { id, token, count: ready, console: console() })
    },
  }
}
