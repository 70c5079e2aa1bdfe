import { lstatSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { createInterface } from 'node:readline'
import { LamplighterError } from '../../errors.ts'
import type { AnswerLine } from './admin-server.ts'
import type { Attendance } from './folder-command.ts'
import { socketPath } from './socket-path.ts'

/** What no server answers with: there is none, or a killed one left its socket. */
const NOBODY = ['ENOENT', 'ECONNREFUSED']
/** What comes of a server that stops before it took the request. */
const GONE = ['ECONNRESET', 'EPIPE']

/** Lets the server of a data folder run a command; null when none runs. Rejects with what it says was wrong. */
export async function askServer(
  folder: string,
  name: string,
  asked: unknown,
  { signal, onProgress }: Attendance,
): Promise<{ result: unknown } | null> {
  const path = socketPath(folder)
  if (!isOurs(path)) return null
  const response = await send(path, JSON.stringify({ name, asked }), signal)
  if (!response) return null
  for await (const text of createInterface({ input: response })) {
    const line = JSON.parse(text) as AnswerLine
    if ('progress' in line) onProgress(line.progress)
    else if ('error' in line) throw Object.assign(new Error(line.error.message), { code: line.error.code })
    else return line
  }
  throw ended()
}

const ended = (cause?: unknown) => new LamplighterError('store-unavailable', 'The server ended before it answered.', cause)

/** Anybody may put a socket into the folder for temporary files. */
function isOurs(path: string): boolean {
  if (process.platform === 'win32') return true
  const found = lstatSync(path, { throwIfNoEntry: false })
  const user = process.getuid?.()
  return found?.isSocket() === true && (found.uid === user || found.uid === 0 || user === 0)
}

function send(socketPath: string, body: string, signal: AbortSignal): Promise<IncomingMessage | null> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage | null>()
  const sent = request({ socketPath, method: 'POST', path: '/', signal, headers: { 'content-type': 'application/json' } }, resolve)
  sent.on('error', (error: NodeJS.ErrnoException) => {
    if (NOBODY.includes(error.code ?? '')) resolve(null)
    else if (signal.aborted) reject(signal.reason)
    else reject(GONE.includes(error.code ?? '') ? ended(error) : error)
  })
  sent.end(body)
  return promise
}
