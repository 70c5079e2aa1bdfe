import type { Channel } from '../dispatch/channel.ts'
import type { Delivery } from '../dispatch/delivery.ts'
import type { Text } from '../telemetry/point.ts'
import type { Page } from './state-store.ts'

/** What is to be told, in both languages, once for all whom it goes to. */
export interface StoredNotice {
  id: number
  /** Unique everywhere; the other side can tell by it that it has it already. */
  key: string
  at: number
  type: string
  urgent: boolean
  title: Text
  text: Text
  /** Path in the console; empty where there is none. */
  path: string
  district: string
  domain: string
  data: Readonly<Record<string, unknown>>
}

/** A browser that wants to be told, as the Push API says; it belongs to an account. */
export interface PushSubscription {
  endpoint: string
  account: string
  p256dh: string
  auth: string
  language: 'zh' | 'en'
  created: number
}

export interface DeliveryQuery {
  state?: Delivery['state']
  target?: string
  /** Only those with a lower id. */
  before?: number
  limit: number
}

/** Channels, what goes out by them, and what became of it. */
export interface DeliveryStore {
  /** By id. */
  channels(): Channel[]
  putChannel(channel: Channel): void
  removeChannel(id: string): void

  subscriptions(account?: string): PushSubscription[]
  putSubscription(subscription: PushSubscription): void
  removeSubscription(endpoint: string): void

  /** Its `id` is ignored; returns the one it has from now on. */
  addNotice(notice: StoredNotice): number
  notice(id: number): StoredNotice | undefined
  /** Its `id` is ignored; returns the one it has from now on. */
  add(delivery: Delivery): number
  update(delivery: Delivery): void
  delivery(id: number): Delivery | undefined
  /** All that wait, oldest first. */
  waiting(): Delivery[]
  /** Newest first. */
  list(query: DeliveryQuery): Page<Delivery>
  /** How many are in each state, by target. */
  counts(): { target: string; state: Delivery['state']; count: number }[]
  /** How many were given up at or after this time, ms, by target. */
  givenUp(since: number): { target: string; count: number; problem: string }[]
  /** Forgets up to `limit` of those that are delivered or dead and were created before this, ms, with notices nobody needs any more. */
  prune(before: number, limit: number): void
}
