import { useState } from 'preact/hooks'
import { addDays } from '../../../../src/control/calendar-day.ts'
import type { RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { cityDate } from '../city-time.ts'
import { formatFull } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { du } from '../texts/duty.ts'
import { addException, getPlan, type PlannedShift } from './duty-api.ts'
import { partIn } from './own-shifts.tsx'

/** A shift of somebody for whom another one is to stand in. */
export interface Chosen {
  shift: Pick<PlannedShift, 'rotation' | 'team' | 'shiftName' | 'from' | 'to'>
  person: PlannedShift['people'][number]
}

/** Somebody's name, by which another one is found in their place; `when` tells apart what has the same name. */
export function SubstituteButton({ name, when, onClick }: { name: string; when: string; onClick: () => void }) {
  const title = du().substitute(name)
  return (
    <button type="button" class="narrowing" title={title} aria-label={`${title}, ${when}`} onClick={onClick}>
      {name}
    </button>
  )
}

interface SubstituteProps extends Chosen {
  roster: RosterView
  onDone: () => void
  onClose: () => void
}

export function SubstituteDialog({ shift, person, roster, onDone, onClose }: SubstituteProps) {
  const { rotation, team, to } = shift
  // Who goes away in the middle of the shift was there until now.
  const [from] = useState(Math.max(shift.from, serverNow.peek()))
  const date = cityDate(from)
  const plan = useAnswer(() => getPlan(addDays(date, -1), 3), date)
  const planned = roster.rotations.find(({ id }) => id === rotation)?.teams.find(({ key }) => key === team)
  const then = (plan.answer?.items ?? []).filter((one) => one.from < to && from < one.to)
  const isBusy = (account: string) => then.some((one) => partIn(one, account) !== undefined)
  const crewed = new Set(roster.people.map(({ account }) => account))
  // First those who can come: people of crews and teams who are free then.
  const rank = (account: string) => Number(isBusy(account)) * 2 + Number(!crewed.has(account))
  const candidates = roster.accounts
    .filter(({ account, disabled }) => !disabled && !planned?.people.includes(account))
    .toSorted((a, b) => rank(a.account) - rank(b.account))
  const phoneOf = (account: string) => roster.people.find((one) => one.account === account)?.phone
  const send = async (form: FormData) => {
    const substitute = String(form.get('substitute')) || null
    const input = { rotation, team, person: person.account, from, to, substitute, reason: String(form.get('reason')) }
    const done = await act(() => addException(input), du().done)
    if (done) onDone()
    return done
  }
  return (
    <Dialog title={du().substitute(person.name)} confirm={t().save} onConfirm={send} onClose={onClose}>
      <p>
        {shift.shiftName}: {formatFull(from)} – {formatFull(to)}
      </p>
      <label class="field">
        {du().who}
        <select name="substitute">
          <option value="">{du().noOne}</option>
          {candidates.map(({ account, name }) => (
            <option key={account} value={account}>
              {[name === account ? account : `${name} (${account})`, phoneOf(account), isBusy(account) && du().onDutyThen]
                .filter(Boolean)
                .join(' · ')}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        {du().reason}
        <input name="reason" required maxLength={200} defaultValue={du().usualReason} />
      </label>
    </Dialog>
  )
}
