import type { Channel } from '../dispatch/channel.ts'
import type { SettingsInput } from '../dispatch/channel-input.ts'
import type { Delivery } from '../dispatch/delivery.ts'
import type { DeliveryQuery, StoredNotice } from '../storage/delivery-store.ts'
import type { Page } from '../storage/state-store.ts'
import type { DeliveryTotals } from './notify/notifier.ts'

/** A channel as people give it; a secret that is absent stays as it is. */
export type ChannelInput = Omit<Channel, 'id' | 'settings'> & { settings: SettingsInput }

/** A channel as it is told: without its secrets. */
export interface ListedChannel extends Omit<Channel, 'settings'> {
  settings: SettingsInput
  /** Names of the secrets that are set. */
  secrets: string[]
  /** Where it goes, in few words. */
  address: string
  /** Of the messages that are kept. */
  counts: Record<Delivery['state'], number>
  /** Why the newest of those that were given up within a day was; null when none was. */
  problem: string | null
}

export interface ListedDelivery extends Delivery {
  /** What was to be told; null when it is kept no more. */
  told: Pick<StoredNotice, 'at' | 'type' | 'title' | 'text' | 'path'> | null
}

export interface ChannelTrial {
  works: boolean
  /** What the other side said; null when it works. */
  problem: string | null
}

/** A browser as the Push API describes it. */
export interface BrowserSubscription {
  endpoint: string
  p256dh: string
  auth: string
  language: 'zh' | 'en'
}

/** Of one channel, or of all phones together. */
export interface ChannelFigures extends DeliveryTotals {
  channel: string
  waiting: number
}

/** How people are told, and what became of it. Methods throw `LamplighterError`. */
export interface Channels {
  /** By id. */
  list(): ListedChannel[]
  /** Makes or changes one; what failed before is tried again at once. */
  put(id: string, input: ChannelInput, by: string): ListedChannel
  remove(id: string, by: string): void
  /** Sends a test message by these settings, which need not be kept. */
  tryOut(id: string, input: ChannelInput, by: string): Promise<ChannelTrial>
  /** Newest first. */
  deliveries(query: DeliveryQuery): Page<ListedDelivery>
  sendAgain(id: number, by: string): ListedDelivery
  /** Since the start, by channel; all phones are one. */
  figures(): ChannelFigures[]
  /** By which browsers know who may push to them, base64url. */
  readonly pushKey: string
  /** Lets a browser of an account be told; of many, the oldest is forgotten. */
  subscribe(account: string, subscription: BrowserSubscription): Promise<void>
  unsubscribe(account: string, endpoint: string): void
}
