import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A server that is told something, and keeps it as it came. */
export interface ToldServer<T> {
  port: number
  got: T[]
  close(): Promise<void>
}

/** Takes CloudEvents. */
export async function hookServer(): Promise<ToldServer<{ type: string; data: { order: number; title: string } }>> {
  const got: { type: string; data: { order: number; title: string } }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += part))
    request.on('end', () => {
      got.push(JSON.parse(body))
      response.end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const close = () => new Promise<void>((done) => server.close(() => done()))
  return { port: (server.address() as AddressInfo).port, got, close }
}

/** Takes mail from anybody, without encryption. */
export async function mailServer(): Promise<ToldServer<string>> {
  const got: string[] = []
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'] },
    onData(stream, _, done) {
      let text = ''
      stream.on('data', (part) => (text += part))
      stream.on('end', () => {
        got.push(text)
        done()
      })
    },
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()))
  const close = () => new Promise<void>((done) => server.close(() => done()))
  return { port: (server.server.address() as AddressInfo).port, got, close }
}
