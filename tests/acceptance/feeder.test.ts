import { createECDH, randomBytes } from 'node:crypto'
import type { Static } from 'typebox'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { seededRandom } from '../../simulators/random.ts'
import type { OrderPageSchema, OrderView } from '../../src/edges/http/order-schemas.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { longitudeAt } from '../night-place.ts'
import { type LivingCity, livingCity, putCrews } from './living-city.ts'
import { eventually } from './server-process.ts'
import { hookServer, mailServer, type ToldServer } from './told-servers.ts'

const LAMPS = 500
const CIRCUITS = 6
const position: [number, number] = [longitudeAt(0, Date.now()), 0]
const lampId = (feeder: number, lamp: number) => `SL-${feeder}${String(lamp).padStart(3, '0')}`
/** Six cabinets, each with 500 lamps on its circuits behind a gateway of its own; four of the cabinets say nothing of what they feed. */
const facilities = [1, 2, 3, 4, 5, 6].flatMap((feeder) => [
  {
    id: `LC-${feeder}`,
    kind: 'light-cabinet',
    district: 'Harbour',
    position,
    rated: { circuits: CIRCUITS, 'lamp-current': 0.6, 'circuit-current': 50, 'report-interval': 60 },
  },
  { id: `GW-${feeder}`, kind: 'gateway', district: 'Harbour', position, rated: { devices: LAMPS } },
  ...Array.from({ length: LAMPS }, (_, lamp) => ({
    ...{ id: lampId(feeder, lamp), kind: 'street-light', district: 'Harbour', position, road: `Road ${feeder}` },
    ...{ fedBy: `LC-${feeder}`, circuit: (lamp % CIRCUITS) + 1, gateway: `GW-${feeder}` },
  })),
])

