import { batch, computed, signal } from '@preact/signals'
import type { CrewAction } from '../../../src/dispatch/crew-action.ts'
import { ApiProblem } from '../../shared/http.ts'
import { newId } from '../../shared/new-id.ts'
import { session } from '../../shared/session.ts'
import { getOrders, getRounds, getSession } from './crew-api.ts'
import { StorageFull } from './kept/database.ts'
import { forgetOrders, type KeptOrders, keepOrders, keptOrders, tidyPictures } from './kept/kept-orders.ts'
import { keepEntry, outboxEntries, type Remark, remarks } from './kept/kept-outbox.ts'
import { bySection, callsTo } from './order/my-orders.ts'
import { type CheckInEntry, failureOf, type NewEntry, type OutboxEntry, waitingOf } from './order/outbox.ts'
import { newerOf, shownOrders } from './order/pending.ts'
import { sendWhenBack } from './phone/worker.ts'
import { sendKept } from './sending.ts'
import { c } from './texts.ts'

/** What is kept on this phone, and what its screen shows of it. Undefined: not read yet. */
export const kept = signal<KeptOrders | null | undefined>(undefined)
export const entries = signal<readonly OutboxEntry[]>([])
export const toRead = signal<readonly Remark[]>([])
/** ok: the last request was answered. The socket may still be on its way. */
export const reach = signal<'unknown' | 'ok' | 'none'>('unknown')
/** What went wrong on the phone itself, such as no room. */
export const trouble = signal('')
/** This phone's clock, each second. */
export const clock = signal(Date.now())

export const account = computed(() => session.value?.name ?? kept.value?.account ?? null)
const offset = () => kept.peek()?.offset ?? 0
/** The server's clock as far as it is known, ms. */
export const now = () => Date.now() + offset()
export const serverNow = computed(() => clock.value + (kept.value?.offset ?? 0))

export const crewIds = computed(() => kept.value?.crews.map(({ id }) => id) ?? [])
export const crewName = (crew: string): string => kept.value?.crews.find(({ id }) => id === crew)?.name ?? crew
export const waiting = computed(() => (account.value === null ? [] : waitingOf(entries.value, account.value)))
/** Of the account that is shown: what the server will not take as it is. */
export const refused = computed(() => entries.value.filter((entry) => entry.account === account.value && entry.refused !== null))
/** What waits for others to sign in on this phone, by account. */
export const ofOthers = computed(() => {
  const counts = new Map<string, number>()
  for (const entry of entries.value) {
    if (entry.account !== account.value) counts.set(entry.account, (counts.get(entry.account) ?? 0) + 1)
  }
  return [...counts]
})
export const shown = computed(() => shownOrders([...(kept.value?.orders ?? []), ...(kept.value?.done ?? [])], waiting.value, now()))
export const sections = computed(() => bySection(shown.value, crewIds.value))
/** Calls as the server told them: what was done here meanwhile is no news. */
export const calls = computed(() => callsTo(kept.value?.orders ?? [], crewIds.value))

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('lamplighter-crew') : null
/** Other tabs read anew what this one has changed. */
const tellOthers = () => channel?.postMessage('changed')

/** Reads what lies on this phone. */
export async function readKept(): Promise<void> {
  const [orders, outbox, left] = await Promise.all([keptOrders(), outboxEntries(), remarks()])
  const shown = kept.peek()
  // What could not be kept for want of room is newer than what is.
  const isOlder = orders !== undefined && shown != null && shown.account === orders.account && orders.at < shown.at
  batch(() => {
    kept.value = isOlder ? shown : (orders ?? null)
    entries.value = outbox
    toRead.value = left
  })
}

export function startSharing(): void {
  channel?.addEventListener('message', () => void readKept())
  setInterval(() => {
    clock.value = Date.now()
  }, 1000)
}

export async function changed(): Promise<void> {
  await readKept()
  tellOthers()
}

/** Somebody is signed in: what is shown and kept is theirs from now on. */
async function takeAccount(name: string, timeZone: string): Promise<void> {
  if (kept.peek()?.account === name) return
  const none: KeptOrders = { account: name, crews: [], orders: [], done: [], at: 0, offset: offset(), timeZone }
  try {
    await forgetOrders()
    await keepOrders(none)
    await changed()
  } catch {
    showOnly(none)
  }
}

/** The phone keeps nothing, or has no room: what the server tells is shown as long as the page is open. */
function showOnly(orders: KeptOrders): void {
  kept.value = orders
  trouble.value = c().noStore
}

/** Asks who is signed in. True when it is known. */
export async function findSession(): Promise<boolean> {
  try {
    const found = await getSession()
    await takeAccount(found.name, found.timeZone)
    batch(() => {
      session.value = found
      reach.value = 'ok'
    })
    return true
  } catch (problem) {
    const isEnded = problem instanceof ApiProblem && failureOf(problem) === 'sign-in'
    if (isEnded) session.value = null
    reach.value = isEnded ? 'ok' : 'none'
    return isEnded
  }
}

