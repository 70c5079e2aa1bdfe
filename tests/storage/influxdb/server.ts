import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export interface OutsideServer {
  url: string
  folder: string
  /** Ends the program; its data stays. */
  pause(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
}

/** Starts `program` with the arguments for a folder, made within `parent`, and a port, and waits until it answers at `path`. */
export async function startOutsideServer(
  program: string,
  path: string,
  argumentsFor: (folder: string, port: number) => string[],
  parent = tmpdir(),
): Promise<OutsideServer> {
  const folder = mkdtempSync(join(parent, 'outside-server-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const given = argumentsFor(folder, port)
  let child: ChildProcess
  const server: OutsideServer = {
    url,
    folder,
    async pause() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
    async resume() {
      child = spawn(program, given, { stdio: 'ignore' })
      for (const deadline = Date.now() + 20_000; ; await pause(50)) {
        const answer = await fetch(url + path).catch(() => null)
        if (answer?.ok) return
        if (Date.now() > deadline || child.exitCode !== null) throw new Error(`${program} does not answer`)
      }
    },
    async stop() {
      await server.pause()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await server.resume()
  return server
}

/** `authEnabled`: who asks must be a user, and the first request must make one. */
export async function startInfluxd(program: string, parent?: string, authEnabled = false): Promise<OutsideServer> {
  // Between looking for a free port and using it somebody else may take it.
  return tryStartInfluxd(program, parent, authEnabled).catch(() => tryStartInfluxd(program, parent, authEnabled))
}

async function tryStartInfluxd(program: string, parent: string | undefined, authEnabled: boolean): Promise<OutsideServer> {
  const rpc = await freePort()
  return startOutsideServer(
    program,
    '/ping',
    (folder, port) => {
      const config = join(folder, 'influxdb.conf')
      writeFileSync(
        config,
        `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
dir = "${folder}/meta"
[data]
dir = "${folder}/data"
wal-dir = "${folder}/wal"
query-log-enabled = false
cache-snapshot-write-cold-duration = "1s"
[http]
bind-address = "127.0.0.1:${port}"
log-enabled = false
auth-enabled = ${authEnabled}
[monitor]
store-enabled = false
`,
      )
      return ['-config', config]
    },
    parent,
  )
}
