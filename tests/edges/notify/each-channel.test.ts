import { createECDH, createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { pino } from 'pino'
import { SMTPServer } from 'smtp-server'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { readConfig } from '../../../src/config.ts'
import type { ChannelSettings } from '../../../src/dispatch/channel.ts'
import { GIVE_UP, usualLimits } from '../../../src/dispatch/delivery.ts'
import { newUser } from '../../../src/edges/http/session.ts'
import { type NewNotice, type Notifier, PUSH } from '../../../src/edges/notify/notifier.ts'
import { openNotifier } from '../../../src/edges/notify/open-notifier.ts'
import { isSignedBy } from '../../../src/edges/notify/signatures.ts'
import { issueCertificate } from '../../../src/edges/tls/issue-certificate.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'
import { startAedes, type TestBroker } from '../../simulators/brokers.ts'

const life = { validFrom: Date.now() - 86_400_000, validTo: Date.now() + 86_400_000 }
const authority = issueCertificate({ commonName: 'Test authority', use: 'authority', ...life })
const served = issueCertificate({ commonName: 'served', names: ['127.0.0.1', 'localhost'], use: 'server', by: authority, ...life })
const HOOK_SECRET = `whsec_${Buffer.from('a very secret key of 24 bytes').toString('base64')}`

/** What one of the other sides was sent, as it came. */
interface Got {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

/** How the other side answers: it takes the message, is busy, or will never take it. */
type Mood = 'takes' | 'busy' | 'refuses'
let mood: Mood = 'takes'
let got: Got[] = []

const answers = (byMood: Record<Mood, [status: number, body: string]>): RequestListener => {
  return (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      if (mood === 'takes') got.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts).toString('latin1') })
      const [status, body] = byMood[mood]
      response.writeHead(status).end(body)
    })
  }
}
const plainly = { takes: [200, ''], busy: [503, 'come back'], refuses: [403, 'not you'] } as Record<Mood, [number, string]>
const robotic = (busy: string, refuses: string) =>
  ({ takes: [200, '{"errcode":0,"code":0}'], busy: [200, busy], refuses: [200, refuses] }) as Record<Mood, [number, string]>

const servers: Server[] = []
const ports = new Map<string, number>()
async function serve(name: string, listener: RequestListener, isTls = false): Promise<void> {
  const server = isTls ? createTlsServer({ cert: served.cert, key: served.key }, listener) : createServer(listener)
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  ports.set(name, (server.address() as AddressInfo).port)
}
const at = (name: string, path = '/') => `http://127.0.0.1:${ports.get(name)}${path}`

let mail: SMTPServer
let broker: TestBroker
let subscriber: MqttClient
let folder: string
let state: ReturnType<typeof openStateStore>
let notifier: Notifier
let now: number
let timers: { due: number; work: () => void }[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'channels-'))
  writeFileSync(join(folder, 'authority.pem'), authority.cert)
  await serve('webhook', answers(plainly))
  await serve('alertmanager', answers(plainly))
  await serve('sms', answers(plainly))
  await serve('dingtalk', answers(robotic('{"errcode":130101,"errmsg":"too fast"}', '{"errcode":310000,"errmsg":"sign not match"}')))
  await serve('wecom', answers(robotic('{"errcode":45009,"errmsg":"too fast"}', '{"errcode":93000,"errmsg":"invalid webhook"}')))
  await serve('feishu', answers(robotic('{"code":11232,"msg":"too fast"}', '{"code":19021,"msg":"sign match fail"}')))
  await serve('push', answers({ ...plainly, takes: [201, ''] }), true)
  mail = new SMTPServer({
    ...{ cert: served.cert, key: served.key, authMethods: ['PLAIN'], logger: false },
    onAuth: ({ username, password }, _, done) =>
      username === 'lamp' && password === 'right' ? done(null, { user: username }) : done(new Error('wrong password')),
    onRcptTo(_, __, done) {
      const code = { takes: 0, busy: 451, refuses: 550 }[mood]
      done(code === 0 ? null : Object.assign(new Error(code === 451 ? 'come back' : 'no such mailbox'), { responseCode: code }))
    },
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const headers = { user: String(session.user), secure: String(session.secure) }
        got.push({ path: session.envelope.rcptTo.map(({ address }) => address).join(), headers, body: Buffer.concat(parts).toString() })
        done()
      })
    },
  })
  await new Promise<void>((done) => mail.listen(0, '127.0.0.1', () => done()))
  ports.set('mail', (mail.server.address() as AddressInfo).port)
  broker = await startAedes()
  subscriber = await connectAsync(broker.url)
  await subscriber.subscribeAsync('lamplighter/notices/#', { qos: 1 })
  subscriber.on('message', (topic, payload) => void got.push({ path: topic, headers: {}, body: String(payload) }))
})
afterAll(async () => {
  for (const server of servers) server.close()
  await new Promise<void>((done) => mail.close(() => done()))
  await subscriber.endAsync()
  await broker.stop()
  rmSync(folder, { recursive: true })
})

