import { addDays, calendarDays } from '../../../../src/control/calendar-day.ts'
import { skills } from '../../../../src/dispatch/crew.ts'
import { dutyPlan, type Rotation } from '../../../../src/dispatch/duty.ts'
import { doubleDuties, dutyGaps, missingSkills } from '../../../../src/dispatch/rotation-check.ts'
import type { Route } from '../../../../src/dispatch/route.ts'
import type { RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { cityOffset } from '../city-time.ts'
import { getPolicy } from '../dispatch/dispatch-api.ts'
import { formatFull, formatNumber } from '../format.ts'
import { say } from '../settings.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { du } from '../texts/duty.ts'

const DAYS = 28
const WEEK = 7
/** Gaps that are named; more are counted. */
const NAMED = 6

interface PreviewProps {
  draft: Rotation
  roster: RosterView
  /** First day, YYYY-MM-DD. */
  from: string
}

/** What a rotation would come to, and what somebody should look at before it is kept. */
export function RotationPreview({ draft, roster, from }: PreviewProps) {
  const policy = useAnswer(getPolicy, '')
  const offset = cityOffset()
  const span = { from, days: DAYS }
  const plan = dutyPlan([draft], [], span, offset)
  const others = (roster.rotations as readonly Rotation[]).filter(({ id }) => id !== draft.id)
  // A shift that began the day before still lasts.
  const before = dutyPlan([draft], [], { from: addDays(from, -1), days: 1 }, offset)
  const [first, last] = [
    calendarDays(from, from, offset)[0]?.from ?? 0,
    calendarDays(addDays(from, DAYS - 1), addDays(from, DAYS - 1), offset)[0]?.to ?? 0,
  ]
  const gaps = dutyGaps([...before, ...plan], { from: first, to: last })
  const own = new Set(draft.teams.map(({ name }) => name))
  const doubles = doubleDuties(dutyPlan([draft, ...others], [], span, offset)).filter(({ teams }) => teams.some((name) => own.has(name)))
  const nameOf = (account: string) => roster.accounts.find((one) => one.account === account)?.name ?? account
  const notes = [
    ...doubles.map(({ account, teams, first: begin, times }) =>
      du().doubles(nameOf(account), teams.join(', '), formatFull(begin.from), formatNumber(times)),
    ),
    ...peopleNotes(draft, roster, nameOf),
    ...crewNotes(draft, roster, (policy.answer?.routes ?? []) as readonly Route[]),
  ]
  const weeks = Array.from({ length: DAYS / WEEK }, (_, week) => Array.from({ length: WEEK }, (_, day) => addDays(from, week * WEEK + day)))
  return (
    <section class="panel">
      <h2>{du().preview}</h2>
      <p class="muted">
        {du().previewAbout} {du().otherRotations}
      </p>
      <h3>{du().checks}</h3>
      {gaps.length === 0 ? (
        <p>✓ {du().noGaps}</p>
      ) : (
        <div class="problem">
          {du().gaps(formatNumber(gaps.length))}
          <ul>
            {gaps.slice(0, NAMED).map((gap) => (
              <li key={gap.from}>
                {formatFull(gap.from)} – {formatFull(gap.to)}
              </li>
            ))}
            {gaps.length > NAMED && <li>{du().gapMore(formatNumber(gaps.length - NAMED))}</li>}
          </ul>
        </div>
      )}
      {notes.length === 0 && <p>✓ {du().noChecks}</p>}
      {notes.map((note) => (
        <p key={note} class="problem">
          {note}
        </p>
      ))}
      {weeks.map((days) => (
        <ScrollTable
          key={days[0]}
          label={`${du().preview}, ${days[0]}`}
          titles={[du().shift, ...days.map((day) => day.slice(5))]}
          class="duty-plan"
        >
          {draft.shifts.map((shift) => (
            <tr key={shift.key}>
              <th scope="row">{shift.name}</th>
              {days.map((day) => (
                <td key={day}>
                  {plan
                    .filter((one) => one.date === day && one.shift.key === shift.key)
                    .map(({ team }) => team.name)
                    .join(', ')}
                </td>
              ))}
            </tr>
          ))}
        </ScrollTable>
      ))}
    </section>
  )
}

function peopleNotes({ teams }: Rotation, roster: RosterView, nameOf: (account: string) => string): string[] {
  const known = new Map(roster.people.map((person) => [person.account, person]))
  const off = new Set(roster.accounts.filter(({ disabled }) => disabled).map(({ account }) => account))
  return [...new Set(teams.flatMap(({ people }) => people))].flatMap((account) => {
    const { phone = '', email = '' } = known.get(account) ?? {}
    return [
      ...(off.has(account) ? [du().disabledPerson(nameOf(account))] : []),
      ...(phone === '' && email === '' ? [du().unreachable(nameOf(account))] : []),
    ]
  })
}

function crewNotes({ teams }: Rotation, roster: RosterView, routes: readonly Route[]): string[] {
  const known = new Map(roster.people.map((person) => [person.account, person]))
  return teams.flatMap((team) => {
    const crew = roster.crews.find(({ id }) => id === team.crew)
    if (!crew) return []
    const lacking = missingSkills(team, crew, known, routes)
    return [
      ...(crew.disabled ? [du().crewOff(crew.name)] : []),
      ...lacking.map(({ skill, routes: names }) => du().lacks(team.name, say(skills[skill]), names.join(', '))),
    ]
  })
}
