import { createServer, type Socket } from 'node:net'
import { connect, connectAsync, type MqttClient } from 'mqtt'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { Connection, type ConnectionOptions } from '../../../src/edges/brokers/connection.ts'
import { issueCertificate } from '../../../src/edges/tls/issue-certificate.ts'
import type { BrokerConnection } from '../../../src/storage/broker-connection-store.ts'
import { days } from '../../../src/telemetry/duration.ts'
import { findProgram } from '../../servers.ts'
import { freePort, startMosquitto } from './mosquitto.ts'

const mosquitto = findProgram('mosquitto')
const topic = 'facilities/tank/t-1/telemetry'
const until = (condition: () => unknown, timeout = 10_000) => vi.waitUntil(condition, { timeout, interval: 5 })

describe.skipIf(!mosquitto)("a connection to somebody else's broker", () => {
  const stops: (() => unknown)[] = []
  let broker: Awaited<ReturnType<typeof startMosquitto>>

  beforeAll(async () => {
    broker = await startMosquitto(mosquitto as string)
  })
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop()
  })
  afterAll(() => broker.remove())

  const settings = (more: Partial<BrokerConnection> = {}): BrokerConnection => ({
    ...{ id: 'city', title: 'City', enabled: true, url: `mqtt://127.0.0.1:${broker.port}`, protocol: '3.1.1', username: '', password: '' },
    ...{ clientId: `lamplighter-${Math.random()}`, topics: ['facilities/#'], share: '', ca: '', certificate: '', key: '' },
    readAlong: { mode: 'off', query: '' },
    ...more,
  })

  function open(more: Partial<ConnectionOptions> = {}) {
    const taken: string[] = []
    const connection = new Connection({
      settings: settings(),
      take(_topic, payload, acknowledge) {
        taken.push(Buffer.from(payload).toString())
        acknowledge()
      },
      now: Date.now,
      schedule: (work, delay) => {
        const timer = setTimeout(work, delay / 10)
        return () => clearTimeout(timer)
      },
      random: Math.random,
      ...more,
    })
    stops.push(() => connection.end())
    return { connection, taken }
  }
  async function device(): Promise<MqttClient> {
    const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 50 })
    stops.push(() => client.endAsync(true))
    return client
  }

  test('what has expired does not wait at the broker for whoever was away', async () => {
    const session = { clientId: `away-${Math.random()}`, clean: false, protocolVersion: 4 as const }
    const told: string[] = []
    const away = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, session)
    await away.subscribeAsync('site/lamp/set', { qos: 1 })
    await away.endAsync()
    const { connection } = open({ settings: settings({ protocol: '5' }) })
    await until(() => connection.state.state === 'connected')
    connection.send('site/lamp/set', 'expired', { qos: 1, retain: false, expires: Date.now() + 1000 })
    connection.send('site/lamp/set', 'good', { qos: 1, retain: false, expires: Date.now() + days(1) })
    await until(() => connection.state.sent === 2)
    // The broker counts whole seconds by its own clock.
    await new Promise((resolve) => setTimeout(resolve, 2500))
    const back = connect(`mqtt://127.0.0.1:${broker.port}`, session)
    stops.push(() => back.endAsync(true))
    back.on('message', (_topic, payload) => told.push(String(payload)))
    await until(() => told.includes('good'))
    expect(told).toEqual(['good'])
  })

  test.each(['3.1.1', '5'] as const)('takes what it subscribes to over MQTT %s', async (protocol) => {
    const { connection, taken } = open({ settings: settings({ protocol }) })
    await until(() => connection.state.state === 'connected')
    const client = await device()
    await expect
      .poll(async () => {
        await client.publishAsync(topic, 'x', { qos: 1 })
        return taken.length
      })
      .toBeGreaterThan(0)
    expect(connection.state).toMatchObject({ problem: null, refused: 0 })
  })

  test('a broker with MQTT 5 keeps packets to itself that are too long', async () => {
    const { connection, taken } = open({ settings: settings({ protocol: '5' }), maxPacket: 1_000 })
    await until(() => connection.state.state === 'connected')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const client = await device()
    await client.publishAsync(topic, 'x'.repeat(2_000), { qos: 1 })
    await client.publishAsync(topic, 'short', { qos: 1 })
    await until(() => taken.length > 0)
    expect(taken).toEqual(['short'])
  })

  test('over TLS: with the authority and a certificate of our own it connects, without either it says why', async () => {
    const lasting = { validFrom: Date.now() - days(1), validTo: Date.now() + days(2) }
    const authority = issueCertificate({ commonName: 'City', use: 'authority', ...lasting })
    const server = issueCertificate({
      commonName: 'localhost',
      names: ['localhost', '127.0.0.1'],
      use: 'server',
      by: authority,
      ...lasting,
    })
    const own = issueCertificate({ commonName: 'lamplighter', use: 'client', by: authority, ...lasting })
    const secured = await startMosquitto(mosquitto as string, { authority: authority.cert, ...server })
    stops.push(() => secured.remove())
    const url = `mqtts://127.0.0.1:${secured.port}`
    const whole = { url, ca: authority.cert, certificate: own.cert, key: own.key }
    const { connection, taken } = open({ settings: settings(whole) })
    await until(() => connection.state.state === 'connected')
    const device = await connectAsync(url, { ca: authority.cert, cert: own.cert, key: own.key })
    stops.push(() => device.endAsync(true))
    await expect
      .poll(async () => {
        await device.publishAsync(topic, 'x', { qos: 1 })
        return taken.length
      })
      .toBeGreaterThan(0)

    const stranger = open({ settings: settings({ ...whole, ca: '' }) })
    // The problem is known before the connection is closed.
    await until(() => stranger.connection.state.problem !== null && stranger.connection.state.state === 'away')
    expect(stranger.connection.state.problem).toMatch(/certificate/i)
    const nameless = open({ settings: settings({ ...whole, certificate: '', key: '' }) })
    await until(() => nameless.connection.state.problem !== null && nameless.connection.state.state === 'away')
  })

  test('takes many at once, and acknowledges each only when it is on disk', async () => {
    const waiting: (() => void)[] = []
    let most = 0
    const taken = new Set<string>()
    const one = settings()
    const take: ConnectionOptions['take'] = (_topic, payload, acknowledge) => {
      taken.add(Buffer.from(payload).toString())
      waiting.push(acknowledge)
      most = Math.max(most, waiting.length)
      setTimeout(() => {
        for (const done of waiting.splice(0)) done()
      }, 5)
    }
    const { connection } = open({ settings: one, take })
    await until(() => connection.state.state === 'connected')
    const client = await device()
    await new Promise((resolve) => setTimeout(resolve, 100))
    await Promise.all(Array.from({ length: 500 }, (_, i) => client.publishAsync(topic, String(i), { qos: 1 })))
    await until(() => taken.size === 500)
    // Mosquitto's window is 20 unless it is told otherwise.
    expect(most).toBeGreaterThan(10)
  })

  test('what was not acknowledged comes again, to a new connection and after a new start', async () => {
    const one = settings()
    const first: string[] = []
    const opened = open({ settings: one, take: (_topic, payload) => void first.push(Buffer.from(payload).toString()) })
    await until(() => opened.connection.state.state === 'connected')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const client = await device()
    await client.publishAsync(topic, 'never acknowledged', { qos: 1 })
    await until(() => first.length === 1)
    await opened.connection.end()
    await client.publishAsync(topic, 'came meanwhile', { qos: 1 })
    const { taken } = open({ settings: one })
    await until(() => taken.length === 2)
    expect(taken).toEqual(['never acknowledged', 'came meanwhile'])
  })

  test('a message that cannot be taken is not acknowledged, and is taken when it can be', async () => {
    let isFull = true
    let connects = 0
    const taken: string[] = []
    const take: ConnectionOptions['take'] = (_topic, payload, acknowledge) => {
      if (isFull) throw new Error('The journal is full.')
      taken.push(Buffer.from(payload).toString())
      acknowledge()
    }
    const { connection } = open({ take, onConnected: () => connects++ })
    await until(() => connection.state.state === 'connected')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const client = await device()
    for (const payload of ['1', '2', '3']) await client.publishAsync(topic, payload, { qos: 1 })
    await until(() => connection.state.refused >= 4)
    expect(taken).toEqual([])
    expect(connection.state).toMatchObject({ state: 'connected', problem: 'The journal is full.' })
    isFull = false
    await until(() => taken.includes('3'))
    await until(() => connection.state.problem === null)
    expect([...new Set(taken)]).toEqual(['1', '2', '3'])
    // Once for those behind the first one, however long the journal was full.
    expect(connects).toBe(2)
  })

  test('what the broker had kept is told from what is new', async () => {
    const client = await device()
    await client.publishAsync('facilities/kept', 'old', { qos: 1, retain: true })
    const taken: [string, boolean][] = []
    const take: ConnectionOptions['take'] = (_topic, payload, acknowledge, isRetained) => {
      taken.push([Buffer.from(payload).toString(), isRetained])
      acknowledge()
    }
    open({ take })
    await until(() => taken.length === 1)
    await client.publishAsync('facilities/kept', 'new', { qos: 1, retain: true })
    await until(() => taken.length === 2)
    await client.publishAsync('facilities/kept', '', { qos: 1, retain: true })
    expect(taken.slice(0, 2)).toEqual([
      ['old', true],
      ['new', false],
    ])
  })

  test('a broker that goes and comes back loses no acknowledged message, each is taken once or more, in order', async () => {
    const { connection, taken } = open()
    await until(() => connection.state.state === 'connected')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const client = await device()
    const published: string[] = []
    let stop = false
    const publishing = (async () => {
      for (let i = 0; !stop; i++) {
        await client.publishAsync(topic, String(i), { qos: 1 })
        published.push(String(i))
      }
    })()
    await until(() => taken.length > 50)
    await broker.stop()
    await until(() => connection.state.state === 'away')
    expect(connection.send('x/y', 'z', { qos: 0, retain: false })).toBe(false)
    await broker.start()
    await until(() => connection.state.state === 'connected', 20_000)
    const before = taken.length
    await until(() => taken.length > before + 50)
    stop = true
    await publishing
    await until(() => published.every((one) => taken.includes(one)))
    const firsts = [...new Set(taken)].map(Number)
    expect(firsts).toEqual(firsts.toSorted((a, b) => a - b))
  }, 40_000)

  test('servers that share a subscription share what comes', async () => {
    const [a, b] = [open({ settings: settings({ share: 'lights' }) }), open({ settings: settings({ share: 'lights' }) })]
    await until(() => a.connection.state.state === 'connected' && b.connection.state.state === 'connected')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const client = await device()
    for (let i = 0; i < 20; i++) await client.publishAsync(topic, String(i), { qos: 1 })
    await until(() => a.taken.length + b.taken.length >= 20)
    expect(a.taken.length).toBeGreaterThan(0)
    expect(b.taken.length).toBeGreaterThan(0)
    expect([...a.taken, ...b.taken].map(Number).sort((x, y) => x - y)).toEqual(Array.from({ length: 20 }, (_, i) => i))
  })

  test('others are told when it goes without saying so, and not when it ends', async () => {
    const client = await device()
    const told: string[] = []
    client.on('message', (_topic, payload) => told.push(payload.toString()))
    await client.subscribeAsync('spBv1.0/STATE/#', { qos: 1 })
    const will = () => ({ topic: 'spBv1.0/STATE/lamp', payload: 'gone' })
    const { connection } = open({ will })
    await until(() => connection.state.state === 'connected')
    await connection.end()
    let tries = 0
    const second = open({
      will,
      take: (_topic, _payload, acknowledge) => {
        if (++tries === 1) throw new Error('full')
        acknowledge()
      },
    })
    await until(() => second.connection.state.state === 'connected')
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(told).toEqual([])
    await client.publishAsync(topic, 'x', { qos: 1 })
    await until(() => told.length > 0)
    expect(told[0]).toBe('gone')
  })
})

