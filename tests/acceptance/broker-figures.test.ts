import { connect, connectAsync } from 'mqtt'
import { expect, test } from 'vitest'
import { eventually, startServer, testFolder } from './server-process.ts'

test('Prometheus reads what becomes of MQTT connections and of what waits for them', { timeout: 60_000 }, async () => {
  const { folder, remove } = testFolder()
  const env = { MQTT_USERNAME: 'programs', MQTT_PASSWORD: 'long enough for programs' }
  const server = await startServer({ folder, facilities: [{ id: 'PS-1', kind: 'pump-station' }], env })
  const url = `mqtt://127.0.0.1:${server.mqttPort}`
  const login = { username: env.MQTT_USERNAME, password: env.MQTT_PASSWORD, reconnectPeriod: 0 }
  const lines = async () =>
    (await (await fetch(`${server.url}/metrics`)).text()).split('\n').filter((line) => /^lamplighter_mqtt/.test(line))
  /** All that are not 0. */
  const figures = async () =>
    Object.fromEntries(
      (await lines())
        .map((line) => line.replace('lamplighter_mqtt_', '').split(' '))
        .filter(([, value]) => value !== '0')
        .map(([name, value]) => [name, Number(value)]),
    )
  try {
    // What the service keeps for Sparkplug nodes: that their host is there.
    expect(await figures()).toEqual({ retained: 1 })
    const away = await connectAsync(url, { ...login, clientId: 'away', clean: false })
    await away.subscribeAsync('facilities/pump-station/PS-1/telemetry', { qos: 1 })
    await away.endAsync()
    const present = await connectAsync(url, { ...login, clientId: 'present' })
    const payload = JSON.stringify({ values: { 'inlet-level': 1.5 } })
    await present.publishAsync('facilities/pump-station/PS-1/telemetry', payload, { qos: 1 })
    await present.publishAsync('facilities/pump-station/PS-1/status', 'online', { qos: 1, retain: true })
    for (const options of [{ password: 'wrong' }, { protocolVersion: 5 as const }]) {
      const stranger = connect(url, { ...login, ...options })
      await new Promise((resolve) => stranger.on('error', resolve))
      await stranger.endAsync(true)
    }
    const lost = await connectAsync(url, { ...login, clientId: 'lost' })
    lost.stream.destroy()
    await lost.endAsync(true)
    const found = await eventually(
      figures,
      ({ clients, ...rest }) => clients === 1 && 'disconnects_total{reason="connection-lost"}' in rest,
    )
    // What waits and what is subscribed to counts with what they take beside their bytes.
    expect(found.queued_bytes).toBeGreaterThan(payload.length)
    expect(found.subscribed_bytes).toBeGreaterThan('facilities/pump-station/PS-1/telemetry'.length)
    expect(found).toEqual({
      clients: 1,
      connects_total: 3,
      away_sessions: 1,
      queued_bytes: expect.any(Number),
      subscribed_bytes: expect.any(Number),
      retained: 2,
      'refused_connections_total{reason="wrong-credentials"}': 1,
      'refused_connections_total{reason="unsupported-version"}': 1,
      'disconnects_total{reason="goodbye"}': 1,
      'disconnects_total{reason="connection-lost"}': 1,
    })
    await present.endAsync()
  } finally {
    await server.end('SIGKILL')
    remove()
  }
})
