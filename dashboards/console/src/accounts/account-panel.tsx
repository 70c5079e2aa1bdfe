import { useState } from 'preact/hooks'
import type { Role } from '../../../../src/access/permissions.ts'
import type { Scope } from '../../../../src/access/scope.ts'
import { session } from '../live/api.ts'
import { t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { q } from '../texts/people.ts'
import type { MadeLink } from './add-dialog.tsx'
import { KeyList } from './key-list.tsx'
import { type AccountView, changeAccount, getKeysOf, getSessionsOf, invite, removeAccount, removeSecondFactorOf } from './people-api.ts'
import { RoleFields, ScopeFields, scopeOf } from './scope-fields.tsx'
import { SessionList } from './session-list.tsx'

interface AccountPanelProps {
  account: AccountView
  onChange: () => void
  onLink: (link: MadeLink) => void
  onGone: () => void
}

/** One account, as an administrator changes it. */
export function AccountPanel({ account, onChange, onLink, onGone }: AccountPanelProps) {
  const { name, role, secondFactor, disabled } = account
  const [asking, ask] = useState<'link' | 'factor' | 'remove' | null>(null)
  const lists = useAnswer(async () => ({ ...(await getSessionsOf(name)), ...(await getKeysOf(name)) }), name)
  const again = () => {
    lists.again()
    onChange()
  }
  const isOwn = name === session.value?.name
  const isWall = role === 'wall'
  const run = async (work: () => Promise<unknown>) => {
    const done = await act(work, t().done)
    if (done) again()
    return done
  }
  const makeLink = () => run(async () => onLink({ name, isWall, invitation: await invite(name) }))
  return (
    <>
      <section class="panel" aria-labelledby="account-title">
        <div class="list-bar">
          <h2 id="account-title">{q().manageOf(name)}</h2>
          <span class="grow" />
          {!disabled && (
            <button type="button" class="button" onClick={() => (isWall ? void makeLink() : ask('link'))}>
              {isWall ? q().newScreen : q().newLink}…
            </button>
          )}
          {secondFactor && !isOwn && (
            <button type="button" class="button" onClick={() => ask('factor')}>
              {q().resetFactor}…
            </button>
          )}
          {!isOwn && (
            <button type="button" class="button" onClick={() => ask('remove')}>
              {q().remove}…
            </button>
          )}
        </div>
        {isOwn ? (
          <p>
            <a href="/own">{q().own}</a>
          </p>
        ) : (
          <AccountForm account={account} onSave={(draft) => run(() => changeAccount(name, draft))} />
        )}
      </section>
      {lists.answer && <SessionList of={name} sessions={lists.answer.sessions} onChange={again} />}
      {lists.answer && !isWall && <KeyList of={name} keys={lists.answer.keys} onChange={again} />}
      {asking === 'link' && (
        <Dialog title={`${q().newLink}: ${name}`} confirm={q().newLink} onConfirm={makeLink} onClose={() => ask(null)}>
          <p>{q().newLinkMeans}</p>
        </Dialog>
      )}
      {asking === 'factor' && (
        <Dialog
          title={`${q().resetFactor}: ${name}`}
          confirm={q().resetFactor}
          onConfirm={() => run(() => removeSecondFactorOf(name))}
          onClose={() => ask(null)}
        >
          <p>{q().resetFactorMeans}</p>
        </Dialog>
      )}
      {asking === 'remove' && (
        <Dialog
          title={`${q().remove}: ${name}`}
          confirm={q().remove}
          onClose={() => ask(null)}
          onConfirm={async () => {
            const done = await run(() => removeAccount(name))
            if (done) onGone()
            return done
          }}
        >
          <p>{q().removeMeans}</p>
        </Dialog>
      )}
    </>
  )
}

interface AccountFormProps {
  account: AccountView
  onSave: (draft: { displayName: string; role: Role; scope: Scope; disabled: boolean }) => Promise<unknown>
}

function AccountForm({ account: { displayName, role, scope, disabled }, onSave }: AccountFormProps) {
  const save = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    void onSave({
      displayName: String(form.get('displayName')),
      role: (form.get('role') ?? role) as Role,
      scope: scopeOf(form),
      disabled: form.get('disabled') !== null,
    })
  }
  return (
    <form onSubmit={save}>
      <label class="field">
        {q().displayName}
        <input name="displayName" maxLength={100} defaultValue={displayName} autocomplete="off" />
      </label>
      {role === 'wall' ? <ScopeFields scope={scope as Scope} /> : <RoleFields initial={role as Role} scope={scope as Scope} />}
      <label class="check">
        <input type="checkbox" name="disabled" defaultChecked={disabled} />
        {q().disable}
      </label>
      <button type="submit" class="button primary">
        {q().save}
      </button>
    </form>
  )
}
