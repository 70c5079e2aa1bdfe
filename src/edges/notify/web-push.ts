import { createECDH } from 'node:crypto'
import webPush from 'web-push'
import type { Message } from '../../dispatch/channel.ts'
import type { DeliveryStore, PushSubscription } from '../../storage/delivery-store.ts'
import { hours, seconds } from '../../telemetry/duration.ts'
import { DeliveryProblem } from './delivery-problem.ts'

/** The push service keeps a message for a phone that is away for so long, s; an order is offered for less. */
const KEPT = hours(4) / 1000
const TIMEOUT = seconds(10)

/** Base64url, as browsers and push services want them. */
export interface VapidKeys {
  publicKey: string
  privateKey: string
}

/** The keys by which push services know this server (RFC 8292), from 32 random bytes that stay the same. */
export function vapidKeys(secret: Buffer): VapidKeys {
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(secret)
  return { publicKey: ecdh.getPublicKey().toString('base64url'), privateKey: secret.toString('base64url') }
}

interface PushParts {
  store: DeliveryStore
  keys: VapidKeys
  /** Whom a push service may write to: https: or mailto: address. */
  contact: string
}

/** Sends to every browser of an account; one is enough. A browser that is gone for good is forgotten. Throws `DeliveryProblem`. */
export function webPushing({ store, keys, contact }: PushParts) {
  const send = async ({ endpoint, p256dh, auth }: PushSubscription, message: Message): Promise<void> => {
    const { id, title, text, link, urgent, type, data } = message
    try {
      await webPush.sendNotification({ endpoint, keys: { p256dh, auth } }, JSON.stringify({ id, title, text, link, urgent, type, data }), {
        vapidDetails: { subject: contact, ...keys },
        ...{ TTL: KEPT, urgency: urgent ? 'high' : 'normal', timeout: TIMEOUT },
      })
    } catch (error) {
      const { statusCode, message: words = String(error) } = error as { statusCode?: number; message?: string }
      const isGone = statusCode === 404 || statusCode === 410
      if (isGone) store.removeSubscription(endpoint)
      throw new DeliveryProblem(statusCode ? `HTTP ${statusCode} of the push service` : words, isGone, error)
    }
  }
  return async (account: string, message: (language: 'zh' | 'en') => Message): Promise<void> => {
    const subscriptions = store.subscriptions(account)
    if (subscriptions.length === 0) throw new DeliveryProblem(`${account} has no phone that is told.`, true)
    const results = await Promise.allSettled(subscriptions.map((one) => send(one, message(one.language))))
    if (results.some(({ status }) => status === 'fulfilled')) return
    const problems = results.flatMap((one) => (one.status === 'rejected' ? [one.reason as DeliveryProblem] : []))
    const [first] = problems as [DeliveryProblem]
    throw new DeliveryProblem(
      first.message,
      problems.every(({ isFinal }) => isFinal),
      first,
    )
  }
}
