import { useState } from 'preact/hooks'
import { session } from '../live/api.ts'
import { t } from '../settings.ts'
import { explain } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { Switches } from '../shell/switches.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { q } from '../texts/people.ts'
import { CodeStep } from './code-step.tsx'
import { NewPassword } from './new-password.tsx'
import { accept, lookAt } from './people-api.ts'

/** Where a link leads: choosing a password, or signing a wall's screen in. */
export function InvitationPage() {
  const [token] = useState(location.hash.slice(1))
  const [pending, setPending] = useState('')
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const { answer, problem: dead } = useAnswer(() => lookAt(token), token)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const password = new FormData(event.currentTarget as HTMLFormElement).get('password')
    setBusy(true)
    try {
      const step = await accept(token, password === null ? undefined : String(password))
      if ('pending' in step) setPending(step.pending)
      else {
        session.value = step
        navigate(step.role === 'wall' ? '/?kiosk=1' : step.secondFactorDue === null ? '/' : '/own', true)
      }
    } catch (failure) {
      setProblem(explain(failure))
      setBusy(false)
    }
  }
  if (pending) {
    return (
      <main class="sign-in">
        <CodeStep pending={pending} onBack={() => navigate('/', true)} />
      </main>
    )
  }
  if (!answer) {
    return (
      <main class="sign-in">
        <section class="panel">
          <h1>{dead ? q().linkDead : t().product}</h1>
          <p role="alert">{dead || t().loading}</p>
          {dead && <a href="/">{q().toSignIn}</a>}
        </section>
      </main>
    )
  }
  const isWall = answer.role === 'wall'
  return (
    <main class="sign-in">
      <form class="panel" onSubmit={(event) => void submit(event)}>
        <h1>{isWall ? q().wallWelcome(answer.name) : q().welcome(answer.displayName || answer.name)}</h1>
        {isWall ? (
          <p>{q().wallMeans}</p>
        ) : (
          <>
            <p>{answer.purpose === 'reset' ? q().chooseNew : q().choose}</p>
            <input name="name" autocomplete="username" value={answer.name} readOnly hidden />
            <NewPassword />
          </>
        )}
        <p role="alert">{problem}</p>
        <div class="buttons">
          <button type="submit" class="button primary" disabled={busy}>
            {isWall ? q().wallButton : q().chooseButton}
          </button>
          <span class="grow" />
          <Switches />
        </div>
      </form>
    </main>
  )
}
