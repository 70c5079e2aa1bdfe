import { connectAsync, type IClientOptions } from 'mqtt'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { BrokerConnectionInput } from '../../../src/edges/brokers/brokers.ts'
import { BrokerConnections, type ConnectionsEntry } from '../../../src/edges/brokers/connections.ts'
import type { Facility } from '../../../src/facilities/plant.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'
import { findProgram } from '../../servers.ts'
import { tankKind } from '../../tank-kind.ts'
import { freePort, startMosquitto } from './mosquitto.ts'

const mosquitto = findProgram('mosquitto')
const until = (condition: () => unknown, timeout = 10_000) => vi.waitUntil(condition, { timeout, interval: 5 })
const tanks = ['A', 'B'].map((id, i) => ({ id, number: i + 1, kind: tankKind, name: id, road: '' }) as unknown as Facility)
const input = (more: Partial<BrokerConnectionInput> = {}): BrokerConnectionInput => ({
  ...{ title: '', enabled: true, url: 'mqtt://127.0.0.1:1', protocol: '3.1.1', username: '', clientId: 'lamp', topics: ['a/#'], share: '' },
  ...{ ca: '', certificate: '', readAlong: { mode: 'off', query: '' } },
  ...more,
})

function open(state = openStateStore(':memory:')) {
  const taken: string[] = []
  const found = [...tanks]
  const schedule = (work: () => void, delay: number) => {
    const timer = setTimeout(work, delay / 20)
    return () => clearTimeout(timer)
  }
  const brokers = new BrokerConnections({ state, now: Date.now, schedule })
  const entry: ConnectionsEntry = {
    services: { plant: () => [], findFacilities: () => found, latestValues: () => [], facilityState: () => 'normal' } as never,
    maxPacket: 100_000,
    take(_source, topic, _payload, acknowledge) {
      taken.push(topic)
      acknowledge()
    },
    isRead: () => true,
    will: () => null,
    onConnected() {},
    onLeaving() {},
  }
  const live = (id: string) => brokers.list().find((one) => one.id === id)?.live
  const audited = () => state.auditChain.links(0, 100).map(({ action, detail }) => `${action} ${detail}`)
  return { brokers, entry, state, taken, found, live, audited, isConnected: (id: string) => until(() => live(id)?.state === 'connected') }
}

describe('settings that cannot be used', () => {
  const pem = (what: string) => `-----BEGIN ${what}-----\nbm90aGluZw==\n-----END ${what}-----\n`

  test.each([
    ['an authority that is none', { ca: 'garbage' }, /ca: holds no certificate/],
    ['a broken authority', { ca: pem('CERTIFICATE') }, /ca, certificate, key/],
    ['a certificate that is none', { certificate: 'x', key: 'y' }, /ca, certificate, key/],
    ['a query in the address', { url: 'mqtt://127.0.0.1:1/?clientId=other' }, /without "\?"/],
    ['a client id in the address', { url: 'ws://127.0.0.1:1/mqtt?clientId=other' }, /without "\?"/],
  ])('are refused: %s', async (_, more, problem) => {
    const { brokers, state } = open()
    expect(() => brokers.put('x', input(more), 'me')).toThrow(problem)
    await expect(brokers.tryOut('x', input(more), 'me')).rejects.toThrow(problem)
    expect(state.brokerConnections.all()).toEqual([])
  })

  test('keep nothing else from starting where they are stored all the same', async () => {
    const { brokers, entry, state, live } = open()
    const stored = { ...input(), password: '', key: '', by: 'me', at: 0 }
    state.brokerConnections.put({ ...stored, id: 'broken', url: 'mqtts://127.0.0.1:1', certificate: 'x', key: 'y' })
    state.brokerConnections.put({ ...stored, id: 'nonsense', url: 'nonsense' })
    brokers.start(entry)
    expect(live('broken')).toMatchObject({ state: 'away', problem: expect.stringContaining('PEM') })
    expect(live('nonsense')).toMatchObject({ state: 'away', problem: expect.any(String) })
    await brokers.close()
  })
})

test('a password goes only to the address it was given for', async () => {
  const { brokers } = open()
  const known = input({ enabled: false, username: 'u' })
  brokers.put('x', { ...known, password: 'secret' }, 'me')
  for (const other of [{ url: 'mqtt://127.0.0.1:2' }, { url: 'mqtts://127.0.0.1:1' }, { username: 'v' }]) {
    expect(() => brokers.put('x', { ...known, ...other }, 'me')).toThrow(/password: give it again/)
    await expect(brokers.tryOut('x', { ...known, ...other }, 'me')).rejects.toThrow(/password: give it again/)
  }
  expect(brokers.put('x', { ...known, topics: ['b/#'] }, 'me')).toMatchObject({ hasPassword: true })
  expect(brokers.put('x', { ...known, url: 'mqtt://127.0.0.1:2', password: 'new' }, 'me')).toMatchObject({ hasPassword: true })
})

