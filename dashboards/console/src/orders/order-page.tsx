import { useEffect, useState } from 'preact/hooks'
import { isHeld, isOver } from '../../../../src/dispatch/order.ts'
import type { OrderDetailView, OrderLogView, OrderView } from '../../../../src/edges/http/order-schemas.ts'
import { OrderReports } from '../../../shared/order-reports.tsx'
import { logWords, orderStepWords } from '../../../shared/order-step-words.ts'
import { formatDateTime, formatFull, formatMinutes } from '../format.ts'
import { link, toldOrders } from '../live/live.ts'
import { textOfPlace } from '../map/map-address.ts'
import { say, t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { useKeys } from '../shell/keys.ts'
import { navigate } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { StateSymbol } from '../symbols.tsx'
import { o } from '../texts/orders.ts'
import { alarmTitle } from '../wall/alarm-row.tsx'
import { crewName, loadCalled, personName } from './crew-names.ts'
import { type OrderStep, StepDialog } from './order-dialogs.tsx'
import { ClassMark, holderWords, OrderClock, stateWord } from './order-parts.tsx'
import { getOrder } from './orders-api.ts'

/** One order with all that belongs to it. */
export function OrderPage({ id }: { id: number }) {
  const { answer, problem, again } = useAnswer(() => getOrder(id), `${id} ${link.value === 'disconnected'}`)
  useEffect(() => toldOrders.subscribe(({ orders, gone }) => (gone.includes(id) || orders.some((one) => one.id === id)) && again()), [id])
  useEffect(() => void loadCalled(), [])
  useKeys({ Escape: () => navigate('/orders') })
  if (!answer) return <p class="muted">{problem || t().loading}</p>
  return <Shown detail={answer} />
}

/** What may be done with an order as it stands. */
function stepsOf({ state, facilities }: OrderView): OrderStep[] {
  if (isOver(state)) return ['reopen', 'note']
  const isMended = state === 'repaired' || state === 'verified'
  return [
    ...((state === 'open' || state === 'dispatched' ? ['dispatch'] : []) as OrderStep[]),
    ...((state === 'repaired' ? ['verify'] : []) as OrderStep[]),
    ...(((isHeld(state) && !isMended) || state === 'dispatched' ? ['recall'] : []) as OrderStep[]),
    'close',
    'note',
    'reclassify',
    ...((isMended ? [] : ['merge', 'reject']) as OrderStep[]),
    ...((facilities.length > 1 ? ['split'] : []) as OrderStep[]),
  ]
}

function Shown({ detail }: { detail: OrderDetailView }) {
  const { order, facilities, alarms, photos } = detail
  const [asking, ask] = useState<OrderStep | null>(null)
  const steps = may('order.dispatch') ? stepsOf(order) : []
  useKeys({ d: () => steps.includes('dispatch') && ask('dispatch') })
  const isOff = link.value === 'disconnected'
  return (
    <div class="order-page">
      <p>
        <a href="/orders">← {o().back}</a>
      </p>
      <section class="panel">
        <h1>
          {o().order(order.id)} · {say(order.title)}
        </h1>
        <p>
          <ClassMark order={order} /> <span class="tag">{stateWord(order)}</span> {order.keyArea && <span class="tag">{o().keyArea}</span>}{' '}
          <OrderClock order={order} />
          {order.state === 'repaired' && <span class="muted">{o().verifying}</span>}
        </p>
        <div class="buttons">
          {steps.map((step) => (
            <button
              key={step}
              type="button"
              class={step === 'dispatch' || step === 'verify' ? 'button primary' : 'button'}
              aria-disabled={isOff}
              onClick={() => ask(step)}
            >
              {o()[step]}… {step === 'dispatch' && <kbd>D</kbd>}
            </button>
          ))}
        </div>
        <Facts order={order} />
      </section>
      <div class="order-parts">
        <section class="panel">
          <h2>{o().facilitiesTitle}</h2>
          <ul class="log">
            {facilities.map(({ id, name, kindTitle, road, position }) => (
              <li key={id}>
                <a href={`/facilities/${encodeURIComponent(id)}`}>{name || id}</a> · {say(kindTitle)} {road && `· ${road}`}{' '}
                {position && (
                  <a href={`/map?at=${textOfPlace({ longitude: position[0] as number, latitude: position[1] as number, zoom: 17 })}`}>
                    {o().onMap}
                  </a>
                )}
              </li>
            ))}
          </ul>
          {order.elsewhere > 0 && <p class="muted">{o().elsewhere(order.elsewhere)}</p>}
          <h2>{o().alarmsTitle}</h2>
          <ul class="order-alarms">
            {alarms.map((alarm) => (
              <li key={alarm.id}>
                <StateSymbol state={alarm.priority} look="acknowledged" size={16} /> {t().priorities[alarm.priority]} ·{' '}
                <a href={`/alarms/${alarm.id}`}>{alarmTitle(alarm)}</a> · {alarm.facility} · {formatDateTime(alarm.activated)}
              </li>
            ))}
          </ul>
          {alarms.length === 0 && <p class="muted">{o().none}</p>}
          <OrderReports reports={detail.reports} pageOf={may('report.enter') ? (id) => `/reports/${id}` : undefined} />
          {photos.length > 0 && <h2>{o().photosTitle}</h2>}
          <div class="order-photos">
            {photos.map(({ id, at, by }) => (
              <a key={id} href={`/api/orders/${order.id}/photos/${id}`} target="_blank" rel="noopener">
                <img src={`/api/orders/${order.id}/photos/${id}`} alt={o().photo(formatFull(at), personName(by))} loading="lazy" />
              </a>
            ))}
          </div>
        </section>
        <Log key={order.version} detail={detail} />
      </div>
      {asking && <StepDialog step={asking} order={order} onClose={() => ask(null)} />}
    </div>
  )
}

const measuresWords = ({ measures }: OrderView): string | false =>
  measures !== null &&
  [
    formatFull(measures.by),
    say({ zh: measures.plan, en: measures.planEn }),
    ...(measures.takenAt === null ? [] : [`${o().measuresTaken} ${formatFull(measures.takenAt)}`]),
  ].join(' · ')

function Facts({ order }: { order: OrderView }) {
  const { repair, verification } = order
  const facts: readonly (readonly [string, string | false])[] = [
    [o().made, `${o().madeBy(formatFull(order.created), nameOf(order.createdBy))} · ${o().origins[order.origin]}`],
    [o().district, order.district],
    [o().who, holderWords(order) || o().nobody],
    [o().arriveBy, formatFull(order.arriveBy)],
    [o().repairBy, formatFull(order.repairBy)],
    [o().measuresBy, measuresWords(order)],
    [
      o().repair,
      repair !== null &&
        [
          formatFull(repair.at),
          personName(repair.by),
          repair.cause,
          formatMinutes(repair.minutes),
          ...repair.parts.map(({ name, count }) => `${count} × ${name}`),
        ]
          .filter(Boolean)
          .join(' · '),
    ],
    [
      o().verification,
      verification !== null && [formatFull(verification.at), nameOf(verification.by), verification.words].filter(Boolean).join(' · '),
    ],
    [o().reason, order.reason],
  ]
  return (
    <dl class="facts">
      {facts.map(
        ([title, words]) =>
          words && (
            <>
              <dt>{title}</dt>
              <dd>{words}</dd>
            </>
          ),
      )}
      {order.mergedInto !== null && (
        <>
          <dt>{o().mergedInto}</dt>
          <dd>
            <a href={`/orders/${order.mergedInto}`}>{o().order(order.mergedInto)}</a>
          </dd>
        </>
      )}
    </dl>
  )
}

const nameOf = (by: string) => o().by[by] ?? personName(by)
/** Heard so much later than done, it was out of reach, ms. */
const LATE = 60_000

function LogLine({ line }: { line: OrderLogView }) {
  const { at, recorded, by, crew, type } = line
  const words = logWords(line, crewName)
  return (
    <li>
      <time>{formatDateTime(at)}</time> <b>{orderStepWords[type] ? say(orderStepWords[type]) : type}</b>{' '}
      {[nameOf(by), crew && crewName(crew)].filter(Boolean).join(o().comma)}
      {words && <> · {words}</>}
      {recorded - at > LATE && <span class="muted"> · {o().heardLater(formatDateTime(recorded))}</span>}
    </li>
  )
}

function Log({ detail }: { detail: OrderDetailView }) {
  const [older, setOlder] = useState<OrderDetailView['log']>({ items: [], next: detail.log.next })
  const more = async (before: number) => {
    const { log } = await getOrder(detail.order.id, before)
    setOlder({ items: [...older.items, ...log.items], next: log.next })
  }
  const { next } = older
  return (
    <section class="panel">
      <h2>{o().logTitle}</h2>
      <ol class="order-log">
        {[...detail.log.items, ...older.items].map((line) => (
          <LogLine key={line.id} line={line} />
        ))}
      </ol>
      {next !== null && (
        <button type="button" class="button" onClick={() => void more(next)}>
          {o().older}
        </button>
      )}
    </section>
  )
}
