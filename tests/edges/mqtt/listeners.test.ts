import { spawn } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { BlockList, connect as connectSocket, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type ConnectAttempt, sharedAccess } from '../../../src/edges/mqtt/access.ts'
import { startBroker } from '../../../src/edges/mqtt/broker.ts'
import { type Acceptance, type ListenerOptions, openListener } from '../../../src/edges/mqtt/listeners.ts'
import { CertificateWatch } from '../../../src/edges/tls/certificate-watch.ts'
import { integer, sequence, tagged, time, toPem } from '../../../src/edges/tls/der.ts'
import { issueCertificate, name, signatureAlgorithm, signed } from '../../../src/edges/tls/issue-certificate.ts'
import type { TlsMaterial } from '../../../src/edges/tls/material.ts'
import { days, hours } from '../../../src/telemetry/duration.ts'
import { findProgram } from '../../servers.ts'

const now = Date.now()
const topic = 'facilities/street-light/sl-1/telemetry'
const lasting = { validFrom: now - days(1), validTo: now + days(30) }
const authority = issueCertificate({ commonName: 'City', use: 'authority', ...lasting })
const other = issueCertificate({ commonName: 'Elsewhere', use: 'authority', ...lasting })
const serverOf = (by = authority) =>
  issueCertificate({ commonName: 'localhost', names: ['localhost', '127.0.0.1'], use: 'server', by, ...lasting })
const clientOf = (commonName: string, by = authority, validTo = lasting.validTo) =>
  issueCertificate({ commonName, names: [`urn:lamp:${commonName}`, `${commonName}.lamps.example`], use: 'client', by, ...lasting, validTo })
const server = serverOf()

/** A list on which this certificate stands. */
function revocation(cert: string): string {
  const serial = Buffer.from(new X509Certificate(cert).serialNumber, 'hex')
  const revoked = sequence(integer(serial), time(now - hours(1)))
  const body = sequence(
    integer(Buffer.from([1])),
    signatureAlgorithm,
    name('City'),
    time(now - hours(2)),
    time(now + days(30)),
    sequence(revoked),
    tagged(0, sequence(sequence(Buffer.from('0603551d14', 'hex'), Buffer.from('0403020101', 'hex')))),
  )
  return toPem('X509 CRL', signed(body, createPrivateKey(authority.key)))
}

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const plain: TlsMaterial = { ...server, clientAuthorities: null, revoked: null }

/** A broker with one more listener; `material` is what its certificates are read from. */
async function start(
  options: Partial<ListenerOptions> & { material?: TlsMaterial; clients?: 'optional' | 'required'; maxPayload?: number },
  more: Partial<Acceptance> = {},
) {
  const attempts: ConnectAttempt[] = []
  const faults: string[] = []
  const received: string[] = []
  const shared = sharedAccess()
  const broker = await startBroker({
    ...{ host: '127.0.0.1', port: 0, maxPayload: options.maxPayload ?? 1_000, connectTimeout: 60_000, now: Date.now },
    access: {
      ...shared,
      authenticate: (attempt) => {
        attempts.push(attempt)
        return shared.authenticate(attempt)
      },
    },
    onPublish: (_topic, payload, _from, acknowledged) => {
      received.push(Buffer.from(payload).toString())
      acknowledged()
    },
    onRefused: () => {},
    onFault: (fault) => faults.push(fault),
  })
  stops.push(() => broker.close())
  const material = { current: options.material ?? plain }
  const certificates = new CertificateWatch({ read: () => material.current, now: Date.now })
  const listener = await openListener(
    {
      ...{ title: 'MQTT', settings: ['MQTT_HOST', 'MQTT_PORT'], host: '127.0.0.1', port: 0 },
      ...(options.material && { tls: { certificates, clients: options.clients ?? 'off' } }),
      ...options,
    },
    { accept: broker.acceptance.accept, onFault: (fault) => faults.push(fault), ...more },
  )
  stops.push(() => listener.close())
  return { attempts, faults, received, material, certificates, port: listener.port, broker }
}

async function connect(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync(url, { reconnectPeriod: 0, connectTimeout: 5_000, ca: authority.cert, ...options }, false)
  client.on('error', () => {})
  stops.push(() => client.endAsync(true))
  return client
}

function rawTls(port: number, options: ConnectionOptions = {}): TLSSocket {
  const socket = connectTls({ port, host: '127.0.0.1', ca: authority.cert, ...options })
  stops.push(() => socket.destroy())
  return socket
}

