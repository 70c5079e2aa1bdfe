import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

export interface Recorded {
  method: string
  path: string
  body: string
  headers: IncomingHttpHeaders
}

export interface Answered {
  status?: number
  body?: string
  type?: string
  headers?: Record<string, string>
}

export interface FakeServer {
  url: string
  port: number
  requests: Recorded[]
  stop(): void
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const raw = Buffer.concat(chunks)
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString()
}

/** Answers requests as `answer` says: an answer, none at all, or half of one; an empty object by itself. */
export async function serve(
  answer: (request: Recorded) => Answered | 'never' | 'half' | undefined | Promise<Answered>,
  tls?: { key: string; cert: string },
): Promise<FakeServer> {
  const requests: Recorded[] = []
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const recorded = { method: request.method ?? '', path: request.url ?? '', body: await bodyOf(request), headers: request.headers }
    requests.push(recorded)
    const given = (await answer(recorded)) ?? {}
    if (given === 'never') return
    if (given === 'half') response.writeHead(200, { 'content-length': '1000' }).write('{"results":')
    else
      response
        .writeHead(given.status ?? 200, { 'content-type': given.type ?? 'application/json', ...given.headers })
        .end(given.status === 204 ? undefined : (given.body ?? '{}'))
  }
  const listener: RequestListener = (request, response) => void handle(request, response)
  const server = (tls ? createSecureServer(tls, listener) : createServer(listener)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Passes every request on to a real server; `path` may be changed on the way. */
export function serveThrough(
  target: string,
  { tls, change = (path) => path }: { tls?: { key: string; cert: string }; change?: (path: string) => string },
): Promise<FakeServer> {
  return serve(async ({ method, path, body, headers }) => {
    const type = headers['content-type']
    const passed = await fetch(target + change(path), { method, body, ...(type !== undefined && { headers: { 'content-type': type } }) })
    return { status: passed.status, body: await passed.text(), type: passed.headers.get('content-type') ?? '' }
  }, tls)
}
