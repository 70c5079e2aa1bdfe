import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect as connectTcp, createServer } from 'node:net'
import { Aedes } from 'aedes'
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

export async function startMosquitto(): Promise<TestBroker> {
  const port = await freePort()
  const child = spawn(mosquittoPath as string, ['-p', String(port)], { stdio: 'ignore' })
  await untilListening(port, child)
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    async stop() {
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline && child.exitCode === null) {
    const socket = connectTcp(port, '127.0.0.1')
    const isOpen = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return
  }
  throw new Error('mosquitto did not start')
}
