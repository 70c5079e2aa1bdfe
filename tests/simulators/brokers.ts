import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { Aedes } from 'aedes'
import { startMosquitto as startProgram } from '../edges/brokers/mosquitto.ts'
import { findProgram } from '../servers.ts'

export interface TestBroker {
  url: string
  port: number
  stop(): Promise<void>
}

export async function startAedes(port = 0): Promise<TestBroker> {
  const broker = await Aedes.createBroker()
  const server = createServer(broker.handle)
  const sockets = new Set<import('node:net').Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `mqtt://127.0.0.1:${taken}`,
    port: taken,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      await new Promise<void>((resolve) => broker.close(() => resolve()))
    },
  }
}

export const mosquittoPath = findProgram('mosquitto')

/** It queues whatever a subscriber has not taken yet; left to itself it drops what goes beyond 1,000 messages. */
export async function startMosquitto(): Promise<TestBroker> {
  const { port, remove } = await startProgram(mosquittoPath as string)
  return { url: `mqtt://127.0.0.1:${port}`, port, stop: remove }
}
