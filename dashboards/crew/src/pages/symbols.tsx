import { orderClasses } from '../../../../src/dispatch/order.ts'
import type { OrderFacilityView, OrderView } from '../../../../src/edges/http/order-schemas.ts'
import { classSymbol } from '../../../shared/order-clock.ts'
import { hollow, numbers, shapes } from '../../../shared/palette.ts'
import { say } from '../../../shared/preferences.ts'

/** The symbol of a state, as on the wall; always beside its word. */
export function Mark({ state, size = 26 }: { state: OrderFacilityView['state']; size?: number }) {
  return (
    <svg class={hollow[state] ? 'mark hollow' : 'mark'} width={size} height={size} viewBox="-2 -2 28 28" aria-hidden="true">
      <path d={shapes[state]} style={{ '--colour': `var(--${state})` }} />
      {numbers[state] && (
        <text x="12" y={state === 'high' ? 19 : 17} text-anchor="middle" style={{ fill: `var(--${state}-ink)` }}>
          {numbers[state]}
        </text>
      )}
    </svg>
  )
}

export const ClassMark = ({ order }: { order: Pick<OrderView, 'class'> }) => (
  <span class="class-mark">
    <Mark state={classSymbol[order.class]} /> <b>{say(orderClasses[order.class])}</b>
  </span>
)
