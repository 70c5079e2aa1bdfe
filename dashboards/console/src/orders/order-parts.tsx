import { orderClasses, orderStates } from '../../../../src/dispatch/order.ts'
import type { OrderView } from '../../../../src/edges/http/order-schemas.ts'
import { classSymbol, clockOf } from '../../../shared/order-clock.ts'
import { formatDue, formatDuration } from '../format.ts'
import { facilityById, serverNow } from '../live/live.ts'
import { say } from '../settings.ts'
import { StateSymbol } from '../symbols.tsx'
import { o } from '../texts/orders.ts'
import { crewName, personName } from './crew-names.ts'

/** Class as shape and word. */
export function ClassMark({ order }: { order: Pick<OrderView, 'class'> }) {
  return (
    <span class="order-class">
      <StateSymbol state={classSymbol[order.class]} look="acknowledged" size={18} /> {say(orderClasses[order.class])}
    </span>
  )
}

export const stateWord = ({ state }: Pick<OrderView, 'state'>): string => say(orderStates[state])

/** The clock that runs, in words; overdue stands out by its frame. */
export function OrderClock({ order }: { order: OrderView }) {
  const clock = clockOf(order, serverNow.value)
  if (!clock) return null
  const time = formatDuration(Math.abs(clock.left))
  const words = {
    arrive: [o().arriveIn, o().arriveLate],
    repair: [o().repairIn, o().repairLate],
    measures: [o().measuresIn, o().measuresLate],
  } as const
  const [ahead, late] = words[clock.type]
  return clock.left < 0 ? <span class="tag order-late">{late(time)}</span> : <span class="muted">{ahead(time)}</span>
}

/** Who has it, or is asked. */
export const holderWords = ({ holder, offer }: Pick<OrderView, 'holder' | 'offer'>): string =>
  holder
    ? o().with(crewName(holder.crew), personName(holder.person))
    : offer
      ? o().asked(offer.crews.map(crewName).join(o().comma), formatDue(offer.until, serverNow.value))
      : ''

export function facilityWords({ facilities }: Pick<OrderView, 'facilities'>): string {
  const [first = ''] = facilities
  return o().facilities(facilityById.value.get(first)?.name || first, facilities.length - 1)
}
