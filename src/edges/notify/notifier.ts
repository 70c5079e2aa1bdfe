import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { type Channel, fillIn, type Message, takes } from '../../dispatch/channel.ts'
import {
  afterFailure,
  afterSuccess,
  type Delivery,
  dueBatches,
  type QuietHours,
  quietUntilAt,
  sentAgain,
  type TargetLimits,
  usualLimits,
} from '../../dispatch/delivery.ts'
import { digestText } from '../../dispatch/order-notice.ts'
import { LamplighterError } from '../../errors.ts'
import type { DeliveryStore, StoredNotice } from '../../storage/delivery-store.ts'
import { minutes } from '../../telemetry/duration.ts'
import { DeliveryProblem } from './delivery-problem.ts'

/** Messages on their way to one target at the same time; a slow one keeps no other waiting. */
const AT_ONCE = 1

/** Something to tell, before it is known to whom it goes. */
export type NewNotice = Omit<StoredNotice, 'id' | 'key'> & {
  /** Accounts whose phones are told, besides the channels that take it. */
  accounts: readonly string[]
  /** Ids of the channels it goes to, and no others; those that take it where absent. */
  channels?: readonly string[]
  /** It may wait until the end of the quiet hours. */
  mayWait: boolean
}

export interface NotifierParts {
  store: DeliveryStore
  /** Sends a message by a channel. Throws `DeliveryProblem`. */
  sendBy: (channel: Channel, message: Message) => Promise<void>
  /** Whether an account has a browser that wants to be told; who has none is not told, and that is nobody's failure. */
  hasPhone: (account: string) => boolean
  /** Sends it to all browsers of an account. Throws `DeliveryProblem`. */
  pushTo: (account: string, message: (language: 'zh' | 'en') => Message) => Promise<void>
  quiet: () => QuietHours
  utcOffset: (at: number) => number
  /** How people reach the service, without a slash at the end; empty: nobody said. */
  publicUrl: string
  now: () => number
  schedule: (work: () => void, delay: number) => () => void
  random: () => number
  log: Logger
}

/** Before the account, in the targets of what goes to phones. */
export const PUSH = 'push:'

export interface DeliveryTotals {
  delivered: number
  failed: number
  dead: number
}

/** Carries messages to their targets: keeps them until they are taken, tries again, holds to what each target takes in a minute. */
export class Notifier {
  readonly #parts: NotifierParts
  #waiting = new Map<string, Map<number, Delivery>>()
  readonly #sent = new Map<string, number[]>()
  readonly #running = new Map<string, number>()
  readonly #timers = new Map<string, () => void>()
  /** Since the start, by target. */
  readonly #totals = new Map<string, DeliveryTotals>()
  #closed = false

  constructor(parts: NotifierParts) {
    this.#parts = parts
    for (const delivery of parts.store.waiting()) this.#keep(delivery)
  }

  /** Begins with what was left from the last run. */
  start(): void {
    for (const target of this.#waiting.keys()) this.#pump(target)
  }

  /** Keeps what is to be told; belongs to the caller's transaction. `begin` sends it, once that went through. */
  keep({ accounts, channels, mayWait, ...notice }: NewNotice): { begin: () => void } {
    const { store, now, hasPhone } = this.#parts
    const targets = [
      ...store
        .channels()
        .flatMap((channel) =>
          (channels ? channels.includes(channel.id) : takes(channel, notice.type, notice.district, notice.domain)) ? [channel.id] : [],
        ),
      ...new Set(accounts.filter(hasPhone).map((account) => `${PUSH}${account}`)),
    ]
    if (targets.length === 0) return { begin: () => {} }
    const at = now()
    const id = store.addNotice({ ...notice, id: 0, key: randomUUID() })
    const notBefore = mayWait && !notice.urgent ? (this.#quietUntil(at) ?? at) : at
    const made = targets.map((target): Delivery => {
      const delivery: Delivery = {
        ...{ id: 0, target, notice: id, urgent: notice.urgent, created: at, state: 'waiting', attempts: 0, notBefore },
        ...{ delivered: null, problem: '' },
      }
      return { ...delivery, id: store.add(delivery) }
    })
    return {
      begin: () => {
        for (const delivery of made) this.#keep(delivery)
        for (const target of targets) this.#pump(target)
      },
    }
  }

  /** Sends a dead or delivered one once more. Throws `not-found`, `action-refused`. */
  sendAgain(id: number): Delivery {
    const { store, now } = this.#parts
    const delivery = store.delivery(id)
    if (!delivery) throw new LamplighterError('not-found', `There is no delivery ${id}.`)
    if (delivery.state === 'waiting') throw new LamplighterError('action-refused', `Delivery ${id} is still on its way.`)
    const again = sentAgain(delivery, now())
    store.update(again)
    this.#keep(again)
    this.#pump(again.target)
    return again
  }

  /** Sends a message by a channel at once, past all queues; for a test by hand. Throws `DeliveryProblem`. */
  async tryOut(channel: Channel): Promise<void> {
    const { now, publicUrl } = this.#parts
    const text =
      channel.language === 'zh'
        ? ['测试消息', '如果您看到此消息，说明通道可用。']
        : ['Test message', 'If you can read this, the channel works.']
    await this.#parts.sendBy(channel, {
      ...{
        id: randomUUID(),
        at: now(),
        type: 'test',
        urgent: false,
        title: text[0] as string,
        text: text[1] as string,
        link: publicUrl,
        data: {},
      },
    })
  }

