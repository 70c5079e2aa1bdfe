import { useMemo } from 'preact/hooks'
import { type OrderClass, type OrderOrigin, orderClasses } from '../../../../src/dispatch/order.ts'
import type { FiguresOfView, OrderFiguresView } from '../../../../src/edges/http/order-schemas.ts'
import { cityOffset } from '../city-time.ts'
import { csvText } from '../csv-text.ts'
import { formatDuration, formatFull, formatNumber } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { csvBlob, download } from '../shell/download.ts'
import { tell } from '../shell/notice.tsx'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { of } from '../texts/order-figures.ts'
import { o } from '../texts/orders.ts'
import { wallText } from '../time/wall-time.ts'
import { type FigureGroup, figureGroups, figureRows } from './figures-csv.ts'
import { boundsOf, type FigureRange, figureRanges, readTime } from './figures-time.ts'
import { getCrewNames, getOrderFigures } from './orders-api.ts'

type Figures = Omit<FiguresOfView, 'key'>
type Span = Figures['repair']
/** What is written for the key of a group. */
type NameOf = (group: FigureGroup, key: string) => string

/** Figures, and what crews are called. */
async function load(bounds: ReturnType<typeof boundsOf>) {
  if (!bounds) return null
  const [figures, crews] = await Promise.all([getOrderFigures(bounds.from, bounds.to), getCrewNames()])
  return { figures, crews }
}

/** What became of the orders of a time, on one sheet. */
export function OrderFigures() {
  const key = ['range', 'from', 'to'].map((name) => query.value.get(name) ?? '').join(' ')
  // Of a page that was opened, not of every second.
  const bounds = useMemo(() => boundsOf(readTime(query.peek()), serverNow.peek(), cityOffset()), [key])
  const { answer, problem } = useAnswer(() => load(bounds), key)
  const { figures = null, crews = new Map<string, string>() } = answer ?? {}
  const nameOf: NameOf = (group, key) => wordsFor(group, key) ?? ((group === 'crews' && crews.get(key)) || key || of().nobody)
  return (
    <div class="stack order-figures">
      <div class="list-bar">
        <h1>{of().title}</h1>
        <TimeChoice />
        <span class="grow" />
        <a class="button" href="/orders">
          {of().toBoard}
        </a>
        {figures && (
          <button type="button" class="button" onClick={() => save(figures, nameOf)}>
            {of().csv}
          </button>
        )}
        <button type="button" class="button" onClick={() => print()}>
          {of().print}
        </button>
      </div>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {!bounds && (
        <p class="problem" role="alert">
          {of().wrongDates}
        </p>
      )}
      {bounds && !figures && !problem && <p class="muted hint">{t().loading}</p>}
      {bounds && figures && <Sheet figures={figures} nameOf={nameOf} />}
    </div>
  )
}

function TimeChoice() {
  const time = readTime(query.value)
  const offset = cityOffset()
  const { from, to } = boundsOf(time, serverNow.peek(), offset) ?? { from: serverNow.peek(), to: serverNow.peek() }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const given = { from: String(form.get('from')), to: String(form.get('to')) }
    if (boundsOf(given, serverNow.peek(), offset)) setQueries({ range: null, ...given }, false)
    else tell(of().wrongDates, true)
  }
  return (
    <>
      <fieldset class="together plain" aria-label={of().range}>
        {(Object.keys(figureRanges) as FigureRange[]).map((name) => (
          <button
            key={name}
            type="button"
            class="button"
            aria-pressed={'range' in time && time.range === name}
            onClick={() => setQueries({ range: name, from: null, to: null }, false)}
          >
            {of().ranges[name]}
          </button>
        ))}
      </fieldset>
      <form class="together figures-days" onSubmit={submit}>
        <label>
          {of().from} <input type="date" name="from" required defaultValue={wallText(from, offset).slice(0, 10)} />
        </label>
        <label>
          {of().to} <input type="date" name="to" required defaultValue={wallText(to - 1, offset).slice(0, 10)} />
        </label>
        <button type="submit" class="button">
          {of().show}
        </button>
      </form>
    </>
  )
}

