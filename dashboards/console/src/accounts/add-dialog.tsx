import type { Role } from '../../../../src/access/permissions.ts'
import { WHOLE_CITY } from '../../../../src/access/scope.ts'
import { formatFull } from '../format.ts'
import { t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { ShownOnce } from '../shell/shown-once.tsx'
import { q } from '../texts/people.ts'
import { addAccount, type InvitationView } from './people-api.ts'
import { RoleFields, ScopeFields, scopeOf } from './scope-fields.tsx'

export interface MadeLink {
  name: string
  isWall: boolean
  invitation: InvitationView
}

interface AddDialogProps {
  of: 'person' | 'wall'
  onClose: () => void
  onDone: (made: MadeLink) => void
}

/** Makes an account without a password; the link to it comes back. */
export function AddDialog({ of, onClose, onDone }: AddDialogProps) {
  const add = (form: FormData) => {
    const name = String(form.get('name'))
    const role = (of === 'wall' ? 'wall' : form.get('role')) as Role
    const draft = { displayName: String(form.get('displayName') ?? ''), role, scope: scopeOf(form) }
    return act(async () => {
      const { invitation } = await addAccount(name, draft)
      onDone({ name, isWall: role === 'wall', invitation })
    }, t().done)
  }
  return (
    <Dialog title={of === 'wall' ? q().addWall : q().add} confirm={q().save} onConfirm={add} onClose={onClose}>
      {of === 'wall' && <p>{q().wallMeans}</p>}
      <label class="field">
        {q().account}
        <input name="name" required maxLength={64} autocomplete="off" aria-describedby="account-hint" />
      </label>
      <p class="muted small" id="account-hint">
        {q().accountHint}
      </p>
      {of === 'wall' ? (
        <ScopeFields scope={WHOLE_CITY} />
      ) : (
        <>
          <label class="field">
            {q().displayName}
            <input name="displayName" maxLength={100} autocomplete="off" />
          </label>
          <RoleFields initial="operator" scope={WHOLE_CITY} />
        </>
      )}
    </Dialog>
  )
}

export function LinkDialog({ name, isWall, invitation: { token, expires }, onClose }: MadeLink & { onClose: () => void }) {
  const until = formatFull(expires)
  // Behind the #, so that it stands in no log of a server on the way.
  const address = `${location.origin}/invitation#${token}`
  const about = isWall ? q().wallLinkMeans(name, until) : q().linkMeans(name, until)
  return <ShownOnce title={q().link} about={about} label={q().link} text={address} onClose={onClose} />
}
