import { useState } from 'preact/hooks'
import { includesRole, permissionsOf, type Role, roles } from '../../../../src/access/permissions.ts'
import type { Scope } from '../../../../src/access/scope.ts'
import { say, t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { ShownOnce } from '../shell/shown-once.tsx'
import { q } from '../texts/people.ts'
import { makeKey } from './people-api.ts'

interface AddKeyDialogProps {
  /** Of the person who makes it. */
  role: Role
  scope: Scope
  onClose: () => void
  onDone: () => void
}

const LONGEST_DAYS = 366
const USUAL_DAYS = 90

/** A key of the same scope, with a role that allows no more. */
export function AddKeyDialog({ role, scope, onClose, onDone }: AddKeyDialogProps) {
  const [made, show] = useState<string | null>(null)
  if (made !== null) return <ShownOnce title={q().keyMade} about={q().keyMeans} label={q().keyMade} text={made} onClose={onClose} />
  const choices = (Object.keys(roles) as Role[]).filter((one) => includesRole(role, one) && !permissionsOf(one).has('account.manage'))
  const make = async (form: FormData) => {
    await act(async () => {
      const key = {
        ...{ own: String(form.get('own')), name: String(form.get('name')), role: String(form.get('role')) },
        ...{ days: Number(form.get('days')), scope },
      }
      const { token } = await makeKey(key)
      show(token)
      onDone()
    }, t().done)
    // The key takes the place of the form.
    return false
  }
  return (
    <Dialog title={q().addKey} confirm={q().addKey} onConfirm={make} onClose={onClose}>
      <label class="field">
        {q().keyName}
        <input name="name" required maxLength={64} autocomplete="off" aria-describedby="key-name-hint" />
      </label>
      <p class="muted small" id="key-name-hint">
        {q().keyNameHint}
      </p>
      <label class="field">
        {q().role}
        <select name="role">
          {choices.map((one) => (
            <option key={one} value={one}>
              {say(roles[one])}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        {q().keyDays}
        <input name="days" type="number" required min={1} max={LONGEST_DAYS} defaultValue={String(USUAL_DAYS)} />
      </label>
      <label class="field">
        {q().ownPassword}
        <input name="own" type="password" required autocomplete="current-password" />
      </label>
    </Dialog>
  )
}
