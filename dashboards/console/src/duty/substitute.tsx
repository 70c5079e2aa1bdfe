import { useState } from 'preact/hooks'
import { addDays } from '../../../../src/control/calendar-day.ts'
import type { RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { cityDate } from '../city-time.ts'
import { formatFull } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { Awaited } from '../shell/awaited.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { du } from '../texts/duty.ts'
import { addException, getPlan, type PlannedShift } from './duty-api.ts'
import { type Substitute, substitutesFor, suggested } from './substitutes.ts'

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
  const candidates = plan.answer ? substitutesFor(person.account, shift, from, roster, plan.answer.items) : null
  const preset = candidates && suggested(candidates)
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
      <Awaited isThere={candidates !== null} problem={plan.problem} />
      {candidates && (
        <label class="field">
          {du().who}
          <select name="substitute">
            <option value="">{du().noOne}</option>
            {candidates.map((one) => (
              <option key={one.account} value={one.account} selected={one.account === preset}>
                {substituteWords(one)}
              </option>
            ))}
          </select>
        </label>
      )}
      {candidates && preset === null && <p class="muted small">{du().noneFits}</p>}
      <label class="field">
        {du().reason}
        <input name="reason" required maxLength={200} defaultValue={du().usualReason} />
      </label>
    </Dialog>
  )
}

/** A name with the telephone, and what speaks against it. */
function substituteWords({ account, name, phone, isBusy, isTired, isAble }: Substitute): string {
  const against = [isBusy ? du().onDutyThen : isTired && du().noRest, !isAble && du().notAble]
  return [name === account ? account : `${name} (${account})`, phone, ...against].filter(Boolean).join(' · ')
}
