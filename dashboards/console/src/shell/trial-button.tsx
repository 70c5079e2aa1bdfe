import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { act } from './notice.tsx'

interface TrialButtonProps<T> {
  words: string
  /** While it is being tried. */
  busy: string
  run: (form: FormData) => Promise<T>
  /** Tells what came of it. */
  show: (outcome: T) => ComponentChildren
}

/** Tries out what stands in a form, before it is kept. */
export function TrialButton<T>({ words, busy, run, show }: TrialButtonProps<T>) {
  const [outcome, setOutcome] = useState<T | null>(null)
  const [isBusy, setBusy] = useState(false)
  const tryOut = async (form: HTMLFormElement) => {
    if (isBusy || !form.reportValidity()) return
    setBusy(true)
    setOutcome(null)
    await act(async () => setOutcome(await run(new FormData(form))))
    setBusy(false)
  }
  return (
    <>
      <div>
        <button
          type="button"
          class="button"
          aria-disabled={isBusy}
          onClick={(event) => void tryOut((event.currentTarget as HTMLElement).closest('form') as HTMLFormElement)}
        >
          {isBusy ? busy : words}
        </button>
      </div>
      <div role="status">{outcome !== null && show(outcome)}</div>
    </>
  )
}
