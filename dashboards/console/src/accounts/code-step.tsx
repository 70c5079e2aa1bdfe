import { useState } from 'preact/hooks'
import { session } from '../live/api.ts'
import { t } from '../settings.ts'
import { explain } from '../shell/notice.tsx'
import { q } from '../texts/people.ts'
import { sendCode } from './people-api.ts'

/** The second step of signing in. */
export function CodeStep({ pending, onBack }: { pending: string; onBack: () => void }) {
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    setBusy(true)
    try {
      session.value = await sendCode(pending, String(form.get('code')))
    } catch (failure) {
      setProblem(explain(failure))
      setBusy(false)
    }
  }
  return (
    <form class="panel" onSubmit={(event) => void submit(event)}>
      <h1>{q().codeStep}</h1>
      <p>{q().codeStepAbout}</p>
      <label class="field">
        {q().code}
        <input name="code" required maxLength={40} autocomplete="one-time-code" autofocus aria-describedby="code-hint" />
      </label>
      <p class="muted small" id="code-hint">
        {q().codeHint}
      </p>
      <p role="alert">{problem}</p>
      <div class="buttons">
        <button type="submit" class="button primary" disabled={busy}>
          {t().signIn}
        </button>
        <button type="button" class="button" onClick={onBack}>
          {q().back}
        </button>
      </div>
    </form>
  )
}
