import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { Channel, ChannelSettings } from '../../../src/dispatch/channel.ts'
import { usualLimits } from '../../../src/dispatch/delivery.ts'
import type { Notifier } from '../../../src/edges/notify/notifier.ts'
import { openNotifier } from '../../../src/edges/notify/open-notifier.ts'
import { tellOfOrders } from '../../../src/services/dispatch/telling.ts'
import { type City, startCity } from '../../edges/city.ts'

let city: City
let notifier: Notifier
let hook: Server
let mail: SMTPServer
const mails: string[] = []
const hooks: { headers: Record<string, unknown>; body: string }[] = []
const published: [string, string][] = []
let refusesMail = false

const channel = (id: string, settings: ChannelSettings, more: Partial<Channel> = {}): Channel => ({
  ...{
    id,
    name: id,
    settings,
    language: 'en',
    types: ['order.offered', 'order.unanswered'],
    districts: 'all',
    domains: 'all',
    template: null,
  },
  ...{ limits: usualLimits, disabled: false },
  ...more,
})

beforeAll(async () => {
  hook = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += part))
    request.on('end', () => {
      hooks.push({ headers: request.headers, body })
      response.writeHead(200).end()
    })
  })
  await new Promise<void>((done) => hook.listen(0, '127.0.0.1', done))
  mail = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'] },
    onRcptTo: (_, __, done) => done(refusesMail ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : null),
    onData(stream, _, done) {
      let text = ''
      stream.on('data', (part) => (text += part))
      stream.on('end', () => {
        mails.push(text)
        done()
      })
    },
  })
  await new Promise<void>((done) => mail.listen(0, '127.0.0.1', () => done()))
  city = await startCity()
  const { deliveries } = city.state
  const port = (mail.server.address() as AddressInfo).port
  const settings = { type: 'mail', host: '127.0.0.1', port, security: 'none', user: '', password: '', from: 'lamp@city.example' } as const
  deliveries.putChannel(channel('mail', { ...settings, to: ['desk@city.example'] }, { language: 'zh' }))
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`
  deliveries.putChannel(channel('hook', { type: 'webhook', url, secret: 'a secret of the hook' }))
  deliveries.putChannel(channel('topic', { type: 'mqtt', topic: 'lamplighter/notices/orders' }))
  notifier = openNotifier({
    mayBeTold: () => true,
    ...{ config: readConfig([], { NOTIFY_ALLOWED_ADDRESSES: '127.0.0.1', PUBLIC_URL: 'https://city.example/' }), store: deliveries },
    ...{ pushSecret: Buffer.alloc(32, 7), quiet: () => ({ from: 0, to: 0 }), utcOffset: () => 8 * 3_600_000, now: city.now },
    publish: async (topic, payload) => void published.push([topic, payload]),
    schedule: () => () => {},
    log: pino({ level: 'silent' }),
  }).notifier
  tellOfOrders(city.desk, notifier, city.parts)
  city.services.putFacilities([{ id: 'T-1', kind: 'tank', name: 'Tank', district: 'North' }], 'test')
})
afterAll(async () => {
  notifier.close()
  await city.stop()
  hook.close()
  await new Promise<void>((done) => mail.close(() => done()))
})

test('an order that nobody takes is told by mail, webhook and topic, in the language of each', async () => {
  city.report('T-1', { level: 9 })
  const [order] = [...city.services.orders.open()]
  expect(order?.state).toBe('open')
  await vi.waitUntil(() => mails.length === 1 && hooks.length === 1 && published.length === 1, { timeout: 10_000 })
  expect(mails[0]).toContain('To: desk@city.example')
  const [encoded] = /=\?UTF-8\?[BQ]\?[^\n]*/i.exec(mails[0] as string) ?? []
  expect(encoded).toBeDefined()
  expect(mails[0]).toContain(`https://city.example/orders/${order?.id}`)
  const event = JSON.parse(hooks[0]?.body as string)
  expect(event).toMatchObject({ type: 'lamplighter.order.unanswered', data: { order: order?.id, facility: 'T-1', class: 'severe' } })
  expect(event.data.title).toContain(`#${order?.id}`)
  expect(published[0]?.[0]).toBe('lamplighter/notices/orders')
  await vi.waitUntil(() => city.state.deliveries.waiting().length === 0, { timeout: 10_000 })
})

test('a change of orders that does not go through tells nobody', () => {
  const before = city.state.deliveries.list({ limit: 100 }).items.length
  expect(() =>
    city.desk.book.change(() => {
      city.desk.book.notify({ type: 'unanswered', order: 1, crews: [], at: city.now() })
      throw new Error('no disk')
    }),
  ).toThrow('no disk')
  city.desk.book.change(() => {})
  expect(city.state.deliveries.list({ limit: 100 }).items).toHaveLength(before)
})

test('a mailbox that does not exist is a dead letter at once, and can be sent again', async () => {
  refusesMail = true
  city.desk.book.change(() => city.desk.book.notify({ type: 'unanswered', order: 1, crews: [], at: city.now() }))
  await vi.waitUntil(() => city.state.deliveries.list({ state: 'dead', limit: 5 }).items.length === 1, { timeout: 10_000 })
  const [dead] = city.state.deliveries.list({ state: 'dead', limit: 5 }).items
  expect(dead).toMatchObject({ target: 'mail', problem: expect.stringContaining('no such mailbox') })
  refusesMail = false
  notifier.sendAgain(dead?.id as number)
  await vi.waitUntil(() => mails.length === 2, { timeout: 10_000 })
})