describe(`${LAMPS} lamps of a feeder go dark`, () => {
  let city: LivingCity
  let hook: ToldServer<{ type: string; data: { order: number; title: string } }>
  let mail: ToldServer<string>

  beforeAll(async () => {
    const phone = createECDH('prime256v1')
    phone.generateKeys()
    ;[hook, mail] = [await hookServer(), await mailServer()]
    city = await livingCity({
      facilities,
      position,
      unheard: ['LC-1', 'LC-2', 'LC-3', 'LC-4'],
      env: { NOTIFY_ALLOWED_ADDRESSES: '127.0.0.1' },
    })
    await city.person('anna', 'crew')
    await putCrews(city.admin, { A: 'anna' })
    // Her push service is away; what is for her phone is kept until it is back.
    city.app.services.state.deliveries.putSubscription({
      ...{ endpoint: 'https://127.0.0.1:9/phone', account: 'anna', p256dh: phone.getPublicKey('base64url'), language: 'en', created: 0 },
      auth: randomBytes(16).toString('base64url'),
    })
    const rest = { language: 'en', types: 'all', districts: 'all', domains: 'all', template: null, disabled: false }
    const limits = { perMinute: 20, digestAbove: 3 }
    const url = `http://127.0.0.1:${hook.port}/`
    await city.admin.put('/api/channels/hook', {
      ...rest,
      limits,
      name: 'Hook',
      settings: { type: 'webhook', url, secret: 'a secret of the test' },
    })
    const smtp = { type: 'mail', host: '127.0.0.1', port: mail.port, security: 'none', user: '', password: '', from: 'lamps@city.example' }
    await city.admin.put('/api/channels/mail', { ...rest, limits, name: 'Mail', settings: { ...smtp, to: ['desk@city.example'] } })
  }, 180_000)
  afterAll(async () => {
    await city?.stop()
    await hook?.close()
    await mail?.close()
  })

  const dark = (feeder: number) => city.breaks({ where: `kind=street-light fedBy=LC-${feeder}`, fault: 'lamp-failure' })
  /** Orders made since, oldest first. */
  const ordersSince = async (last: number): Promise<OrderView[]> => {
    const { items } = await city.admin.get<Static<typeof OrderPageSchema>>('/api/orders?limit=500')
    return items.filter(({ id }) => id > last).reverse()
  }
  let since = 0
  const allDark = (count: number) =>
    eventually(
      async () => (await ordersSince(since)).reduce((sum, { alarms }) => sum + alarms.length, 0),
      (covered) => covered >= count,
      60_000,
    )
  /** What was told of these orders by each way: types of the webhook, mails, and notices for the phone of who is on duty. */
  const told = async (orders: readonly OrderView[], count: number) => {
    const concerns = (title: string) => orders.some(({ id }) => new RegExp(`#${id}\\b`).test(title))
    const look = () => {
      const { deliveries } = city.app.services.state
      const phone = deliveries.list({ target: 'push:anna', limit: 500 }).items.flatMap(({ notice }) => deliveries.notice(notice) ?? [])
      return {
        hooks: hook.got.filter(({ data }) => concerns(data.title)).map(({ type }) => type.split('.').at(-1)),
        mails: mail.got.filter((text) => concerns(text.replace(/=\r?\n/g, ''))).length,
        phone: phone.filter(({ title }) => concerns(title.en)).length,
      }
    }
    return eventually(
      async () => look(),
      ({ hooks, mails }) => hooks.length >= count && mails >= count,
    )
  }
  beforeEach(async () => {
    since = (await ordersSince(0)).at(-1)?.id ?? 0
  })
  afterEach(async () => {
    // Nobody is asked for it again in what is played later.
    for (const { id, state } of await ordersSince(since)) {
      if (state === 'open' || state === 'dispatched') city.app.services.orders.reject({ id }, 'played', 'admin')
    }
  })

  test('all at once: one order, one message by each way', { timeout: 180_000 }, async () => {
    await dark(1)
    await city.pass(seconds(30))
    await allDark(LAMPS)
    await city.pass(minutes(8))
    const found = await ordersSince(since)
    expect(found).toMatchObject([{ state: 'dispatched', facilities: { length: LAMPS }, alarms: { length: LAMPS } }])
    expect(await told(found, 1)).toEqual({ hooks: ['offered'], mails: 1, phone: 1 })
  })

  test('one after another within a minute, on all circuits in any order', { timeout: 180_000 }, async () => {
    const random = seededRandom('dark')
    for (let lamp = 0; lamp < LAMPS; lamp++) {
      await city.breaks({ facility: lampId(2, lamp), fault: 'lamp-failure', after: `${Math.floor(60_000 * random())}ms` })
    }
    await city.flow(seconds(84))
    await allDark(LAMPS)
    const found = await ordersSince(since)
    expect(found).toMatchObject([{ facilities: { length: LAMPS } }])
    expect(await told(found, 1)).toEqual({ hooks: ['offered'], mails: 1, phone: 1 })
  })

  test('two feeders at once are two orders', { timeout: 180_000 }, async () => {
    await Promise.all([dark(3), dark(4)])
    await city.pass(seconds(30))
    await allDark(2 * LAMPS)
    const found = await ordersSince(since)
    expect(found.map(({ facilities: of }) => of.length)).toEqual([LAMPS, LAMPS])
    expect(await told(found, 2)).toEqual({ hooks: ['offered', 'offered'], mails: 2, phone: 2 })
  })

  test('the cabinet was silent before: what hangs on it makes no order of its own', { timeout: 180_000 }, async () => {
    await city.breaks({ facility: 'LC-5', fault: 'communication-loss' })
    await city.flow(minutes(8))
    await dark(5)
    await city.flow(minutes(1))
    const found = await ordersSince(since)
    expect(found.map(({ facilities: of }) => of)).toEqual([['LC-5']])
    expect(await told(found, 1)).toEqual({ hooks: ['offered'], mails: 1, phone: 1 })
  })

  test('the cabinet falls silent as its lamps go dark: their order goes into its own, and the crew is told', {
    timeout: 180_000,
  }, async () => {
    await city.breaks({ facility: 'LC-6', fault: 'communication-loss' })
    await dark(6)
    await city.flow(seconds(30))
    await allDark(LAMPS)
    await city.flow(minutes(8))
    const found = await ordersSince(since)
    expect(found.map(({ state }) => state)).toEqual(['merged', 'dispatched'])
    expect(found[1]).toMatchObject({ facilities: { length: LAMPS + 1 }, alarms: { length: LAMPS + 1 } })
    const { hooks, mails, phone } = await told(found, 3)
    expect([hooks.sort(), mails, phone]).toEqual([['offered', 'offered', 'withdrawn'], 3, 3])
  })
})
