import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Channel, Message } from '../../../src/dispatch/channel.ts'
import { GIVE_UP, usualLimits } from '../../../src/dispatch/delivery.ts'
import { DeliveryProblem } from '../../../src/edges/notify/delivery-problem.ts'
import { type NewNotice, Notifier } from '../../../src/edges/notify/notifier.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'

const MINUTE = 60_000
const channel: Channel = {
  ...{
    id: 'desk',
    name: 'Desk',
    settings: { type: 'wecom', url: 'https://x' },
    language: 'en',
    types: 'all',
    districts: 'all',
    domains: 'all',
  },
  ...{ template: null, limits: usualLimits, disabled: false },
}
const notice = (n: number, more: Partial<NewNotice> = {}): NewNotice => ({
  ...{
    at: 1,
    type: 'order.offered',
    urgent: false,
    title: { zh: `题${n}`, en: `Title ${n}` },
    text: { zh: '文', en: `Text ${n}` },
    path: `/orders/${n}`,
  },
  ...{ district: 'North', domain: 'gas', data: { order: n }, accounts: [], mayWait: false },
  ...more,
})

let state: ReturnType<typeof openStateStore>
let at: number
let timers: { due: number; work: () => void }[]
let sent: [string, Message][]
let failing: (target: string) => Error | null
let notifier: Notifier

const open = () =>
  new Notifier({
    store: state.deliveries,
    sendBy: async ({ id }, message) => deliver(id, message),
    hasPhone: (account) => account !== 'Paul',
    pushTo: async (account, message) => deliver(`push:${account}`, message('zh')),
    ...{ quiet: () => ({ from: 22 * 60, to: 6 * 60 }), utcOffset: () => 0, publicUrl: 'https://city.example' },
    now: () => at,
    schedule(work, delay) {
      const timer = { due: at + delay, work }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer), 1)
    },
    ...{ random: () => 0, log: pino({ level: 'silent' }) },
  })
async function deliver(target: string, message: Message) {
  const problem = failing(target)
  if (problem) throw problem
  sent.push([target, message])
}
const settle = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}
/** Lets time pass from timer to timer. */
async function pass(ms: number) {
  const end = at + ms
  await settle()
  for (;;) {
    const next = timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0]
    if (!next) break
    timers.splice(timers.indexOf(next), 1)
    at = Math.max(at, next.due)
    next.work()
    await settle()
  }
  at = end
}
const titles = () => sent.splice(0).map(([target, { title }]) => `${target}: ${title}`)

beforeEach(() => {
  state = openStateStore(':memory:')
  state.deliveries.putChannel(channel)
  at = Date.parse('2026-11-24T12:00Z')
  timers = []
  sent = []
  failing = () => null
  notifier = open()
})
afterEach(() => {
  notifier.close()
  state.close()
})

test('goes to the channels that take it and to phones, with its link, each in its language', async () => {
  state.deliveries.putChannel({ ...channel, id: 'water', domains: ['water'] })
  state.deliveries.putChannel({ ...channel, id: 'short', template: 'Order {{order}}: {{link}}' })
  notifier.keep(notice(1, { accounts: ['Anna', 'Paul', 'Anna'] })).begin()
  await pass(0)
  const got = new Map(sent.map(([target, message]) => [target, message]))
  expect([...got.keys()].sort()).toEqual(['desk', 'push:Anna', 'short'])
  expect(got.get('desk')).toMatchObject({ title: 'Title 1', text: 'Text 1', link: 'https://city.example/orders/1' })
  expect(got.get('push:Anna')?.title).toBe('题1')
  expect(got.get('short')?.text).toBe('Order 1: https://city.example/orders/1')
  expect(state.deliveries.list({ state: 'delivered', limit: 9 }).items).toHaveLength(3)
})

test('500 at once are few messages, and never more than 20 in a minute', async () => {
  const made = Array.from({ length: 500 }, (_, i) => notifier.keep(notice(i)))
  for (const one of made) one.begin()
  await pass(MINUTE)
  expect(sent.length).toBeLessThanOrEqual(3)
  expect(state.deliveries.list({ state: 'delivered', limit: 1000 }).items).toHaveLength(500)
  expect(sent.at(-1)?.[1]).toMatchObject({ type: 'digest', title: expect.stringMatching(/^\d+ messages$/) })
})

test('a channel that fails is tried again with growing pauses, keeps no other waiting, and is given up after a day', async () => {
  failing = (target) => (target === 'desk' ? new DeliveryProblem('busy') : null)
  notifier.keep(notice(1, { accounts: ['Anna'] })).begin()
  await pass(6000)
  expect(titles()).toEqual(['push:Anna: 题1'])
  expect(state.deliveries.waiting()).toMatchObject([{ attempts: 2, problem: 'busy' }])
  await pass(GIVE_UP + 2 * 60 * MINUTE)
  expect(state.deliveries.waiting()).toEqual([])
  const [dead] = state.deliveries.list({ state: 'dead', limit: 9 }).items
  expect(dead?.attempts).toBeLessThan(60)
  failing = () => null
  notifier.sendAgain(dead?.id as number)
  await pass(0)
  expect(titles()).toEqual(['desk: Title 1'])
  expect(() => notifier.sendAgain(99)).toThrow(/no delivery 99/)
})

test('what the other side will never take is dead at once', async () => {
  failing = () => new DeliveryProblem('no such robot', true)
  notifier.keep(notice(1)).begin()
  await pass(0)
  expect(state.deliveries.list({ limit: 9 }).items).toMatchObject([{ state: 'dead', attempts: 1, problem: 'no such robot' }])
})

test('what can wait is not told by night, what is urgent is', async () => {
  at = Date.parse('2026-11-24T23:00Z')
  notifier.keep(notice(1, { mayWait: true })).begin()
  notifier.keep(notice(2, { mayWait: true, urgent: true })).begin()
  await pass(0)
  expect(titles()).toEqual(['desk: Title 2'])
  await pass(7 * 60 * MINUTE)
  expect(titles()).toEqual(['desk: Title 1'])
})

test('what waited at the end of a run is sent by the next, and nothing twice', async () => {
  failing = () => new DeliveryProblem('away')
  notifier.keep(notice(1)).begin()
  await pass(0)
  notifier.close()
  failing = () => null
  notifier = open()
  notifier.start()
  await pass(MINUTE)
  expect(titles()).toEqual(['desk: Title 1'])
  notifier.close()
  notifier = open()
  notifier.start()
  await pass(MINUTE)
  expect(titles()).toEqual([])
})

test('a test message says at once whether a channel works', async () => {
  await notifier.tryOut(channel)
  expect(titles()).toEqual(['desk: Test message'])
  failing = () => new DeliveryProblem('no')
  await expect(notifier.tryOut(channel)).rejects.toThrow('no')
})
