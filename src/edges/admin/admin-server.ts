import { chmodSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { DataFolder } from '../../storage/embedded/data-folder.ts'
import { seconds } from '../../telemetry/duration.ts'
import type { FolderCommand, Progress } from './folder-command.ts'
import { socketPath } from './socket-path.ts'

/** Largest request taken, bytes. */
const LARGEST_REQUEST = 65_536
/** ms between two lines of progress. */
const PROGRESS_PERIOD = 200
/** ms that commands are given to end in; whoever asked for one that takes longer is told nothing more. */
const PATIENCE = seconds(3)

/** One line of an answer: any number of progress, then one of the others. */
export type AnswerLine = { progress: Progress } | { result: unknown } | { error: { code: string; message: string } }

export interface AdminServer {
  path: string
  /** Ends the commands under way; one that does not hear of it is waited for a few seconds. */
  close(): Promise<void>
}

/**
 * Listens on the data folder's socket, which only the user of this process may use, and runs the commands that come in. Whoever calls it owns the
 * folder, so what is left of the socket of a killed server is removed.
 */
export async function startAdmin(
  folder: DataFolder,
  commands: ReadonlyMap<string, FolderCommand>,
  patience = PATIENCE,
): Promise<AdminServer> {
  const path = socketPath(folder.path)
  const running = new Set<AbortController>()
  const server = createServer((request, response) => void answer(folder, commands, running, request, response))
  if (process.platform !== 'win32') rmSync(path, { force: true })
  await listen(server, path)
  return {
    path,
    close() {
      for (const controller of running) controller.abort(new Error('the server stops'))
      const { promise, resolve } = Promise.withResolvers<void>()
      const hurrying = setTimeout(() => server.closeAllConnections(), patience)
      server.close(() => {
        clearTimeout(hurrying)
        resolve()
      })
      server.closeIdleConnections()
      return promise
    },
  }
}

function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(path, resolve)
  // Bound already: nobody can come in between.
  if (server.listening && process.platform !== 'win32') chmodSync(path, 0o600)
  return promise
}

async function answer(
  folder: DataFolder,
  commands: ReadonlyMap<string, FolderCommand>,
  running: Set<AbortController>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const controller = new AbortController()
  running.add(controller)
  response.on('close', () => controller.abort(new Error('nobody waits for it any more')))
  const write = (line: AnswerLine) => response.write(`${JSON.stringify(line)}\n`)
  let told = Number.NEGATIVE_INFINITY
  const onProgress = (progress: Progress) => {
    if (performance.now() - told < PROGRESS_PERIOD) return
    told = performance.now()
    write({ progress })
  }
  response.setHeader('content-type', 'application/x-ndjson')
  response.setHeader('connection', 'close')
  try {
    const { name, asked } = await readRequest(request)
    const command = commands.get(name)
    if (!command) throw Object.assign(new Error(`The running server does not know ${name}.`), { code: 'invalid-request' })
    write({ result: await command.run(folder, asked, { signal: controller.signal, onProgress }) })
  } catch (error) {
    const { code = 'failed', message } = error as { code?: string; message: string }
    write({ error: { code, message } })
  } finally {
    running.delete(controller)
    response.end()
  }
}

async function readRequest(request: IncomingMessage): Promise<{ name: string; asked: unknown }> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > LARGEST_REQUEST) throw new Error('The request is too large.')
    parts.push(part)
  }
  return JSON.parse(Buffer.concat(parts).toString())
}
