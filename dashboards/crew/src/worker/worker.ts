import { sendKept } from '../sending.ts'

/** Filled in when it is built: the files of the page, and a name that changes with any of them. */
declare const SHELL: readonly string[]
declare const BUILD: string

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface WindowClient {
  url: string
  visibilityState: string
  focus(): Promise<unknown>
  postMessage(message: unknown): void
}
interface WorkerScope {
  registration: ServiceWorkerRegistration
  clients: {
    claim(): Promise<void>
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<WindowClient[]>
    openWindow(url: string): Promise<unknown>
  }
  skipWaiting(): Promise<void>
  addEventListener<E extends Event>(type: string, listener: (event: E) => void): void
}
const worker = globalThis as unknown as WorkerScope

const PREFIX = 'crew-shell-'
const CACHE = PREFIX + BUILD
const PAGE = '/crew/'

worker.addEventListener<Extendable>('install', (event) => {
  // Past the browser's own cache, so that no file of another version comes in; the page itself is given to who asks for one.
  const fetched = SHELL.map((url) => new Request(url, { cache: 'reload', headers: { accept: url === PAGE ? 'text/html' : '*/*' } }))
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fetched)))
})

worker.addEventListener<Extendable>('activate', (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name)
    await worker.clients.claim()
  }
  event.waitUntil(tidy())
})

worker.addEventListener<MessageEvent & Extendable>('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(worker.skipWaiting())
})

worker.addEventListener<Extendable & { request: Request; respondWith(answer: Promise<Response>): void }>('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin || !pathname.startsWith(PAGE)) return
  const wanted = request.mode === 'navigate' ? PAGE : pathname
  const answer = async () => {
    const kept = await (await caches.open(CACHE)).match(wanted)
    // What is not there, because the browser threw it away, comes from the server.
    return kept ?? fetch(request)
  }
  event.respondWith(answer())
})

interface PushMessage {
  id?: string
  title?: string
  text?: string
  type?: string
  urgent?: boolean
  data?: { order?: number }
}

const windows = () => worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
const ofCrew = ({ url }: WindowClient) => new URL(url).pathname.startsWith(PAGE)

worker.addEventListener<Extendable & { data: { json(): unknown } | null }>('push', (event) => {
  const tell = async () => {
    let message: PushMessage = {}
    try {
      message = (event.data?.json() ?? {}) as PushMessage
    } catch {
      // Whatever it was, somebody is to look.
    }
    const order = message.data?.order
    const isNews = message.type === 'order.offered' || message.type === 'order.relapsed' || message.type === undefined
    for (const page of await windows()) if (ofCrew(page)) page.postMessage({ type: 'news' })
    const options = {
      ...{ body: message.text ?? '', tag: order ? `order-${order}` : (message.id ?? 'orders'), icon: '/crew/icon-192.png' },
      ...{ badge: '/crew/icon-192.png', renotify: true, requireInteraction: isNews, silent: false },
      ...{ vibrate: message.urgent ? [500, 150, 500, 150, 1000] : [400, 150, 400], data: { order: order ?? null } },
    }
    await worker.registration.showNotification(message.title ?? 'Lamplighter', options)
  }
  event.waitUntil(tell())
})

worker.addEventListener<Extendable & { notification: Notification }>('notificationclick', (event) => {
  event.notification.close()
  const { order } = (event.notification.data ?? {}) as { order?: number | null }
  const open = async () => {
    const page = (await windows()).find(ofCrew)
    if (!page) return worker.clients.openWindow(order ? `${PAGE}orders/${order}` : PAGE)
    page.postMessage({ type: 'open', order: order ?? undefined })
    return page.focus()
  }
  event.waitUntil(open())
})

worker.addEventListener<Extendable & { tag: string }>('sync', (event) => {
  if (event.tag !== 'outbox') return
  const send = async () => {
    const outcome = await sendKept(null, Date.now)
    for (const page of await windows()) if (ofCrew(page)) page.postMessage({ type: 'news' })
    // The browser tries again later by itself.
    if (outcome === 'later') throw new Error('The server is out of reach.')
  }
  event.waitUntil(send())
})