function Sheet({ figures, nameOf }: { figures: OrderFiguresView; nameOf: NameOf }) {
  const { all, from, to, leftOut, complete } = figures
  return (
    <>
      <section class="panel" aria-label={of().title}>
        <p>
          {of().period(formatFull(from), formatFull(to))} <span class="muted">{leftOut > 0 && of().leftOut(formatNumber(leftOut))}</span>
        </p>
        {!complete && (
          <p class="problem" role="alert">
            {of().incomplete}
          </p>
        )}
        {all.made === 0 ? <p>{of().none}</p> : <Measures figures={all} />}
        <p class="muted">{of().how}</p>
      </section>
      {all.made > 0 && figureGroups.map((group) => <Group key={group} group={group} figures={figures[group]} nameOf={nameOf} />)}
    </>
  )
}

function Measures({ figures }: { figures: Figures }) {
  const { made, closed, accept, arrive, repair, inTime, tried, firstTime, relapses } = figures
  const spans = [
    [of().accept, accept],
    [of().arrive, arrive],
    [of().repair, repair],
  ] as const
  return (
    <dl class="measures">
      <Measure name={of().made} value={formatNumber(made)} notes={[`${of().closed}: ${formatNumber(closed)}`]} />
      {spans.map(([name, span]) => (
        <Measure
          key={name}
          name={name}
          value={span.median === null ? '–' : formatDuration(span.median)}
          notes={[span.count > 0 && `${of().median}, ${slowWords(span)}`, count(span.count)]}
        />
      ))}
      <Measure name={of().inTime} value={shareText(inTime.share)} notes={[count(inTime.due)]} />
      <Measure name={of().firstTime} value={shareText(firstTime)} notes={[count(tried)]} />
      <Measure name={of().relapses} value={formatNumber(relapses)} notes={[]} />
    </dl>
  )
}

function Measure({ name, value, notes }: { name: string; value: string; notes: readonly (string | false)[] }) {
  return (
    <div class="measure">
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        {notes.filter(Boolean).map((note) => (
          <span key={note} class="muted">
            {note}
          </span>
        ))}
      </dd>
    </div>
  )
}

/** Of fewer than ten the 90th percentile is no more than the longest. */
const slowWords = ({ count: n, p90 }: Span): string => (n < 10 ? of().longest : of().p90)(formatDuration(p90 ?? 0))
const count = (n: number): string => of().of(formatNumber(n))
const shareText = (share: number | null): string => (share === null ? '–' : `${formatNumber(share * 100)} %`)

function Group({ group, figures, nameOf }: { group: FigureGroup; figures: readonly FiguresOfView[]; nameOf: NameOf }) {
  if (figures.length === 0) return null
  return (
    <section class="panel">
      <h2>{of().groups[group]}</h2>
      <ScrollTable label={of().groups[group]} titles={[of().columns.key[group], ...of().columns.rest]} class="figures-table">
        {figures.map((one) => (
          <tr key={one.key}>
            <th scope="row">{nameOf(group, one.key)}</th>
            <td>{formatNumber(one.made)}</td>
            <td>{formatNumber(one.closed)}</td>
            {[one.accept, one.arrive, one.repair].map((span, i) => (
              <td key={i}>
                <SpanCell span={span} />
              </td>
            ))}
            <td>
              {shareText(one.inTime.share)} <span class="muted">{count(one.inTime.due)}</span>
            </td>
            <td>
              {shareText(one.firstTime)} <span class="muted">{count(one.tried)}</span>
            </td>
            <td>{formatNumber(one.relapses)}</td>
          </tr>
        ))}
      </ScrollTable>
    </section>
  )
}

function SpanCell({ span }: { span: Span }) {
  const { count: n, median } = span
  if (median === null) return <span class="muted">{count(n)}</span>
  return (
    <>
      {formatDuration(median)}{' '}
      <span class="muted">
        {slowWords(span)}, {count(n)}
      </span>
    </>
  )
}

function wordsFor(group: FigureGroup, key: string): string | null {
  if (group === 'classes') return say(orderClasses[key as OrderClass])
  return group === 'origins' ? o().origins[key as OrderOrigin] : null
}

function save(figures: OrderFiguresView, nameOf: NameOf): void {
  const rows = figureRows(figures, { columns: of().csvColumns, all: of().all, groups: of().groups }, nameOf)
  const day = (at: number) => wallText(at, cityOffset()).slice(0, 10)
  download(`order-figures-${day(figures.from)}-${day(figures.to - 1)}.csv`, csvBlob(csvText(rows)))
}
