import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { addressesOf } from '../../../src/config.ts'
import type { Message } from '../../../src/dispatch/channel.ts'
import { isInside } from '../../../src/edges/notify/house-networks.ts'
import {
  cutToBytes,
  sendAlertmanager,
  sendDingtalk,
  sendFeishu,
  sendSms,
  sendWebhook,
  sendWecom,
} from '../../../src/edges/notify/http-channels.ts'
import { httpAsking } from '../../../src/edges/notify/http-request.ts'
import { isSignedBy } from '../../../src/edges/notify/signatures.ts'

const NOW = 1_795_000_000_123
const message: Message = {
  ...{
    id: 'm-1',
    at: NOW,
    type: 'order.offered',
    urgent: true,
    title: '泵站干转 "PS-1"',
    text: 'Order 7\nHarbour',
    link: 'https://city.example/orders/7',
  },
  data: { order: 7 },
}
const ask = httpAsking(addressesOf('127.0.0.1'))

describe('messages over HTTP', () => {
  let server: Server
  let url: string
  let got: { method: string; path: string; headers: IncomingHttpHeaders; body: string }[] = []
  let answer = { status: 200, body: '{"errcode":0}' }

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => (body += part))
      request.on('end', () => {
        got.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body })
        response.writeHead(answer.status).end(answer.body)
      })
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(() => {
    got = []
    answer = { status: 200, body: '{"errcode":0}' }
  })
  afterAll(() => server.close())
  const only = () => {
    expect(got).toHaveLength(1)
    return got[0] as (typeof got)[0]
  }

  test('a webhook is a CloudEvent with a signature that holds only for its body, its time and its secret', async () => {
    const secret = `whsec_${Buffer.from('a very secret key').toString('base64')}`
    await sendWebhook({ type: 'webhook', url: `${url}/hook`, secret }, message, NOW, ask)
    const { headers, body } = only()
    const given = headers as Record<string, string>
    expect(JSON.parse(body)).toMatchObject({
      ...{ specversion: '1.0', id: 'm-1', type: 'lamplighter.order.offered', time: new Date(NOW).toISOString(), data: { order: 7 } },
    })
    expect(headers['content-type']).toContain('application/cloudevents+json')
    // Made by hand as the specification says, so that sender and checker do not only agree with each other.
    const key = createHmac('sha256', 'a very secret key').update(`m-1.${Math.floor(NOW / 1000)}.${body}`)
    expect(headers['webhook-signature']).toBe(`v1,${key.digest('base64')}`)
    expect(isSignedBy(given, body, secret, NOW)).toBe(true)
    expect([
      isSignedBy(given, `${body} `, secret, NOW),
      isSignedBy(given, body, 'whsec_eA==', NOW),
      isSignedBy(given, body, secret, NOW + 301_000),
    ]).toEqual([false, false, false])
  })

  test('DingTalk: signed address, all are called when it is urgent, and its own refusals are told from being busy', async () => {
    const settings = { type: 'dingtalk', url: `${url}/robot/send?access_token=t`, secret: 'SEC1' } as const
    await sendDingtalk(settings, message, NOW, ask)
    const { path, body } = only()
    const query = new URL(url + path).searchParams
    expect(query.get('access_token')).toBe('t')
    expect(query.get('sign')).toBe(createHmac('sha256', 'SEC1').update(`${NOW}\nSEC1`).digest('base64'))
    expect(JSON.parse(body)).toMatchObject({
      msgtype: 'markdown',
      at: { isAtAll: true },
      markdown: { text: expect.stringContaining('Order 7') },
    })
    answer = { status: 200, body: '{"errcode":310000,"errmsg":"sign not match"}' }
    await expect(sendDingtalk(settings, message, NOW, ask)).rejects.toMatchObject({ isFinal: true, message: 'Code 310000: sign not match' })
    answer = { status: 200, body: '{"errcode":130101,"errmsg":"send too fast"}' }
    await expect(sendDingtalk(settings, message, NOW, ask)).rejects.toMatchObject({ isFinal: false })
  })

  test('WeCom: no more bytes than it takes', async () => {
    await sendWecom({ type: 'wecom', url }, { ...message, text: '长'.repeat(3000) }, ask)
    const { content } = JSON.parse(only().body).markdown
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4096)
    expect(content).toMatch(/长…$/)
    expect(cutToBytes('short', 10)).toBe('short')
  })

  test('Feishu: signed in the body', async () => {
    answer = { status: 200, body: '{"code":0,"msg":"success"}' }
    await sendFeishu({ type: 'feishu', url, secret: 'S' }, message, NOW, ask)
    const body = JSON.parse(only().body)
    const timestamp = String(Math.floor(NOW / 1000))
    expect(body).toMatchObject({ timestamp, sign: createHmac('sha256', `${timestamp}\nS`).update('').digest('base64'), msg_type: 'post' })
    answer = { status: 200, body: '{"code":19021,"msg":"sign match fail"}' }
    await expect(sendFeishu({ type: 'feishu', url, secret: 'S' }, message, NOW, ask)).rejects.toMatchObject({ isFinal: true })
  })

  test('SMS: one message for each number, with quotes and line breaks as the gateway needs them', async () => {
    const base = { type: 'sms', header: 'Authorization: Bearer k', numbers: ['+86 1', '2'] } as const
    const asJson = { ...base, url, method: 'POST', contentType: 'application/json', body: '{"to":"{{number}}","text":"{{text}}"}' } as const
    await sendSms(asJson, message, ask)
    expect(got.map(({ body }) => JSON.parse(body).to)).toEqual(['+86 1', '2'])
    expect(JSON.parse(got[0]?.body as string).text).toBe(`${message.title}\n${message.text}\n${message.link}`)
    expect(got[0]?.headers.authorization).toBe('Bearer k')
    got = []
    await sendSms({ ...base, url: `${url}/?to={{number}}&m={{text}}`, method: 'GET', contentType: 'text/plain', body: '' }, message, ask)
    expect(new URL(url + (got[0]?.path ?? '')).searchParams.get('to')).toBe('+86 1')
  })

  test('Alertmanager: API v2; what happened has no end of its own', async () => {
    const settings = { type: 'alertmanager', url: `${url}/am`, user: 'u', password: 'p' } as const
    await sendAlertmanager(settings, { ...message, data: { order: 7, facility: 'PS-1', crew: '' } }, ask)
    const { path, body, headers } = only()
    expect(path).toBe('/am/api/v2/alerts')
    expect(headers.authorization).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`)
    expect(JSON.parse(body)).toEqual([
      {
        labels: { alertname: message.type, order: '7', facility: 'PS-1' },
        annotations: { summary: message.title, description: message.text },
        ...{ startsAt: new Date(message.at).toISOString(), generatorURL: message.link },
      },
    ])
  })

  test.each([
    [500, false],
    [429, false],
    [302, false],
    [404, true],
    [401, true],
  ])('HTTP %i is final: %s', async (status, isFinal) => {
    answer = { status, body: 'no' }
    const sent = sendWebhook({ type: 'webhook', url, secret: 's' }, message, NOW, ask)
    await expect(sent).rejects.toMatchObject({ isFinal, message: `HTTP ${status}: no` })
  })

  test('addresses of the house are reached only where somebody has allowed it', async () => {
    const strict = httpAsking(addressesOf(''))
    for (const host of [url, url.replace('127.0.0.1', 'localhost'), 'http://[::ffff:127.0.0.1]:1/', 'http://169.254.169.254/']) {
      const sent = sendWebhook({ type: 'webhook', url: host, secret: 's' }, message, NOW, strict)
      await expect(sent).rejects.toMatchObject({ isFinal: true, message: expect.stringContaining('NOTIFY_ALLOWED_ADDRESSES') })
    }
    expect(got).toEqual([])
    expect(['10.1.2.3', '172.31.0.1', '192.168.1.1', '::1', 'fd00::1', '::ffff:10.0.0.1', '100.64.0.1'].map(isInside)).toEqual(
      Array(7).fill(true),
    )
    expect(['8.8.8.8', '172.32.0.1', '2400:3200::1'].map(isInside)).toEqual([false, false, false])
  })

  test('a server that is not there is tried again', async () => {
    const sent = sendWebhook({ type: 'webhook', url: 'http://127.0.0.1:9/', secret: 's' }, message, NOW, ask)
    await expect(sent).rejects.toMatchObject({ isFinal: false })
    await expect(sendWebhook({ type: 'webhook', url: 'ftp://x', secret: 's' }, message, NOW, ask)).rejects.toMatchObject({ isFinal: true })
  })
})
