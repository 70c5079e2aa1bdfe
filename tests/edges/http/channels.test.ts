import { createECDH, createHmac, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { tellOfOrders } from '../../../src/services/dispatch/telling.ts'
import { type City, startCity } from '../city.ts'

const TOKEN = 'access_token=never-to-be-told'
const channel = (settings: object, more: object = {}) => ({
  ...{ name: 'Robot', settings, language: 'en', types: 'all', districts: 'all', domains: 'all', template: null },
  ...{ limits: { perMinute: 20, digestAbove: 3 }, disabled: false },
  ...more,
})

let city: City
let server: Server
let url: string
let got: { path: string; body: string }[] = []
let answer = '{"errcode":0}'

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += part))
    request.on('end', () => {
      got.push({ path: request.url ?? '', body })
      response.end(answer)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  city = await startCity({ notify: { NOTIFY_ALLOWED_ADDRESSES: '127.0.0.1' } })
  tellOfOrders(city.desk, city.notifier, city.parts)
  await city.signIn()
  city.services.putFacilities([{ id: 'T-1', kind: 'tank', name: 'Tank', district: 'North' }], 'test')
})
afterEach(() => {
  got = []
  answer = '{"errcode":0}'
})
afterAll(async () => {
  await city.stop()
  server.close()
})
const robot = (more: object = {}) => channel({ type: 'dingtalk', url: `${url}/robot?${TOKEN}`, secret: 'SEC-never-to-be-told', ...more })

