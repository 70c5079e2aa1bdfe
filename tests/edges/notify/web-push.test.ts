import { createDecipheriv, createECDH, createPublicKey, type ECDH, hkdfSync, randomBytes, verify } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { addressesOf } from '../../../src/config.ts'
import type { Message } from '../../../src/dispatch/channel.ts'
import { newUser } from '../../../src/edges/http/session.ts'
import { httpAsking, strangersAddressProblem } from '../../../src/edges/notify/http-request.ts'
import { vapidKeys, webPushing } from '../../../src/edges/notify/web-push.ts'
import { issueCertificate } from '../../../src/edges/tls/issue-certificate.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'

const NOW = Date.now()
const life = { validFrom: NOW - 86_400_000, validTo: NOW + 86_400_000 }
const authority = issueCertificate({ commonName: 'Test authority', use: 'authority', ...life })
const served = issueCertificate({ commonName: 'push', names: ['127.0.0.1', 'localhost'], use: 'server', by: authority, ...life })
const keys = vapidKeys(Buffer.alloc(32, 7))
const message: Message = {
  ...{
    id: 'm-1',
    at: NOW,
    type: 'order.offered',
    urgent: true,
    title: '新工单 #7',
    text: 'L-1 · North',
    link: 'https://city.example/orders/7',
  },
  data: { order: 7 },
}

let server: Server
let origin: string
let got: { path: string; headers: IncomingHttpHeaders; body: Buffer }[] = []
let status = 201
let state: ReturnType<typeof openStateStore>

beforeAll(async () => {
  server = createServer({ cert: served.cert, key: served.key }, (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      got.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `https://localhost:${(server.address() as AddressInfo).port}`
})
beforeEach(() => {
  state = openStateStore(':memory:')
  state.people.putUser(newUser('Anna', 'crew', WHOLE_CITY, 'test', NOW))
})
afterEach(() => {
  got = []
  status = 201
  state.close()
})
afterAll(() => server.close())

/** As a browser reads it, by hand from RFC 8188 and 8291: salt, record size and the sender's key stand before the one record. */
function decrypted(body: Buffer, own: ECDH, auth: Buffer): string {
  const salt = body.subarray(0, 16)
  const sender = body.subarray(21, 21 + body.readUInt8(20))
  const record = body.subarray(21 + sender.length)
  const derive = (key: Uint8Array, saltOf: Uint8Array, info: string | Buffer, length: number) =>
    Buffer.from(hkdfSync('sha256', key, saltOf, info, length))
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), own.getPublicKey(), sender])
  const secret = derive(own.computeSecret(sender), auth, info, 32)
  const key = derive(secret, salt, 'Content-Encoding: aes128gcm\0', 16)
  const nonce = derive(secret, salt, 'Content-Encoding: nonce\0', 12)
  const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(record.subarray(-16))
  const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()])
  // The last record ends with 2 and padding of nothing.
  return plain.subarray(0, plain.lastIndexOf(2)).toString()
}

/** A browser that subscribed. */
function browser(name: string, at = origin) {
  const own = createECDH('prime256v1')
  own.generateKeys()
  const auth = randomBytes(16)
  const endpoint = `${at}/${name}`
  state.deliveries.putSubscription({
    ...{ endpoint, account: 'Anna', p256dh: own.getPublicKey('base64url'), auth: auth.toString('base64url'), language: 'zh', created: NOW },
  })
  const read = (body: Buffer) => JSON.parse(decrypted(body, own, auth))
  return { endpoint, read }
}
const pushing = (allowed = '127.0.0.1', mayBeTold = true) =>
  webPushing({
    ...{ store: state.deliveries, keys, contact: 'mailto:night@city.example', mayBeTold: () => mayBeTold },
    ask: httpAsking(addressesOf(allowed), authority.cert),
  })

