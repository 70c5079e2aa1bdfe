import { useState } from 'preact/hooks'
import type { OrderDetailView } from '../../../../src/edges/http/order-schemas.ts'
import { say } from '../../../shared/preferences.ts'
import { c } from '../texts.ts'
import { sheet } from './order-steps.tsx'
import { isLamp } from './order-words.ts'
import { Mark } from './symbols.tsx'

/** Of a feeder with hundreds of lamps these are listed at first. */
const FIRST = 8

/** What is to be repaired, with the state that the control room sees. */
export function Facilities({ detail, mayTest }: { detail: OrderDetailView; mayTest: boolean }) {
  const [all, setAll] = useState(false)
  const { facilities, order } = detail
  return (
    <section class="part" aria-label={c().lamps(facilities.length)}>
      <h3>{c().lamps(facilities.length)}</h3>
      <ul class="facilities">
        {(all ? facilities : facilities.slice(0, FIRST)).map(({ id, name, kindTitle, road, state, circuit }) => (
          <li key={id}>
            <Mark state={state} size={24} />
            <span class="grow">
              <b>{name || id}</b>{' '}
              <span class="muted">{[say(kindTitle), id, road, circuit && `#${circuit}`].filter(Boolean).join(' · ')}</span>
            </span>
            <span>{c().facilityStates[state]}</span>
          </li>
        ))}
      </ul>
      {!all && facilities.length > FIRST && (
        <button type="button" class="button wide" onClick={() => setAll(true)}>
          {c().showAll(facilities.length)}
        </button>
      )}
      {mayTest && facilities.some(isLamp) && (
        <button
          type="button"
          class="button wide"
          onClick={() => {
            sheet.value = { order: order.id, sheet: 'lamp-test' }
          }}
        >
          {c().testTitle}
        </button>
      )}
      {order.elsewhere > 0 && <p class="muted">{c().elsewhere(order.elsewhere)}</p>}
    </section>
  )
}
