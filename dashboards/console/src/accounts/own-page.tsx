import { useState } from 'preact/hooks'
import { type Role, roles } from '../../../../src/access/permissions.ts'
import type { Scope } from '../../../../src/access/scope.ts'
import { formatFull } from '../format.ts'
import { getSession, session } from '../live/api.ts'
import { say, t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { useKeys } from '../shell/keys.ts'
import { act } from '../shell/notice.tsx'
import { leave } from '../shell/person-panel.tsx'
import { navigate } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { q } from '../texts/people.ts'
import { AddKeyDialog } from './add-key-dialog.tsx'
import { KeyList } from './key-list.tsx'
import { NewPassword } from './new-password.tsx'
import { changePassword, getOwn } from './people-api.ts'
import { scopeText } from './scope-fields.tsx'
import { SecondFactorSection } from './second-factor.tsx'
import { SessionList } from './session-list.tsx'

/** One's own password, second factor, sessions and keys. */
export function OwnPage() {
  const [asking, ask] = useState<'password' | 'key' | null>(null)
  const own = useAnswer(getOwn, '')
  const { answer, problem } = own
  const again = () => {
    own.again()
    // What was owed may be done.
    void getSession().then((now) => (session.value = now))
  }
  useKeys({ Escape: () => navigate('/') })
  const me = session.value
  if (!answer || !me) return <p class="hint">{problem || t().loading}</p>
  const { name, displayName, role, scope } = answer.account
  return (
    <div class="stack">
      <section class="panel">
        <div class="list-bar">
          <h1>{q().own}</h1>
          <span class="grow" />
          {me.owes && (
            <button type="button" class="button" onClick={() => void leave()}>
              {t().signOut}
            </button>
          )}
          {!me.owes && me.permissions.includes('account.manage') && (
            <a class="button" href="/accounts">
              {q().toPeople}
            </a>
          )}
        </div>
        {me.owes && <p class="problem">{me.owes === 'password' ? q().mustChange : q().factorOwed}</p>}
        {!me.owes && me.secondFactorDue !== null && <p class="problem">{q().factorDue(formatFull(me.secondFactorDue))}</p>}
        <p>
          <b>{name}</b> {displayName} · {say(roles[role as Role])} · {scopeText(scope)}
        </p>
        <div class="buttons">
          <button type="button" class="button" onClick={() => ask('password')}>
            {q().changePassword}…
          </button>
        </div>
      </section>
      <SecondFactorSection state={answer.secondFactor} isDemanded={answer.account.secondFactorDemanded} onChange={again} />
      <SessionList of={null} sessions={answer.sessions} onChange={again} />
      <KeyList of={null} keys={answer.keys} onChange={again}>
        {me.owes || me.secondFactorDue !== null ? (
          <span class="muted">{q().keysRest}</span>
        ) : (
          <button type="button" class="button" onClick={() => ask('key')}>
            {q().addKey}…
          </button>
        )}
      </KeyList>
      {asking === 'password' && <PasswordDialog onClose={() => ask(null)} onDone={again} />}
      {asking === 'key' && <AddKeyDialog role={role as Role} scope={scope as Scope} onClose={() => ask(null)} onDone={again} />}
    </div>
  )
}

function PasswordDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const change = async (form: FormData) => {
    const done = await act(() => changePassword(String(form.get('own')), String(form.get('password'))), t().done)
    if (done) onDone()
    return done
  }
  return (
    <Dialog title={q().changePassword} confirm={q().save} onConfirm={change} onClose={onClose}>
      <label class="field">
        {q().ownPassword}
        <input name="own" type="password" required autocomplete="current-password" />
      </label>
      <NewPassword />
      <p class="muted small">{q().passwordKeepsKeys}</p>
    </Dialog>
  )
}