test('a phone reads what was encrypted for it alone, and the push service knows by a signed token who sent it', async () => {
  const phone = browser('phone')
  await pushing()('Anna', () => message)
  const [{ path, headers, body } = { path: '', headers: {} as IncomingHttpHeaders, body: Buffer.alloc(0) }] = got
  expect(path).toBe('/phone')
  expect(phone.read(body)).toEqual({
    id: 'm-1',
    title: '新工单 #7',
    text: 'L-1 · North',
    link: message.link,
    urgent: true,
    type: 'order.offered',
    data: { order: 7 },
  })
  expect(body.includes('L-1')).toBe(false)
  expect(headers).toMatchObject({ ttl: '14400', urgency: 'high', 'content-encoding': 'aes128gcm' })
  const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=(.+)$/.exec(headers.authorization ?? '') ?? []
  expect(key).toBe(keys.publicKey)
  const [head = '', claims = '', signature = ''] = token.split('.')
  const raw = Buffer.from(key, 'base64url')
  const jwk = { kty: 'EC', crv: 'P-256', x: raw.subarray(1, 33).toString('base64url'), y: raw.subarray(33).toString('base64url') }
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  expect(isSigned).toBe(true)
  const said = JSON.parse(String(Buffer.from(claims, 'base64url')))
  expect(said).toMatchObject({ aud: origin, sub: 'mailto:night@city.example' })
  // RFC 8292: at most a day.
  expect(said.exp * 1000).toBeLessThanOrEqual(Date.now() + 86_400_000)
  expect(said.exp * 1000).toBeGreaterThan(Date.now())
})

test('what is too long for a push service is cut, and still read', async () => {
  const phone = browser('phone')
  await pushing()('Anna', () => ({ ...message, text: '长'.repeat(3000), data: { all: 'x'.repeat(5000) } }))
  expect(got[0]?.body.length).toBeLessThanOrEqual(4096)
  expect(phone.read(got[0]?.body as Buffer)).toMatchObject({ title: '新工单 #7', text: expect.stringMatching(/长…$/), data: {} })
})

test('a browser that is gone is forgotten; while another takes it, nothing is wrong', async () => {
  browser('phone')
  status = 410
  await expect(pushing()('Anna', () => message)).rejects.toMatchObject({ isFinal: true })
  expect(state.deliveries.subscriptions('Anna')).toEqual([])
  browser('phone')
  status = 503
  await expect(pushing()('Anna', () => message)).rejects.toMatchObject({ isFinal: false })
  expect(state.deliveries.subscriptions('Anna')).toHaveLength(1)
})

test('nothing goes inside the house, to plain http or to an account that may not be told', async () => {
  browser('phone')
  await expect(pushing('')('Anna', () => message)).rejects.toMatchObject({
    isFinal: true,
    message: expect.stringContaining('NOTIFY_ALLOWED'),
  })
  await expect(pushing('127.0.0.1', false)('Anna', () => message)).rejects.toMatchObject({ isFinal: true })
  state.deliveries.removeSubscription(`${origin}/phone`)
  browser('phone', origin.replace('https', 'http'))
  await expect(pushing()('Anna', () => message)).rejects.toMatchObject({ isFinal: true, message: expect.stringContaining('https') })
  expect(got).toEqual([])
})

test('an address that a browser names is looked at before it is kept', async () => {
  const none = addressesOf('')
  const found = await Promise.all(
    [
      origin,
      'https://127.0.0.1/',
      'https://[::1]/',
      'https://[64:ff9b::10.0.0.1]/',
      'http://push.example/',
      'https://u:p@push.example/',
      'no',
    ].map((url) => strangersAddressProblem(url, none)),
  )
  expect(found.filter((problem) => problem === null)).toEqual([])
  expect(await strangersAddressProblem(origin, addressesOf('127.0.0.1,::1'))).toBeNull()
  expect(await strangersAddressProblem('https://8.8.8.8/', none)).toBeNull()
})
