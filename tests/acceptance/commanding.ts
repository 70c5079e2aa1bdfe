import type { Socket } from 'socket.io-client'
import type { ArmingView, CommandView } from '../../src/edges/http/command-schemas.ts'
import type { LightArmingView, LightChangeInput, LightChangeView } from '../../src/edges/http/light-change-schemas.ts'
import type { ClientEvents, ServerEvents } from '../../src/edges/live/protocol.ts'
import type { Client } from './server-process.ts'

/** Somebody at a live console. */
export interface Desk {
  socket: Socket<ServerEvents, ClientEvents>
  /** What goes with each command: the connection, and the newest heartbeat it heard. */
  console: () => { connection: string; heartbeat: number }
  arm: (command: string, whom: readonly string[] | string, more?: object) => Promise<ArmingView>
  light: (change: LightChangeInput) => Promise<LightArmingView>
  change: (id: string, armed: Pick<LightArmingView, 'token' | 'ready'>) => Promise<LightChangeView>
  execute: (id: string, armed: Pick<ArmingView, 'token' | 'ready'>) => Promise<CommandView>
}

/** Opens the live connection of a client and waits until it is told that it is live. */
export async function deskOf(client: Client): Promise<Desk> {
  const socket = client.live()
  let heartbeat = 0
  await new Promise<void>((resolve) =>
    socket.on('heartbeat', ({ at }) => {
      heartbeat = at
      resolve()
    }),
  )
  const console = () => ({ connection: socket.id as string, heartbeat })
  return {
    ...{ socket, console },
    arm: (command, whom, more = {}) =>
      client.post('/api/commands/arm', {
        ...{ command, ...(typeof whom === 'string' ? { query: whom } : { facilities: whom }), ...more, console: console() },
      }),
    light: (change) => client.post('/api/light-changes/arm', { change, console: console() }),
    change: (id, { token, ready }) => client.post('/api/light-changes', { id, token, count: ready, console: console() }),
    execute: (id, { token, ready }) => client.post('/api/commands', { id, token, count: ready, console: console() }),
  }
}
