import { createHmac, timingSafeEqual } from 'node:crypto'

const hmac = (key: string | Uint8Array, text: string): string => createHmac('sha256', key).update(text).digest('base64')

/** The key of a secret as Standard Webhooks write it: `whsec_` and base64; any other text as it is. */
const keyOf = (secret: string): Uint8Array => (secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret))

/** Headers by which the other side knows who sent a webhook, and when (Standard Webhooks 1.0). `at`: ms. */
export function webhookHeaders(id: string, at: number, body: string, secret: string): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000))
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${hmac(keyOf(secret), `${id}.${timestamp}.${body}`)}`,
  }
}

/** Whether a webhook that came in was signed with this secret within five minutes of `now`, ms. */
export function isSignedBy(headers: Readonly<Record<string, string | undefined>>, body: string, secret: string, now: number): boolean {
  const id = headers['webhook-id'] ?? ''
  const timestamp = Number(headers['webhook-timestamp'])
  if (!(Math.abs(now / 1000 - timestamp) <= 300)) return false
  const expected = Buffer.from(webhookHeaders(id, timestamp * 1000, body, secret)['webhook-signature'] as string)
  return (headers['webhook-signature'] ?? '').split(' ').some((given) => {
    const bytes = Buffer.from(given)
    return bytes.length === expected.length && timingSafeEqual(bytes, expected)
  })
}

/** The address of a DingTalk robot with its signature: base64 of HMAC-SHA256 over time and secret, keyed by the secret. */
export function dingtalkUrl(url: string, secret: string, at: number): string {
  if (!secret) return url
  const signed = new URL(url)
  signed.searchParams.set('timestamp', String(at))
  signed.searchParams.set('sign', hmac(secret, `${at}\n${secret}`))
  return signed.href
}

/** What a Feishu robot wants beside the message: HMAC-SHA256 of nothing, keyed by time in seconds and secret. */
export function feishuSignature(secret: string, at: number): { timestamp?: string; sign?: string } {
  if (!secret) return {}
  const timestamp = String(Math.floor(at / 1000))
  return { timestamp, sign: hmac(`${timestamp}\n${secret}`, '') }
}
