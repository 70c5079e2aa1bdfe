import { addDays, calendarDays } from '../../../../src/control/calendar-day.ts'
import type { RoundView } from '../../../../src/edges/http/round-schemas.ts'
import { roundKinds } from '../../../../src/operations/round-plan.ts'
import { cityDate, cityOffset } from '../city-time.ts'
import { formatHour, formatNumber } from '../format.ts'
import { say } from '../settings.ts'
import { Awaited } from '../shell/awaited.tsx'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { StateSymbol } from '../symbols.tsx'
import { rd } from '../texts/rounds.ts'
import { byUrgency, standingOf, symbolOf } from './round-order.ts'
import { getComing, getRounds } from './rounds-api.ts'
import { useRoundAnswer } from './use-rounds.ts'

const DATE = /^\d{4}-\d{2}-\d{2}$/
/** A day of a city has fewer. */
const MOST = 500

/** One of a day; those that are too far off to have been made have no id yet. */
type DayRound = Omit<RoundView, 'id'> & { id: number | null }

async function getDay(from: number, to: number): Promise<{ rounds: DayRound[]; planned: number }> {
  const [made, coming] = await Promise.all([getRounds({ from, to, limit: MOST }), getComing({ from, to, limit: MOST })])
  const isPlanned = ({ state }: RoundView) => state !== 'called-off'
  return {
    rounds: [...made.items, ...coming.items.map((round) => ({ ...round, id: null }))],
    planned: made.items.filter(isPlanned).length + coming.count,
  }
}

/** The rounds of a day, what asks for somebody first. */
export function DayPage() {
  const today = cityDate(Date.now())
  const asked = query.value.get('day') ?? ''
  const date = DATE.test(asked) ? asked : today
  const onlyLate = query.value.get('late') === '1'
  const { from = 0, to = 0 } = calendarDays(date, date, cityOffset())[0] ?? {}
  const { answer, problem } = useRoundAnswer(
    () => getDay(from, to),
    date,
    ({ rounds }) => rounds,
  )
  const now = Date.now()
  const all = byUrgency(answer?.rounds ?? [], now)
  const shown = onlyLate ? all.filter((round) => ['late', 'missed'].includes(standingOf(round, now))) : all
  const go = (day: string) => setQueries({ day: day === today ? null : day }, false)
  return (
    <>
      <div class="list-bar">
        <button type="button" class="button" aria-label={addDays(date, -1)} onClick={() => go(addDays(date, -1))}>
          ←
        </button>
        <label class="together">
          {rd().day}
          <input
            type="date"
            value={date}
            required
            onChange={({ currentTarget }) => DATE.test(currentTarget.value) && go(currentTarget.value)}
          />
        </label>
        <button type="button" class="button" aria-label={addDays(date, 1)} onClick={() => go(addDays(date, 1))}>
          →
        </button>
        <label class="check">
          <input
            type="checkbox"
            checked={onlyLate}
            onInput={({ currentTarget }) => setQueries({ late: currentTarget.checked ? '1' : null })}
          />
          {rd().onlyLate}
        </label>
      </div>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer && (
        <>
          <Counts rounds={all} planned={answer.planned} now={now} />
          <section class="panel">
            {shown.length === 0 && <p>{rd().none}</p>}
            {shown.length > 0 && (
              <ScrollTable label={rd().title} titles={rd().columns}>
                {shown.map((round) => (
                  <Row key={round.id ?? `${round.plan} ${round.begins}`} round={round} now={now} />
                ))}
              </ScrollTable>
            )}
          </section>
        </>
      )}
    </>
  )
}

function Counts({ rounds, planned, now }: { rounds: readonly DayRound[]; planned: number; now: number }) {
  const count = (...standings: string[]) => rounds.filter((round) => standings.includes(standingOf(round, now))).length
  const [late, missed] = [count('late'), count('missed')]
  const figures = [
    [rd().planned, planned, null],
    [rd().done, count('done'), null],
    [rd().late, late, late > 0 ? symbolOf.late : null],
    [rd().missed, missed, missed > 0 ? symbolOf.missed : null],
  ] as const
  return (
    <dl class="panel round-figures">
      {figures.map(([title, value, symbol]) => (
        <div key={title}>
          <dt class="muted">{title}</dt>
          <dd class="with-symbol">
            {symbol && <StateSymbol state={symbol} size={20} />}
            {formatNumber(value)}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Row({ round, now }: { round: DayRound; now: number }) {
  const { id, name, kind, begins, due, crew, started, lastVisit, emergency } = round
  return (
    <tr>
      <th scope="row">
        {id === null ? say(name) : <a href={`/rounds/${id}`}>{say(name)}</a>} <span class="muted">{say(roundKinds[kind])}</span>{' '}
        {emergency !== null && <span class="tag">{rd().emergency}</span>}
      </th>
      <td class="nowrap">
        {formatHour(begins)} – {formatHour(due)}
      </td>
      <td class="nowrap">
        <StandingMark round={round} now={now} />
      </td>
      <td class="nowrap">
        <Visited round={round} />
      </td>
      <td>{crew ?? <span class="muted">{rd().anybody}</span>}</td>
      <td class="nowrap">{started !== null && lastVisit !== null && `${formatHour(started)} – ${formatHour(lastVisit)}`}</td>
    </tr>
  )
}

export function StandingMark({ round, now }: { round: Pick<RoundView, 'state' | 'begins' | 'late'>; now: number }) {
  const standing = standingOf(round, now)
  const symbol = symbolOf[standing]
  return (
    <span class="with-symbol">
      {symbol && <StateSymbol state={symbol} size={16} />}
      {rd().states[standing]}
    </span>
  )
}

export function Visited({ round: { visited, least, stopCount } }: { round: Pick<RoundView, 'visited' | 'least' | 'stopCount'> }) {
  const words = rd().stopsOf(formatNumber(visited), formatNumber(least), formatNumber(stopCount))
  return (
    <span class="with-symbol">
      <progress max={least} value={Math.min(visited, least)} aria-label={words} />
      {words}
    </span>
  )
}
