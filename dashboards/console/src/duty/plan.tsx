import { useState } from 'preact/hooks'
import { addDays } from '../../../../src/control/calendar-day.ts'
import type { RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { cityDate } from '../city-time.ts'
import { formatFull } from '../format.ts'
import { session } from '../live/api.ts'
import { emergencies, serverNow } from '../live/live.ts'
import { formatMinuteOfDay } from '../rules/time-of-day.ts'
import { mayWhole } from '../shell/access.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { du } from '../texts/duty.ts'
import { type CalledInView, getPlan, type PlannedShift, removeException, removeRotation } from './duty-api.ts'
import { OwnShifts } from './own-shifts.tsx'
import { type Chosen, SubstituteButton, SubstituteDialog } from './substitute.tsx'

const WEEK = 7
const DATE = /^\d{4}-\d{2}-\d{2}$/

interface PlanProps {
  roster: RosterView
  again: () => void
}

export function Plan({ roster, again }: PlanProps) {
  const today = cityDate(serverNow.value)
  const asked = query.value.get('from') ?? ''
  const from = DATE.test(asked) ? asked : today
  const [chosen, choose] = useState<Chosen | null>(null)
  const [removed, remove] = useState<Pick<RosterView['rotations'][number], 'id' | 'name'> | null>(null)
  const changes = JSON.stringify([roster.exceptions, roster.rotations])
  const active = emergencies.value.map(({ id }) => id).join()
  const plan = useAnswer(() => getPlan(from, WEEK), `${from} ${changes} ${active}`)
  const isManager = mayWhole('roster.manage')
  const days = Array.from({ length: WEEK }, (_, i) => addDays(from, i))
  const go = (date: string | null) => setQueries({ from: date }, false)
  const nameOf = (account: string) => roster.people.find((one) => one.account === account)?.name ?? account
  const own = session.value?.name ?? ''
  return (
    <>
      {roster.people.some(({ account }) => account === own) && <OwnShifts changes={changes} nameOf={nameOf} />}
      <section class="panel stack">
        <div class="list-bar">
          <button type="button" class="button" onClick={() => go(addDays(from, -WEEK))}>
            ← {du().earlier}
          </button>
          <button type="button" class="button" onClick={() => go(null)}>
            {du().thisWeek}
          </button>
          <button type="button" class="button" onClick={() => go(addDays(from, WEEK))}>
            {du().later} →
          </button>
          <span class="grow" />
          {isManager && (
            <a class="button" href="/duty?view=rotation">
              {du().newRotation}…
            </a>
          )}
        </div>
        {plan.problem && (
          <p class="problem" role="alert">
            {plan.problem}
          </p>
        )}
        {roster.rotations.map(({ id, name, shifts }) => (
          <div key={id}>
            <div class="list-bar">
              <h2>{du().planOf(name)}</h2>
              {isManager && (
                <>
                  <a class="button" href={`/duty?${new URLSearchParams({ view: 'rotation', rotation: id })}`}>
                    {du().edit}…<span class="unseen"> {name}</span>
                  </a>
                  <button type="button" class="button" onClick={() => remove({ id, name })}>
                    {du().remove}…<span class="unseen"> {name}</span>
                  </button>
                </>
              )}
            </div>
            <ScrollTable
              label={du().planOf(name)}
              titles={[du().shift, ...days.map((day) => (day === today ? `${day.slice(5)} · ${du().today}` : day.slice(5)))]}
              class="duty-plan"
            >
              {shifts.map((shift) => (
                <tr key={shift.key}>
                  <th scope="row" class="nowrap">
                    {shift.name}
                    <br />
                    <span class="muted small">
                      {formatMinuteOfDay(shift.from)}–{formatMinuteOfDay(shift.to)}
                    </span>
                  </th>
                  {days.map((day) => (
                    <td key={day}>
                      {(plan.answer?.items ?? [])
                        .filter((one) => one.rotation === id && one.shift === shift.key && one.date === day)
                        .map((one) => (
                          <Cell key={one.team} shift={one} nameOf={nameOf} choose={choose} />
                        ))}
                    </td>
                  ))}
                </tr>
              ))}
              {(plan.answer?.calledIn ?? [])
                .filter(({ rotation }) => rotation === id)
                .map((called) => (
                  <CalledIn key={`${called.activation} ${called.team}`} called={called} days={days} />
                ))}
            </ScrollTable>
          </div>
        ))}
      </section>
      {roster.rotations.length > 0 && <Exceptions roster={roster} nameOf={nameOf} again={again} />}
      {chosen && <SubstituteDialog {...chosen} roster={roster} onDone={again} onClose={() => choose(null)} />}
      {removed && <RemoveRotation {...removed} onDone={again} onClose={() => remove(null)} />}
    </>
  )
}

/** Marked by its border and in words, on each day from its begin on: nobody knows yet when it is over. */
function CalledIn({ called: { activation, plan, teamName, people, from }, days }: { called: CalledInView; days: readonly string[] }) {
  const first = cityDate(from)
  return (
    <tr>
      <th scope="row">
        {du().calledIn}
        <br />
        <a class="small" href={`/emergency-plans/activations/${activation}`}>
          {plan}
        </a>
      </th>
      {days.map((day) => (
        <td key={day}>
          {day >= first && (
            <div class="duty-cell otherwise">
              <b>{teamName}</b>
              {people.map(({ account, name }) => (
                <span key={account}>+ {name}</span>
              ))}
            </div>
          )}
        </td>
      ))}
    </tr>
  )
}

interface CellProps {
  shift: PlannedShift
  nameOf: (account: string) => string
  choose: (chosen: Chosen) => void
}

function Cell({ shift, nameOf, choose }: CellProps) {
  const { teamName, people, exceptions, to, date } = shift
  const isOpen = mayWhole('roster.manage') && to > serverNow.value
  const substitutes = exceptions.flatMap(({ substitute }) => substitute ?? [])
  return (
    <div class={exceptions.length > 0 ? 'duty-cell otherwise' : 'duty-cell'}>
      <b>{teamName}</b>
      {people.map((person) => {
        const isAway = exceptions.some((one) => one.person === null || one.person === person.account)
        if (isAway)
          return (
            <span key={person.account}>
              <s>{person.name}</s> {du().away}
            </span>
          )
        if (!isOpen) return <span key={person.account}>{person.name}</span>
        return <SubstituteButton key={person.account} name={person.name} when={date} onClick={() => choose({ shift, person })} />
      })}
      {substitutes.map((account) => (
        <span key={account}>↺ {du().standsIn(nameOf(account))}</span>
      ))}
    </div>
  )
}

function RemoveRotation({ id, name, onDone, onClose }: { id: string; name: string; onDone: () => void; onClose: () => void }) {
  const send = async () => {
    const done = await act(() => removeRotation(id), du().done)
    if (done) onDone()
    return done
  }
  return (
    <Dialog title={du().removeRotation(name)} confirm={du().remove} onConfirm={send} onClose={onClose}>
      {null}
    </Dialog>
  )
}

function Exceptions({ roster: { exceptions, rotations }, nameOf, again }: PlanProps & { nameOf: (account: string) => string }) {
  const teamOf = (rotation: string, key: string) =>
    rotations.find(({ id }) => id === rotation)?.teams.find((team) => team.key === key)?.name ?? key
  const remove = async (id: number) => {
    if (await act(() => removeException(id), du().done)) again()
  }
  return (
    <section class="panel">
      <h2>{du().exceptions}</h2>
      {exceptions.length === 0 && <p class="muted">{du().noExceptions}</p>}
      {exceptions.length > 0 && (
        <ScrollTable label={du().exceptions} titles={du().exceptionColumns}>
          {exceptions.map(({ id, rotation, team, person, from, to, substitute, reason }) => (
            <tr key={id}>
              <th scope="row">{person === null ? du().wholeTeam : nameOf(person)}</th>
              <td>{teamOf(rotation, team)}</td>
              <td class="nowrap">{formatFull(from)}</td>
              <td class="nowrap">{formatFull(to)}</td>
              <td>{substitute === null ? du().noOne : nameOf(substitute)}</td>
              <td class="breakable">{reason}</td>
              <td>
                {mayWhole('roster.manage') && (
                  <button type="button" class="button" onClick={() => void remove(id)}>
                    {du().asPlanned}
                    <span class="unseen"> {person === null ? du().wholeTeam : nameOf(person)}</span>
                  </button>
                )}
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
    </section>
  )
}
