import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WHOLE_CITY } from '../../src/access/scope.ts'
import type { ChannelInput } from '../../src/edges/channels.ts'
import { findViolations } from './chromium.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

const SECRET = 'SEC-of-the-robot'
const facilities = [{ id: 'PS-1', kind: 'pump-station', name: '北滘泵站', nameEn: 'North pumps', district: 'North' }]

describe.skipIf(!chromium)('channels', () => {
  const city = useRealConsole({ facilities, settings: { NOTIFY_ALLOWED_ADDRESSES: '127.0.0.1' } })
  let robot: Server
  let url: string
  let got: { path: string; body: string }[] = []
  let answer = '{"errcode":0}'

  beforeAll(async () => {
    robot = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => (body += part))
      request.on('end', () => {
        got.push({ path: request.url ?? '', body })
        response.end(answer)
      })
    })
    await new Promise<void>((done) => robot.listen(0, '127.0.0.1', done))
    url = `http://127.0.0.1:${(robot.address() as AddressInfo).port}/robot/send?access_token=never-shown`
  })
  afterAll(() => robot.close())

  test('a robot is set up, tried out with its signature, and its address is not shown again', async () => {
    const page = await city.openLive('/administration/channels')
    await page.getByText('There is no channel yet.').waitFor()
    await page.getByRole('button', { name: 'New channel' }).click()
    await page.getByLabel('Short name').fill('desk')
    await page.getByLabel('Name', { exact: true }).fill('Robot of the desk')
    await page.getByLabel('Address', { exact: true }).fill(url)
    await page.getByLabel('Secret for the signature').fill(SECRET)
    await page.getByLabel('Language of the messages').selectOption('en')
    await page.getByLabel('Own words').fill('Order {{order}} at {{facility}}, {{lamp}}')
    await page.getByText('Order 128 at PS-1').waitFor()
    await page.getByText('Nobody knows lamp.').waitFor()
    await page.getByLabel('Own words').fill('Order {{order}} at {{facility}}')
    await page.getByRole('button', { name: 'Send a test message' }).click()
    await page.getByText('It was taken.').waitFor()
    const query = new URL(`http://x${got[0]?.path}`).searchParams
    expect(query.get('sign')).toBe(
      createHmac('sha256', SECRET)
        .update(`${query.get('timestamp')}\n${SECRET}`)
        .digest('base64'),
    )
    answer = '{"errcode":310000,"errmsg":"sign not match"}'
    await page.getByRole('button', { name: 'Send a test message' }).click()
    await page.getByText('It was not taken: Code 310000: sign not match').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('row', { name: /Robot of the desk desk OK DingTalk robot/ }).waitFor()
    await page.getByRole('button', { name: 'Change… desk' }).click()
    await page.getByLabel('Address', { exact: true }).waitFor()
    expect(await page.getByLabel('Address', { exact: true }).inputValue()).toBe('')
    expect(await page.content()).not.toContain('never-shown')
  })

  test('what the robot refuses for good is given up with its reason, and sent again by hand', async () => {
    answer = '{"errcode":300001,"errmsg":"token is not exist"}'
    const order = { facilities: ['PS-1'], class: 'severe', title: { en: 'Pumps run dry', zh: '泵站干转' }, note: '' } as const
    const { id } = city.app.services.orders.create(order, WHOLE_CITY, 'admin')
    await vi.waitUntil(() => city.app.services.state.deliveries.list({ state: 'dead', limit: 9 }).items.length > 0, { timeout: 20_000 })
    const page = await city.openLive('/administration/channels')
    await page.getByRole('row', { name: /GIVEN UP Code 300001: token is not exist/ }).waitFor()
    await page.getByRole('link', { name: /✕ 1/ }).click()
    await page.getByRole('row', { name: new RegExp(`#${id}.*GIVEN UP.*token is not exist`) }).waitFor()
    answer = '{"errcode":0}'
    got = []
    await page.getByRole('button', { name: /^Send again/ }).click()
    await vi.waitUntil(() => got.length > 0, { timeout: 10_000 })
    expect(JSON.parse(got[0]?.body as string).markdown.text).toContain(`Order ${id} at PS-1`)
    await page.getByLabel('State').selectOption('delivered')
    await page.getByRole('row', { name: /DELIVERED/ }).waitFor()
    expect(new URL(page.url()).searchParams.get('state')).toBe('delivered')
    await page.goBack()
    await page.getByText('There is no such message.').waitFor()
  })

  test('a topic of the broker of the service: who subscribes is told, and nothing of it is taken for telemetry', async () => {
    const told: { topic: string; payload: string }[] = []
    city.mqtt.on('message', (topic, payload) => told.push({ topic, payload: String(payload) }))
    await city.mqtt.subscribeAsync('lamplighter/notices/#', { qos: 1 })
    const channel: ChannelInput = {
      ...{ name: 'Topic', language: 'en', types: 'all', districts: 'all', domains: 'all', template: null, disabled: false },
      ...{ limits: { perMinute: 20, digestAbove: 3 }, settings: { type: 'mqtt', topic: 'lamplighter/notices/orders' } },
    }
    expect(await city.app.services.channels.tryOut('topic', channel, 'admin')).toEqual({ works: true, problem: null })
    await vi.waitUntil(() => told.length > 0, { timeout: 10_000 })
    expect(told[0]?.topic).toBe('lamplighter/notices/orders')
    expect(JSON.parse(told[0]?.payload ?? '')).toMatchObject({ type: 'test', title: 'Test message' })
    expect([...city.app.services.rejections.counts()]).toEqual([])
  })

  test('another system gets a token that is shown once, and its alert is an alarm', async () => {
    const page = await city.openLive('/administration/channels?view=sources')
    await page.getByRole('button', { name: 'New source' }).click()
    await page.getByLabel('Short name').fill('racks')
    await page.getByLabel('Name', { exact: true }).fill('Racks')
    await page.getByLabel('What its values mean').fill('fatal = urgent')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').getByText('“fatal = urgent” is no value with its urgency.').waitFor()
    await page.getByLabel('What its values mean').fill('fatal = critical\nquiet = none')
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('row', { name: /Racks racks NO TOKEN Watchdog/ }).waitFor()
    await page.getByRole('button', { name: 'Give token… racks' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Give token' }).click()
    const token = await page.getByRole('textbox', { name: 'Token' }).inputValue()
    const { origin } = new URL(page.url())
    await page.getByText(`${origin}/api/alertmanager/racks`).waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Close' }).click()
    const alert = { status: 'firing', fingerprint: '00000000000000aa', startsAt: new Date().toISOString(), labels: { severity: 'fatal' } }
    const { status } = await fetch(`${origin}/api/alertmanager/racks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ version: '4', alerts: [{ ...alert, annotations: { summary: 'Room is hot' } }] }),
    })
    expect(status).toBe(200)
    await page.reload()
    await page.getByRole('row', { name: /Racks racks HEARD.* 1 / }).waitFor()
    expect(await page.content()).not.toContain(token)
    await page.goto(`${origin}/`)
    await page.getByText('Room is hot').first().waitFor()
    await page.close()
  })

  test('can be read by everybody, also the form of a new one', async () => {
    const messages = await city.openLive('/administration/channels?view=messages')
    await messages.locator('.grid-table').waitFor()
    expect(await findViolations(messages)).toEqual([])
    const channels = await city.openLive('/administration/channels')
    await channels.locator('.grid-table').waitFor()
    await channels.getByRole('button', { name: 'New channel' }).click()
    await channels.getByRole('dialog').waitFor()
    expect(await findViolations(channels)).toEqual([])
  })

  test('is not for operators', async () => {
    await city.addPerson('otto', 'operator')
    const page = await city.open('/administration/channels', { login: { name: 'otto', password: login.password } })
    await page.getByRole('heading', { name: 'Not for your role' }).waitFor()
  })
})