/** Runs `work` once at a time; a call meanwhile leads to one more run, since what the one under way sees may be old. */
function inTurn(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let again = false
  const run = (): Promise<void> => {
    if (running) {
      again = true
      return running
    }
    running = work().finally(() => {
      running = undefined
      if (again) {
        again = false
        void run()
      }
    })
    return running
  }
  return run
}

/** Fetches the orders. Whatever fails is told by `reach` and `session`. */
export const refresh = inTurn(fetchOrders)

async function fetchOrders(): Promise<void> {
  const who = session.peek()
  if (!who || who.owes) return
  const asked = Date.now()
  try {
    // Who walks rounds only has no orders, and the other way round.
    const mays = (permission: 'order.work' | 'round.walk') => who.permissions.includes(permission)
    const before = kept.peek()
    const own = before?.account === who.name ? before : undefined
    const [told, walked] = await Promise.all([
      mays('order.work') ? getOrders() : { at: null, crews: [], orders: [], done: [] },
      mays('round.walk') ? getRounds() : { at: null, rounds: own?.rounds ?? [] },
    ])
    const at = told.at ?? walked.at ?? Date.now()
    const next: KeptOrders = {
      ...{ account: who.name, crews: told.crews, timeZone: who.timeZone, at },
      ...{ orders: newerOf(own?.orders ?? [], told.orders), done: told.done, rounds: walked.rounds },
      offset: at - (asked + Date.now()) / 2,
    }
    reach.value = 'ok'
    await keepTold(next)
  } catch (problem) {
    if (!(problem instanceof ApiProblem)) throw problem
    reach.value = failureOf(problem) === 'later' ? 'none' : 'ok'
  }
}

async function keepTold(told: KeptOrders): Promise<void> {
  try {
    await keepOrders(told)
    const listed = new Set([...told.orders, ...told.done].map(({ order }) => order.id))
    await tidyPictures((order) => listed.has(order))
    await changed()
  } catch {
    showOnly(told)
  }
}

/** What a crew does, without what every action has. */
export type Doing = CrewAction extends infer A ? (A extends CrewAction ? Omit<A, 'id' | 'order' | 'at'> : never) : never

async function keep(entry: NewEntry, bytes?: ArrayBuffer): Promise<boolean> {
  try {
    await keepEntry(entry, bytes)
    trouble.value = ''
  } catch (problem) {
    trouble.value = problem instanceof StorageFull ? c().full : c().notKept
    return false
  }
  await changed()
  hurry()
  return true
}

/** Keeps an action on this phone, and sends it as soon as it can be. True when it is kept. */
export async function act(order: number, crew: string, doing: Doing): Promise<boolean> {
  const who = account.peek()
  if (who === null) return false
  const action = { ...doing, id: newId(), order, at: Math.round(now()) } as CrewAction
  return keep({ account: who, crew, refused: null, type: 'action', action })
}

export async function addPhoto(order: number, crew: string, bytes: ArrayBuffer): Promise<boolean> {
  const who = account.peek()
  if (who === null) return false
  return keep({ account: who, crew, refused: null, type: 'photo', photo: newId(), order, at: Math.round(now()) }, bytes)
}

/** Keeps on this phone that somebody was at a stop, and sends it as soon as it can be. True when it is kept. */
export async function checkIn(visit: Omit<CheckInEntry['checkIn'], 'id' | 'at'>, name: string): Promise<boolean> {
  const who = account.peek()
  if (who === null) return false
  return keep({ account: who, crew: '', refused: null, type: 'check-in', checkIn: { ...visit, id: newId(), at: Math.round(now()) }, name })
}

/** Pauses before what could not be sent is tried again, ms. */
const RETRY = [3000, 6000, 15_000, 30_000, 60_000] as const
let failures = 0
let retry: ReturnType<typeof setTimeout> | undefined

/** Sends what waits now, whatever failed before. */
export function hurry(): void {
  failures = 0
  void send()
}

const send = inTurn(async () => {
  clearTimeout(retry)
  const who = account.peek()
  if (who === null || waiting.peek().length === 0) return
  try {
    const outcome = await sendKept(who, now)
    failures = outcome === 'later' ? failures + 1 : 0
    reach.value = outcome === 'later' ? 'none' : 'ok'
    if (outcome === 'sign-in') await findSession()
    await changed()
    if (outcome === 'sent') await refresh()
    else if (outcome === 'later') {
      retry = setTimeout(() => void send(), RETRY[Math.min(failures, RETRY.length) - 1])
      await sendWhenBack()
    }
  } catch {
    trouble.value = c().noStore
  }
})

/** Looks who is signed in, sends what waits, and fetches the orders: after a start, a sleep, or a time without a network. */
export const catchUp = inTurn(async () => {
  if (!(await findSession()) || !session.peek()) return
  hurry()
  await refresh()
})
