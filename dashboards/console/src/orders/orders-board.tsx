import { useEffect } from 'preact/hooks'
import { orderClasses } from '../../../../src/dispatch/order.ts'
import type { OrderView } from '../../../../src/edges/http/order-schemas.ts'
import { formatFull, formatNumber } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { language, say, t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { of } from '../texts/order-figures.ts'
import { o } from '../texts/orders.ts'
import { type ColumnKey, columnKeys, columnOf, type OrderFilter, passes } from './board-columns.ts'
import { boardOrders, boardProblem, followOrders, shownSince, trips } from './board-state.ts'
import { crewName, loadCalled } from './crew-names.ts'
import { ClassMark, facilityWords, holderWords, OrderClock, stateWord } from './order-parts.tsx'

/** Cards in one column, and rows; the rest is counted. */
const MOST_CARDS = 100
const MOST_ROWS = 500

/** All orders that are not over, and those closed in the present shift or not long ago. */
export function OrdersBoard() {
  useEffect(followOrders, [])
  useEffect(() => void loadCalled(), [])
  const isList = query.value.get('view') === 'list'
  const filter: OrderFilter = {
    class: query.value.get('class') ?? '',
    district: query.value.get('district') ?? '',
    crew: query.value.get('crew') ?? '',
    q: query.value.get('q') ?? '',
  }
  const isDayBefore = query.value.get('closed') === 'day-before'
  const since = shownSince(serverNow.value, isDayBefore)
  const all = [...(boardOrders.value?.values() ?? [])].filter((order) => columnOf(order, since) !== null)
  const shown = all.filter((order) => passes(order, filter))
  return (
    <div class="orders">
      <header class="orders-head">
        <h1>{o().title}</h1>
        <span role="status">{boardOrders.value ? o().count(formatNumber(shown.length)) : t().loading}</span>
        <span class="grow" />
        <Filters all={all} filter={filter} />
        {isList && <DayBefore isOn={isDayBefore} />}
        <button type="button" class="button" aria-pressed={!isList} onClick={() => setQueries({ view: null }, false)}>
          {o().board}
        </button>
        <button type="button" class="button" aria-pressed={isList} onClick={() => setQueries({ view: 'list' }, false)}>
          {o().list}
        </button>
        <a class="button" href="/orders/figures">
          {of().open}
        </a>
        {may('report.enter') && (
          <a class="button" href="/reports">
            {o().reports}
          </a>
        )}
        <a class="button" href="/duty">
          {t().pageNames.duty}
        </a>
        <a class="button" href={`/api/orders/export?${exportQuery(filter)}`} download>
          {o().csv}
        </a>
      </header>
      {boardProblem.value && (
        <p class="problem" role="alert">
          {o().notLoaded} {boardProblem.value}
        </p>
      )}
      {isList ? <OrderTable orders={shown} /> : <Columns orders={shown} since={since} isDayBefore={isDayBefore} />}
    </div>
  )
}

function Filters({ all, filter }: { all: readonly OrderView[]; filter: OrderFilter }) {
  const districts = [...new Set(all.map(({ district }) => district))].filter(Boolean).sort()
  const crews = [...new Set(all.flatMap(({ holder, offer }) => (holder ? [holder.crew] : (offer?.crews ?? []))))].sort()
  const choice = (name: 'class' | 'district' | 'crew', options: readonly (readonly [string, string])[]) => (
    <label>
      {o()[name]}{' '}
      <select value={filter[name]} onChange={({ currentTarget }) => setQueries({ [name]: currentTarget.value || null })}>
        <option value="">{o().all}</option>
        {options.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  )
  return (
    <>
      {choice(
        'class',
        Object.entries(orderClasses).map(([key, title]) => [key, say(title)] as const),
      )}
      {choice(
        'district',
        districts.map((one) => [one, one] as const),
      )}
      {choice(
        'crew',
        crews.map((one) => [one, crewName(one)] as const),
      )}
      <input
        type="search"
        aria-label={o().search}
        placeholder={o().search}
        value={filter.q}
        onInput={({ currentTarget }) => setQueries({ q: currentTarget.value || null })}
      />
    </>
  )
}

const placeOf = ({ id }: OrderView) => trips.value.get(id)?.place ?? Number.POSITIVE_INFINITY
const sorters: Readonly<Record<ColumnKey, (a: OrderView, b: OrderView) => number>> = {
  open: (a, b) => placeOf(a) - placeOf(b) || a.id - b.id,
  dispatched: (a, b) => placeOf(a) - placeOf(b) || a.id - b.id,
  accepted: (a, b) => a.arriveBy - b.arriveBy,
  underWay: (a, b) => a.repairBy - b.repairBy,
  repaired: (a, b) => (a.repair?.at ?? 0) - (b.repair?.at ?? 0),
  done: (a, b) => (b.closed ?? Number.POSITIVE_INFINITY) - (a.closed ?? Number.POSITIVE_INFINITY) || b.id - a.id,
}

/** Shows what was closed since the day before began, or not. */
function DayBefore({ isOn }: { isOn: boolean }) {
  return (
    <button type="button" class="button" aria-pressed={isOn} onClick={() => setQueries({ closed: isOn ? null : 'day-before' }, false)}>
      {o().dayBefore}
    </button>
  )
}

function Columns({ orders, since, isDayBefore }: { orders: readonly OrderView[]; since: number; isDayBefore: boolean }) {
  const byColumn = Map.groupBy(orders, (order) => columnOf(order, since) as ColumnKey)
  return (
    <div class="orders-board">
      {columnKeys.map((key) => {
        const own = (byColumn.get(key) ?? []).toSorted(sorters[key])
        return (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <section key={key} class="panel orders-column" aria-label={o().columns[key]} tabIndex={0}>
            <h2>
              {o().columns[key]} <span class="muted">{formatNumber(own.length)}</span>
            </h2>
            {key === 'done' && (
              <p class="muted small closed-since">
                {o().closedSince(formatFull(since))} <DayBefore isOn={isDayBefore} />
              </p>
            )}
            {own.length === 0 && <p class="muted">{o().none}</p>}
            <ul>
              {own.slice(0, MOST_CARDS).map((order) => (
                <Card key={order.id} order={order} />
              ))}
            </ul>
            {own.length > MOST_CARDS && <p class="muted">{o().more(formatNumber(own.length - MOST_CARDS))}</p>}
          </section>
        )
      })}
    </div>
  )
}

function Card({ order }: { order: OrderView }) {
  const { gain = 0, distance = null } = trips.value.get(order.id) ?? {}
  const waits = order.state === 'open' || order.state === 'dispatched'
  const facts = [
    order.district,
    order.alarms.length > 0 && o().alarms(order.alarms.length),
    order.relapses > 0 && o().relapses(order.relapses),
  ]
  return (
    <li class="order-card">
      <ClassMark order={order} /> <span class="muted">#{order.id}</span> {order.keyArea && <span class="tag">{o().keyArea}</span>}
      <a href={`/orders/${order.id}`}>{say(order.title)}</a>
      <p>{facilityWords(order)}</p>
      <p class="muted">{facts.filter(Boolean).join(' · ')}</p>
      {holderWords(order) && <p>{holderWords(order)}</p>}
      <p>{columnOf(order, 0) === 'done' ? doneWords(order) : <OrderClock order={order} />}</p>
      {waits && <p class="muted">{tripWords(gain, distance)}</p>}
    </li>
  )
}

/** What became of it, and when it was closed. */
const doneWords = (order: OrderView): string =>
  order.closed === null ? stateWord(order) : `${stateWord(order)} · ${formatFull(order.closed)}`

/** What a trip gains, and how far it is; from a kilometre on with one decimal. */
function tripWords(gain: number, distance: number | null): string {
  const way = distance === null ? null : distance < 1000 ? `${formatNumber(distance)} m` : `${formatNumber(distance / 1000, 1)} km`
  return [gain > 0 && o().gain(formatNumber(gain)), way && o().way(way)].filter(Boolean).join(' · ')
}

function OrderTable({ orders }: { orders: readonly OrderView[] }) {
  const rows = orders.toSorted((a, b) => placeOf(a) - placeOf(b) || b.id - a.id)
  return (
    <>
      <ScrollTable label={o().title} titles={o().heads}>
        {rows.slice(0, MOST_ROWS).map((order) => (
          <tr key={order.id}>
            <td>
              <a href={`/orders/${order.id}`}>{order.id}</a>
            </td>
            <td>
              <ClassMark order={order} />
            </td>
            <td>{stateWord(order)}</td>
            <td>{say(order.title)}</td>
            <td>{facilityWords(order)}</td>
            <td>{order.district}</td>
            <td>{holderWords(order)}</td>
            <td>
              <OrderClock order={order} />
            </td>
            <td>{formatFull(order.created)}</td>
          </tr>
        ))}
      </ScrollTable>
      {rows.length > MOST_ROWS && <p class="muted">{o().more(formatNumber(rows.length - MOST_ROWS))}</p>}
    </>
  )
}

/** What of the filter the export knows too. */
function exportQuery({ district, crew }: OrderFilter): string {
  return new URLSearchParams({ mark: 'true', language: language.value, ...(district && { district }), ...(crew && { crew }) }).toString()
}