test('a channel is made, tried out, changed without its secrets, and never tells them', async () => {
  const made = await city.ask('PUT', '/api/channels/robot', robot())
  expect(made).toMatchObject({ status: 200, body: { id: 'robot', secrets: ['url', 'secret'], address: url, problem: null } })
  const kept = await city.ask('PUT', '/api/channels/robot', channel({ type: 'dingtalk' }, { name: 'Robot of the desk' }))
  expect(kept.body).toMatchObject({ name: 'Robot of the desk', secrets: ['url', 'secret'] })
  const tried = await city.ask('POST', '/api/channels/robot/test', channel({ type: 'dingtalk' }))
  expect(tried.body).toEqual({ works: true, problem: null })
  const query = new URL(url + got[0]?.path).searchParams
  const sign = createHmac('sha256', 'SEC-never-to-be-told')
    .update(`${query.get('timestamp')}\nSEC-never-to-be-told`)
    .digest('base64')
  expect(query.get('sign')).toBe(sign)
  answer = '{"errcode":310000,"errmsg":"sign not match"}'
  expect((await city.ask('POST', '/api/channels/robot/test', channel({ type: 'dingtalk' }))).body).toEqual({
    ...{ works: false, problem: 'Code 310000: sign not match' },
  })
  const said = await Promise.all(['/api/channels', '/api/audit?limit=100', '/api/deliveries'].map((path) => city.ask('GET', path)))
  expect(said.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(JSON.stringify(said)).not.toContain('never-to-be-told')
  expect(said[1]?.body.items.map(({ action }: { action: string }) => action)).toEqual(
    expect.arrayContaining(['put-channel', 'test-channel']),
  )
})

test('what is wrong with a channel is said in words, and a kept secret goes nowhere else', async () => {
  const wrong = await city.ask('PUT', '/api/channels/x', channel({ type: 'mail', host: 'x' }, { template: '{{lamp}}' }))
  expect(wrong.status).toBe(400)
  expect(wrong.body.detail).toMatch(/from: .*to: .*template: nobody knows lamp/)
  const moved = await city.ask('POST', '/api/channels/robot/test', channel({ type: 'dingtalk', url: 'https://evil.example/' }))
  expect(moved).toMatchObject({ status: 400, body: { detail: expect.stringContaining('secret: give it again') } })
  expect((await city.ask('DELETE', '/api/channels/none')).status).toBe(404)
  expect(got).toEqual([])
})

test('what a robot never takes is a dead letter with its reason, a problem of the service, and is sent again by hand', async () => {
  answer = '{"errcode":300001,"errmsg":"token is not exist"}'
  city.report('T-1', { level: 9 })
  const dead = async () => (await city.ask('GET', '/api/deliveries?state=dead&target=robot')).body.items
  await vi.waitUntil(async () => (await dead()).length === 1, { timeout: 10_000 })
  const [letter] = await dead()
  expect(letter).toMatchObject({ problem: 'Code 300001: token is not exist', attempts: 1, told: { type: 'order.unanswered' } })
  const [listed] = (await city.ask('GET', '/api/channels')).body.items
  expect(listed).toMatchObject({ counts: { dead: 1, delivered: 0 }, problem: 'Code 300001: token is not exist' })
  const part = async () => (await city.ask('GET', '/api/health')).body.parts.find(({ key }: { key: string }) => key === 'channels')
  expect(await part()).toMatchObject({ condition: 'look', notes: ['robot: Code 300001: token is not exist'] })
  expect((await city.ask('GET', '/metrics')).body).toContain('lamplighter_messages_dead_total{channel="robot"} 1')

  answer = '{"errcode":0}'
  const again = await city.ask('POST', `/api/deliveries/${letter.id}/send-again`)
  expect(again).toMatchObject({ status: 200, body: { state: 'waiting', attempts: 0 } })
  await vi.waitUntil(async () => (await dead()).length === 0 && city.state.deliveries.waiting().length === 0, { timeout: 10_000 })
  expect(JSON.parse(got.at(-1)?.body ?? '{}').markdown.title).toContain('#')
  expect((await part()).condition).toBe('ok')
  expect((await city.ask('POST', '/api/deliveries/999/send-again')).status).toBe(404)
})

test('what failed before is tried at once when its channel is set right', async () => {
  await city.ask('PUT', '/api/channels/robot', channel({ type: 'dingtalk' }, { disabled: true }))
  await city.ask('PUT', '/api/channels/hook', channel({ type: 'webhook', url: 'http://127.0.0.1:9/', secret: 'a secret of enough length' }))
  city.services.putFacilities([{ id: 'T-2', kind: 'tank', name: 'Tank', district: 'North' }], 'test')
  city.report('T-2', { level: 9 })
  await vi.waitUntil(() => city.state.deliveries.waiting().some(({ attempts }) => attempts > 0), { timeout: 10_000 })
  const secret = 'a secret of enough length'
  await city.ask('PUT', '/api/channels/hook', channel({ type: 'webhook', url: `${url}/hook`, secret }))
  await vi.waitUntil(() => city.state.deliveries.waiting().length === 0, { timeout: 15_000 })
  expect(got.map(({ path }) => path)).toContain('/hook')
})

test('who may not manage channels sees none', async () => {
  await city.addPerson('otto', 'operator')
  const admin = city.cookie()
  await city.signIn('otto')
  const answers = await Promise.all(['/api/channels', '/api/deliveries'].map((path) => city.ask('GET', path)))
  expect(answers.map(({ status }) => status)).toEqual([403, 403])
  await city.ask('GET', '/api/session', undefined, { cookie: admin })
})

test('browsers let themselves be told: ten of an account, at addresses outside the house, with keys of a browser', async () => {
  await city.addPerson('anna', 'crew')
  await city.signIn('anna')
  expect(Buffer.from((await city.ask('GET', '/api/push-key')).body.key, 'base64url')).toHaveLength(65)
  const own = createECDH('prime256v1')
  own.generateKeys()
  const keys = { p256dh: own.getPublicKey('base64url'), auth: randomBytes(16).toString('base64url'), language: 'zh' }
  const put = (endpoint: string, more: object = {}) => city.ask('PUT', '/api/own/push-subscription', { endpoint, ...keys, ...more })
  for (let i = 0; i < 12; i++) {
    expect((await put(`https://8.8.8.8/${i}`)).status).toBe(204)
    city.clock.ahead += 10
  }
  const endpoints = () => city.state.deliveries.subscriptions('anna').map(({ endpoint }) => endpoint)
  expect(endpoints()).toEqual(Array.from({ length: 10 }, (_, i) => `https://8.8.8.8/${i + 2}`))
  for (const bad of ['http://8.8.8.8/', 'https://10.0.0.1/', 'https://169.254.169.254/']) expect((await put(bad)).status).toBe(400)
  const notOnCurve = Buffer.alloc(65, 4).toString('base64url')
  expect((await put('https://8.8.8.8/z', { p256dh: notOnCurve })).body.detail).toMatch(/keys of the subscription/)
  expect((await city.ask('DELETE', '/api/own/push-subscription', { endpoint: 'https://8.8.8.8/5' })).status).toBe(204)
  expect(endpoints()).toHaveLength(9)
})
