import type { TargetLimits } from './delivery.ts'

/** Where messages can go. Secrets are kept here and never told again. */
export type ChannelSettings =
  | {
      type: 'mail'
      host: string
      port: number
      security: 'tls' | 'starttls' | 'none'
      user: string
      password: string
      from: string
      to: readonly string[]
    }
  /** CloudEvents 1.0 as JSON, signed as Standard Webhooks say. */
  | { type: 'webhook'; url: string; secret: string }
  /** Alerts as a Prometheus Alertmanager takes them. */
  | { type: 'alertmanager'; url: string; user: string; password: string }
  | { type: 'dingtalk'; url: string; secret: string }
  | { type: 'wecom'; url: string }
  | { type: 'feishu'; url: string; secret: string }
  /** Any gateway: {{number}}, {{text}} stand for what they say, as JSON strings without quotes or as query values. */
  | { type: 'sms'; url: string; method: 'POST' | 'GET'; contentType: string; body: string; header: string; numbers: readonly string[] }
  /** Published by the service's own broker. */
  | { type: 'mqtt'; topic: string }

export type ChannelType = ChannelSettings['type']
export type AlertmanagerSettings = Extract<ChannelSettings, { type: 'alertmanager' }>

/** Type of what Alertmanagers are told of alarms, which nobody else is: they are told what stands, all others what happened. */
export const ALARM = 'alarm'

/** A channel that somebody has set up, and what goes there. */
export interface Channel {
  id: string
  name: string
  settings: ChannelSettings
  language: 'zh' | 'en'
  /** What is sent: notices by type, of these districts and domains; all where absent. */
  types: readonly string[] | 'all'
  districts: readonly string[] | 'all'
  domains: readonly string[] | 'all'
  /** Words instead of the usual ones, with {{title}}, {{order}}, {{facility}}, {{district}}, {{class}}, {{crew}}, {{by}}, {{link}}; null: the usual. */
  template: string | null
  limits: TargetLimits
  disabled: boolean
}

/** One message, ready for any channel. */
export interface Message {
  /** Unique; the same when it is tried again, so that the other side can tell. */
  id: string
  /** When it came to be, ms. */
  at: number
  /** Such as `order.offered`. */
  type: string
  urgent: boolean
  title: string
  text: string
  /** Address of what it is about; empty where nobody said how the service is reached. */
  link: string
  /** What a program reads of it. */
  data: Readonly<Record<string, unknown>>
}

const has = (list: readonly string[] | 'all', one: string): boolean => list === 'all' || list.includes(one)

/** What is sent to be read, and tells of nothing that is to be done. */
const isReading = (type: string): boolean => type.startsWith('duty-report.')

/** A report is no alert, and too long for a text message that nobody asked for by name. */
const suits = ({ settings, types }: Channel, type: string): boolean =>
  type === ALARM
    ? settings.type === 'alertmanager'
    : !isReading(type) || (settings.type !== 'alertmanager' && (settings.type !== 'sms' || types !== 'all'))

/** Whether a message of this type about a place and a field goes to a channel. */
export const takes = (channel: Channel, type: string, district: string, domain: string): boolean =>
  !channel.disabled && suits(channel, type) && has(channel.types, type) && has(channel.districts, district) && has(channel.domains, domain)

/** Words with what stands for something replaced; what is not known stays as it is, so that the mistake is seen. */
export const fillIn = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{\{\s*([a-z]+)\s*\}\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] as string) : whole))

/** Names that a template uses and nobody knows. */
export const unknownNames = (template: string, known: readonly string[]): string[] =>
  [...template.matchAll(/\{\{\s*([a-z]+)\s*\}\}/g)].map(([, name]) => name as string).filter((name) => !known.includes(name))
