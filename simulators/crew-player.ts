import { setTimeout as sleep } from 'node:timers/promises'
import type { CrewAction } from '../src/dispatch/crew-action.ts'
import { isHeld } from '../src/dispatch/order.ts'
import type { CrewOrdersView, OrderView } from '../src/edges/http/order-schemas.ts'
import { seconds } from '../src/telemetry/duration.ts'
import { type ApiSession, openSession } from './api-session.ts'
import type { FaultRecord } from './faults.ts'
import { seededRandom } from './random.ts'

/** How long after the step before, ms, half as long to twice as long by order: a demo shows in minutes what takes a crew hours. */
const pace = {
  dispatched: seconds(45),
  accepted: seconds(20),
  'on-the-way': seconds(60),
  arrived: seconds(15),
  repairing: seconds(60),
} as const
/** Orders that a crew has in hand at the same time; the others wait. */
const MOST_IN_HAND = 3
const LOOK = seconds(5)

type Step = Extract<CrewAction['type'], 'accept' | 'set-out' | 'arrive' | 'begin' | 'repair'>
type State = keyof typeof pace
const steps: Readonly<Record<State, Step>> = {
  dispatched: 'accept',
  accepted: 'set-out',
  'on-the-way': 'arrive',
  arrived: 'begin',
  repairing: 'repair',
}
const isMoved = (state: string): state is State => Object.hasOwn(pace, state)

/** What a crew does now with an order that is offered to it or that it has; null: nothing yet. `at`: now, `inHand`: how many it has, `hurry`: how much faster than usual. */
export function nextCrewStep(order: OrderView, crew: string, at: number, inHand: number, hurry = 1): Step | null {
  const { state, offer, holder, times } = order
  if (!isMoved(state)) return null
  if (state === 'dispatched' ? !offer?.crews.includes(crew) || inHand >= MOST_IN_HAND : holder?.crew !== crew) return null
  const { accepted, setOut, arrived, begun } = times
  const since = { dispatched: offer?.at, accepted, 'on-the-way': setOut, arrived, repairing: begun }[state] ?? order.created
  const wait = pace[state] * 2 ** (2 * seededRandom(`${crew} ${order.id} ${state}`)() - 1)
  return at - since >= wait / hurry ? steps[state] : null
}

/** A fault as the simulator's port tells it. */
type ToldFault = Pick<FaultRecord, 'id' | 'facility' | 'fault'>

export interface CrewPlay {
  /** Where the server is reached, and the port of the simulator's faults. */
  url: string
  faults: string
  /** Crews, each with the person who speaks for it. */
  crews: readonly { crew: string; account: string; password: string }[]
  /** How much faster than usual; 1 where absent. */
  hurry?: number
}

/** Plays crews until `signal`: they take orders and mend in the simulator what they are for. */
export async function playCrews({ url, faults, crews, hurry = 1 }: CrewPlay, signal: AbortSignal): Promise<void> {
  const sessions = new Map<string, ApiSession>()
  while (!signal.aborted) {
    for (const { crew, account, password } of crews) {
      // A server that is away for a moment, or a session that has ended, is no reason to give up.
      await playOnce(crew, account, password).catch(() => sessions.delete(account))
    }
    await sleep(LOOK / hurry, undefined, { signal }).catch(() => undefined)
  }

  async function playOnce(crew: string, account: string, password: string): Promise<void> {
    const session = sessions.get(account) ?? (await openSession({ url, user: account, password }))
    sessions.set(account, session)
    const { orders, at } = await session.get<CrewOrdersView>('/api/crew/orders')
    let inHand = orders.filter(({ order }) => isHeld(order.state) && order.state !== 'repaired').length
    for (const { order } of orders) {
      const type = nextCrewStep(order, crew, at, inHand, hurry)
      if (type === null) continue
      if (type === 'accept') inHand++
      const mended = type === 'repair' ? await mend(order.facilities) : []
      const more = type === 'repair' ? { cause: mended.join(', ') || 'checked', minutes: 25, parts: [] } : {}
      await session.post('/api/crew/actions', {
        crew,
        actions: [{ id: `${crew}-${order.id}-${order.version}-${type}`, order: order.id, at, type, ...more }],
      })
    }
  }

  /** Ends the faults of some facilities; returns what they were. */
  async function mend(facilities: readonly string[]): Promise<string[]> {
    const response = await fetch(`${faults}/faults?limit=1000`, { signal: AbortSignal.timeout(5000) })
    const found = ((await response.json()) as { faults: ToldFault[] }).faults.filter(({ facility }) => facilities.includes(facility))
    for (const { id } of found) await fetch(`${faults}/faults/${id}`, { method: 'DELETE', signal: AbortSignal.timeout(5000) })
    return [...new Set(found.map(({ fault }) => fault))]
  }
}