function raw(port: number): Socket {
  const socket = connectSocket(port, '127.0.0.1')
  socket.on('error', () => {})
  stops.push(() => socket.destroy())
  return socket
}

const closeOf = (socket: Socket) =>
  new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
  })
const until = (condition: () => unknown) => vi.waitUntil(condition, { timeout: 10_000, interval: 5 })

describe('TLS', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('a device publishes over %s', async (version) => {
    const { port, received } = await start({ material: plain })
    const client = await connect(`mqtts://127.0.0.1:${port}`, { minVersion: version, maxVersion: version } as IClientOptions)
    await client.publishAsync(topic, '{"a":1}', { qos: 1 })
    expect(received).toEqual(['{"a":1}'])
  })

  const mosquitto = findProgram('mosquitto_pub')
  test.skipIf(!mosquitto)('a third-party client publishes, with and without a certificate of its own', async () => {
    const { port, received, attempts } = await start({ material: { ...plain, clientAuthorities: authority.cert }, clients: 'optional' })
    const folder = mkdtempSync(join(tmpdir(), 'lamplighter-tls-'))
    stops.push(() => rmSync(folder, { recursive: true }))
    const device = clientOf('sl-1')
    writeFileSync(join(folder, 'ca.pem'), authority.cert)
    writeFileSync(join(folder, 'device.pem'), device.cert)
    writeFileSync(join(folder, 'device.key'), device.key)
    const args = ['-h', '127.0.0.1', '-p', String(port), '--cafile', 'ca.pem', '-q', '1', '-t', topic, '-m']
    const publish = async (message: string, ...own: string[]) => {
      const [code] = await once(spawn(mosquitto as string, [...args, message, ...own], { cwd: folder }), 'exit')
      return code
    }
    expect(await publish('one')).toBe(0)
    expect(await publish('two', '--cert', 'device.pem', '--key', 'device.key')).toBe(0)
    expect(received).toEqual(['one', 'two'])
    expect(attempts.map(({ certificate }) => certificate?.commonName)).toEqual([undefined, 'sl-1'])
  })

  test('TLS 1.1 is refused and counted', async () => {
    const { port, faults } = await start({ material: plain })
    const socket = rawTls(port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
    const [error] = await once(socket, 'error')
    expect(error.code).toMatch(/PROTOCOL/)
    await until(() => faults.includes('tls-failed'))
  })

  test('a client of another authority does not take the certificate', async () => {
    const { port } = await start({ material: plain })
    await expect(connect(`mqtts://127.0.0.1:${port}`, { ca: other.cert })).rejects.toThrow(
      /self-signed certificate in|unable to get|unable to verify/,
    )
  })

  test('who speaks plain MQTT to it is ended and counted', async () => {
    const { port, faults } = await start({ material: plain })
    const socket = raw(port)
    socket.write(Buffer.from('101000044d5154540402003c000474657374', 'hex'))
    await closeOf(socket)
    expect(faults).toEqual(['tls-failed'])
  })

  test('who says nothing, or stops in the midst of the handshake, is ended and others go on', async () => {
    const { port, faults, received } = await start({ material: plain, timeout: 300 })
    const silent = Array.from({ length: 20 }, () => raw(port))
    const slow = Array.from({ length: 20 }, () => raw(port))
    // The beginning of a handshake of 508 bytes.
    for (const socket of slow) socket.write(Buffer.from('16030101fc', 'hex'))
    const client = await connect(`mqtts://127.0.0.1:${port}`)
    await client.publishAsync(topic, 'x', { qos: 1 })
    await Promise.all([...silent, ...slow].map(closeOf))
    expect(faults).toEqual(Array(40).fill('handshake-timeout'))
    await client.publishAsync(topic, 'y', { qos: 1 })
    expect(received).toEqual(['x', 'y'])
  })

  test('who connects and goes is no fault and takes no turn of a handshake', async () => {
    const { port, faults } = await start({ material: plain, pace: { perSecond: 20, waiting: 0 } })
    const looks = Array.from({ length: 20 }, () => raw(port))
    for (const look of looks) look.end()
    await Promise.all(looks.map(closeOf))
    const client = await connect(`mqtts://127.0.0.1:${port}`)
    await client.endAsync()
    expect(faults).toEqual([])
  })

  test('more handshakes than may wait are ended and counted', async () => {
    const { port, faults } = await start({ material: plain, pace: { perSecond: 20, waiting: 2 } })
    const sockets = Array.from({ length: 30 }, () => rawTls(port))
    const ends = await Promise.allSettled(sockets.map((socket) => once(socket, 'secureConnect')))
    const secured = ends.filter(({ status }) => status === 'fulfilled').length
    expect(secured).toBeGreaterThanOrEqual(3)
    expect(faults).toEqual(Array(30 - secured).fill('too-many-handshakes'))
  })

  test('an address that may not connect gets no handshake', async () => {
    const asked: string[] = []
    const admits = (address: string) => asked.push(address) < 0
    const { port } = await start({ material: plain }, { admits })
    await expect(connect(`mqtts://127.0.0.1:${port}`)).rejects.toThrow()
    expect(asked).toEqual(['127.0.0.1'])
  })
})

