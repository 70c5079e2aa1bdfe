import { useState } from 'preact/hooks'
import type { LampOnRowView } from '../../../../../src/edges/http/lamp-on-schemas.ts'
import { type LampGrouping, lampGroupings } from '../../../../../src/edges/lamp-on-rates.ts'
import { formatClock, formatNumber } from '../../format.ts'
import { t } from '../../settings.ts'
import { TableHead } from '../../shell/table-head.tsx'
import { useAnswer } from '../../shell/use-answer.ts'
import { c } from '../../texts/select.ts'
import { layersOn, switchLayer } from '../map-state.ts'
import { litOf, marginText, RateSummary, Verdict } from './rate.tsx'
import { percent, RATE_PAUSE } from './rate-signs.ts'
import { byNeed, rateQuery, rateTitle } from './rate-words.ts'
import { getRates, type Rates } from './select-api.ts'
import { choose, roadRates } from './select-state.ts'

/** Rows that are drawn; more are found by their name. */
const MOST_SHOWN = 200

/** Lamp-on rates as a table, the worst first; the same roads can be drawn on the map. */
export function RoadRates() {
  const [by, group] = useState<LampGrouping>('road')
  const [words, search] = useState('')
  // The roads are asked for anyhow, for the layer.
  const { answer: other, problem } = useAnswer(
    async () => (by === 'road' ? null : await getRates(by)),
    `rates by ${by}`,
    () => (by === 'road' ? null : RATE_PAUSE),
  )
  const rates: Rates | null = by === 'road' ? roadRates.value : other
  const isDrawn = layersOn.value.has('lamp-on-rate')
  return (
    <div class="select-body">
      <h2>{c().rates}</h2>
      <div class="buttons">
        <label>
          {c().groupBy}{' '}
          <select value={by} onChange={(event) => group(event.currentTarget.value as LampGrouping)}>
            {lampGroupings.map((name) => (
              <option key={name} value={name}>
                {c().groupings[name]}
              </option>
            ))}
          </select>
        </label>
        <input
          type="search"
          aria-label={c().search}
          placeholder={c().search}
          value={words}
          onInput={(event) => search(event.currentTarget.value)}
        />
      </div>
      <label class="check">
        <input type="checkbox" checked={isDrawn} onChange={(event) => switchLayer('lamp-on-rate', event.currentTarget.checked)} />
        {c().onMap}
      </label>
      <p class="small muted">
        {isDrawn && c().rateLegend} {c().marginHelp}
      </p>
      {problem && <p class="problem">{problem}</p>}
      {rates ? <RateTable rates={rates} by={by} words={words} /> : <p class="muted">{t().loading}</p>}
    </div>
  )
}

function chooseRow(by: LampGrouping, key: string): void {
  if ((by === 'road' || by === 'district') && key !== '') void choose({ by, text: key })
  else void choose({ by: 'query', text: rateQuery(by, key) })
}

function RateTable({ rates: { at, total, rows }, by, words }: { rates: Rates; by: LampGrouping; words: string }) {
  if (rows.length === 0) return <p class="muted">{c().ratesEmpty}</p>
  const sought = words.trim().toLowerCase()
  const hasUnknown = rows.some(({ unknown }) => unknown > 0)
  const found = rows.filter(({ key }) => rateTitle(by, key).toLowerCase().includes(sought)).sort(byNeed)
  return (
    <>
      <section class="rate-total" aria-label={c().whole}>
        <RateSummary row={total} />
        <p class="small muted">{c().lookedAt(formatClock(at))}</p>
      </section>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="sideways select-rows" tabIndex={0} aria-label={c().rates}>
        <table class="grid-table">
          <TableHead titles={[c().groupings[by], ...c().rateColumns, ...(hasUnknown ? [c().unknownColumn] : [])]} />
          <tbody>
            {found.slice(0, MOST_SHOWN).map((row) => (
              <RateRow key={row.key} row={row} by={by} hasUnknown={hasUnknown} />
            ))}
          </tbody>
        </table>
        {found.length > MOST_SHOWN && <p class="muted">{c().of(formatNumber(MOST_SHOWN), formatNumber(found.length))}</p>}
      </section>
    </>
  )
}

function RateRow({ row, by, hasUnknown }: { row: LampOnRowView; by: LampGrouping; hasUnknown: boolean }) {
  const { key, verdict, rate, target, unknown } = row
  return (
    <tr>
      <th scope="row">
        <button type="button" class="narrowing" onClick={() => chooseRow(by, key)}>
          {rateTitle(by, key)}
        </button>
      </th>
      <td class="number">
        {verdict === 'missed' ? <b>{percent(rate)}</b> : percent(rate)}
        <br />
        <Verdict verdict={verdict} />
      </td>
      <td class="number">{marginText(row)}</td>
      <td class="number">{litOf(row)}</td>
      <td class="number">{percent(target)}</td>
      {hasUnknown && <td class="number">{formatNumber(unknown)}</td>}
    </tr>
  )
}
