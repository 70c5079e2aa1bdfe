import { useState } from 'preact/hooks'
import type { LampOnRowView } from '../../../../../src/edges/http/lamp-on-schemas.ts'
import type { LampGrouping } from '../../../../../src/edges/lamp-on-rates.ts'
import { formatClock, formatNumber } from '../../format.ts'
import { litOf, RateSummary, Verdict } from '../../map/select/rate.tsx'
import { percent, RATE_PAUSE } from '../../map/select/rate-signs.ts'
import { rateQuery, rateTitle } from '../../map/select/rate-words.ts'
import { getRates, type Rates } from '../../map/select/select-api.ts'
import { may } from '../../shell/access.ts'
import { Awaited } from '../../shell/awaited.tsx'
import { ScrollTable } from '../../shell/scroll-table.tsx'
import { useAnswer } from '../../shell/use-answer.ts'
import { lh } from '../../texts/lamp-history.ts'
import { l } from '../../texts/lamps.ts'
import { c } from '../../texts/select.ts'
import { byBudget, countVerdicts } from './budget.ts'
import { getLastNight } from './lamps-api.ts'

/** Rows that are drawn; more are found by their name. */
const MOST_SHOWN = 200
const NIGHT_PAUSE = 60_000

/** The rates as they are now, what fails first on top. */
export function LiveRates({ by }: { by: LampGrouping }) {
  const { answer, problem } = useAnswer(
    () => getRates(by),
    by,
    () => RATE_PAUSE,
  )
  return (
    <>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer && <Standing rates={answer} by={by} />}
    </>
  )
}

function Standing({ rates: { at, total, rows }, by }: { rates: Rates; by: LampGrouping }) {
  return (
    <>
      <section class="panel" aria-label={c().whole}>
        <RateSummary row={total} />
        {total.integrity?.share != null && (
          <p>
            {lh().wholeNow(percent(total.integrity.share), percent(total.integrity.target))}{' '}
            <Verdict verdict={total.integrity.isMet ? 'met' : 'missed'} />
          </p>
        )}
        <p class="small muted">{c().lookedAt(formatClock(at))}</p>
      </section>
      {total.due === 0 && rows.length > 0 ? <LastNight total={total} rows={rows} by={by} /> : <Budget total={total} rows={rows} by={by} />}
    </>
  )
}

/** By day: what tonight will be if nothing is mended and nothing breaks. */
function LastNight({ by, ...now }: BudgetProps) {
  const { answer, problem } = useAnswer(
    () => getLastNight(by),
    by,
    () => NIGHT_PAUSE,
  )
  if (!answer) return <Awaited isThere={false} problem={problem} />
  if (answer.rows.length === 0) {
    return (
      <>
        <p class="panel">{l().noNight}</p>
        <Budget {...now} by={by} />
      </>
    )
  }
  return <Budget {...answer} by={by} title={l().lastNight(formatClock(answer.at).slice(0, 5))} />
}

interface BudgetProps {
  total: LampOnRowView
  rows: readonly LampOnRowView[]
  by: LampGrouping
  title?: string
}

/** What fails first, and how much is missing until it does. */
function Budget({ total, rows, by, title }: BudgetProps) {
  const [words, search] = useState('')
  const { missed, near, open, met } = countVerdicts(rows)
  const sought = words.trim().toLowerCase()
  const found = rows.filter(({ key }) => rateTitle(by, key).toLowerCase().includes(sought)).toSorted(byBudget)
  const counts = l().counts(formatNumber(missed), formatNumber(near), formatNumber(open), formatNumber(met))
  return (
    <section class="panel">
      {title && <h2>{title}</h2>}
      <div class="list-bar">
        <p>
          {title && total.rate !== null && (
            <>
              <b>{percent(total.rate)}</b> <Verdict verdict={total.verdict} /> ·{' '}
            </>
          )}
          {total.due > 0 && counts}
        </p>
        <span class="grow" />
        <input
          type="search"
          aria-label={l().search}
          placeholder={l().search}
          value={words}
          onInput={({ currentTarget }) => search(currentTarget.value)}
        />
      </div>
      {found.length === 0 ? (
        <p class="muted">{rows.length === 0 ? c().ratesEmpty : l().none}</p>
      ) : (
        <ScrollTable label={title ?? l().title} titles={[c().groupings[by], ...l().columns, l().actions]} class="lamp-rates">
          {found.slice(0, MOST_SHOWN).map((row) => (
            <Row key={row.key} row={row} by={by} />
          ))}
        </ScrollTable>
      )}
      {found.length > MOST_SHOWN && <p class="muted">{l().more(formatNumber(MOST_SHOWN), formatNumber(found.length))}</p>}
      <p class="small muted">{l().order}</p>
    </section>
  )
}

/** What the lamps may still lose, or must regain. */
const budgetText = (margin: number | null): string =>
  margin === null ? '–' : margin < 0 ? l().missing(-margin, formatNumber(-margin)) : l().spare(margin + 1, formatNumber(margin + 1))

function Row({ row, by }: { row: LampOnRowView; by: LampGrouping }) {
  const { key, verdict, rate, target, unknown, dark, margin, due, integrity } = row
  const title = rateTitle(by, key)
  return (
    <tr>
      <th scope="row">{title}</th>
      <td class="number">
        {verdict === 'missed' ? <b>{percent(rate)}</b> : percent(rate)} <Verdict verdict={verdict} />
      </td>
      <td>{due === 0 ? '–' : budgetText(margin)}</td>
      <td class="number">{litOf(row)}</td>
      <td class="number">{formatNumber(dark)}</td>
      <td class="number">{formatNumber(unknown)}</td>
      <td class="number">{percent(target)}</td>
      <td class="number">
        {integrity === null || integrity.isMet ? percent(integrity?.share ?? null) : <b>{percent(integrity.share)}</b>}
      </td>
      <td>
        <a href={mapAddress(by, key)} aria-label={`${l().toMap} ${l().of(title)}`}>
          {l().toMap}
        </a>{' '}
        {may('order.read') && by === 'district' && key !== '' && (
          <a href={`/orders?${new URLSearchParams({ view: 'list', district: key })}`} aria-label={`${l().toOrders} ${l().of(title)}`}>
            {l().toOrders}
          </a>
        )}
      </td>
    </tr>
  )
}

function mapAddress(by: LampGrouping, key: string): string {
  const select = (by === 'road' || by === 'district') && key !== '' ? `${by}:${key}` : `query:${rateQuery(by, key)}`
  return `/map?${new URLSearchParams({ panel: 'selection', layers: 'lamp-on-rate', select })}`
}
