import type { LampDaysView, LampMomentsView } from '../../../../../src/edges/http/lamp-history-schemas.ts'
import type { LampGrouping } from '../../../../../src/edges/lamp-on-rates.ts'
import { formatDuration, formatNumber } from '../../format.ts'
import { serverNow } from '../../live/live.ts'
import { Verdict } from '../../map/select/rate.tsx'
import { percent } from '../../map/select/rate-signs.ts'
import { rateTitle } from '../../map/select/rate-words.ts'
import { KeyedPlot } from '../../plots/keyed-plot.tsx'
import { query, setQueries } from '../../shell/router.ts'
import { ScrollTable } from '../../shell/scroll-table.tsx'
import { lh } from '../../texts/lamp-history.ts'
import { l } from '../../texts/lamps.ts'
import { c } from '../../texts/select.ts'
import { byBudget } from './budget.ts'
import { type Dates, isPlotted } from './days-range.ts'
import { rateRows } from './lamp-csv.ts'
import { newestTarget, powerCurves, powerPoints, rateCurve, rateOfDays, ratePoint } from './lamp-curves.ts'
import { LampDays, MOST_SHOWN, midnightOf, spanOf } from './lamp-days.tsx'
import { getLampDays, getMoments } from './lamps-api.ts'

async function load(by: LampGrouping, key: string | null, dates: Dates) {
  const [days, moments] = await Promise.all([getLampDays(by, dates), isPlotted(dates) ? getMoments(by, key, spanOf(dates)) : null])
  return { days, moments }
}

/** How the rates were. */
export function RateHistory({ by }: { by: LampGrouping }) {
  const key = query.value.get('key')
  return (
    <LampDays
      asked={`${by}\n${key}`}
      load={(dates) => load(by, key, dates)}
      file={({ days }) => ({
        name: `lamp-on-rate-${by}-${days.from}-${days.to}.csv`,
        rows: rateRows(days, lh().rateCsv, lh().all, (one) => rateTitle(by, one)),
      })}
    >
      {(answer, dates) => <History {...answer} by={by} of={key} dates={dates} />}
    </LampDays>
  )
}

interface HistoryProps {
  days: LampDaysView
  /** Null where so many days are told by days. */
  moments: LampMomentsView | null
  by: LampGrouping
  /** Key of what is plotted; null: all lamps. */
  of: string | null
  dates: Dates
}

function History({ days, moments, by, of, dates }: HistoryProps) {
  const seen = days.days.reduce((sum, day) => sum + (day.seen ?? 0), 0) / Math.max(1, days.days.length)
  const late = moments ? moments.length * moments.moments.filter((moment) => moment.late).length : 0
  const found = days.rows.map((row) => ({ ...row, margin: row.rate === null ? null : row.rate - (row.target ?? 0) })).sort(byBudget)
  const title = of === null ? lh().all : rateTitle(by, of)
  const ofDays = of === null ? days.days : (days.rows.find(({ key }) => key === of)?.days ?? [])
  const target = newestTarget(moments?.moments ?? ofDays)
  const span = spanOf(dates)
  const scene = { ...span, to: Math.min(span.to, serverNow.peek()) }
  if (days.days.length === 0) return <p class="panel">{lh().nothing}</p>
  return (
    <>
      <section class="panel">
        <div class="list-bar">
          <h2>{lh().plotOf(title)}</h2>
          <span class="grow" />
          {of !== null && (
            <button type="button" class="button no-print" onClick={() => setQueries({ key: null }, false)}>
              {lh().backToAll}
            </button>
          )}
        </div>
        <KeyedPlot
          {...scene}
          data={moments ? rateCurve(moments) : rateOfDays(ofDays, midnightOf)}
          points={[ratePoint]}
          limits={target === null ? [] : [{ value: target, priority: null, point: 'rate' }]}
          height={220}
          words={lh().plotOf(title)}
          withLegend={false}
          sync="lamps"
        />
        {moments && (
          <>
            <h2>{lh().powerOf(title)}</h2>
            <KeyedPlot
              {...scene}
              data={powerCurves(moments)}
              points={powerPoints}
              limits={[]}
              height={150}
              words={lh().powerOf(title)}
              sync="lamps"
            />
          </>
        )}
        {late > 0 && <p class="small muted">{lh().late(formatDuration(late))}</p>}
        {seen < 0.97 && <p class="small muted">{lh().seen(percent(seen, 0))}</p>}
      </section>
      <section class="panel">
        <ScrollTable label={l().title} titles={[c().groupings[by], ...lh().columns]} class="lamp-figures">
          {[{ ...days.total, key: null, days: days.days }, ...found.slice(0, MOST_SHOWN)].map((row) => (
            <Row key={row.key ?? ' '} row={row} name={row.key === null ? lh().all : rateTitle(by, row.key)} isShown={row.key === of} />
          ))}
        </ScrollTable>
        {found.length > MOST_SHOWN && <p class="muted">{l().more(formatNumber(MOST_SHOWN), formatNumber(found.length))}</p>}
        <p class="small muted">{lh().how}</p>
      </section>
    </>
  )
}

type Told = Pick<
  LampDaysView['rows'][number],
  'rate' | 'target' | 'verdict' | 'integrity' | 'dueMinutes' | 'darkMinutes' | 'unknownMinutes'
>
const lampHours = (minutes: number) => lh().hours(formatNumber(minutes / 60, minutes < 600 ? 1 : 0))

function Row({
  row,
  name,
  isShown,
}: {
  row: Told & { key: string | null; days: readonly Pick<Told, 'verdict'>[] }
  name: string
  isShown: boolean
}) {
  const { key, rate, target, verdict, integrity, dueMinutes, darkMinutes, unknownMinutes } = row
  const days = row.days.filter((day) => day.verdict !== 'none')
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          class="narrowing"
          aria-pressed={isShown}
          aria-label={lh().show1(name)}
          onClick={() => setQueries({ key }, false)}
        >
          {name}
        </button>
      </th>
      <td class="number">
        {verdict === 'missed' ? <b>{percent(rate)}</b> : percent(rate)} <Verdict verdict={verdict} />
      </td>
      <td class="number">{percent(target)}</td>
      <td class="number">
        {lh().missedOf(formatNumber(days.filter((day) => day.verdict === 'missed').length), formatNumber(days.length))}
      </td>
      <td class="number">{lampHours(dueMinutes)}</td>
      <td class="number">{lampHours(darkMinutes)}</td>
      <td class="number">{lampHours(unknownMinutes)}</td>
      <td class="number">
        {integrity.share === null ? (
          '–'
        ) : (
          <>
            {integrity.isMet ? percent(integrity.share) : <b>{percent(integrity.share)}</b>}{' '}
            <Verdict verdict={integrity.isMet ? 'met' : 'missed'} />
          </>
        )}
      </td>
    </tr>
  )
}
