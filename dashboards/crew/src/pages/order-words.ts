import type { OrderDetailView, OrderView } from '../../../../src/edges/http/order-schemas.ts'
import { formatDuration } from '../../../shared/format.ts'
import { clockOf } from '../../../shared/order-clock.ts'
import { language } from '../../../shared/preferences.ts'
import type { Place } from '../order/map-links.ts'
import { directionTo, metresBetween } from '../order/sketch.ts'
import { ownPlace } from '../phone/position.ts'
import { serverNow } from '../state.ts'
import { c } from '../texts.ts'

const NEAR = 1000

export const isLamp = ({ kind }: OrderDetailView['facilities'][number]): boolean => kind === 'street-light'

export const placeOf = (position: readonly number[] | null): Place | null =>
  position && position.length === 2 ? (position as unknown as Place) : null

export function metres(length: number): string {
  return length < NEAR ? `${Math.round(length / 10) * 10} m` : `${(length / 1000).toFixed(1)} km`
}

/** How far the first place of an order is, and where to; empty while either is unknown. */
export function awayWords({ facilities }: OrderDetailView): string {
  const own = ownPlace.value
  const place = placeOf(facilities[0]?.position ?? null)
  if (!own || !place) return ''
  const direction = c().directions[directionTo(own.place, place)] ?? ''
  return c().away(metres(metresBetween(own.place, place)), direction)
}

/** District, road, and how many places. */
export function placeWords({ order, facilities }: OrderDetailView): string {
  const [first] = facilities
  const many = order.facilities.length + order.elsewhere
  return [order.district, first?.road, many > 1 ? c().places(many) : first?.name || first?.id].filter(Boolean).join(' · ')
}

/** The clock that runs; `late`: it has run out. */
export function clockWords(order: OrderView): { text: string; late: boolean } | null {
  const now = serverNow.value
  if (order.state === 'dispatched' && order.offer) {
    const left = order.offer.until - now
    return left > 0 ? { text: c().answerIn(formatDuration(left)), late: false } : { text: c().answerOver, late: true }
  }
  const clock = clockOf(order, now)
  if (!clock) return null
  const time = formatDuration(Math.abs(clock.left))
  const late = clock.left < 0
  if (clock.type === 'measures') return { text: late ? c().measuresLate(time) : c().measuresIn(time), late }
  if (clock.type === 'arrive') return { text: late ? c().arriveLate(time) : c().arriveIn(time), late }
  return { text: late ? c().repairLate(time) : c().repairIn(time), late }
}

/** What was tried: a lamp is told a level, a cabinet the number of a circuit. */
export const testWords = (command: string, value: number | string | null): string =>
  [c().testNames[command] ?? command, command === 'dim' ? `${value} %` : value].filter((part) => part !== null).join(' ')

const units = [
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
] as const
export function bytes(count: number): string {
  const [of, unit] = units.find(([size]) => count >= size) ?? [1, 'B']
  return `${new Intl.NumberFormat(language.value, { maximumFractionDigits: count >= 10 * of ? 0 : 1 }).format(count / of)} ${unit}`
}
