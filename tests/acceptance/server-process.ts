import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { io, type Socket } from 'socket.io-client'
import type { FacilityInput } from '../../src/edges/http/schemas.ts'
import type { ClientEvents, ServerEvents } from '../../src/edges/live/protocol.ts'

const root = join(import.meta.dirname, '..', '..')
export const PASSWORD = 'acceptance-password'

/** A folder of its own for one test; removed by the returned function. */
export function testFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The real program as its own process, on free ports. */
export interface ServerProcess {
  url: string
  mqttPort: number
  child: ChildProcess
  output: () => string
  /** Ends the process and waits until it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export interface ServerOptions {
  folder: string
  facilities?: FacilityInput[]
  /** The program, from the root of the project; the real one when absent. */
  program?: string
  mqttPort?: number
  env?: Record<string, string>
  /** Until it must be up, ms. */
  patience?: number
  /** Told of the process before it is up. */
  onSpawn?: (child: ChildProcess) => void
}

export async function startServer({
  folder,
  facilities,
  program = join('src', 'main.ts'),
  mqttPort = 0,
  env = {},
  patience = 90_000,
  onSpawn,
}: ServerOptions): Promise<ServerProcess> {
  const plantFile = join(folder, 'plant.json')
  if (facilities) writeFileSync(plantFile, JSON.stringify({ facilities }))
  const child = spawn(process.execPath, [join(root, program)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      DATA_FOLDER: join(folder, 'data'),
      HTTP_PORT: '0',
      MQTT_PORT: String(mqttPort),
      ADMIN_PASSWORD: PASSWORD,
      ...(facilities && { PLANT_FILE: plantFile }),
      ...env,
    },
  })
  onSpawn?.(child)
  let output = ''
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const up = new Promise<void>((resolve, reject) => {
    const tooLong = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`the server did not come up:\n${output}`))
    }, patience)
    const hear = (chunk: Buffer) => {
      output += chunk
      if (!/Console and API +http/.test(output) || !/MQTT +mqtt:/.test(output)) return
      clearTimeout(tooLong)
      resolve()
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${output}`)))
  })
  await up
  return {
    url: output.match(/Console and API +(\S+)/)?.[1] as string,
    mqttPort: Number(output.match(/MQTT +mqtt:\/\/[^:]+:(\d+)/)?.[1]),
    child,
    output: () => output,
    async end(signal) {
      child.kill(signal)
      await gone
    },
  }
}

/** A signed-in person. */
export interface Client {
  get<T>(path: string): Promise<T>
  /** An answer that is not JSON. */
  text(path: string): Promise<string>
  bytes(path: string): Promise<Buffer>
  post<T>(path: string, body: unknown): Promise<T>
  /** Bytes go as they are, of `type`; all else as JSON. */
  put<T>(path: string, body: unknown, type?: string): Promise<T>
  /** A text as it is. */
  send<T>(path: string, content: string, type: string): Promise<T>
  /** Of what answers nothing more than that it is done. */
  remove(path: string): Promise<void>
  live(): Socket<ServerEvents, ClientEvents>
}

/** Somebody whom an administrator invites, and who has chosen this password. */
export async function invited(
  admin: Client,
  url: string,
  { name, role, password }: Record<'name' | 'role' | 'password', string>,
): Promise<Client> {
  await admin.post('/api/accounts', { name, role })
  const { token } = await admin.post<{ token: string }>(`/api/accounts/${name}/invitation`, {})
  const headers = { 'content-type': 'application/json', origin: url }
  await fetch(`${url}/api/invitations/accept`, { method: 'POST', headers, body: JSON.stringify({ token, password }) })
  return signIn(url, name, password)
}

export async function signIn(url: string, name = 'admin', password = PASSWORD): Promise<Client> {
  const headers = { 'content-type': 'application/json', origin: url }
  const login = await fetch(`${url}/api/session`, { method: 'POST', headers, body: JSON.stringify({ name, password }) })
  if (!login.ok) throw new Error(`login failed: ${await login.text()}`)
  const cookie = login.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ')
  const call = async <T>(path: string, init: RequestInit): Promise<T> => {
    const response = await ask(path, init)
    return (response.status === 204 ? undefined : await response.json()) as T
  }
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url + path, { ...init, headers: { ...(init.body ? headers : { origin: url }), cookie, ...init.headers } })
    const wait = Number(response.headers.get('retry-after'))
    if (response.status === 429 && wait > 0) {
      // A checker that asks for all of a long run asks more than the server answers in a minute.
      await response.body?.cancel()
      await new Promise((resolve) => setTimeout(resolve, wait * 1000))
      return ask(path, init)
    }
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response
  }
  return {
    get: (path) => call(path, {}),
    text: async (path) => (await ask(path, {})).text(),
    bytes: async (path) => Buffer.from(await (await ask(path, {})).arrayBuffer()),
    post: (path, body) => call(path, { method: 'POST', body: JSON.stringify(body) }),
    put: (path, body, type) =>
      call(path, {
        ...{ method: 'PUT', body: body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body) },
        ...(type && { headers: { 'content-type': type } }),
      }),
    send: (path, body, type) => call(path, { method: 'POST', body, headers: { 'content-type': type } }),
    remove: (path) => call(path, { method: 'DELETE' }),
    live: () => io(url, { extraHeaders: { cookie, origin: url }, transports: ['websocket'], reconnection: false }),
  }
}

/** Asks until the answer satisfies, or fails with the last one. */
export async function eventually<T>(ask: () => Promise<T>, satisfied: (answer: T) => boolean, timeout = 20_000): Promise<T> {
  const deadline = Date.now() + timeout
  for (;;) {
    const answer = await ask()
    if (satisfied(answer)) return answer
    if (Date.now() > deadline) throw new Error(`still not after ${timeout} ms: ${JSON.stringify(answer).slice(0, 2000)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
