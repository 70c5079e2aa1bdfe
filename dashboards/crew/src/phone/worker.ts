import { signal } from '@preact/signals'

/** Looks for another version so often while the page is open, ms. */
const LOOK_EVERY = 30 * 60_000

/** Another version lies ready, and waits for somebody to say when. */
export const updateReady = signal(false)
/** Where a notification wants to go. */
export const wanted = signal<number | null>(null)

let registration: ServiceWorkerRegistration | undefined

export const serviceWorker = (): ServiceWorkerRegistration | undefined => registration

function offer(worker: ServiceWorker | null): void {
  // The first one of all brings no news.
  if (worker && navigator.serviceWorker.controller) updateReady.value = true
}

/** Keeps the page for times without a network. Where there is no https there is no such thing, and the page works as long as it is open. */
export async function startWorker(onNews: () => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  const { serviceWorker } = navigator
  let hadOne = serviceWorker.controller !== null
  serviceWorker.addEventListener('controllerchange', () => {
    // Its files are those of the new version from now on.
    if (hadOne) location.reload()
    hadOne = true
  })
  serviceWorker.addEventListener('message', ({ data }) => {
    const { type, order } = data as { type: string; order?: number }
    if (type === 'open' && order !== undefined) wanted.value = order
    onNews()
  })
  try {
    registration = await serviceWorker.register('/crew/sw.js', { scope: '/crew/', updateViaCache: 'none' })
  } catch {
    return
  }
  // A page that was just opened has nothing to lose: it takes the version that lies ready at once.
  if (registration.waiting && hadOne) takeUpdate()
  registration.addEventListener('updatefound', () => {
    const worker = registration?.installing
    worker?.addEventListener('statechange', () => worker.state === 'installed' && offer(worker))
  })
  setInterval(lookForUpdate, LOOK_EVERY)
}

export const lookForUpdate = (): void => void registration?.update().catch(() => undefined)

export function takeUpdate(): void {
  registration?.waiting?.postMessage('take-over')
}

/** Lets the browser send what waits as soon as there is a network, even after the page was closed; only some can. */
export async function sendWhenBack(): Promise<void> {
  const sync = (registration as (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }) | undefined)?.sync
  await sync?.register('outbox').catch(() => undefined)
}

/** A notification of this phone itself, for a page that is open and not in sight. */
export async function notifyHere(title: string, order: number): Promise<void> {
  if (!registration || !('Notification' in globalThis) || Notification.permission !== 'granted') return
  await registration
    .showNotification(title, { tag: `order-${order}`, icon: '/crew/icon-192.png', requireInteraction: true, data: { order } })
    .catch(() => undefined)
}