describe('client certificates', () => {
  const material = { ...plain, clientAuthorities: authority.cert }
  const outcome = async (port: number, own: { cert: string; key: string } | Record<string, never>) => {
    try {
      await connect(`mqtts://127.0.0.1:${port}`, own)
      return 'connected'
    } catch {
      return 'refused'
    }
  }

  test('the names in a verified one are told', async () => {
    const { port, attempts } = await start({ material, clients: 'required' })
    expect(await outcome(port, clientOf('sl-1'))).toBe('connected')
    expect(attempts[0]?.certificate).toMatchObject({ commonName: 'sl-1', altNames: ['urn:lamp:sl-1', 'sl-1.lamps.example'] })
  })

  test.each(['optional', 'required'] as const)('%s: one that cannot be verified or has ended is refused', async (clients) => {
    const { port, attempts, faults } = await start({ material, clients })
    expect(await outcome(port, clientOf('sl-1', other))).toBe('refused')
    expect(await outcome(port, clientOf('sl-1', authority, now - hours(1)))).toBe('refused')
    expect(attempts).toEqual([])
    expect(faults).toEqual(['certificate-refused', 'certificate-refused'])
    expect(await outcome(port, {})).toBe(clients === 'optional' ? 'connected' : 'refused')
    expect(attempts.map(({ certificate }) => certificate)).toEqual(clients === 'optional' ? [null] : [])
  })

  test('a server certificate is no client certificate', async () => {
    const { port } = await start({ material, clients: 'optional' })
    expect(await outcome(port, server)).toBe('refused')
  })

  test('one that is on the list of revoked ones is refused, also when the list came later, and also a session before', async () => {
    const { port, material: files, certificates } = await start({ material, clients: 'required' })
    const [lost, good] = [clientOf('sl-1'), clientOf('sl-2')]
    const before = rawTls(port, { ...lost, maxVersion: 'TLSv1.2' })
    await once(before, 'secureConnect')
    const session = before.getSession()
    files.current = { ...material, revoked: revocation(lost.cert) }
    certificates.look()
    expect(certificates.problems()).toEqual([])
    expect(await outcome(port, lost)).toBe('refused')
    expect(await outcome(port, good)).toBe('connected')
    const again = rawTls(port, { ...lost, maxVersion: 'TLSv1.2', ...(session && { session }) })
    again.on('error', () => {})
    await closeOf(again)
  })
})

describe('new certificates', () => {
  test('are shown to the next client while the one before stays connected', async () => {
    const { port, material, certificates, received } = await start({ material: plain })
    const client = await connect(`mqtts://127.0.0.1:${port}`)
    const next = serverOf()
    material.current = { ...plain, ...next }
    certificates.look()
    const shown = rawTls(port)
    await once(shown, 'secureConnect')
    expect(shown.getPeerX509Certificate()?.fingerprint256).toBe(new X509Certificate(next.cert).fingerprint256)
    await client.publishAsync(topic, 'still here', { qos: 1 })
    expect([received, client.connected]).toEqual([['still here'], true])
  })

  test('that do not fit stay unused until they do, and say so', async () => {
    const troubles: string[] = []
    let current: TlsMaterial = plain
    const certificates = new CertificateWatch({ read: () => current, now: Date.now, onTrouble: (problem) => troubles.push(problem) })
    const before = certificates.view().fingerprint
    const ended = issueCertificate({ commonName: 'x', use: 'server', by: authority, validFrom: 0, validTo: now - hours(1) })
    current = { ...plain, ...ended }
    certificates.look()
    certificates.look()
    expect(certificates.view().fingerprint).toBe(before)
    expect(certificates.problems()).toEqual(troubles)
    expect(troubles).toEqual(['The new certificate has ended already. The certificate before stays in force.'])
    current = { ...plain, ...serverOf() }
    certificates.look()
    expect(certificates.problems()).toEqual([])
    expect(certificates.view().fingerprint).not.toBe(before)
  })
})

