import { effect, signal } from '@preact/signals'
import { io, type Socket } from 'socket.io-client'
import type { ClientEvents, ServerEvents } from '../../../src/edges/live/protocol.ts'
import { session } from '../../shared/session.ts'
import { offersTo, sectionOf } from './order/my-orders.ts'
import { alarmOf, seen } from './phone/alarm.ts'
import { catchUp, crewIds, findSession, kept, reach, refresh } from './state.ts'

export const connected = signal(false)
/** The list is fetched so long after news of it, ms: what comes together is fetched once. */
const PAUSE = 200

let socket: Socket<ServerEvents, ClientEvents> | null = null
let fetching: ReturnType<typeof setTimeout> | undefined

/** Is told of orders while somebody is signed in, the page is open, and the server answers. */
export function startLive(): void {
  effect(() => {
    const isIn = Boolean(session.value && !session.value.owes)
    const isThere = reach.value === 'ok'
    if (!isIn) {
      socket?.close()
      socket = null
      connected.value = false
    } else if (isThere && !socket) connect()
    else if (isThere) socket?.connect()
  })
}

function connect(): void {
  socket = io({
    ...{ transports: ['websocket', 'polling'], auth: { only: 'orders' } },
    ...{ reconnectionDelay: 1000, reconnectionDelayMax: 15_000, timeout: 10_000 },
  })
  socket.on('connect', () => {
    connected.value = true
    void catchUp()
  })
  socket.on('disconnect', () => {
    connected.value = false
  })
  socket.on('connect_error', () => void findSession())
  socket.on('signed-out', () => void findSession())
  socket.on('orders', ({ orders, gone }) => {
    const crews = crewIds.peek()
    for (const call of offersTo(orders, crews)) alarmOf(call)
    for (const order of orders) if (sectionOf(order, crews) === 'gone') seen(order.id)
    for (const id of gone) seen(id)
    const known = new Set(kept.peek()?.orders.map(({ order }) => order.id))
    const isOurs = gone.some((id) => known.has(id)) || orders.some((order) => known.has(order.id) || sectionOf(order, crews) !== 'gone')
    if (isOurs) fetchSoon()
  })
  socket.on('rounds', ({ plans }) => {
    const crews = crewIds.peek()
    const known = new Set(kept.peek()?.rounds?.map(({ round }) => round.plan))
    if (plans.some(({ plan, crew }) => known.has(plan) || crew === null || crews.includes(crew))) fetchSoon()
  })
}

function fetchSoon(): void {
  clearTimeout(fetching)
  fetching = setTimeout(() => void refresh(), PAUSE)
}

/** The phone says that it has no network: a connection that is dead would go unnoticed for a while. */
export function dropLive(): void {
  socket?.disconnect()
  reach.value = 'none'
}
