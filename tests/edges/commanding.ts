import { io, type Socket } from 'socket.io-client'
import type { City } from './city.ts'

/** Somebody at a live console. */
export interface Seat {
  socket: Socket
  /** What goes with each command. */
  console: () => { connection: string; heartbeat: number }
  ask: (method: string, path: string, body?: unknown) => ReturnType<City['ask']>
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
    async command(id, command, whom, more = {}) {
      const asked = typeof whom === 'string' ? { query: whom } : { facilities: whom }
      const armed = await ask('POST', '/api/commands/arm', { command, ...asked, ...more, console: console() })
      if (armed.status !== 200) return armed
      const { token, ready } = armed.body
      return ask('POST', '/api/commands', { id, token, count: ready, console: console() })
    },
  }
}
