import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { addressesOf } from '../../../src/config.ts'
import { ALERT_VALID, ALERTS_REPEATED, type Alert, END_REPEATED } from '../../../src/dispatch/alert.ts'
import type { Channel } from '../../../src/dispatch/channel.ts'
import { usualLimits } from '../../../src/dispatch/delivery.ts'
import { postAlerts } from '../../../src/edges/notify/http-channels.ts'
import { httpAsking } from '../../../src/edges/notify/http-request.ts'
import { AlarmAlerts } from '../../../src/services/dispatch/alarm-alerts.ts'
import { days, minutes, seconds } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../../edges/city.ts'

let alertmanager: Server
let url: string
let status = 200
let got: Alert[][] = []
/** Requests that are not answered yet. */
let running = 0
let city: City
let alerts: AlarmAlerts
let timers: { due: number; work: () => void }[] = []

beforeAll(async () => {
  alertmanager = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += part))
    request.on('end', () => {
      if (status === 200) got.push(JSON.parse(body))
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((up) => alertmanager.listen(0, '127.0.0.1', up))
  url = `http://127.0.0.1:${(alertmanager.address() as AddressInfo).port}`
})
afterAll(() => void alertmanager.close())

beforeEach(async () => {
  city = await startCity()
  city.clock.stoppedAt = city.now()
  city.services.putFacilities([{ id: 'T-1', kind: 'tank', name: '水箱', nameEn: 'Tank', district: 'North' }], 'test')
  city.state.deliveries.putChannel(channel)
  city.listeners.push((change) => alerts.take(change.alarms))
  alerts = open()
})
afterEach(async () => {
  alerts.stop()
  await city.stop()
  timers = []
  got = []
  status = 200
})

const channel: Channel = {
  ...{ id: 'am', name: 'am', language: 'en', types: 'all', districts: ['North'], domains: 'all', template: null, disabled: false },
  get settings() {
    return { type: 'alertmanager' as const, url, user: '', password: '' }
  },
  limits: usualLimits,
}
const ask = httpAsking(addressesOf('127.0.0.1'))

function open(): AlarmAlerts {
  const opened = new AlarmAlerts({
    ...{ ...city.parts, publicUrl: 'https://city.example', random: () => 0 },
    post: (settings, told) => {
      running++
      return postAlerts(settings, told, ask).finally(() => running--)
    },
    schedule(work, delay) {
      const timer = { due: city.now() + delay, work }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0)
    },
  })
  opened.start()
  return opened
}
function restart(): void {
  alerts.stop()
  timers = []
  alerts = open()
}

/** Lets time pass; what is posted then has been answered. Returns what came, by what is told of it. */
async function pass(ms: number): Promise<Alert[][]> {
  got = []
  const end = city.now() + ms
  for (;;) {
    const next = timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0]
    if (!next) break
    timers.splice(timers.indexOf(next), 1)
    city.clock.ahead += Math.max(0, next.due - city.now())
    next.work()
    await vi.waitUntil(() => running === 0, { timeout: 20_000, interval: 5 })
    // What comes next is planned when the answer is in.
    await new Promise((turn) => setImmediate(turn))
  }
  city.clock.ahead += end - city.now()
  return got
}
const iso = (at: number) => new Date(at).toISOString()
const told = (requests: Alert[][]) =>
  requests
    .flat()
    .map(({ labels, endsAt }) => `${labels.alertname} ${labels.severity} ${Date.parse(endsAt) > city.now() ? 'firing' : 'resolved'}`)
const fill = (level: number) => city.report('T-1', { level })
const alarm = () => [...city.services.liveAlarms()].find(({ rule }) => rule === 'high')!
const seen = () => ({ id: alarm().id, version: alarm().version })

