import { createECDH } from 'node:crypto'
import type { Channel } from '../../dispatch/channel.ts'
import { addressOf, channelProblems, toldSettings, wholeSettings } from '../../dispatch/channel-input.ts'
import type { Delivery } from '../../dispatch/delivery.ts'
import type { BrowserSubscription, ChannelFigures, ChannelInput, Channels, ListedChannel, ListedDelivery } from '../../edges/channels.ts'
import { DeliveryProblem } from '../../edges/notify/delivery-problem.ts'
import { type Notifier, PUSH } from '../../edges/notify/notifier.ts'
import { LamplighterError } from '../../errors.ts'
import { noticeTitles } from '../../operations/notice-types.ts'
import type { DeliveryStore } from '../../storage/delivery-store.ts'
import { days } from '../../telemetry/duration.ts'
import type { ServiceParts } from '../parts.ts'
import type { AlarmAlerts } from './alarm-alerts.ts'

const MOST_CHANNELS = 50
/** Browsers of one account. */
const MOST_BROWSERS = 10
/** What was given up stays a problem for so long. */
const NEWS = days(1)

const knownTypes = Object.keys(noticeTitles)

/** Of a target, what it is called in figures: names of people are nobody's business there. */
const channelOf = (target: string): string => (target.startsWith(PUSH) ? 'push' : target)

/** What waits and what was given up within a day, by channel. */
export function deliveryFigures(notifier: Notifier, alerts: AlarmAlerts, store: DeliveryStore, at: number) {
  return {
    channels: store.channels().length,
    waiting: [...notifier.backlog().values()].reduce((sum, count) => sum + count, 0),
    givenUp: [
      ...store
        .givenUp(at - NEWS)
        .map(({ target, count, problem }) => ({ channel: channelOf(target), count, problem: target.startsWith(PUSH) ? '' : problem })),
      ...alerts.troubles(),
    ],
  }
}

/** How people are told of orders. */
export function channelServices({ state, notifying, alerts, now }: Pick<ServiceParts, 'state' | 'notifying' | 'alerts' | 'now'>): Channels {
  const { deliveries: store } = state
  const { notifier, pushKey, pushAddressProblem } = notifying

  const found = (id: string): Channel | undefined => store.channels().find((one) => one.id === id)
  const known = (id: string): Channel => {
    const channel = found(id)
    if (!channel) throw new LamplighterError('not-found', `There is no channel ${id}; /api/channels lists them.`)
    return channel
  }
  const audit = (by: string, action: string, subject: string, detail: string) => state.audit({ at: now(), by, action, subject, detail })
  const whole = (id: string, { settings: given, ...rest }: ChannelInput): Channel => {
    const { settings, problems: lacking } = wholeSettings(given, found(id)?.settings)
    const channel = { ...rest, id, settings }
    const problems = [...lacking, ...channelProblems(channel, knownTypes)]
    if (problems.length > 0) throw new LamplighterError('invalid-request', problems.join(' '))
    return channel
  }
  const describe = ({ settings, disabled }: Channel) => `${disabled ? 'off' : 'on'}, ${settings.type}, ${addressOf(settings)}`
  const listed = (channels: readonly Channel[]): ListedChannel[] => {
    const counts = store.counts()
    const givenUp = new Map(store.givenUp(now() - NEWS).map(({ target, problem }) => [target, problem]))
    const countOf = (target: string, of: Delivery['state']) => counts.find((one) => one.target === target && one.state === of)?.count ?? 0
    return channels.map((channel) => ({
      ...channel,
      ...toldSettings(channel.settings),
      address: addressOf(channel.settings),
      counts: {
        ...{ waiting: countOf(channel.id, 'waiting'), delivered: countOf(channel.id, 'delivered'), dead: countOf(channel.id, 'dead') },
      },
      problem: givenUp.get(channel.id) ?? alerts.problem(channel.id),
    }))
  }
  const told = (delivery: Delivery): ListedDelivery => {
    const notice = store.notice(delivery.notice)
    if (!notice) return { ...delivery, told: null }
    const { at, type, title, text, path } = notice
    return { ...delivery, told: { at, type, title, text, path } }
  }

  return {
    pushKey,
    list: () => listed(store.channels()),
    put(id, input, by) {
      const channel = whole(id, input)
      if (!found(id) && store.channels().length >= MOST_CHANNELS)
        throw new LamplighterError('action-refused', `There are ${MOST_CHANNELS} channels already, and there may be no more.`)
      state.transaction(() => {
        store.putChannel(channel)
        audit(by, 'put-channel', id, describe(channel))
      })
      notifier.hurry(id)
      alerts.hurry(id)
      return listed([channel])[0] as ListedChannel
    },
    remove(id, by) {
      const channel = known(id)
      state.transaction(() => {
        store.removeChannel(id)
        audit(by, 'remove-channel', id, describe(channel))
      })
      // What waits for it is given up, and can be seen.
      notifier.hurry(id)
    },
    async tryOut(id, input, by) {
      const channel = whole(id, input)
      state.transaction(() => audit(by, 'test-channel', id, describe(channel)))
      try {
        await notifier.tryOut(channel)
        return { works: true, problem: null }
      } catch (error) {
        if (error instanceof DeliveryProblem) return { works: false, problem: error.message }
        throw error
      }
    },
    deliveries(query) {
      const { items, next } = store.list(query)
      return { items: items.map(told), next }
    },
    sendAgain(id, by) {
      const delivery = store.delivery(id)
      const again = state.transaction(() => {
        audit(by, 'send-again', String(id), delivery?.target ?? '')
        return notifier.sendAgain(id)
      })
      return told(again)
    },
    figures() {
      const all = new Map<string, ChannelFigures>()
      const of = (target: string): ChannelFigures => {
        const channel = channelOf(target)
        const figures = all.get(channel) ?? { channel, waiting: 0, delivered: 0, failed: 0, dead: 0 }
        all.set(channel, figures)
        return figures
      }
      for (const { id } of store.channels()) of(id)
      for (const [target, count] of notifier.backlog()) of(target).waiting += count
      for (const [target, { delivered, failed, dead }] of [...notifier.totals(), ...alerts.totals()]) {
        const figures = of(target)
        figures.delivered += delivered
        figures.failed += failed
        figures.dead += dead
      }
      return [...all.values()]
    },
    async subscribe(account, subscription) {
      const { endpoint } = subscription
      const problem = keyProblem(subscription) ?? (await pushAddressProblem(endpoint))
      if (problem !== null) throw new LamplighterError('invalid-request', problem)
      state.transaction(() => {
        store.putSubscription({ ...subscription, account, created: now() })
        const own = store.subscriptions(account)
        const others = own.filter((one) => one.endpoint !== endpoint)
        for (const { endpoint: oldest } of others.slice(0, Math.max(0, own.length - MOST_BROWSERS))) store.removeSubscription(oldest)
      })
    },
    unsubscribe(account, endpoint) {
      if (store.subscriptions(account).some((one) => one.endpoint === endpoint)) store.removeSubscription(endpoint)
    },
  }
}

/** What is wrong with the keys of a browser (RFC 8291: a point on P-256 and 16 bytes); null when nothing is. */
function keyProblem({ p256dh, auth }: BrowserSubscription): string | null {
  const wrong = 'The keys of the subscription are not those of a browser. Subscribe again.'
  if (Buffer.from(auth, 'base64url').length !== 16) return wrong
  const own = createECDH('prime256v1')
  own.generateKeys()
  try {
    own.computeSecret(Buffer.from(p256dh, 'base64url'))
    return null
  } catch {
    return wrong
  }
}
