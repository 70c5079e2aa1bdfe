import { readFileSync } from 'node:fs'
import type { Logger } from 'pino'
import { addressesOf, type Config } from '../../config.ts'
import type { Alert } from '../../dispatch/alert.ts'
import type { AlertmanagerSettings, Channel, Message } from '../../dispatch/channel.ts'
import type { QuietHours } from '../../dispatch/delivery.ts'
import type { DeliveryStore } from '../../storage/delivery-store.ts'
import { postAlerts, sendAlertmanager, sendDingtalk, sendFeishu, sendSms, sendWebhook, sendWecom } from './http-channels.ts'
import { httpAsking, strangersAddressProblem } from './http-request.ts'
import { sendMail } from './mail.ts'
import { Notifier } from './notifier.ts'
import { vapidKeys, webPushing } from './web-push.ts'

interface NotifierSetup {
  config: Config
  store: DeliveryStore
  /** Whether there is an account that may be told. */
  mayBeTold: (account: string) => boolean
  /** 32 random bytes that stay the same. */
  pushSecret: Buffer
  quiet: () => QuietHours
  /** What city time is ahead of UTC, ms. */
  utcOffset: (at: number) => number
  /** Publishes by the service's own broker. */
  publish: (topic: string, payload: string) => Promise<void>
  now: () => number
  schedule: (work: () => void, delay: number) => () => void
  log: Logger
}

export interface Notifying {
  notifier: Notifier
  /** Posts alerts to an Alertmanager. Throws `DeliveryProblem`. */
  postAlerts: (settings: AlertmanagerSettings, alerts: readonly Alert[]) => Promise<void>
  /** By which browsers know who may push to them, base64url. */
  pushKey: string
  /** Why nothing may be pushed to an address that a browser names; null when it may. */
  pushAddressProblem: (endpoint: string) => Promise<string | null>
}

/** Everything by which people are told of something. */
export function openNotifier({ config, store, pushSecret, mayBeTold, publish, now, ...parts }: NotifierSetup): Notifying {
  const allowed = addressesOf(config.NOTIFY_ALLOWED_ADDRESSES)
  const trusted = config.NOTIFY_CA_FILE ? readFileSync(config.NOTIFY_CA_FILE, 'utf8') : undefined
  const ask = httpAsking(allowed, trusted)
  const sendBy = async ({ settings }: Channel, message: Message): Promise<void> => {
    switch (settings.type) {
      case 'mail':
        return sendMail(settings, message, allowed, trusted)
      case 'webhook':
        return sendWebhook(settings, message, now(), ask)
      case 'alertmanager':
        return sendAlertmanager(settings, message, ask)
      case 'dingtalk':
        return sendDingtalk(settings, message, now(), ask)
      case 'wecom':
        return sendWecom(settings, message, ask)
      case 'feishu':
        return sendFeishu(settings, message, now(), ask)
      case 'sms':
        return sendSms(settings, message, ask)
      case 'mqtt':
        return publish(settings.topic, JSON.stringify(message))
    }
  }
  const keys = vapidKeys(pushSecret)
  const notifier = new Notifier({
    ...{ ...parts, store, sendBy, now, publicUrl: config.PUBLIC_URL, random: Math.random },
    hasPhone: (account) => store.subscriptions(account).length > 0,
    pushTo: webPushing({ store, keys, contact: config.PUSH_CONTACT, mayBeTold, ask }),
  })
  return {
    ...{ notifier, pushKey: keys.publicKey, pushAddressProblem: (endpoint) => strangersAddressProblem(endpoint, allowed) },
    postAlerts: (settings, alerts) => postAlerts(settings, alerts, ask),
  }
}
