import { connect, type Socket } from 'node:net'

/** A load generator on raw sockets, so that it costs little beside what it measures. Runs as its own process: see main below. */
export interface LoadOptions {
  port: number
  connections: number
  inFlight: number
  seconds: number
  /** Messages per second over all connections; 0 = as fast as they are acknowledged. */
  rate: number
}

export interface LoadResult {
  acknowledged: number
  seconds: number
}

const values =
  '"voltage":220.4,"current":0.683,"power":149.8,"power-factor":0.98,"energy":1043.25,"dim-actual":100,"driver-temperature":48.5,"leakage-current":1.2'
export const facilityId = (i: number) => `SL-${String(i).padStart(5, '0')}`

function packet(type: number, body: Buffer): Buffer {
  const length: number[] = []
  let rest = body.length
  do {
    const digit = rest & 127
    rest >>= 7
    length.push(rest > 0 ? digit | 128 : digit)
  } while (rest > 0)
  return Buffer.concat([Buffer.from([type, ...length]), body])
}

const field = (text: string) => {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
}

export interface ConnectOptions {
  username?: string
  password?: string
  /** Topic and payload, with QoS 1 and retained. */
  will?: readonly [topic: string, payload: string]
}

/** Of a clean session that is heard every minute. */
export function connectPacket(clientId: string, { username, password, will }: ConnectOptions = {}): Buffer {
  const flags = 0x02 | (will ? 0x2c : 0) | (username !== undefined ? 0x80 : 0) | (password !== undefined ? 0x40 : 0)
  const fields = [clientId, ...(will ?? []), username, password].filter((text) => text !== undefined)
  return packet(0x10, Buffer.concat([field('MQTT'), Buffer.from([4, flags, 0, 60]), ...fields.map(field)]))
}
export function publishPacket(topic: string, payload: string, messageId: number, retain = false): Buffer {
  const id = Buffer.from([messageId >> 8, messageId & 255])
  return packet(retain ? 0x33 : 0x32, Buffer.concat([field(topic), id, Buffer.from(payload)]))
}
export const subscribePacket = (filter: string, qos: number) =>
  packet(0x82, Buffer.concat([Buffer.from([0, 1]), field(filter), Buffer.from([qos])]))

/** One QoS 1 PUBLISH whose packet id and 13-digit time are patched in place for each message. */
function publishTemplate(id: string): { bytes: Buffer; idAt: number; timeAt: number } {
  const topic = field(`facilities/street-light/${id}/telemetry`)
  const body = Buffer.concat([topic, Buffer.from([0, 0]), Buffer.from(`{"at":0000000000000,"values":{${values}}}`)])
  const bytes = packet(0x32, body)
  const idAt = bytes.length - body.length + topic.length
  return { bytes, idAt, timeAt: idAt + 2 + '{"at":'.length }
}

/** Publishes with QoS 1 on all connections, keeping `inFlight` messages unacknowledged on each. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { port, connections, inFlight, seconds, rate } = options
  let acknowledged = 0
  let running = false
  const firstTime = Date.now() - 600_000
  const senders: ((count: number) => void)[] = []
  const sockets: Socket[] = []
  for (let i = 0; i < connections; i++) {
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    sockets.push(socket)
    const { bytes, idAt, timeAt } = publishTemplate(facilityId(i))
    let sent = 0
    const send = (count: number) => {
      const out = Buffer.allocUnsafe(bytes.length * count)
      for (let k = 0; k < count; k++) {
        const offset = k * bytes.length
        bytes.copy(out, offset)
        out.writeUInt16BE((sent % 65_535) + 1, offset + idAt)
        out.write(String(firstTime + sent), offset + timeAt, 'latin1')
        sent++
      }
      socket.write(out)
    }
    senders.push(send)
    await new Promise<void>((resolve, reject) => {
      let carry = 0
      socket.on('error', reject)
      socket.write(connectPacket(`load-${i}`))
      socket.once('data', () => {
        resolve()
        socket.on('data', (chunk: Buffer) => {
          const packets = Math.floor((chunk.length + carry) / 4)
          carry = (chunk.length + carry) % 4
          acknowledged += packets
          if (running && rate === 0) send(packets)
        })
      })
    })
  }
  running = true
  const start = process.hrtime.bigint()
  const elapsed = () => Number(process.hrtime.bigint() - start) / 1e9
  if (rate === 0) for (const send of senders) send(inFlight)
  else {
    let due = 0
    const pace = setInterval(() => {
      const wanted = Math.floor(elapsed() * rate)
      for (; due < wanted; due++) senders[due % connections]?.(1)
    }, 5)
    setTimeout(() => clearInterval(pace), seconds * 1000)
  }
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  running = false
  const result = { acknowledged, seconds: elapsed() }
  for (const socket of sockets) socket.destroy()
  return result
}

/** An idle subscriber of everything: counts nothing but bytes. */
export function subscribe(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.write(connectPacket('idle-subscriber'))
  socket.once('data', () => {
    socket.write(subscribePacket('#', 0))
    socket.on('data', () => {})
  })
  return socket
}

if (process.argv[1] === import.meta.filename) {
  const [mode, json] = process.argv.slice(2)
  if (mode === 'load') console.log(JSON.stringify(await runLoad(JSON.parse(json as string))))
  else subscribe(JSON.parse(json as string).port)
}
