import { useState } from 'preact/hooks'
import { addDays } from '../../../../src/control/calendar-day.ts'
import { cityDate } from '../city-time.ts'
import { formatHour, formatNumber } from '../format.ts'
import { session } from '../live/api.ts'
import { serverNow } from '../live/live.ts'
import { Awaited } from '../shell/awaited.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { du } from '../texts/duty.ts'
import { getPlan, type PlannedShift } from './duty-api.ts'

const DAYS = 28
/** Shifts that are shown at once; more on demand. */
const FEW = 5

/** Whose place somebody takes in a shift; null where it is their own, undefined where they are not in it. */
export function partIn({ people, exceptions }: Pick<PlannedShift, 'people' | 'exceptions'>, account: string): string | null | undefined {
  const standsIn = exceptions.find(({ substitute }) => substitute === account)
  if (standsIn) return standsIn.person ?? ''
  const isAway = exceptions.some(({ person }) => person === null || person === account)
  return people.some((one) => one.account === account) && !isAway ? null : undefined
}

/** The shifts of whoever is signed in, also those in which they stand in; `changes`: what they depend on. */
export function OwnShifts({ changes, nameOf }: { changes: string; nameOf: (account: string) => string }) {
  const own = session.value?.name ?? ''
  const today = cityDate(serverNow.value)
  const { answer, problem } = useAnswer(() => getPlan(addDays(today, -1), DAYS + 1), `${today} ${changes}`)
  const [all, showAll] = useState(false)
  const shifts = (answer?.items ?? []).flatMap((shift) => {
    const insteadOf = partIn(shift, own)
    // One that began the day before may still last.
    return insteadOf === undefined || shift.to <= serverNow.value ? [] : [{ shift, insteadOf }]
  })
  return (
    <section class="panel">
      <h2>{du().own}</h2>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer && shifts.length === 0 && <p class="muted">{du().noOwn}</p>}
      {shifts.length > 0 && (
        <ScrollTable label={du().own} titles={du().ownColumns}>
          {shifts.slice(0, all ? undefined : FEW).map(({ shift: { rotation, team, teamName, shiftName, date, from, to }, insteadOf }) => (
            <tr key={`${rotation} ${team} ${from}`}>
              <th scope="row" class="nowrap">
                {date === today ? `${date} · ${du().today}` : date}
              </th>
              <td>{shiftName}</td>
              <td>{formatHour(from)}</td>
              <td>{formatHour(to)}</td>
              <td>
                {teamName}
                {insteadOf !== null && ` · ${du().instead(insteadOf === '' ? teamName : nameOf(insteadOf))}`}
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
      {shifts.length > FEW && (
        <button type="button" class="button" aria-expanded={all} onClick={() => showAll(!all)}>
          {all ? du().fewer : du().allShifts(formatNumber(shifts.length))}
        </button>
      )}
    </section>
  )
}
