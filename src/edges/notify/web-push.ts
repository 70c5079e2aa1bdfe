import { createECDH } from 'node:crypto'
import webPush from 'web-push'
import type { Message } from '../../dispatch/channel.ts'
import type { DeliveryStore, PushSubscription } from '../../storage/delivery-store.ts'
import { hours } from '../../telemetry/duration.ts'
import { DeliveryProblem } from './delivery-problem.ts'
import { cutToBytes } from './http-channels.ts'
import { checkTaken, type HttpAsking } from './http-request.ts'

/** The push service keeps a message for a phone that is away for so long, s; an order is offered for less. */
const KEPT = hours(4) / 1000

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
  /** Whether there is an account that may be told. */
  mayBeTold: (account: string) => boolean
  ask: HttpAsking
}

/** Sends to every browser of an account; one is enough. A browser that is gone for good is forgotten. Throws `DeliveryProblem`. */
export function webPushing({ store, keys, contact, mayBeTold, ask }: PushParts) {
  const send = async ({ endpoint, p256dh, auth }: PushSubscription, message: Message): Promise<void> => {
    // Browsers name the address.
    if (!endpoint.startsWith('https:')) throw new DeliveryProblem('The address of a push service must be https.', true)
    const { headers, body } = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payloadOf(message), {
      vapidDetails: { subject: contact, ...keys },
      ...{ TTL: KEPT, urgency: message.urgent ? 'high' : 'normal', contentEncoding: 'aes128gcm' },
    })
    const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
    const answer = await ask({ method: 'POST', url: endpoint, headers: texts, body })
    if (answer.status === 404 || answer.status === 410) store.removeSubscription(endpoint)
    checkTaken(answer)
  }
  return async (account: string, message: (language: 'zh' | 'en') => Message): Promise<void> => {
    if (!mayBeTold(account)) throw new DeliveryProblem(`${account} is no account that may be told.`, true)
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

/** What push services take: 4,096 bytes with what encryption adds (RFC 8030, 8188). */
const LONGEST_PAYLOAD = 3900
const LONGEST_TEXT = 2400

function payloadOf({ id, title, text, link, urgent, type, data }: Message): string {
  const short = { id, title: cutToBytes(title, 300), text: cutToBytes(text, LONGEST_TEXT), link, urgent, type }
  const whole = JSON.stringify({ ...short, data })
  return Buffer.byteLength(whole) <= LONGEST_PAYLOAD ? whole : JSON.stringify({ ...short, data: {} })
}