describe('WebSocket', () => {
  const websocket = { origins: ['https://maps.example'], maxMessage: 2_024 }

  test.each(['ws', 'wss'] as const)('a device publishes and gets what it subscribed to over %s', async (protocol) => {
    const { port, received, attempts, broker } = await start({ websocket, ...(protocol === 'wss' && { material: plain }) })
    const client = await connect(`${protocol}://127.0.0.1:${port}/mqtt`, { wsOptions: { ca: authority.cert } } as IClientOptions)
    for (let i = 0; i < 50; i++) client.publish(topic, `${i}`.padStart(900), { qos: 1 })
    await client.publishAsync(topic, 'last', { qos: 1 })
    expect(received.map((text) => text.trim())).toEqual([...Array.from({ length: 50 }, (_, i) => String(i)), 'last'])
    expect(attempts[0]?.address).toBe('127.0.0.1')
    const got: string[] = []
    client.on('message', (_topic, payload) => got.push(payload.toString().trim()))
    await client.subscribeAsync('facilities/street-light/sl-1/commands/#')
    for (let i = 0; i < 50; i++) await broker.publish('facilities/street-light/sl-1/commands/x', `${i}`.padStart(900))
    await until(() => got.length === 50)
    expect(got).toEqual(Array.from({ length: 50 }, (_, i) => String(i)))
  })

  const handshake = async (port: number, path: string, protocols: string[], headers: Record<string, string> = {}) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers })
    stops.push(() => socket.terminate())
    const answer = await Promise.race([
      once(socket, 'unexpected-response').then(([, { statusCode }]) => statusCode),
      once(socket, 'open').then(() => 101),
    ])
    return { answer, socket }
  }

  test('only at its path, with its protocol, and not from pages of other sites', async () => {
    const { port, faults } = await start({ websocket })
    const answers = [
      await handshake(port, '/', ['mqtt']),
      await handshake(port, '/mqtt', []),
      await handshake(port, '/mqtt', ['chat']),
      await handshake(port, '/mqtt', ['mqtt'], { origin: 'https://evil.example' }),
      await handshake(port, '/mqtt', ['mqtt'], { origin: `http://127.0.0.1:${port}` }),
      await handshake(port, '/mqtt', ['mqtt'], { origin: 'https://maps.example' }),
      await handshake(port, '/mqtt', ['mqttv3.1', 'mqtt']),
    ]
    expect(answers.map(({ answer }) => answer)).toEqual([404, 400, 400, 403, 403, 101, 101])
    expect(answers.at(-1)?.socket.protocol).toBe('mqtt')
    expect(faults).toEqual(['wrong-path', 'wrong-protocol', 'wrong-protocol', 'wrong-origin', 'wrong-origin'])
    expect((await fetch(`http://127.0.0.1:${port}/mqtt`)).status).toBe(426)
  })

  test('a message over the bound, or of text, ends the connection', async () => {
    const { port, faults } = await start({ websocket })
    for (const message of [Buffer.alloc(2_025, 0x10), 'text']) {
      const { socket } = await handshake(port, '/mqtt', ['mqtt'])
      socket.on('error', () => {})
      const closed = once(socket, 'close')
      socket.send(message)
      await closed
    }
    expect(faults).toContain('not-binary')
  })

  test('the frame guard sees what comes, in messages of any cut', async () => {
    const { port, faults } = await start({ websocket })
    const { socket } = await handshake(port, '/mqtt', ['mqtt'])
    const closed = once(socket, 'close')
    // A CONNECT that says it has 2 MB.
    for (const byte of [0x10, 0xff, 0xff, 0x7f]) socket.send(Buffer.from([byte]))
    await closed
    expect(faults).toEqual(['connect-too-large'])
  })

  test('who pings and does not read is ended', async () => {
    const { port, faults } = await start({ websocket })
    const { socket } = await handshake(port, '/mqtt', ['mqtt'])
    socket.on('error', () => {})
    ;(socket as unknown as { _socket: Socket })._socket.pause()
    const flood = setInterval(() => {
      for (let i = 0; i < 20_000; i++) socket.ping(Buffer.alloc(125), true, () => {})
    }, 5)
    stops.push(() => clearInterval(flood))
    await until(() => faults.includes('too-many-pings'))
  })
})

