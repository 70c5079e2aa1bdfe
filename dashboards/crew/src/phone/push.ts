import { signal } from '@preact/signals'
import { language } from '../../../shared/preferences.ts'
import { dropSubscription, getPushKey, putSubscription } from '../crew-api.ts'
import { serviceWorker } from './worker.ts'

/** impossible: the browser cannot, or the page is not reached over https. failed: its push service or the server could not be reached. */
export type PushState = 'unknown' | 'impossible' | 'off' | 'refused' | 'on' | 'failed'
export const push = signal<PushState>('unknown')

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

const isSame = (key: ArrayBuffer | null | undefined, wanted: Uint8Array): boolean =>
  key != null && new Uint8Array(key).every((byte, i) => byte === wanted[i])

async function subscribe(registration: ServiceWorkerRegistration): Promise<void> {
  const key = bytesOf((await getPushKey()).key)
  const known = await registration.pushManager.getSubscription()
  // The server may have another key than it had.
  if (known && !isSame(known.options.applicationServerKey, key)) await known.unsubscribe()
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  const { endpoint, keys } = subscription.toJSON()
  await putSubscription({ endpoint, p256dh: keys?.p256dh, auth: keys?.auth, language: language.peek() })
}

/** Looks whether new orders reach this phone when the page is closed; where they may, tells the server how. */
export async function lookAtPush(): Promise<void> {
  const registration = serviceWorker()
  if (!registration || !('PushManager' in globalThis) || !('Notification' in globalThis)) {
    push.value = 'impossible'
    return
  }
  if (Notification.permission === 'denied') push.value = 'refused'
  else if (Notification.permission === 'default') push.value = 'off'
  else {
    try {
      await subscribe(registration)
      push.value = 'on'
    } catch {
      push.value = 'failed'
    }
  }
}

/** Asks the person; only after a touch. */
export async function askForPush(): Promise<void> {
  if ('Notification' in globalThis) await Notification.requestPermission()
  await lookAtPush()
}

/** Whoever signs out is told no more on this phone. */
export async function endPush(): Promise<void> {
  const subscription = await serviceWorker()?.pushManager?.getSubscription()
  if (!subscription) return
  await dropSubscription(subscription.endpoint).catch(() => undefined)
  await subscription.unsubscribe().catch(() => undefined)
  push.value = 'off'
}
