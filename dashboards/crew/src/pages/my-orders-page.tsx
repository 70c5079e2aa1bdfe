import { orderStates } from '../../../../src/dispatch/order.ts'
import { say } from '../../../shared/preferences.ts'
import { session } from '../../../shared/session.ts'
import { actingCrew, sections as allSections, nextSteps, sectionOf } from '../order/my-orders.ts'
import type { ShownOrder } from '../order/pending.ts'
import { orderPath } from '../router.ts'
import { crewIds, kept, reach, sections } from '../state.ts'
import { c } from '../texts.ts'
import { Progress, resting, takeStep } from './order-steps.tsx'
import { awayWords, clockWords, placeWords } from './order-words.ts'
import { PushAsk } from './push-ask.tsx'
import { ClassMark } from './symbols.tsx'
import { WayLink } from './where.tsx'

/** One order in the list, with its next step. */
function Card({ shown }: { shown: ShownOrder }) {
  const { order, detail, waiting } = shown
  const crews = crewIds.value
  const section = sectionOf(order, crews)
  const [step] = nextSteps(order, crews)
  const crew = actingCrew(order, crews)
  const clock = clockWords(order)
  return (
    <li class={`card ${order.class}`}>
      <a class="card-head" href={orderPath(order.id)}>
        <span class="card-line">
          <ClassMark order={order} />
          <span class="grow" />
          <span class="muted">{section === 'mine' || section === 'offered' ? '' : say(orderStates[order.state])}</span>
          <span class="muted">#{order.id}</span>
        </span>
        <b class="card-title">{say(order.title)}</b>
        <span>{[placeWords(detail), awayWords(detail)].filter(Boolean).join(' · ')}</span>
        {clock && <span class={clock.late ? 'late' : 'muted'}>{clock.text}</span>}
        {waiting.length > 0 && <span class="waits">{c().toSend(waiting.length)}</span>}
      </a>
      {section === 'mine' && <Progress order={order} />}
      {step && crew && (
        <div class="card-steps row">
          <button type="button" class="button step" disabled={resting.value} onClick={() => takeStep(order.id, step, crew)}>
            {c().steps[step]}
          </button>
          <WayLink detail={detail} />
        </div>
      )}
    </li>
  )
}

export function MyOrders() {
  const all = sections.value
  const isEmpty = allSections.every((section) => all[section].length === 0)
  const mayWork = !session.value || session.value.permissions.includes('order.work')
  if (!mayWork) return <p class="empty">{c().noRole}</p>
  if (!kept.value || kept.value.at === 0) return <p class="empty">{reach.value === 'none' ? c().noAnswer : c().loading}</p>
  if (kept.value.crews.length === 0) return <p class="empty">{c().noCrew}</p>
  return (
    <>
      {isEmpty && <p class="empty">{c().none}</p>}
      {allSections
        // What is offered counts minutes, and stands above what is in hand.
        .toSorted((a, b) => Number(b === 'offered') - Number(a === 'offered'))
        .map(
          (section) =>
            all[section].length > 0 && (
              <section key={section} aria-label={c().sections[section]}>
                <h2>
                  {c().sections[section]} <span class="muted">{all[section].length}</span>
                </h2>
                <ul class="cards">
                  {all[section].map((shown) => (
                    <Card key={shown.order.id} shown={shown} />
                  ))}
                </ul>
              </section>
            ),
        )}
      <PushAsk />
    </>
  )
}