/** Lets everybody in, and then does what it is told to. */
async function oddBroker(then: (socket: Socket) => void) {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(Buffer.of(0x20, 2, 0, 0))
      socket.on('data', () => then(socket))
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return { port: (server.address() as { port: number }).port, sockets, close: () => server.close() }
}

const plain = (port: number, options: Partial<ConnectionOptions> = {}) =>
  new Connection({
    settings: {
      ...{ id: 'x', title: '', enabled: true, url: `mqtt://127.0.0.1:${port}`, protocol: '3.1.1', username: '', password: '' },
      ...{ clientId: 'x', topics: [], share: '', ca: '', certificate: '', key: '', readAlong: { mode: 'off', query: '' } },
    },
    take: () => {},
    now: Date.now,
    schedule: () => () => {},
    random: Math.random,
    ...options,
  })

test.each([
  ['acknowledges nothing', () => {}],
  ['resets the connection', (socket: Socket) => socket.resetAndDestroy()],
])('ends although the broker %s', async (_, then) => {
  const broker = await oddBroker(then)
  const connection = plain(broker.port)
  await until(() => connection.state.state === 'connected')
  connection.send('lamplighter/status', 'offline', { qos: 1, retain: true })
  await connection.end()
  await until(() => broker.sockets.every((socket) => socket.destroyed))
  expect(connection.state.state).toBe('off')
  broker.close()
})