test.each(['mqtts', 'ws', 'wss'] as const)(
  'a subscriber over %s that stops reading keeps nothing from the others',
  async (protocol) => {
    const { port, broker } = await start({
      maxPayload: 100_000,
      ...(protocol !== 'ws' && { material: plain }),
      ...(protocol !== 'mqtts' && { websocket: { origins: [], maxMessage: 2_024 } }),
    })
    const wsOptions = { ca: authority.cert }
    const frozen = await connect(`${protocol}://127.0.0.1:${port}/mqtt`, { wsOptions } as IClientOptions)
    await frozen.subscribeAsync('facilities/#')
    const { socket } = frozen.stream as unknown as { socket?: { _socket: Socket } }
    frozen.stream.pause()
    socket?._socket.pause()
    const live = await connect(`mqtt://127.0.0.1:${broker.port}`)
    let seen = 0
    live.on('message', () => seen++)
    await live.subscribeAsync('facilities/#', { qos: 1 })
    const sender = await connect(`mqtt://127.0.0.1:${broker.port}`)
    for (let i = 0; i < 150; i++) {
      await sender.publishAsync(topic, Buffer.alloc(90_000), { qos: 1 })
      await until(() => seen === i + 1)
    }
    expect(broker.figures().dropped).toBeGreaterThan(0)
  },
  20_000,
)

describe('the PROXY protocol', () => {
  const proxies = new BlockList()
  proxies.addAddress('127.0.0.1')
  const connectPacket = Buffer.from('101000044d5154540402003c000474657374', 'hex')
  const v1 = Buffer.from('PROXY TCP4 203.0.113.9 198.51.100.1 4711 1883\r\n')
  const v2 = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb0071090102030412341234', 'hex')

  test.each([
    ['version 1', v1],
    ['version 2', v2],
  ])('%s: the address of the client is told, however the bytes are cut', async (_name, header) => {
    const { port, attempts } = await start({ proxies })
    const whole = raw(port)
    whole.write(Buffer.concat([header, connectPacket]))
    expect((await once(whole, 'data'))[0].toString('hex')).toBe('20020000')
    const cut = raw(port)
    cut.setNoDelay(true)
    await once(cut, 'connect')
    for (const byte of Buffer.concat([header, connectPacket])) {
      cut.write(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await once(cut, 'data'))[0].toString('hex')).toBe('20020000')
    expect(attempts.map(({ address }) => address)).toEqual(['203.0.113.9', '203.0.113.9'])
  })

  test.each(['mqtts', 'ws', 'wss'] as const)('before %s', async (protocol) => {
    const secured = protocol !== 'ws'
    const websocket = { origins: [], maxMessage: 2_024 }
    const { port, attempts } = await start({ proxies, ...(protocol !== 'mqtts' && { websocket }), ...(secured && { material: plain }) })
    const carried = raw(port)
    await once(carried, 'connect')
    carried.write(v2)
    const stream = secured ? connectTls({ socket: carried, ca: authority.cert, host: '127.0.0.1' }) : carried
    stops.push(() => stream.destroy())
    if (protocol === 'mqtts') stream.write(connectPacket)
    else {
      const socket = new WebSocket('ws://127.0.0.1/mqtt', ['mqtt'], { createConnection: () => stream as Socket })
      stops.push(() => socket.terminate())
      await once(socket, 'open')
      socket.send(connectPacket)
    }
    await until(() => attempts.length === 1)
    expect(attempts[0]?.address).toBe('203.0.113.9')
  })

  test('a header from elsewhere is not believed: the connection is ended', async () => {
    const elsewhere = new BlockList()
    elsewhere.addSubnet('10.0.0.0', 8)
    const { port, attempts, faults } = await start({ proxies: elsewhere })
    const socket = raw(port)
    socket.write(Buffer.concat([v1, connectPacket]))
    await closeOf(socket)
    expect([attempts, faults]).toEqual([[], ['not-from-proxy']])
  })

  test('where it is off, a header is no MQTT', async () => {
    const { broker, attempts, faults } = await start({})
    const socket = raw(broker.port)
    socket.write(Buffer.concat([v1, connectPacket]))
    await closeOf(socket)
    expect([attempts, faults]).toEqual([[], ['not-connect']])
  })

  test('a connection without a sound header is ended, one without any in time', async () => {
    const { port, faults } = await start({ proxies, timeout: 200 })
    const bare = raw(port)
    bare.write(connectPacket)
    await closeOf(bare)
    const silent = raw(port)
    silent.write('PROXY TCP4 203.')
    await closeOf(silent)
    expect(faults).toEqual(['proxy-header', 'handshake-timeout'])
  })
})