beforeEach(() => {
  state = openStateStore(':memory:')
  now = Date.parse('2026-11-24T12:00Z')
  const config = readConfig([], {
    ...{ NOTIFY_ALLOWED_ADDRESSES: '127.0.0.1', NOTIFY_CA_FILE: join(folder, 'authority.pem') },
    ...{ PUBLIC_URL: 'https://city.example', PUSH_CONTACT: 'mailto:night@city.example' },
  })
  ;({ notifier } = openNotifier({
    ...{ config, store: state.deliveries, pushSecret: Buffer.alloc(32, 7), mayBeTold: () => true },
    ...{ quiet: () => ({ from: 0, to: 0 }), utcOffset: () => 0, now: () => now, log: pino({ level: 'silent' }) },
    publish: async (topic, payload) => {
      if (mood !== 'takes') throw new Error('The broker is away.')
      await subscriber.publishAsync(topic, payload, { qos: 1 })
    },
    schedule(work, delay) {
      const timer = { due: now + delay, work }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer), 1)
    },
  }))
})
afterEach(() => {
  notifier.close()
  state.close()
  timers = []
  got = []
  mood = 'takes'
})

const notice = (n: number): NewNotice => ({
  ...{ at: now, type: 'order.offered', urgent: true, district: 'North', domain: 'lighting', path: `/orders/${n}` },
  ...{ title: { zh: `新工单 #${n}`, en: `New order #${n}` }, text: { zh: 'SL-1', en: 'SL-1 "quay"' } },
  ...{ data: { order: n, facility: 'SL-1', class: 'danger' }, mayWait: false },
  accounts: [],
})
const LINK = 'https://city.example/orders/7'

interface Subject {
  settings: () => ChannelSettings
  /** What must hold of a message at the other side: who it is from, and what it says. */
  isOurs: (message: Got) => void
}

const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('base64')

const subjects: Record<ChannelSettings['type'], Subject> = {
  mail: {
    settings: () => ({
      ...{ type: 'mail', host: 'localhost', port: ports.get('mail') as number, security: 'starttls', user: 'lamp', password: 'right' },
      ...{ from: 'lamps@city.example', to: ['desk@city.example'] },
    }),
    isOurs({ path, headers, body }) {
      expect([path, headers]).toEqual(['desk@city.example', { user: 'lamp', secure: 'true' }])
      expect(body).toContain('Subject: New order #7')
      expect(body).toContain(LINK)
    },
  },
  webhook: {
    settings: () => ({ type: 'webhook', url: at('webhook'), secret: HOOK_SECRET }),
    isOurs({ headers, body }) {
      expect(isSignedBy(headers as Record<string, string>, body, HOOK_SECRET, now)).toBe(true)
      expect(JSON.parse(body)).toMatchObject({ specversion: '1.0', type: 'lamplighter.order.offered', data: { order: 7, link: LINK } })
    },
  },
  alertmanager: {
    settings: () => ({ type: 'alertmanager', url: at('alertmanager'), user: 'u', password: 'p' }),
    isOurs({ path, headers, body }) {
      expect([path, headers.authorization]).toEqual(['/api/v2/alerts', `Basic ${Buffer.from('u:p').toString('base64')}`])
      // Alertmanager takes what has the same labels for one alert: two orders must differ in them.
      expect(JSON.parse(body)).toMatchObject([
        {
          labels: { alertname: 'order.offered', order: '7', facility: 'SL-1' },
          annotations: { summary: 'New order #7' },
          generatorURL: LINK,
        },
      ])
    },
  },
  dingtalk: {
    settings: () => ({ type: 'dingtalk', url: at('dingtalk', '/robot/send?access_token=t'), secret: 'SEC1' }),
    isOurs({ path, body }) {
      const query = new URL(path, at('dingtalk')).searchParams
      expect(query.get('sign')).toBe(hmac('SEC1', `${query.get('timestamp')}\nSEC1`))
      expect(JSON.parse(body).markdown.text).toContain(LINK)
    },
  },
  wecom: {
    settings: () => ({ type: 'wecom', url: at('wecom', '/send?key=only-here') }),
    isOurs({ path, body }) {
      expect(path).toBe('/send?key=only-here')
      expect(JSON.parse(body).markdown.content).toContain('**New order #7**')
    },
  },
  feishu: {
    settings: () => ({ type: 'feishu', url: at('feishu'), secret: 'S' }),
    isOurs({ body }) {
      const { timestamp, sign, content } = JSON.parse(body)
      // The robot takes what is less than an hour old.
      expect(Math.abs(Number(timestamp) - now / 1000)).toBeLessThan(60)
      expect(sign).toBe(createHmac('sha256', `${timestamp}\nS`).update('').digest('base64'))
      expect(content.post.zh_cn.title).toBe('New order #7')
    },
  },
  sms: {
    settings: () => ({
      ...{ type: 'sms', url: at('sms'), method: 'POST', contentType: 'application/json', header: 'Authorization: Bearer k' },
      ...{ body: '{"to":"{{number}}","text":"{{text}}"}', numbers: ['+861'] },
    }),
    isOurs({ headers, body }) {
      expect(headers.authorization).toBe('Bearer k')
      expect(JSON.parse(body)).toEqual({ to: '+861', text: `New order #7\nSL-1 "quay"\n${LINK}` })
    },
  },
  mqtt: {
    settings: () => ({ type: 'mqtt', topic: 'lamplighter/notices/orders' }),
    isOurs({ path, body }) {
      expect(path).toBe('lamplighter/notices/orders')
      expect(JSON.parse(body)).toMatchObject({ type: 'order.offered', title: 'New order #7', data: { order: 7 } })
    },
  },
}

