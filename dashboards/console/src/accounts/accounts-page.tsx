import { useState } from 'preact/hooks'
import { get, id, request, session } from '../live/api.ts'
import { t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { useKeys } from '../shell/keys.ts'
import { act } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { p } from '../texts/plant.ts'

interface Account {
  name: string
  role: string
}
type Asking = { do: 'add' } | { do: 'remove' | 'password'; name: string }

const LEAST_LENGTH = 12

/** Who may sign in. */
export function AccountsPage() {
  const [asking, ask] = useState<Asking | null>(null)
  const [changes, changed] = useState(0)
  const { answer, problem } = useAnswer(() => get<{ accounts: Account[] }>('/api/accounts'), `${changes}`)
  useKeys({ Escape: () => navigate('/') })
  return (
    <section class="panel accounts">
      <div class="list-bar">
        <h1>{p().accounts}</h1>
        <span class="grow" />
        <button type="button" class="button" onClick={() => ask({ do: 'add' })}>
          {p().addAccount}…
        </button>
      </div>
      {problem && <p class="problem">{problem}</p>}
      <ul class="alarm-lines">
        {answer?.accounts.map(({ name }) => (
          <li key={name}>
            <b>{name}</b>
            {name === session.value?.name && <span class="tag">{p().you}</span>}
            <span class="grow" />
            <button
              type="button"
              class="button"
              aria-label={`${p().changePassword}: ${name}`}
              onClick={() => ask({ do: 'password', name })}
            >
              {p().changePassword}…
            </button>
            {name !== session.value?.name && (
              <button type="button" class="button" aria-label={`${p().removeAccount}: ${name}`} onClick={() => ask({ do: 'remove', name })}>
                {p().removeAccount}…
              </button>
            )}
          </li>
        ))}
      </ul>
      {asking && <AccountDialog asking={asking} onClose={() => ask(null)} onDone={() => changed((n) => n + 1)} />}
    </section>
  )
}

function AccountDialog({ asking, onClose, onDone }: { asking: Asking; onClose: () => void; onDone: () => void }) {
  const send = async (method: string, path: string, body?: unknown) => {
    const done = await act(() => request<unknown>(method, path, body), t().done)
    if (done) onDone()
    return done
  }
  if (asking.do === 'add') {
    const add = (form: FormData) =>
      send('POST', '/api/accounts', { name: String(form.get('name')), password: String(form.get('password')) })
    return (
      <Dialog title={p().addAccount} confirm={t().save} onConfirm={add} onClose={onClose}>
        <label class="field">
          {t().name}
          <input name="name" required maxLength={64} autocomplete="off" />
        </label>
        <NewPassword />
      </Dialog>
    )
  }
  const path = `/api/accounts/${id(asking.name)}`
  if (asking.do === 'remove') {
    return (
      <Dialog
        title={`${p().removeAccount}: ${asking.name}`}
        confirm={p().removeAccount}
        onConfirm={() => send('DELETE', path)}
        onClose={onClose}
      >
        <p>{p().removeAccountMeans}</p>
      </Dialog>
    )
  }
  const change = (form: FormData) =>
    send('PUT', `${path}/password`, { password: String(form.get('password')), own: String(form.get('own')) })
  return (
    <Dialog title={`${p().changePassword}: ${asking.name}`} confirm={t().save} onConfirm={change} onClose={onClose}>
      <label class="field">
        {p().ownPassword}
        <input name="own" type="password" required autocomplete="current-password" />
      </label>
      <NewPassword />
    </Dialog>
  )
}

function NewPassword() {
  return (
    <>
      <label class="field">
        {p().newPassword}
        <input
          name="password"
          type="password"
          required
          minLength={LEAST_LENGTH}
          autocomplete="new-password"
          aria-describedby="password-hint"
        />
      </label>
      <p class="muted" id="password-hint">
        {p().passwordHint}
      </p>
    </>
  )
}
