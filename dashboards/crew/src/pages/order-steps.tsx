import { signal } from '@preact/signals'
import type { OrderView } from '../../../../src/edges/http/order-schemas.ts'
import { bar, barPlace, type Step } from '../order/my-orders.ts'
import { navigate, orderPath } from '../router.ts'
import { act } from '../state.ts'
import { c } from '../texts.ts'

/** How far an order is, as shape and word. */
export function Progress({ order }: { order: OrderView }) {
  const place = barPlace(order)
  if (place < 0) return null
  return (
    <ol class="progress">
      {bar.map((state, i) => (
        <li key={state} class={i < place ? 'past' : i === place ? 'here' : ''} aria-current={i === place ? 'step' : undefined}>
          {c().bar[i]}
        </li>
      ))}
    </ol>
  )
}

/** What is asked for in a sheet over the page. */
export type Sheet = 'decline' | 'hand-back' | 'note' | 'repair' | 'lamp-test'
export const sheet = signal<{ order: number; sheet: Sheet } | null>(null)

/** A second tap of the same finger must not take the step that has come to lie under it: none is taken back, ms. */
const REST = 700
/** Steps rest after one was taken. */
export const resting = signal(false)

/** Takes a step, or asks first for what it needs. */
export function takeStep(order: number, step: Step, crew?: string): void {
  resting.value = true
  setTimeout(() => {
    resting.value = false
  }, REST)
  if (step !== 'repair') {
    if (crew) void act(order, crew, { type: step })
    return
  }
  navigate(orderPath(order))
  sheet.value = { order, sheet: 'repair' }
}