const only = () => state.deliveries.list({ limit: 1 }).items[0]!
/** Lets time pass up to a moment, waiting for what goes out then to be answered. */
async function pass(ms: number): Promise<void> {
  const end = now + ms
  for (;;) {
    const next = timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0]
    if (!next) break
    timers.splice(timers.indexOf(next), 1)
    now = Math.max(now, next.due)
    const { attempts } = only()
    next.work()
    await vi.waitUntil(() => only().attempts > attempts, { timeout: 20_000, interval: 5 })
    // What comes next is planned when the answer is in.
    await new Promise((done) => setImmediate(done))
  }
  now = end
}
const attempted = (count: number) => vi.waitUntil(() => only().attempts === count, { timeout: 20_000, interval: 5 })

async function wholeLife(isOurs: Subject['isOurs'], keep: () => void, refusesAtOnce: boolean): Promise<void> {
  mood = 'busy'
  keep()
  await attempted(1)
  expect(only()).toMatchObject({ state: 'waiting', problem: expect.stringMatching(/./) })
  await pass(4000)
  expect([got, only().attempts]).toEqual([[], 1])
  mood = 'takes'
  // A fifth longer at most.
  await pass(2100)
  await vi.waitUntil(() => got.length > 0, { timeout: 10_000, interval: 5 })
  expect(only()).toMatchObject({ state: 'delivered', attempts: 2, problem: '' })
  expect(got).toHaveLength(1)
  isOurs(got[0]!)

  mood = 'refuses'
  got = []
  keep()
  await attempted(1)
  if (!refusesAtOnce) await pass(GIVE_UP + 2 * 3_600_000)
  const dead = only()
  expect(dead).toMatchObject({ state: 'dead', problem: expect.stringMatching(/./) })
  expect(state.deliveries.givenUp(dead.created)).toMatchObject([{ target: dead.target, count: 1 }])
  await pass(48 * 3_600_000)
  expect([got, only()]).toEqual([[], dead])

  mood = 'takes'
  notifier.sendAgain(dead.id)
  await vi.waitUntil(() => got.length > 0 && only().state === 'delivered', { timeout: 10_000, interval: 5 })
  isOurs(got[0]!)
}

describe('each channel: busy and tried again, taken with its signature, refused and given up, sent again by hand', () => {
  test.each(Object.entries(subjects))('%s', { timeout: 120_000 }, async (type, { settings, isOurs }) => {
    state.deliveries.putChannel({
      ...{ id: type, name: type, settings: settings(), language: 'en', types: 'all', districts: 'all', domains: 'all' },
      ...{ template: null, limits: usualLimits, disabled: false },
    })
    await wholeLife(isOurs, () => notifier.keep(notice(7)).begin(), type !== 'mqtt')
  })

  test('the phone of a person', { timeout: 120_000 }, async () => {
    const own = createECDH('prime256v1')
    own.generateKeys()
    state.people.putUser(newUser('Anna', 'crew', WHOLE_CITY, 'test', now))
    const endpoint = `https://localhost:${ports.get('push')}/phone`
    state.deliveries.putSubscription({
      ...{ endpoint, account: 'Anna', p256dh: own.getPublicKey('base64url'), auth: randomBytes(16).toString('base64url') },
      ...{ language: 'zh', created: now },
    })
    const isOurs = ({ path, headers, body }: Got) => {
      expect([path, headers.urgency, headers['content-encoding']]).toEqual(['/phone', 'high', 'aes128gcm'])
      expect(headers.authorization).toMatch(/^vapid t=[^.]+\.[^.]+\.[^,]+, ?k=/)
      expect(body).not.toContain('SL-1')
    }
    await wholeLife(isOurs, () => notifier.keep({ ...notice(7), accounts: ['Anna'] }).begin(), true)
    expect(only().target).toBe(`${PUSH}Anna`)
  })
})
