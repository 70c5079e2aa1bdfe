import type { Order } from './order.ts'
import type { OrderEvent } from './order-step.ts'
import { type ChainStep, crewsFor, type Roster, type Route } from './route.ts'

/** How far an order has been carried along the chain of its route; kept beside the order. */
export interface ChainPlace {
  /** The step that is being tried, from 0; -1 before the first. */
  step: number
  /** When it is over, ms. */
  until: number
}

export const chainStart: ChainPlace = { step: -1, until: 0 }

/** What an order needs now. */
export interface NextStep {
  events: readonly Extract<OrderEvent, { type: 'dispatch' | 'pass-by' }>[]
  /** The desk must be told that nobody has taken it. */
  tellsDesk: boolean
  place: ChainPlace
}

/**
 * What an order that nobody has taken needs at `at`, ms; null: nothing for now. Each step of the chain asks those who are on duty then; a
 * step that finds nobody is passed over. When the chain is over the desk is told again and again: no order is silently forgotten.
 */
export function nextStep(order: Order, route: Route, place: ChainPlace, roster: Roster, at: number): NextStep | null {
  const isAsking = order.state === 'dispatched' && order.offer !== null
  if (isAsking ? at < (order.offer?.until ?? 0) : order.state !== 'open') return null
  // An offer that ended before its time was refused by all; the desk is given the time it was promised, also after it has recalled an order.
  if (!isAsking && at < place.until && (isDesk(route, place.step) || order.times.dispatched === null)) return null
  const passed: NextStep['events'] = isAsking ? [{ type: 'pass-by', at }] : []
  const next = advance(order, route, place.step + 1, roster, at)
  return { ...next, events: [...passed, ...next.events] }
}

/** When an order is to be looked at again, ms; null when only people can move it. */
export function wakeAt(order: Order, place: ChainPlace): number | null {
  if (order.state === 'dispatched') return order.offer?.until ?? null
  return order.state === 'open' ? place.until : null
}

const isDesk = ({ chain }: Route, step: number): boolean => step >= chain.length || chain[step]?.to.type === 'dispatcher'

/** The chain may end with crews that do not answer; from then on the desk is told this often at most, ms. */
const LEAST_PAUSE = 60_000

function advance(order: Order, route: Route, from: number, roster: Roster, at: number): NextStep {
  const { chain } = route
  for (let step = from; step < chain.length; step++) {
    const { to, within } = chain[step] as ChainStep
    const place = { step, until: at + within }
    if (to.type === 'dispatcher') return { events: [], tellsDesk: true, place }
    const crews = askedBy(order, to, route, roster)
    if (crews.length > 0) return { events: [{ type: 'dispatch', crews, at, until: place.until, step }], tellsDesk: false, place }
  }
  const pause = Math.max(LEAST_PAUSE, ...chain.map(({ within }) => within))
  return { events: [], tellsDesk: true, place: { step: chain.length, until: at + pause } }
}

function askedBy({ district, domain, declined }: Order, to: ChainStep['to'], { skills }: Route, roster: Roster): string[] {
  const fitting = crewsFor(roster, { district, domain, skills, declined }).map(({ id }) => id)
  return to.type === 'crew' ? fitting.filter((id) => id === to.id) : fitting
}
