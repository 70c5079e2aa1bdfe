import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands before an HTTP server on this machine and answers for it when told to. */
export interface HttpFront {
  readonly port: number
  /** Requests that were answered with a status of ours. */
  readonly answered: number
  /** Answers every request with this status; null passes them on again. */
  answer(status: number | null): void
  close(): Promise<void>
}

export async function startHttpFront(target: number): Promise<HttpFront> {
  let status: number | null = null
  let answered = 0
  const server = createServer((incoming, response) => {
    if (status !== null) {
      answered++
      incoming.resume()
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":"made up for a test"}')
      return
    }
    const { method, url, headers } = incoming
    const outgoing = request({ port: target, host: '127.0.0.1', method, path: url, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    // A target that is away looks as it would without the front.
    outgoing.on('error', () => incoming.socket.resetAndDestroy())
    incoming.on('error', () => outgoing.destroy())
    incoming.pipe(outgoing)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get answered() {
      return answered
    },
    answer(given) {
      status = given
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
