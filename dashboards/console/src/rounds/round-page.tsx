import { useRef, useState } from 'preact/hooks'
import type { CheckInView, RoundDetailView, RoundStopView } from '../../../../src/edges/http/round-schemas.ts'
import { checkInDoubts } from '../../../../src/operations/check-in.ts'
import { proofs, roundKinds } from '../../../../src/operations/round-plan.ts'
import { formatClock, formatDateTime, formatHour, formatNumber } from '../format.ts'
import { say } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { rd } from '../texts/rounds.ts'
import { StandingMark, Visited } from './day-page.tsx'
import { standingOf } from './round-order.ts'
import { callOff, getRound } from './rounds-api.ts'
import { useRoundAnswer } from './use-rounds.ts'

/** One round: who was where, when, by what it is shown, and what of it is worth a look. */
export function RoundPage({ id }: { id: number }) {
  const plan = useRef<string | null>(null)
  const { answer, problem, again } = useRoundAnswer(
    () => getRound(id),
    String(id),
    ({ round }) => [round],
    (told) => plan.current === null || told === plan.current,
  )
  plan.current = answer?.round.plan ?? null
  const [calls, call] = useState(false)
  const now = Date.now()
  return (
    <>
      <p>
        <a href="/rounds">← {rd().back}</a>
      </p>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer && (
        <>
          <section class="panel">
            <div class="list-bar">
              <h1>
                {say(answer.round.name)} <span class="muted">{say(roundKinds[answer.round.kind])}</span>
              </h1>
              <span class="grow" />
              {may('round.manage') && answer.round.state === 'open' && (
                <button type="button" class="button" onClick={() => call(true)}>
                  {rd().callOff}…
                </button>
              )}
            </div>
            <Head detail={answer} now={now} />
          </section>
          <Stops detail={answer} />
        </>
      )}
      {calls && (
        <Dialog
          title={rd().callOff}
          confirm={rd().callOff}
          onConfirm={async (form) => {
            const isDone = await act(() => callOff(id, String(form.get('reason'))), rd().calledOff)
            if (isDone) again()
            return isDone
          }}
          onClose={() => call(false)}
        >
          <ReasonField label={rd().callOffReason} />
        </Dialog>
      )}
    </>
  )
}

function Head({ detail: { round }, now }: { detail: RoundDetailView; now: number }) {
  const { begins, due, late, over, crew, proof, radius, emergency, state } = round
  return (
    <p class="round-head">
      <StandingMark round={round} now={now} />
      <span class="nowrap">
        {formatDateTime(begins)} – {formatHour(due)}
      </span>
      <Visited round={round} />
      <span>{crew ?? rd().anybody}</span>
      <span class="muted">
        {say(proofs[proof])}, {formatNumber(radius)} m
      </span>
      {emergency !== null && (
        <span class="tag">
          {rd().emergency} {emergency}
        </span>
      )}
      {state === 'open' && now < over && (
        <span class="muted">
          {standingOf(round, now) === 'late' && `${rd().lateSince(formatHour(late))} · `}
          {rd().missedAt(formatHour(over))}
        </span>
      )}
    </p>
  )
}

function Stops({ detail: { stops, checkIns, elsewhere } }: { detail: RoundDetailView }) {
  return (
    <section class="panel">
      <ScrollTable label={rd().fields.stops} titles={rd().stopColumns}>
        {stops.map((stop) => {
          const own = checkIns.filter((visit) => visit.stop === stop.key)
          return own.length === 0 ? (
            <tr key={stop.key}>
              <StopName stop={stop} />
              <td class="muted" colSpan={7}>
                {rd().notVisited}
              </td>
            </tr>
          ) : (
            own.map((visit) => <Visit key={visit.id} stop={stop} visit={visit} />)
          )
        })}
      </ScrollTable>
      {elsewhere > 0 && <p class="muted">{rd().elsewhere(formatNumber(elsewhere))}</p>}
    </section>
  )
}

const StopName = ({ stop: { name, facility, road } }: { stop: RoundStopView }) => (
  <th scope="row">
    {facility === null ? say(name) : <a href={`/facilities/${encodeURIComponent(facility)}`}>{say(name)}</a>}{' '}
    <span class="muted">{road}</span>
  </th>
)

function Visit({ stop, visit }: { stop: RoundStopView; visit: CheckInView }) {
  const { at, received, by, shown, place, distance, doubts, readings, note } = visit
  const titleOf = (facility: string, point: string) => {
    const known = stop.readings.find((one) => one.facility === facility && one.point === point)
    return known ? { title: say(known.title), unit: known.unit } : { title: point, unit: '' }
  }
  return (
    <tr>
      <StopName stop={stop} />
      <td class="nowrap">{formatClock(at)}</td>
      <td>{by}</td>
      <td class="nowrap">{rd().shown[shown]}</td>
      <td class="nowrap">
        {distance !== null && `${formatNumber(distance)} m `}
        {place && <span class="muted">{rd().accuracy(formatNumber(place.accuracy))}</span>}
      </td>
      <td class="nowrap">{formatClock(received)}</td>
      <td class="breakable">
        {readings.map(({ facility, point, value }) => {
          const { title, unit } = titleOf(facility, point)
          return (
            <span key={`${facility} ${point}`} class="round-reading">
              {title} <b>{String(value)}</b> {unit}
            </span>
          )
        })}
        {note}
      </td>
      <td>
        {doubts.map((doubt) => (
          <span key={doubt} class="tag">
            {say(checkInDoubts[doubt])}
          </span>
        ))}
      </td>
    </tr>
  )
}
