import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws'

export interface WebSocketOptions {
  /** Web origins whose pages may connect; programs, which name none, always may. */
  origins: readonly string[]
  /** Bytes of one message. */
  maxMessage: number
}

/** Why a handshake is refused, with the HTTP status that says so. */
const refusals = {
  'wrong-path': 404,
  'wrong-protocol': 400,
  'wrong-origin': 403,
} as const
export type WebSocketFault = keyof typeof refusals | 'not-binary' | 'too-many-pings'

const PATH = '/mqtt'
const SUBPROTOCOLS = ['mqtt', 'mqttv3.1']
/** Bytes of answers to pings that may wait for a client. */
const MAX_PONGS = 64 * 1024
/** Parts of one message: each takes memory of its own, however small it is. */
const MAX_FRAGMENTS = 256

/** Makes byte streams of connections that begin with a WebSocket handshake for MQTT. `ready` gets the stream and the connection it is on. */
export function webSocketGate(
  options: WebSocketOptions,
  ready: (stream: Duplex, connection: Duplex) => void,
  onFault: (fault: WebSocketFault, connection: Duplex) => void,
): (connection: Duplex) => void {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: options.maxMessage,
    maxFragments: MAX_FRAGMENTS,
    autoPong: false,
    handleProtocols: (offered) => SUBPROTOCOLS.find((known) => offered.has(known)) ?? false,
  })
  const http = createServer({ maxHeaderSize: 8_192 }, refuseRequest)
  http.on('upgrade', (request, connection, head) => {
    const why = refusalOf(request, options.origins)
    if (why) {
      onFault(why, connection)
      connection.end(`HTTP/1.1 ${refusals[why]} ${why}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, connection, head, (socket) =>
      ready(
        byteStream(socket, (fault) => onFault(fault, connection)),
        connection,
      ),
    )
  })
  // Without a listener of its own, the server would answer what is not HTTP; nobody is owed an answer.
  http.on('clientError', (_error, connection) => connection.destroy())
  return (connection) => void http.emit('connection', connection)
}

function refuseRequest(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end()
}

function refusalOf({ url = '', headers }: IncomingMessage, origins: readonly string[]): keyof typeof refusals | undefined {
  if (url.split('?')[0] !== PATH) return 'wrong-path'
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim())
  if (!SUBPROTOCOLS.some((known) => offered.includes(known))) return 'wrong-protocol'
  return headers.origin === undefined || origins.includes(headers.origin) ? undefined : 'wrong-origin'
}

/** The bytes in the messages of a WebSocket. What is written at once goes out as one message. */
function byteStream(socket: WebSocket, onFault: (fault: WebSocketFault) => void): Duplex {
  const end = (fault: WebSocketFault) => {
    onFault(fault)
    socket.terminate()
  }
  socket.on('message', (_data, isBinary) => {
    // MQTT says so of text.
    if (!isBinary) end('not-binary')
  })
  socket.on('ping', (data) => {
    if (socket.bufferedAmount > MAX_PONGS) end('too-many-pings')
    else socket.pong(data)
  })
  const stream = createWebSocketStream(socket)
  stream._writev = (chunks, done) => stream._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', done)
  const read = stream.read.bind(stream)
  // Who reads when told that there is something takes all there is; newer streams give it in pieces, and tell once.
  stream.read = (size?: number) => {
    const first: Buffer | null = read(size)
    if (first === null || size) return first
    const all = [first]
    for (let more: Buffer | null = read(); more !== null; more = read()) all.push(more)
    return all.length === 1 ? first : Buffer.concat(all)
  }
  return stream
}