  /** Tries what failed before at once, now that its target has been set right. */
  hurry(target: string): void {
    const { now, store } = this.#parts
    for (const delivery of this.#waiting.get(target)?.values() ?? []) {
      if (delivery.attempts === 0) continue
      const sooner = { ...delivery, notBefore: now() }
      store.update(sooner)
      this.#keep(sooner)
    }
    this.#pump(target)
  }

  /** What became of attempts since the start, by target. */
  totals(): ReadonlyMap<string, DeliveryTotals> {
    return this.#totals
  }

  /** How many wait, by target. */
  backlog(): ReadonlyMap<string, number> {
    return new Map([...this.#waiting].map(([target, list]) => [target, list.size]))
  }

  close(): void {
    this.#closed = true
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  #quietUntil(at: number): number | null {
    const { quiet, utcOffset } = this.#parts
    return quietUntilAt(quiet(), at, utcOffset)
  }

  #keep(delivery: Delivery): void {
    const own = this.#waiting.get(delivery.target) ?? new Map<number, Delivery>()
    own.set(delivery.id, delivery)
    this.#waiting.set(delivery.target, own)
  }

  #limitsOf(target: string): TargetLimits {
    return this.#parts.store.channels().find(({ id }) => id === target)?.limits ?? usualLimits
  }

  #pump(target: string): void {
    if (this.#closed || (this.#running.get(target) ?? 0) >= AT_ONCE) return
    this.#timers.get(target)?.()
    this.#timers.delete(target)
    const { now, schedule } = this.#parts
    const at = now()
    const sent = (this.#sent.get(target) ?? []).filter((time) => at - time < minutes(1))
    this.#sent.set(target, sent)
    const { batches, wake } = dueBatches([...(this.#waiting.get(target)?.values() ?? [])], sent, this.#limitsOf(target), at)
    const [first] = batches
    if (first) {
      sent.push(at)
      this.#running.set(target, (this.#running.get(target) ?? 0) + 1)
      void this.#send(target, first.deliveries).finally(() => {
        this.#running.set(target, (this.#running.get(target) ?? 1) - 1)
        this.#pump(target)
      })
    } else if (wake !== null)
      this.#timers.set(
        target,
        schedule(() => this.#pump(target), Math.max(0, wake - at)),
      )
  }

  async #send(target: string, deliveries: readonly Delivery[]): Promise<void> {
    const { store, now, random, log } = this.#parts
    let failure: unknown
    try {
      await this.#sendOut(target, deliveries)
    } catch (error) {
      failure = error
    }
    const isFinal = failure instanceof DeliveryProblem && failure.isFinal
    const problem = failure instanceof Error ? failure.message : String(failure)
    for (const delivery of deliveries) {
      const after = failure === undefined ? afterSuccess(delivery, now()) : afterFailure(delivery, now(), problem, isFinal, random())
      this.#waiting.get(target)?.delete(delivery.id)
      this.#count(target, after.state)
      if (after.state === 'waiting') this.#keep(after)
      if (after.state === 'dead')
        log.warn({ target, problem }, 'a message could not be delivered and is given up; it can be sent again by hand')
      try {
        store.update(after)
      } catch (error) {
        log.error({ err: error }, 'what became of a message could not be kept')
      }
    }
  }

  #count(target: string, state: Delivery['state']): void {
    const totals = this.#totals.get(target) ?? { delivered: 0, failed: 0, dead: 0 }
    if (state === 'delivered') totals.delivered++
    else totals.failed++
    if (state === 'dead') totals.dead++
    this.#totals.set(target, totals)
  }

  async #sendOut(target: string, deliveries: readonly Delivery[]): Promise<void> {
    const { store, sendBy, pushTo } = this.#parts
    const notices = deliveries.flatMap(({ notice }) => store.notice(notice) ?? [])
    if (notices.length === 0) throw new DeliveryProblem('What was to be told is kept no more.', true)
    if (target.startsWith(PUSH)) return pushTo(target.slice(PUSH.length), (language) => this.#message(notices, language, null))
    const channel = store.channels().find(({ id }) => id === target)
    if (!channel) throw new DeliveryProblem('The channel was removed.', true)
    if (channel.disabled) throw new DeliveryProblem('The channel is switched off.', true)
    return sendBy(channel, this.#message(notices, channel.language, channel.template))
  }

  #message(notices: readonly StoredNotice[], language: 'zh' | 'en', template: string | null): Message {
    const { publicUrl, now } = this.#parts
    const [first] = notices as [StoredNotice]
    if (notices.length > 1) {
      const { title, text } = digestText(notices.map((one) => one.title))
      return {
        ...{
          id: first.key,
          at: now(),
          type: 'digest',
          urgent: notices.some(({ urgent }) => urgent),
          title: title[language],
          text: text[language],
        },
        ...{ link: publicUrl && `${publicUrl}/orders`, data: { notices: notices.map(({ type, data }) => ({ type, ...data })) } },
      }
    }
    const { key, at, type, urgent, title, text, path, data } = first
    const link = publicUrl && path && `${publicUrl}${path}`
    const words = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, String(value)]))
    const filled = template === null ? text[language] : fillIn(template, { ...words, title: title[language], text: text[language], link })
    return { id: key, at, type, urgent, title: title[language], text: filled, link, data }
  }
}
