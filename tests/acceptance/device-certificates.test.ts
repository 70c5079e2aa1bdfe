import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type IClientOptions } from 'mqtt'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type App, startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { issueCertificate } from '../../src/edges/tls/issue-certificate.ts'
import { days } from '../../src/telemetry/duration.ts'

const folder = mkdtempSync(join(tmpdir(), 'device-certificates-'))
const lasting = { validFrom: Date.now() - days(1), validTo: Date.now() + days(1) }
const authority = issueCertificate({ commonName: 'City', use: 'authority', ...lasting })
const certificateOf = (commonName: string) => issueCertificate({ commonName, use: 'client', by: authority, ...lasting })
let app: App
let port = 0

beforeAll(async () => {
  writeFileSync(join(folder, 'ca.pem'), authority.cert)
  const tls = ['--mqtt-tls', 'true', '--mqtt-tls-host', '127.0.0.1', '--mqtt-tls-port', '0', '--mqtt-client-certificates', 'required']
  const ports = ['--http-port', '0', '--mqtt-port', '0', '--data-folder', join(folder, 'data')]
  const config = readConfig([...ports, ...tls, '--mqtt-client-ca-file', join(folder, 'ca.pem')], {})
  app = await startApp({ config, log: pino({ level: 'silent' }), consoleFolder: join(folder, 'dist') })
  port = Number([...app.mqttListeners.values()].map((url) => /^mqtts:.*:(\d+)$/.exec(url)?.[1]).find((found) => found))
  app.services.putFacilities(
    ['L-1', 'L-2', 'L-3'].map((id) => ({ id, kind: 'street-light' })),
    'test',
  )
})
afterAll(async () => {
  await app?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const connect = (own: { cert: string; key: string }, options: IClientOptions = {}) => {
  const ca = readFileSync(join(folder, 'data', 'tls', 'authority.crt'), 'utf8')
  return connectAsync(`mqtts://127.0.0.1:${port}`, { ...own, ca, reconnectPeriod: 0, ...options }, false)
}

test('a device comes by its certificate alone, pinned if wanted, and is gone when that is revoked', async () => {
  const { devices, rejections } = app.services
  const [one, two, other] = [certificateOf('L-1'), certificateOf('L-2'), certificateOf('L-2')]
  for (const id of ['L-1', 'L-2', 'L-3']) devices.put(id, {}, 'test')
  await expect(connect(one, { clientId: 'L-1' })).rejects.toMatchObject({ code: 5 })
  const { credential } = devices.addCredential('L-1', { type: 'certificate' }, 'test')
  const fingerprint = new X509Certificate(two.cert).fingerprint256.replaceAll(':', '').toLowerCase()
  devices.addCredential('L-2', { type: 'certificate', fingerprint }, 'test')

  const client = await connect(one, { clientId: 'L-1' })
  await client.publishAsync('facilities/street-light/L-1/telemetry', '{"values":{"power":80}}', { qos: 1 })
  await client.publishAsync('facilities/street-light/L-2/telemetry', '{"values":{"power":80}}', { qos: 1 })
  expect(rejections.counts().get('not-allowed')).toBe(1)
  await expect(connect(one, { clientId: 'L-2' })).rejects.toMatchObject({ code: 5 })
  await (await connect(two, { clientId: 'L-2' })).endAsync()
  await expect(connect(other, { clientId: 'L-2' })).rejects.toMatchObject({ code: 5 })

  const ended = new Promise<void>((resolve) => client.once('close', () => resolve()))
  devices.revoke('L-1', credential.id, 'stolen', 'test')
  await ended
  await expect(connect(one, { clientId: 'L-1' })).rejects.toMatchObject({ code: 5 })
})