describe.skipIf(!mosquitto)('at the broker', () => {
  const stops: (() => unknown)[] = []
  let broker: Awaited<ReturnType<typeof startMosquitto>>

  beforeAll(async () => {
    broker = await startMosquitto(mosquitto as string)
  })
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop()
  })
  afterAll(() => broker.remove())

  const at = (more: Partial<BrokerConnectionInput> = {}) =>
    input({ url: `mqtt://127.0.0.1:${broker.port}`, clientId: `lamp-${Math.random()}`, ...more })
  function started(state = openStateStore(':memory:')) {
    const opened = open(state)
    opened.brokers.start(opened.entry)
    stops.push(() => opened.brokers.close())
    return opened
  }
  async function other(options: IClientOptions = {}) {
    const one = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, options)
    stops.push(() => one.endAsync(true))
    const heard = new Map<string, string>()
    one.on('message', (topic, payload) => heard.set(topic, payload.toString()))
    return Object.assign(one, { heard })
  }
  const isKept = async (clientId: string) => {
    const one = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { clientId, clean: false })
    const { sessionPresent } = (one as unknown as { connackPacket: { sessionPresent: boolean } }).connackPacket
    await one.endAsync()
    return sessionPresent
  }

  test.each(['3.1.1', '5'] as const)('filters that were taken away are taken away there, over MQTT %s', async (protocol) => {
    const { brokers, taken, state, isConnected } = started()
    const settings = at({ protocol })
    brokers.put('x', { ...settings, topics: ['old/#', 'kept/#'] }, 'me')
    await isConnected('x')
    await until(() => brokers.list()[0]?.live.received === 0)
    await new Promise((resolve) => setTimeout(resolve, 100))
    brokers.put('x', { ...settings, topics: ['new/#', 'kept/#'] }, 'me')
    await until(() => state.brokerConnections.all()[0]?.obsolete?.length === 0)
    const client = await other()
    await expect
      .poll(async () => {
        await client.publishAsync('new/x', '1', { qos: 1 })
        return taken
      })
      .toContain('new/x')
    await client.publishAsync('old/x', '1', { qos: 1 })
    await client.publishAsync('kept/x', '1', { qos: 1 })
    await until(() => taken.includes('kept/x'))
    expect(taken).not.toContain('old/x')
  })

  test('who is removed, or goes elsewhere, leaves no session behind', async () => {
    const { brokers, audited, isConnected } = started()
    const settings = at()
    brokers.put('x', settings, 'me')
    await isConnected('x')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const clientId = `lamp-${Math.random()}`
    brokers.put('x', { ...settings, clientId }, 'me')
    await until(() => audited().some((record) => record.startsWith('leave-broker')))
    await isConnected('x')
    expect(await isKept(settings.clientId)).toBe(false)
    expect(await brokers.remove('x', 'me')).toBeNull()
    expect(await isKept(clientId)).toBe(false)
  })

  test('a session that is taken up again in the same moment is kept, with what waits in it', async () => {
    const { brokers, taken, isConnected } = started()
    const settings = at()
    brokers.put('x', settings, 'me')
    await isConnected('x')
    await new Promise((resolve) => setTimeout(resolve, 100))
    brokers.put('x', { ...settings, enabled: false }, 'me')
    await until(() => brokers.list()[0]?.live.state === 'off')
    await (await other()).publishAsync('a/waits', '1', { qos: 1 })
    const removed = brokers.remove('x', 'me')
    brokers.put('x', settings, 'me')
    expect(await removed).toBeNull()
    await until(() => taken.includes('a/waits'))
  })

  test('it is told when the broker is away and keeps the session', async () => {
    const { brokers, audited } = started()
    brokers.put('x', at({ url: `mqtt://127.0.0.1:${await freePort()}` }), 'me')
    expect(await brokers.remove('x', 'me')).toContain('ECONNREFUSED')
    expect(audited().at(-1)).toMatch(/^leave-broker .*keeps messages for lamp-.*ECONNREFUSED/)
  })

  test('what others read along is cleared when it is told no more: also what an earlier run told, and when it is switched off', async () => {
    const home = await other()
    await home.subscribeAsync(['lamplighter/#', 'homeassistant/#'], { qos: 1 })
    const state = openStateStore(':memory:')
    const first = started(state)
    const settings = at({ readAlong: { mode: 'home-assistant', query: '' }, topics: ['#'] })
    first.brokers.put('x', settings, 'me')
    const [a, b] = ['lamplighter/tank/A/state', 'lamplighter/tank/B/state']
    await until(() => home.heard.get(a) && home.heard.get(b))
    expect(home.heard.get('homeassistant/device/lamplighter_B/config')).toContain('identifiers')
    await first.brokers.close()

    const second = open(state)
    second.found.pop()
    second.brokers.start(second.entry)
    stops.push(() => second.brokers.close())
    await until(() => home.heard.get(b) === '' && home.heard.get('homeassistant/device/lamplighter_B/config') === '')
    expect(home.heard.get(a)).toContain('normal')
    // What it says itself is none of what it takes.
    expect([...first.taken, ...second.taken]).toEqual([])

    second.brokers.put('x', { ...settings, readAlong: { mode: 'off', query: '' } }, 'me')
    await until(() => home.heard.get(a) === '' && home.heard.get('lamplighter/status') === '')
    await until(() => state.brokerConnections.told('x').length === 0)
  })

  test('what others read along is cleared when the connection is removed', async () => {
    const home = await other()
    await home.subscribeAsync('lamplighter/#', { qos: 1 })
    const { brokers } = started()
    brokers.put('x', at({ readAlong: { mode: 'state', query: '' } }), 'me')
    await until(() => home.heard.get('lamplighter/tank/B/state'))
    expect(await brokers.remove('x', 'me')).toBeNull()
    await until(() => [...home.heard.values()].every((payload) => payload === ''))
  })

  test('what cannot be told while the broker is away is not counted again and again', async () => {
    const { brokers, isConnected, live } = started()
    brokers.put('x', at({ readAlong: { mode: 'state', query: '' } }), 'me')
    await isConnected('x')
    await until(() => live('x')?.sent === 3)
    await broker.stop()
    await until(() => live('x')?.state === 'away')
    for (let i = 0; i < 5; i++) {
      brokers.changed({ facilities: tanks, plant: false } as never)
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    expect(live('x')?.unsent).toBe(0)
    await broker.start()
    await isConnected('x')
    await until(() => (live('x')?.sent ?? 0) >= 6)
  })
})
