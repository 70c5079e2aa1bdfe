import { useState } from 'preact/hooks'
import { ApiProblem } from '../../../shared/http.ts'
import { type Session, session } from '../../../shared/session.ts'
import { sendCode, signIn } from '../crew-api.ts'
import { lookAtPush } from '../phone/push.ts'
import { goHome, path } from '../router.ts'
import { account, catchUp } from '../state.ts'
import { c } from '../texts.ts'
import { explain } from './problem-words.ts'
import { LanguageChoice } from './settings-page.tsx'

async function enter(found: Session): Promise<void> {
  session.value = found
  if (path.peek().endsWith('/sign-in')) goHome()
  await catchUp()
  await lookAtPush()
}

/** Name and password, and the code of the second factor where one is set up. */
export function SignIn() {
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const [pending, setPending] = useState('')
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(form.get(name))
    setBusy(true)
    setProblem('')
    try {
      const step = pending ? await sendCode(pending, text('code')) : await signIn(text('name').trim(), text('password'))
      if ('pending' in step) setPending(step.pending)
      else return await enter(step)
    } catch (failure) {
      setProblem(failure instanceof ApiProblem && failure.status === 401 && !pending ? c().wrongPassword : explain(failure))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form class="sign-in" onSubmit={(event) => void submit(event)}>
      <h2>{c().product}</h2>
      <p class="muted">{c().signInAbout}</p>
      {pending ? (
        <label class="field" key="code">
          {c().code}
          <input name="code" required maxLength={40} inputMode="numeric" autocomplete="one-time-code" autofocus />
        </label>
      ) : (
        <>
          <label class="field">
            {c().name}
            <input name="name" autocomplete="username" autocapitalize="none" required defaultValue={account.value ?? ''} />
          </label>
          <label class="field">
            {c().password}
            <input name="password" type="password" autocomplete="current-password" required />
          </label>
        </>
      )}
      <p role="alert">{problem}</p>
      <button type="submit" class="button step" disabled={busy}>
        {c().signIn}
      </button>
      <LanguageChoice />
    </form>
  )
}
