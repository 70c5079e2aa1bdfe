import { once } from 'node:events'
import { BlockList, connect as connectSocket } from 'node:net'
import { assert, asyncProperty, constantFrom, array as fcArray, integer, tuple } from 'fast-check'
import { connectAsync, type IClientOptions } from 'mqtt'
import { expect, test } from 'vitest'
import { sharedAccess } from '../../../src/edges/mqtt/access.ts'
import { startBroker } from '../../../src/edges/mqtt/broker.ts'
import { type ListenerOptions, openListener } from '../../../src/edges/mqtt/listeners.ts'
import { CertificateWatch } from '../../../src/edges/tls/certificate-watch.ts'
import { issueCertificate } from '../../../src/edges/tls/issue-certificate.ts'
import { days } from '../../../src/telemetry/duration.ts'

const runs = Number(process.env.MUTATED_SESSIONS ?? 300)
const topic = 'facilities/street-light/sl-1/telemetry'
const lasting = { validFrom: Date.now() - days(1), validTo: Date.now() + days(30) }
const authority = issueCertificate({ commonName: 'City', use: 'authority', ...lasting })
const server = issueCertificate({ commonName: 'localhost', names: ['127.0.0.1'], use: 'server', by: authority, ...lasting })
const certificates = new CertificateWatch({ read: () => ({ ...server, clientAuthorities: null, revoked: null }), now: Date.now })

const upgrade = 'GET /mqtt HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n'
const connectPacket = Buffer.from('101000044d5154540402003c000474657374', 'hex')
/** The beginning of what an honest client sends: a proxy's header, a TLS handshake, a WebSocket with a masked CONNECT in it. */
const begins = {
  proxied: Buffer.concat([Buffer.from('PROXY TCP4 203.0.113.9 10.0.0.1 4711 1883\r\n'), connectPacket]),
  proxied2: Buffer.concat([Buffer.from('0d0a0d0a000d0a515549540a2111000ccb0071090102030412341234', 'hex'), connectPacket]),
  tls: Buffer.from(
    '160301006f0100006b0303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f000004c02bc02f0100003e000500050100000000000a00040002001d000b00020100000d000600040403080400100007000504' +
      '6d717474ff01000100001700000012000000230000',
    'hex',
  ),
  webSocket: Buffer.concat([
    Buffer.from(`${upgrade}sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: mqtt\r\n\r\n`),
    Buffer.from([0x82, 0x80 | connectPacket.length, 0, 0, 0, 0]),
    connectPacket,
    Buffer.from([0x89, 0x80, 0, 0, 0, 0]),
  ]),
}

function mutate(bytes: Buffer, mutations: readonly (readonly [kind: number, at: number, value: number])[]): Buffer {
  const changed = [...bytes]
  for (const [kind, at, value] of mutations) {
    const place = at % (changed.length || 1)
    if (kind === 0) changed[place] = value
    else if (kind === 1) changed.splice(place, value % 20)
    else if (kind === 2) changed.splice(place, 0, ...changed.slice(value, value + 20))
    else changed.length = place
  }
  return Buffer.from(changed)
}

test(`${runs} mutated beginnings at every listener beside sound streams: no crash, and the streams lose nothing`, async () => {
  const received = new Map<string, number>()
  let others = 0
  const broker = await startBroker({
    ...{ host: '127.0.0.1', port: 0, maxPayload: 1_000, now: Date.now, access: sharedAccess() },
    onPublish(_topic, _payload, { clientId }, acknowledged) {
      received.set(clientId, (received.get(clientId) ?? 0) + 1)
      acknowledged()
    },
    onRefused: () => {},
  })
  const open = (options: Partial<ListenerOptions>) => {
    const accept: typeof broker.acceptance.accept = (stream, from) => {
      others++
      broker.acceptance.accept(stream, from)
    }
    return openListener(
      { title: 'MQTT', settings: ['HOST', 'PORT'], host: '127.0.0.1', port: 0, ...options },
      { ...broker.acceptance, accept },
    )
  }
  const proxies = new BlockList()
  proxies.addAddress('127.0.0.1')
  const tls = { certificates, clients: 'optional' as const }
  const websocket = { origins: [], maxMessage: 2_024 }
  const listeners = {
    proxied: await open({ proxies }),
    proxied2: await open({ proxies, tls }),
    tls: await open({ tls }),
    webSocket: await open({ websocket }),
  }
  const urls = { tls: `mqtts://127.0.0.1:${listeners.tls.port}`, webSocket: `ws://127.0.0.1:${listeners.webSocket.port}/mqtt` }
  const clients = await Promise.all(
    Object.entries(urls).map(([clientId, url]) =>
      connectAsync(url, { clientId, ca: authority.cert, reconnectPeriod: 0 } as IClientOptions),
    ),
  )
  const sound = others
  let sent = 0
  const mutation = tuple(integer({ min: 0, max: 3 }), integer({ min: 0, max: 500 }), integer({ min: 0, max: 255 }))
  const name = constantFrom(...(Object.keys(begins) as (keyof typeof begins)[]))
  await assert(
    asyncProperty(name, fcArray(mutation, { maxLength: 4 }), integer({ min: 1, max: 500 }), async (of, mutations, cut) => {
      const bytes = mutate(begins[of], mutations)
      if (bytes.length > 0) await play(listeners[of].port, bytes, cut)
      await Promise.all(clients.map((client) => client.publishAsync(topic, '{}', { qos: 1 })))
      sent++
    }),
    { numRuns: runs, endOnFailure: true },
  )
  for (const clientId of Object.keys(urls)) expect(received.get(clientId)).toBe(sent)
  // Not all were thrown out at the door.
  expect(others).toBeGreaterThan(sound)
  for (const client of clients) await client.endAsync()
  for (const listener of Object.values(listeners)) void listener.close()
  await broker.close()
}, 600_000)

async function play(port: number, bytes: Buffer, cut: number): Promise<void> {
  const socket = connectSocket(port, '127.0.0.1')
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.resume()
  socket.write(bytes.subarray(0, cut % bytes.length))
  await Promise.race([once(socket, 'connect').catch(() => undefined), closed])
  socket.end(bytes.subarray(cut % bytes.length))
  await closed
}