test('what stands is told at once and every minute, and its end for a quarter of an hour', async () => {
  await pass(0)
  fill(9)
  const raised = city.now()
  const [first] = await pass(seconds(2))
  expect(first).toEqual([
    {
      labels: {
        ...{ alertname: 'high', job: 'lamplighter', severity: 'high', facility: 'T-1', kind: 'tank', domain: 'water', district: 'North' },
      },
      annotations: expect.objectContaining({ summary: expect.stringContaining('Tank') }),
      ...{ startsAt: iso(raised), endsAt: iso(raised + seconds(1) + ALERT_VALID) },
      generatorURL: `https://city.example/alarms/${alarm().id}`,
    },
  ])
  const repeated = await pass(5 * ALERTS_REPEATED)
  expect(repeated).toHaveLength(5)
  // Each says that it stands for longer than until the next is due, even if three are lost.
  for (const [i, [alert]] of repeated.entries()) {
    expect(Date.parse(alert!.endsAt)).toBe(raised + seconds(1) + (i + 1) * ALERTS_REPEATED + ALERT_VALID)
  }
  fill(4)
  const ended = city.now()
  const [end] = await pass(seconds(2))
  expect(end).toMatchObject([{ labels: first![0]!.labels, startsAt: iso(raised), endsAt: iso(ended + seconds(1)) }])
  const again = await pass(END_REPEATED + minutes(5))
  expect(again.map((alert) => alert[0]!.endsAt)).toEqual(Array(15).fill(iso(ended + seconds(1))))
})

test('shelved is over, and taken from the shelf stands again', async () => {
  fill(9)
  expect(told(await pass(seconds(2)))).toContain('high high firing')
  city.services.shelve(seen(), 'admin', 60, 'known')
  expect(told(await pass(seconds(2)))).toEqual(['high high resolved'])
  city.services.unshelve(seen(), 'admin')
  expect(told(await pass(seconds(2)))).toEqual(['high high firing'])
})

test('with another priority it is another alert, and the one before is over', async () => {
  fill(9)
  await pass(seconds(2))
  // Nobody acknowledges it within its time to act.
  city.clock.ahead += days(1)
  city.tick()
  expect(alarm().priority).toBe('critical')
  const [first = []] = await pass(seconds(2))
  expect(told([first]).filter((one) => one.startsWith('high'))).toEqual(['high high resolved', 'high critical firing'])
})

test('over a restart what stands goes on, and what ended shortly before is told as over', async () => {
  fill(9)
  await pass(seconds(2))
  restart()
  expect(told(await pass(0))).toEqual(['high high firing'])
  // The program ends before it could tell.
  fill(4)
  const ended = city.now()
  alerts.stop()
  city.clock.ahead += minutes(2)
  restart()
  const [after] = await pass(0)
  expect(after).toMatchObject([{ labels: { alertname: 'high', severity: 'high' }, endsAt: iso(ended) }])
  city.clock.ahead += END_REPEATED
  restart()
  expect(await pass(0)).toEqual([])
})

test('an Alertmanager that is away is told all that stands when it is back, and is a trouble until then', async () => {
  status = 503
  fill(9)
  await pass(minutes(3))
  expect(alerts.problem('am')).toContain('503')
  expect(alerts.troubles()).toMatchObject([{ channel: 'am', problem: expect.stringContaining('503') }])
  status = 200
  expect(told(await pass(ALERTS_REPEATED))).toEqual(['high high firing'])
  expect([alerts.problem('am'), alerts.troubles()]).toEqual([null, []])
  expect(alerts.totals().get('am')!.failed).toBeGreaterThanOrEqual(3)
})

test('only of the districts and the kinds of messages that the channel takes', async () => {
  const { deliveries } = city.state
  fill(9)
  deliveries.putChannel({ ...channel, settings: channel.settings, districts: ['South'] })
  alerts.hurry('am')
  expect(await pass(seconds(2))).toEqual([])
  deliveries.putChannel({ ...channel, settings: channel.settings, types: ['order.offered'] })
  alerts.hurry('am')
  expect(await pass(seconds(2))).toEqual([])
  deliveries.putChannel({ ...channel, settings: channel.settings, types: ['alarm'] })
  alerts.hurry('am')
  expect(told(await pass(seconds(2)))).toEqual(['high high firing'])
})
