import { useEffect } from 'preact/hooks'
import { isHeld, orderStates } from '../../../../src/dispatch/order.ts'
import { formatDuration, formatHour, formatWhen } from '../../../shared/format.ts'
import { OrderReports } from '../../../shared/order-reports.tsx'
import { logWords, orderStepWords } from '../../../shared/order-step-words.ts'
import { say } from '../../../shared/preferences.ts'
import { actingCrew, nextSteps, sectionOf } from '../order/my-orders.ts'
import type { OutboxEntry } from '../order/outbox.ts'
import type { ShownOrder } from '../order/pending.ts'
import { seen } from '../phone/alarm.ts'
import { crewIds, crewName, reach, serverNow, shown } from '../state.ts'
import { c } from '../texts.ts'
import { Facilities } from './facilities.tsx'
import { Progress, resting, sheet, takeStep } from './order-steps.tsx'
import { awayWords, clockWords, placeWords } from './order-words.ts'
import { PhotoButton, Photos } from './photos.tsx'
import { Sheets } from './sheets.tsx'
import { ClassMark } from './symbols.tsx'
import { Where } from './where.tsx'

export function OrderPage({ id }: { id: number }) {
  useEffect(() => seen(id), [id])
  const found = shown.value.find(({ order }) => order.id === id)
  if (!found) return <p class="empty">{reach.value === 'ok' ? c().gone : c().goneOffline}</p>
  return <Order shown={found} />
}

function Order({ shown: { order, detail, waiting } }: { shown: ShownOrder }) {
  const crews = crewIds.value
  const section = sectionOf(order, crews)
  const crew = actingCrew(order, crews)
  const steps = nextSteps(order, crews)
  const clock = clockWords(order)
  const [step, other] = steps
  const open = (which: 'decline' | 'hand-back' | 'note') => {
    sheet.value = { order: order.id, sheet: which }
  }
  // Whoever mended it may still add a picture or a word.
  const mayTest = crew !== undefined && isHeld(order.state)
  const mayAdd = crew !== undefined && section !== 'gone'
  return (
    <article class={`order ${order.class}`}>
      <div class="order-head">
        <span class="card-line">
          <ClassMark order={order} />
          {order.keyArea && <span class="tag">{c().keyArea}</span>}
          {order.relapses > 0 && <span class="tag">{c().relapses(order.relapses)}</span>}
          <span class="grow" />
          <b>{say(orderStates[order.state])}</b>
        </span>
        <h2 class="order-title">{say(order.title)}</h2>
        <p>{[placeWords(detail), awayWords(detail)].filter(Boolean).join(' · ')}</p>
        {clock && <p class={clock.late ? 'late' : 'muted'}>{clock.text}</p>}
        {order.state === 'repaired' && <p class="muted">{c().verifying}</p>}
        {section === 'gone' && <p class="late">{c().gone}</p>}
      </div>
      <OrderReports reports={detail.reports} />
      <Progress order={order} />
      <Where detail={detail} />
      <Facilities detail={detail} mayTest={mayTest} />
      <Photos detail={detail} waiting={waiting} crew={crew} />
      <Log detail={detail} waiting={waiting} />
      {section === 'offered' && (
        <button type="button" class="button wide" onClick={() => open('decline')}>
          {c().decline}
        </button>
      )}
      {section === 'mine' && (
        <div class="row">
          {other && crew && (
            <button type="button" class="button grow" disabled={resting.value} onClick={() => takeStep(order.id, other, crew)}>
              {c().steps[other]}
            </button>
          )}
          <button type="button" class="button grow" onClick={() => open('hand-back')}>
            {c().handBack}
          </button>
        </div>
      )}
      {mayAdd && crew && (
        <div class="foot">
          {section !== 'offered' && (
            <div class="row">
              <PhotoButton order={order.id} crew={crew} />
              <button type="button" class="button grow" onClick={() => open('note')}>
                {c().note}
              </button>
            </div>
          )}
          {step && (
            <button type="button" class="button step" disabled={resting.value} onClick={() => takeStep(order.id, step, crew)}>
              {c().steps[step]}
            </button>
          )}
        </div>
      )}
      {crew && <Sheets order={order} detail={detail} crew={crew} />}
    </article>
  )
}

const stepWord = (type: string): string => (orderStepWords[type] ? say(orderStepWords[type]) : type)

function wordsOf(entry: OutboxEntry): { type: string; words: string; at: number } {
  if (entry.type === 'photo') return { type: 'photo', words: '', at: entry.at }
  if (entry.type === 'check-in') return { type: 'check-in', words: entry.name, at: entry.checkIn.at }
  const { action } = entry
  const words = 'text' in action ? action.text : 'reason' in action ? action.reason : 'cause' in action ? action.cause : ''
  return { type: action.type, words, at: action.at }
}

/** What has happened, the newest first; on top what only this phone knows. */
function Log({ detail, waiting }: Pick<ShownOrder, 'detail' | 'waiting'>) {
  const now = serverNow.value
  const { repair } = detail.order
  return (
    <details class="part">
      <summary>{c().log}</summary>
      <ul class="log">
        {waiting
          .map((entry) => ({ ...wordsOf(entry), seq: entry.seq }))
          .reverse()
          .map(({ type, words, at, seq }) => (
            <li key={seq}>
              <b>{stepWord(type)}</b> {words} <span class="muted">{formatWhen(at, now)}</span> <span class="waits">{c().waitsHere}</span>
            </li>
          ))}
        {detail.log.items.map(({ id, type, words, at, by, crew }) => (
          <li key={id}>
            <b>{stepWord(type)}</b> {logWords({ type, by, words }, crewName)}{' '}
            <span class="muted">
              {formatWhen(at, now)} {crew ? `${by}, ${crewName(crew)}` : by}
            </span>
          </li>
        ))}
      </ul>
      {repair && (
        <p class="muted">
          {repair.cause} · {formatDuration(repair.minutes * 60_000)} · {formatHour(repair.at)}
        </p>
      )}
    </details>
  )
}
