import { useState } from 'preact/hooks'
import { ApiProblem } from './http.ts'
import type { Session } from './session.ts'

interface SignInSteps {
  /** Name and password first; with a pending one the code of the second factor. */
  ask: (form: FormData, pending: string) => Promise<Session | { pending: string }>
  enter: (session: Session) => unknown
  /** What somebody reads of a failure; `isWrong`: of name or password. */
  words: (failure: unknown, isWrong: boolean) => string
}

/** The state of a form by which somebody signs in. */
export function useSignIn({ ask, enter, words }: SignInSteps) {
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const [pending, setPending] = useState('')
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    setBusy(true)
    setProblem('')
    try {
      const step = await ask(form, pending)
      if ('pending' in step) setPending(step.pending)
      else await enter(step)
    } catch (failure) {
      setProblem(words(failure, failure instanceof ApiProblem && failure.status === 401 && !pending))
    } finally {
      setBusy(false)
    }
  }
  return { problem, busy, pending, submit, back: () => setPending('') }
}