test('what was under way when it was cut off is told as not sent, and takes no room from what comes after', async () => {
  const broker = await oddBroker(() => {})
  const connection = plain(broker.port)
  await until(() => connection.state.state === 'connected')
  for (let i = 0; i < 1_001; i++) connection.send('x/y', 'z', { qos: 1, retain: false })
  expect(connection.state.unsent).toBe(1)
  broker.sockets[0]?.destroy()
  await until(() => connection.state.unsent === 1_001)
  await connection.end()
  broker.close()
})

test('one that cannot even begin says why, and tries again', async () => {
  let tries = 0
  const settings: BrokerConnection = {
    ...{ id: 'x', title: '', enabled: true, url: 'mqtts://127.0.0.1:1', protocol: '3.1.1', username: '', password: '' },
    ...{ clientId: 'x', topics: [], share: '', ca: '', certificate: 'none', key: 'none', readAlong: { mode: 'off', query: '' } },
  }
  const schedule = (work: () => void) => {
    if (++tries < 3) setTimeout(work, 1)
    return () => {}
  }
  const connection = plain(1, { settings, schedule })
  await until(() => tries >= 3)
  expect(connection.state).toMatchObject({ state: 'away', problem: expect.stringContaining('PEM') })
  await connection.end()
})

test('an address where nobody listens is told, and tried again', async () => {
  const port = await freePort()
  let tries = 0
  const schedule = (work: () => void) => {
    tries++
    const timer = setTimeout(work, 10)
    return () => clearTimeout(timer)
  }
  const connection = plain(port, { schedule })
  await until(() => tries >= 3)
  expect(connection.state).toMatchObject({ state: 'away', problem: expect.stringContaining('ECONNREFUSED') })
  await connection.end()
  expect(connection.state.state).toBe('off')
})
