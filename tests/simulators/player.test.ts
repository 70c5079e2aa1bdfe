import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulatedClock } from '../../simulators/clock.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { runFleet } from '../../simulators/fleet-runner.ts'
import { MqttLink } from '../../simulators/mqtt-link.ts'
import { play, reportMessages, type TimedMessage } from '../../simulators/player.ts'
import { measureRawRecording, rawMessages, readRawRecording } from '../../simulators/raw-recording.ts'
import { startRecorder } from '../../simulators/recorder.ts'
import { createWorld } from '../../simulators/world.ts'
import { mosquittoPath, startAedes, startMosquitto, type TestBroker } from './brokers.ts'
import { tanks } from './fixtures.ts'

const rows = Array.from({ length: 3000 }, (_, i) => ({ offset: i * 1000, values: { level: i } }))
const recording = { rows, start: null, duration: 2_999_000, skipped: { cells: 0, rows: 0 } }
const never = new AbortController().signal

/** Collects what is published until `count` messages came. */
async function collect(url: string, count: number): Promise<{ done: Promise<{ topic: string; payload: string }[]>; end(): Promise<void> }> {
  const client = await connectAsync(url)
  await client.subscribeAsync('#', { qos: 1 })
  const received: { topic: string; payload: string }[] = []
  const { promise, resolve } = Promise.withResolvers<typeof received>()
  client.on('message', (topic, payload) => {
    if (received.push({ topic, payload: payload.toString() }) === count) resolve(received)
  })
  return { done: promise, end: () => client.endAsync() }
}

const brokers = [
  ['aedes', startAedes, true],
  ['mosquitto', startMosquitto, mosquittoPath !== undefined],
] as const

describe.each(brokers)('%s', (_name, start, isThere) => {
  let broker: TestBroker
  beforeAll(async () => {
    if (isThere) broker = await start()
  })
  afterAll(() => broker?.stop())

  test.skipIf(!isThere)('gets all messages of a recording in order', async () => {
    const collected = await collect(broker.url, rows.length)
    const link = new MqttLink({ url: broker.url, clientId: 'player', buffer: 100_000 })
    const played = await play(reportMessages(recording, 'tank', 'T-1', 1_000_000), { link, speed: 1e6, signal: never })
    expect(played).toBe(rows.length)
    expect(link.counts).toEqual({ sent: rows.length, acknowledged: rows.length, dropped: 0 })
    const received = await collected.done
    expect(received.map(({ payload }) => JSON.parse(payload))).toEqual(
      rows.map(({ offset, values }) => ({ at: 1_000_000 + offset, values })),
    )
    await link.stop()
    await collected.end()
  })
})

describe('with a broker', () => {
  let broker: TestBroker
  let folder: string
  beforeAll(async () => {
    broker = await startAedes()
    folder = mkdtempSync(join(tmpdir(), 'simulators-'))
  })
  afterAll(async () => {
    await broker.stop()
    rmSync(folder, { recursive: true })
  })

  test('a stop ends playing at once', async () => {
    const link = new MqttLink({ url: broker.url, clientId: 'stopped' })
    const stop = new AbortController()
    const messages: TimedMessage[] = [
      { offset: 0, topic: 'a', payload: '1' },
      { offset: 1e9, topic: 'a', payload: '2' },
    ]
    const played = await play(messages, { link, speed: 1, signal: stop.signal, onProgress: () => stop.abort() })
    expect(played).toBe(1)
    await link.stop()
  })

  test('what was recorded plays again, text and bytes', async () => {
    const file = join(folder, 'raw.jsonl')
    const recorder = startRecorder({ url: broker.url, topics: ['facilities/#'], file, maxBytes: 400 })
    await recorder.ready
    const publisher = await connectAsync(broker.url)
    const sent = [Buffer.from('{"at":1000,"values":{"level":1}}'), Buffer.from([0xff, 0x00]), Buffer.from('水位 online')]
    for (let i = 0; i < 12; i++) await publisher.publishAsync(`facilities/tank/T-${i}/telemetry`, sent[i % 3]!, { qos: 1 })
    await expect.poll(() => recorder.counts.messages).toBe(12)
    await recorder.stop()
    const { files } = recorder.counts
    expect(files.length).toBeGreaterThan(2)
    for (const file of files) expect(readFileSync(file).length).toBeLessThanOrEqual(400)
    expect(await measureRawRecording(files)).toMatchObject({ count: 12 })
    const replayed = []
    for await (const message of rawMessages(readRawRecording(files), 0, 500)) replayed.push(message)
    expect(replayed.map(({ topic }) => topic)).toEqual(Array.from({ length: 12 }, (_, i) => `facilities/tank/T-${i}/telemetry`))
    expect(replayed.slice(0, 3).map(({ payload }) => Buffer.from(payload as string).toString('hex'))).toEqual(
      [Buffer.from('{"at":1500,"values":{"level":1}}'), sent[1]!, sent[2]!].map((bytes) => bytes.toString('hex')),
    )
    await publisher.endAsync()
  })

  test.each(['separate', 'gateways'] as const)('a fleet through %s clients runs to its end with everything acknowledged', async (mode) => {
    const start = Date.parse('2026-03-01T12:00:00Z')
    const fleetOf = () =>
      new Fleet({ facilities: tanks(30, 'G-1'), seed: 's', world: createWorld({ position: [114, 38], seed: 's' }), start })
    const expected = fleetOf().step(start + 600_000)
    const client = await connectAsync(broker.url)
    await client.subscribeAsync(['facilities/tank/#', 'gateways/#'], { qos: 1 })
    const seen = new Set<string>()
    const statuses: string[] = []
    client.on('message', (topic, payload, packet) => {
      const text = payload.toString()
      if (topic.endsWith('/status')) {
        if (!packet.retain) statuses.push(text)
        return
      }
      const body = JSON.parse(text)
      for (const report of Array.isArray(body) ? body : [body]) seen.add(`${report.facility ?? topic.split('/')[2]} ${report.at}`)
    })
    const clock = simulatedClock({ start, wallStart: Date.now(), speed: 2000, mayRunAhead: true })
    const run = runFleet({ fleet: fleetOf(), clock, mode, url: broker.url, clientPrefix: `${mode}-`, until: start + 600_000 })
    expect(run.clients).toBe(mode === 'separate' ? 30 : 1)
    await run.done
    expect(run.counts.dropped).toBe(0)
    expect(run.counts.acknowledged).toBe(run.counts.sent)
    await expect.poll(() => seen.size).toBe(expected.length)
    expect(seen).toEqual(new Set(expected.map(({ facility, at }) => `${facility.id} ${at}`)))
    await expect.poll(() => statuses.filter((status) => status === 'offline').length).toBe(run.clients)
    await client.endAsync()
  })

  test('a link survives the broker, keeps the newest of a full buffer, and delivers in order', async () => {
    const first = await startAedes()
    const link = new MqttLink({ url: first.url, clientId: 'survivor', buffer: 5, window: 2 })
    await expect.poll(() => link.isConnected).toBe(true)
    await first.stop()
    await expect.poll(() => link.isConnected).toBe(false)
    for (let i = 0; i < 20; i++) link.send({ topic: 'n', payload: String(i) })
    expect(link.counts.dropped).toBe(15)
    const second = await startAedes(first.port)
    const collected = await collect(second.url, 5)
    const received = await collected.done
    expect(received.map(({ payload }) => payload)).toEqual(['15', '16', '17', '18', '19'])
    await link.below(1)
    await link.stop()
    await collected.end()
    await second.stop()
  })
})
