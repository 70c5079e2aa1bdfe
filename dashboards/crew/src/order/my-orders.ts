import { isHeld } from '../../../../src/dispatch/order.ts'
import type { OrderDetailView, OrderView } from '../../../../src/edges/http/order-schemas.ts'
import type { ShownOrder } from './pending.ts'

/** gone: with us no more, such as one that was given back and waits to be sent. */
export type Section = 'mine' | 'offered' | 'done' | 'gone'
export const sections = ['mine', 'offered', 'gone', 'done'] as const satisfies readonly Section[]

export function sectionOf({ state, offer, holder }: OrderView, crews: readonly string[]): Section {
  if (state === 'dispatched') return offer?.crews.some((crew) => crews.includes(crew)) ? 'offered' : 'gone'
  const isOurs = holder !== null && crews.includes(holder.crew)
  if (state === 'verified' || state === 'closed' || state === 'repaired') return isOurs ? 'done' : 'gone'
  return isHeld(state) && isOurs ? 'mine' : 'gone'
}

const classes = ['danger', 'severe', 'ordinary']
const inHand = ['repairing', 'arrived', 'on-the-way', 'accepted']
const places: Record<Section, (order: OrderView) => number[]> = {
  mine: ({ state, class: of, repairBy }) => [inHand.indexOf(state), classes.indexOf(of), repairBy],
  offered: ({ class: of, offer }) => [classes.indexOf(of), offer?.until ?? 0],
  gone: ({ id }) => [-id],
  done: ({ repair, id }) => [-(repair?.at ?? 0), -id],
}

function compare(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((value, at) => value !== b[at])
  return i < 0 ? 0 : (a[i] as number) - (b[i] as number)
}

/** The orders by section: what is in hand with the furthest first, what is offered with the most urgent first, what is done with the newest. */
export function bySection(shown: readonly ShownOrder[], crews: readonly string[]): Record<Section, ShownOrder[]> {
  const of = (section: Section) =>
    shown
      .filter(({ order }) => sectionOf(order, crews) === section)
      .sort((a, b) => compare(places[section](a.order), places[section](b.order)))
  return { mine: of('mine'), offered: of('offered'), gone: of('gone'), done: of('done') }
}

export type Step = 'accept' | 'set-out' | 'arrive' | 'begin' | 'repair'
const next: Partial<Record<OrderView['state'], readonly Step[]>> = {
  dispatched: ['accept'],
  accepted: ['set-out', 'arrive'],
  'on-the-way': ['arrive'],
  arrived: ['begin', 'repair'],
  repairing: ['repair'],
}

/** What a crew can do next, the usual step first; empty when it is not theirs to do. */
export const nextSteps = (order: OrderView, crews: readonly string[]): readonly Step[] =>
  sectionOf(order, crews) === 'offered' || sectionOf(order, crews) === 'mine' ? (next[order.state] ?? []) : []

/** In whose name somebody of these crews acts. */
export const actingCrew = ({ holder, offer }: OrderView, crews: readonly string[]): string | undefined =>
  holder ? crews.find((crew) => crew === holder.crew) : crews.find((crew) => offer?.crews.includes(crew))

/** What a phone rings for. */
export interface Call {
  /** One for each time: whoever refused an order may be asked again. */
  name: string
  order: number
  class: OrderView['class']
  /** refuted: telemetry says that it is not mended, and the crew is the nearest to it. */
  type: 'offered' | 'refuted'
}

export const offersTo = (orders: readonly OrderView[], crews: readonly string[]): Call[] =>
  orders
    .filter((order) => sectionOf(order, crews) === 'offered')
    .map(({ id, class: of, offer }) => ({ name: `${id} ${offer?.at}`, order: id, class: of, type: 'offered' }))

/** Orders that a crew took for mended and are in its hands again; the log has its newest entry first. */
const refutedTo = (details: readonly OrderDetailView[], crews: readonly string[]): Call[] =>
  details.flatMap(({ order, log }) => {
    const [last] = log.items
    const isRefuted = last?.type === 'refute' && sectionOf(order, crews) === 'mine'
    return isRefuted ? [{ name: `${order.id} refuted ${last.id}`, order: order.id, class: order.class, type: 'refuted' as const }] : []
  })

export const callsTo = (details: readonly OrderDetailView[], crews: readonly string[]): Call[] => [
  ...offersTo(
    details.map(({ order }) => order),
    crews,
  ),
  ...refutedTo(details, crews),
]

/** The place on the road from acceptance to repair, from 0; -1 before it is accepted. */
export const bar = ['accepted', 'on-the-way', 'arrived', 'repairing', 'repaired'] as const
export const barPlace = ({ state }: OrderView): number =>
  state === 'verified' || state === 'closed' ? bar.length - 1 : (bar as readonly string[]).indexOf(state)
