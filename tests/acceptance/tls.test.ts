import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { connectAsync, type IClientOptions } from 'mqtt'
import { afterAll, expect, test, vi } from 'vitest'
import { issueCertificate } from '../../src/edges/tls/issue-certificate.ts'
import { certificatesIn } from '../../src/edges/tls/material.ts'
import { days } from '../../src/telemetry/duration.ts'
import { type ServerProcess, startServer, testFolder } from './server-process.ts'

const { folder, remove } = testFolder()
const servers: ServerProcess[] = []
afterAll(async () => {
  for (const server of servers) await server.end('SIGKILL')
  remove()
})
const listeners = {
  ...{ HTTP_TLS: 'true', MQTT_TLS: 'true', MQTT_TLS_HOST: '127.0.0.1', MQTT_TLS_PORT: '0' },
  // With WebSocket, credentials are asked for unless it is said that they are not.
  MQTT_ACCESS: 'open',
  ...{ MQTT_WEBSOCKET: 'wss', MQTT_WEBSOCKET_PORT: '0', TLS_NAMES: 'lamp.example' },
}

async function start(env: Record<string, string> = {}) {
  const server = await startServer({ folder, env: { ...listeners, ...env } })
  servers.push(server)
  await vi.waitUntil(() => /wss:.*\n/.test(server.output()), 10_000)
  const portOf = (scheme: string) => Number(new RegExp(`${scheme}://[^:]+:(\\d+)`).exec(server.output())?.[1])
  return { server, tlsPort: portOf('mqtts'), webSocketPort: portOf('wss') }
}

async function publish(url: string, ca: string): Promise<void> {
  const client = await connectAsync(url, { ca, wsOptions: { ca }, reconnectPeriod: 0 } as IClientOptions, false)
  await client.publishAsync('facilities/street-light/sl-1/telemetry', '{}', { qos: 1 })
  await client.endAsync()
}

async function ready(url: string, ca: string): Promise<{ ready: boolean; problems: string[] }> {
  const [response] = await once(get(`${url}/readyz`, { ca }), 'response')
  return (await json(response)) as { ready: boolean; problems: string[] }
}

async function fingerprintAt(port: number): Promise<string | undefined> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const shown = socket.getPeerX509Certificate()?.fingerprint256
  socket.destroy()
  return shown
}

test('with nothing but the switches: an own authority that devices and people can trust, the same after a restart', async () => {
  const { server, tlsPort, webSocketPort } = await start()
  const file = join(folder, 'data', 'tls', 'authority.crt')
  const ca = readFileSync(file, 'utf8')
  expect(server.output()).toContain(`"authority":"${certificatesIn(ca)[0]?.fingerprint256}"`)
  expect(statSync(join(folder, 'data', 'tls', 'authority.key')).mode & 0o777).toBe(0o600)
  await publish(`mqtts://127.0.0.1:${tlsPort}`, ca)
  await publish(`wss://127.0.0.1:${webSocketPort}/mqtt`, ca)
  expect(server.url).toMatch(/^https:/)
  expect((await ready(server.url, ca)).ready).toBe(true)
  await server.end('SIGTERM')
  const again = await start()
  await publish(`mqtts://127.0.0.1:${again.tlsPort}`, ca)
  await again.server.end('SIGTERM')
})

test('certificates of files: SIGHUP shows the new one, a broken one keeps the one before and is told, and devices stay connected', async () => {
  const lasting = { validFrom: Date.now() - days(1), validTo: Date.now() + days(90) }
  const authority = issueCertificate({ commonName: 'City', use: 'authority', ...lasting })
  const [certFile, keyFile] = [join(folder, 'server.pem'), join(folder, 'server.key')]
  const renew = () => {
    const next = issueCertificate({ commonName: 'lamp', names: ['127.0.0.1'], use: 'server', by: authority, ...lasting })
    writeFileSync(certFile, next.cert)
    writeFileSync(keyFile, next.key)
    return certificatesIn(next.cert)[0]?.fingerprint256
  }
  const first = renew()
  const { server, tlsPort } = await start({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile })
  expect(await fingerprintAt(tlsPort)).toBe(first)
  const device = await connectAsync(`mqtts://127.0.0.1:${tlsPort}`, { ca: authority.cert, reconnectPeriod: 0 }, false)
  const until = (condition: () => Promise<boolean>) => vi.waitUntil(condition, { timeout: 10_000, interval: 20 })

  writeFileSync(certFile, 'half a certif')
  server.child.kill('SIGHUP')
  await until(async () =>
    (await ready(server.url, authority.cert)).problems.some((problem) => /TLS_CERT_FILE .*stays in force/.test(problem)),
  )
  expect(await fingerprintAt(tlsPort)).toBe(first)

  const next = renew()
  server.child.kill('SIGHUP')
  await until(async () => (await fingerprintAt(tlsPort)) === next)
  expect(await fingerprintAt(Number(new URL(server.url).port))).toBe(next)
  expect((await ready(server.url, authority.cert)).problems).toEqual([])
  await device.publishAsync('facilities/street-light/sl-1/telemetry', '{}', { qos: 1 })
  expect(device.connected).toBe(true)
  await device.endAsync()
  await server.end('SIGTERM')
})

test('files that cannot be used at the start are said', async () => {
  await expect(start({ TLS_CERT_FILE: '/nowhere/cert.pem', TLS_KEY_FILE: '/nowhere/key.pem' })).rejects.toThrow(
    /ended with 2[\s\S]*TLS_CERT_FILE \/nowhere\/cert\.pem cannot be read/,
  )
})
