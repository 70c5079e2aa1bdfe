import { useState } from 'preact/hooks'
import type { Rotation } from '../../../../src/dispatch/duty.ts'
import { type RosterWorld, rotationProblems } from '../../../../src/dispatch/roster-problems.ts'
import type { RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { cityDate } from '../city-time.ts'
import { FieldProblems } from '../dispatch/field-problems.tsx'
import { serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { Ticks } from '../shell/choice.tsx'
import { KeyField, NameField } from '../shell/key-fields.tsx'
import { useKeys } from '../shell/keys.ts'
import { MinuteField } from '../shell/minute-field.tsx'
import { act } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { du } from '../texts/duty.ts'
import { putRotation } from './duty-api.ts'
import {
  addShift,
  addTeam,
  cycleLength,
  filledFromFirst,
  newRotation,
  removeShift,
  removeTeam,
  withCell,
  withLength,
  withShift,
  withTeam,
} from './rotation-draft.ts'
import { RotationPreview } from './rotation-preview.tsx'

const LONGEST_CYCLE = 366
const PLAN = '/duty'

interface RotationFormProps {
  /** Null for a new one. */
  rotation: Rotation | null
  roster: RosterView
  onDone: () => void
}

/** Shifts, teams and cycle of a rotation, with what would come of it, before it is kept. */
export function RotationForm({ rotation, roster, onDone }: RotationFormProps) {
  useKeys({ Escape: () => navigate(PLAN) })
  const today = cityDate(serverNow.peek())
  const [draft, change] = useState<Rotation>(() => rotation ?? newRotation(today, { shift: `${du().shift} 1`, team: `${du().team} 1` }))
  const [step, setStep] = useState(1)
  const [base] = useState(JSON.stringify(rotation))
  const length = cycleLength(draft)
  const problems = rotationProblems(draft, worldOf(roster))
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    if (problems.length > 0) return
    if (await act(() => putRotation(draft), du().saved)) {
      onDone()
      navigate(PLAN)
    }
  }
  return (
    <form class="stack rotation-form" onSubmit={(event) => void save(event)}>
      <section class="panel">
        <h1>{rotation ? du().editRotation(rotation.name) : du().newRotation}</h1>
        {JSON.stringify(rotation) !== base && (
          <p class="problem" role="alert">
            {du().rotationChanged}
          </p>
        )}
        <div class="rotation-fields">
          {!rotation && <KeyField label={du().rotationId} value={draft.id} put={(id) => change({ ...draft, id })} />}
          <NameField label={du().rotationName} value={draft.name} put={(name) => change({ ...draft, name })} />
          <label class="field">
            {du().start}
            <input
              type="date"
              required
              value={draft.start}
              onInput={({ currentTarget }) => change({ ...draft, start: currentTarget.value })}
            />
          </label>
        </div>
        <FieldProblems problems={problems} at="start" />
        <Shifts draft={draft} change={change} />
      </section>
      <section class="panel">
        <h2>{du().teams}</h2>
        <p class="muted">{du().teamsAbout}</p>
        <div class="rotation-teams">
          {draft.teams.map((team, i) => (
            <TeamFields
              key={team.key}
              place={i}
              draft={draft}
              roster={roster}
              change={change}
              problems={problems.flatMap((one) => (one.at.startsWith(`teams.${i}.`) ? [{ ...one, at: 'team' }] : []))}
            />
          ))}
        </div>
        <button type="button" class="button" onClick={() => change(addTeam(draft, `${du().team} ${draft.teams.length + 1}`))}>
          {du().addTeam}
        </button>
      </section>
      <section class="panel">
        <h2>{du().cycle}</h2>
        <p class="muted">{du().cycleAbout}</p>
        <div class="list-bar">
          <label class="together">
            {du().cycleDays}{' '}
            <input
              type="number"
              class="days"
              required
              min={1}
              max={LONGEST_CYCLE}
              value={length}
              onInput={({ currentTarget: field }) => field.checkValidity() && change(withLength(draft, Number(field.value)))}
            />
          </label>
          <span class="grow" />
          <label class="together">
            {du().fill}{' '}
            <input
              type="number"
              class="days"
              min={0}
              max={LONGEST_CYCLE}
              value={step}
              onInput={({ currentTarget: field }) => field.checkValidity() && setStep(Number(field.value))}
            />
          </label>
          <button type="button" class="button" onClick={() => change(filledFromFirst(draft, step))}>
            {du().fillDo}
          </button>
        </div>
        <ScrollTable
          label={du().cycle}
          titles={[du().team, ...Array.from({ length }, (_, day) => du().cycleDay(day + 1))]}
          class="duty-plan"
        >
          {draft.teams.map(({ key, name }) => (
            <tr key={key}>
              <th scope="row" class="nowrap">
                {name}
              </th>
              {Array.from({ length }, (_, day) => (
                <td key={day}>
                  <select
                    aria-label={du().cycleCell(name, day + 1)}
                    value={draft.cycle[key]?.[day] ?? ''}
                    onChange={({ currentTarget }) => change(withCell(withLength(draft, length), key, day, currentTarget.value || null))}
                  >
                    <option value="">{du().off}</option>
                    {draft.shifts.map((shift) => (
                      <option key={shift.key} value={shift.key}>
                        {shift.name}
                      </option>
                    ))}
                  </select>
                </td>
              ))}
            </tr>
          ))}
        </ScrollTable>
        <FieldProblems problems={problems.map((one) => (one.at.startsWith('cycle') ? { ...one, at: 'cycle' } : one))} at="cycle" />
      </section>
      <RotationPreview draft={draft} roster={roster} from={draft.start > today ? draft.start : today} />
      <div class="panel buttons">
        <button type="submit" class="button primary" aria-disabled={problems.length > 0}>
          {du().saveRotation}
        </button>
        <a class="button" href={PLAN}>
          {t().cancel}
        </a>
      </div>
    </form>
  )
}

const worldOf = ({ accounts, crews, districts }: RosterView): RosterWorld => ({
  accounts: new Set(accounts.map(({ account }) => account)),
  crews: new Set(crews.map(({ id }) => id)),
  districts: new Set(districts),
  rules: new Set(),
})

interface PartProps {
  draft: Rotation
  change: (draft: Rotation) => void
}

function Shifts({ draft, change }: PartProps) {
  return (
    <fieldset>
      <legend>{du().shifts}</legend>
      <p class="muted small">{du().shiftsAbout}</p>
      <ol>
        {draft.shifts.map(({ key, name, from, to }, i) => (
          <li key={key} class="list-bar">
            <input
              required
              maxLength={100}
              pattern=".*\S.*"
              aria-label={du().shiftName(i + 1)}
              value={name}
              onInput={({ currentTarget }) => change(withShift(draft, key, { name: currentTarget.value }))}
            />
            <MinuteField label={du().shiftFrom(i + 1)} value={from} put={(minute) => change(withShift(draft, key, { from: minute }))} />
            <span aria-hidden="true">–</span>
            <MinuteField label={du().shiftTo(i + 1)} value={to % 1440} put={(minute) => change(withShift(draft, key, { to: minute }))} />
            {draft.shifts.length > 1 && (
              <button type="button" class="button" aria-label={du().removeShift(name)} onClick={() => change(removeShift(draft, key))}>
                ✕
              </button>
            )}
          </li>
        ))}
      </ol>
      <button type="button" class="button" onClick={() => change(addShift(draft, `${du().shift} ${draft.shifts.length + 1}`))}>
        {du().addShift}
      </button>
    </fieldset>
  )
}

interface TeamFieldsProps extends PartProps {
  place: number
  roster: RosterView
  problems: Parameters<typeof FieldProblems>[0]['problems']
}

function TeamFields({ place, draft, roster, problems, change }: TeamFieldsProps) {
  const team = draft.teams[place] as Rotation['teams'][number]
  const { key, name, crew, people } = team
  const put = (part: Partial<typeof team>) => change(withTeam(draft, key, part))
  const members = roster.crews.find(({ id }) => id === crew)?.members
  const shown = roster.accounts.filter(({ account, disabled }) => !disabled || people.includes(account))
  return (
    <fieldset>
      <legend>{name}</legend>
      <div class="list-bar">
        <input
          required
          maxLength={100}
          pattern=".*\S.*"
          aria-label={du().teamName(place + 1)}
          value={name}
          onInput={({ currentTarget }) => put({ name: currentTarget.value })}
        />
        <select
          aria-label={du().teamCrew(place + 1)}
          value={crew ?? ''}
          onChange={({ currentTarget }) => put({ crew: currentTarget.value || null })}
        >
          <option value="">{du().controlRoom}</option>
          {roster.crews.map(({ id, name: crewName }) => (
            <option key={id} value={id}>
              {crewName}
            </option>
          ))}
        </select>
        {members && (
          <button type="button" class="button" onClick={() => put({ people: members })}>
            {du().takeMembers}
          </button>
        )}
        {draft.teams.length > 1 && (
          <button type="button" class="button" aria-label={du().removeTeam(name)} onClick={() => change(removeTeam(draft, key))}>
            ✕
          </button>
        )}
      </div>
      {/* Ticked anew when the people of the crew are taken. */}
      <div key={people.join()} class="choices duty-members" onInput={({ currentTarget }) => put({ people: tickedIn(currentTarget) })}>
        <Ticks name={`people ${key}`} chosen={people} options={shown.map((one) => [one.account, one.name])} />
      </div>
      <FieldProblems problems={problems} at="team" />
    </fieldset>
  )
}

const tickedIn = (element: HTMLElement): string[] =>
  [...element.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value)
