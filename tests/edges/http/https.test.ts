import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { connect, type TLSSocket } from 'node:tls'
import { io } from 'socket.io-client'
import { afterAll, expect, test } from 'vitest'
import { CertificateWatch } from '../../../src/edges/tls/certificate-watch.ts'
import { issueCertificate } from '../../../src/edges/tls/issue-certificate.ts'
import type { TlsMaterial } from '../../../src/edges/tls/material.ts'
import { days } from '../../../src/telemetry/duration.ts'
import { PASSWORD, startCity } from '../city.ts'

const lasting = { validFrom: Date.now() - days(1), validTo: Date.now() + days(30) }
const authority = issueCertificate({ commonName: 'City', use: 'authority', ...lasting })
const serverOf = () => issueCertificate({ commonName: 'localhost', names: ['127.0.0.1'], use: 'server', by: authority, ...lasting })
const ca = authority.cert
let current: TlsMaterial = { ...serverOf(), clientAuthorities: null, revoked: null }
const certificates = new CertificateWatch({ read: () => current, now: Date.now })
const city = await startCity({ certificates, secureCookies: true })
afterAll(() => city.stop())

async function ask(path: string, method = 'GET', headers: Record<string, string> = {}, body?: unknown) {
  const asked = request(`${city.url}${path}`, {
    method,
    ca,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
  })
  asked.end(body === undefined ? undefined : JSON.stringify(body))
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

test('people sign in over TLS with a cookie bound to this host, and browsers are told to come by TLS only', async () => {
  expect(city.url).toMatch(/^https:/)
  const signedIn = await ask('/api/session', 'POST', { origin: city.url }, { name: 'admin', password: PASSWORD })
  expect(signedIn.status).toBe(200)
  const cookie = signedIn.headers['set-cookie']?.[0] as string
  expect(cookie).toMatch(/^__Host-lamplighter-session=.*Secure/)
  expect(signedIn.headers['strict-transport-security']).toMatch(/max-age=\d{7,}/)
  const session = cookie.split(';')[0] as string
  expect((await ask('/api/snapshot', 'GET', { cookie: session })).status).toBe(200)
  const live = io(city.url, {
    ca,
    transports: ['websocket'],
    extraHeaders: { cookie: session, origin: city.url },
    reconnection: false,
  } as object)
  await once(live as never, 'connect')
  live.close()
})

test('TLS 1.1 and plain HTTP get no answer, an ended handshake stops nobody', async () => {
  const port = Number(new URL(city.url).port)
  const old = connect({ port, ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
  expect((await once(old, 'error'))[0].code).toMatch(/PROTOCOL/)
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
  expect((await ask('/healthz')).status).toBe(200)
})

test('a new certificate is shown to the next, and who is connected stays so', async () => {
  const port = Number(new URL(city.url).port)
  const shown = async () => {
    const socket: TLSSocket = connect({ port, ca })
    await once(socket, 'secureConnect')
    return { socket, fingerprint: socket.getPeerX509Certificate()?.fingerprint256 }
  }
  const before = await shown()
  current = { ...current, ...serverOf() }
  certificates.look()
  const after = await shown()
  expect(after.fingerprint).toBe(certificates.view().fingerprint)
  expect(after.fingerprint).not.toBe(before.fingerprint)
  before.socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  expect(await text(before.socket)).toMatch(/^HTTP\/1\.1 200/)
  after.socket.destroy()
})

test('who runs the server sees the certificate and what to pin', async () => {
  const signedIn = await ask('/api/session', 'POST', { origin: city.url }, { name: 'admin', password: PASSWORD })
  const cookie = signedIn.headers['set-cookie']?.[0]?.split(';')[0] as string
  const { status, body } = await ask('/api/certificate', 'GET', { cookie })
  expect(status).toBe(200)
  expect(JSON.parse(body)).toMatchObject({
    ...{ subject: 'CN=localhost', issuer: 'CN=City', names: 'IP Address:127.0.0.1', problems: [] },
    fingerprint: certificates.view().fingerprint,
    authority: { fingerprint: certificates.authority().fingerprint },
    daysLeft: expect.closeTo(30, 0),
  })
})
