import type { DailyTotalsView } from '../../../../src/edges/http/day-schemas.ts'
import type { PointView } from '../../../../src/edges/http/schemas.ts'
import { formatNumber, formatValue } from '../format.ts'
import { formatDate } from '../format-measures.ts'
import { say } from '../settings.ts'
import { Awaited } from '../shell/awaited.tsx'
import { csvBlob, download } from '../shell/download.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { r } from '../texts/readings.ts'
import { COMPLETE } from './complete.ts'
import { dayCsv } from './day-csv.ts'
import { getDailyTotals } from './readings-api.ts'

type PointDays = DailyTotalsView['points'][number]
type Day = PointDays['days'][number]

/** What goes up to now changes; asked for anew so often, ms. */
const REFRESH = 300_000

interface DayTableProps {
  facility: string
  points: readonly PointView[]
  /** Dates, both inclusive. */
  from: string
  to: string
  isLive: boolean
}

/** What each day amounts to, the newest first, with the share that was received. */
export function DayTable({ facility, points, from, to, isLive }: DayTableProps) {
  const keys = points.map(({ key }) => key)
  const turn = isLive ? Math.floor(Date.now() / REFRESH) : 0
  const { answer, problem } = useAnswer(() => getDailyTotals(facility, keys, from, to), JSON.stringify([facility, keys, from, to, turn]))
  const unitOf = (key: string) => points.find((point) => point.key === key)?.unit ?? ''
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{r().byDay}</h2>
        {answer && (
          <button type="button" class="button" onClick={() => download(`${facility} ${from} ${to}.csv`, csvBlob(dayCsv(answer, unitOf)))}>
            {r().csv}
          </button>
        )}
      </div>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer && <Days answer={answer} points={points} />}
      <p class="muted small">{r().dayKey}</p>
    </section>
  )
}

function Days({ answer, points }: { answer: DailyTotalsView; points: readonly PointView[] }) {
  const shown = answer.points.flatMap((days) => points.filter(({ key }) => key === days.point).map((point) => ({ point, days })))
  const dates = answer.days.map(({ date }) => date)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="sideways days" tabIndex={0} aria-label={r().byDay}>
      <table class="grid-table">
        <thead>
          <tr>
            <td />
            {shown.map(({ point }) => (
              <th key={point.key} scope="colgroup" colSpan={4}>
                {say(point.title)}
              </th>
            ))}
          </tr>
          <tr>
            <th scope="col">{r().day}</th>
            {shown.map(({ point, days }) => (
              <ColumnTitles key={point.key} point={point} days={days} />
            ))}
          </tr>
        </thead>
        <tbody>
          <tr class="sum">
            <th scope="row">{r().allDays}</th>
            {shown.map(({ point, days }) => (
              <Cells key={point.key} point={point} days={days} day={sumOf(days)} />
            ))}
          </tr>
          {dates.map((_, i) => {
            const at = dates.length - 1 - i
            return (
              <tr key={dates[at]}>
                <th scope="row" class="nowrap">
                  {formatDate(dates[at] as string)}
                </th>
                {shown.map(({ point, days }) => (
                  <Cells key={point.key} point={point} days={days} day={days.days[at] as Day} />
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

function ColumnTitles({ point, days: { figure, unit } }: { point: PointView; days: PointDays }) {
  const inUnit = (title: string, of: string) => (of ? `${title}, ${of}` : title)
  return (
    <>
      <th scope="col">{inUnit(r().figures[figure], unit)}</th>
      <th scope="col">{inUnit(r().lowToHigh, point.unit)}</th>
      <th scope="col">{inUnit(r().last, point.unit)}</th>
      <th scope="col">{r().received}</th>
    </>
  )
}

/** The days of a point as one; their totals add up, but means do not. */
function sumOf({ figure, days }: PointDays): Omit<Day, 'date'> {
  const read = days.filter(({ total }) => total !== null)
  const add = (of: (day: Day) => number) => days.reduce((sum, day) => sum + of(day), 0)
  const counted = add(({ share, expected }) => (share ?? 0) * expected)
  const expected = add((day) => day.expected)
  const total = figure === 'mean' || read.length === 0 ? null : add((day) => day.total ?? 0)
  const ends = read.length > 0
  return {
    total,
    mean: null,
    min: ends ? Math.min(...read.map(({ min }) => min as number)) : null,
    max: ends ? Math.max(...read.map(({ max }) => max as number)) : null,
    last: read.at(-1)?.last ?? null,
    expected,
    received: add(({ received }) => received),
    share: expected > 0 ? counted / expected : null,
  }
}

function Cells({ point, days: { figure }, day }: { point: PointView; days: PointDays; day: Omit<Day, 'date'> }) {
  const { total, min, max, last } = day
  // The mean of a switch is the share of the time at which it was on.
  const isShare = point.type === 'boolean'
  const figureText =
    total === null
      ? '–'
      : isShare
        ? `${formatNumber(100 * total)} %`
        : formatNumber(total, figure === 'mean' ? point.digits : Math.max(1, point.digits))
  const from = formatValue(point, min)
  const to = formatValue(point, max)
  return (
    <>
      <td class="figure">{figureText}</td>
      <td class="nowrap">{from === to ? from : `${from} – ${to}`}</td>
      <td>{formatValue(point, last)}</td>
      <td class="nowrap">
        <Received day={day} />
      </td>
    </>
  )
}

function Received({ day: { share, received, expected } }: { day: Pick<Day, 'share' | 'received' | 'expected'> }) {
  if (share === null) return <span class="muted">{received > 0 ? formatNumber(received) : r().nothingExpected}</span>
  return (
    <>
      {formatNumber(Math.floor(100 * share))} %{' '}
      <span class="muted small">{r().receivedOf(formatNumber(received), formatNumber(expected))}</span>{' '}
      {share < COMPLETE && <span class="tag">{r().incomplete}</span>}
    </>
  )
}
