import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectSocket, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** What a Mosquitto shows, and which authority signs those it lets in. */
export interface MosquittoTls {
  authority: string
  cert: string
  key: string
}

/** A Mosquitto with persistence that can be stopped and started again, open to everybody, or to those with a certificate. */
export async function startMosquitto(program: string, tls?: MosquittoTls) {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-mosquitto-'))
  const port = await freePort()
  const conf = join(folder, 'mosquitto.conf')
  const lines = ['allow_anonymous true', `listener ${port} 127.0.0.1`, 'persistence true', `persistence_location ${folder}/`]
  const tlsLines = Object.entries(tls ?? {}).map(([name, pem]) => {
    writeFileSync(join(folder, `${name}.pem`), pem)
    return `${{ authority: 'cafile', cert: 'certfile', key: 'keyfile' }[name]} ${folder}/${name}.pem`
  })
  if (tls) tlsLines.push('require_certificate true')
  writeFileSync(conf, [...lines, ...tlsLines, 'max_queued_messages 100000', 'user root'].join('\n'))
  let child: ChildProcess | undefined

  const isListening = () =>
    new Promise<boolean>((resolve) => {
      const socket = connectSocket(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
  async function start(): Promise<void> {
    child = spawn(program, ['-c', conf], { stdio: 'ignore' })
    await vi.waitUntil(isListening, { timeout: 10_000, interval: 20 })
  }
  async function stop(): Promise<void> {
    const ended = new Promise((resolve) => child?.once('exit', resolve))
    child?.kill('SIGTERM')
    await ended
  }
  await start()
  return {
    port,
    start,
    stop,
    async remove() {
      if (child?.exitCode === null && child.signalCode === null) await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
