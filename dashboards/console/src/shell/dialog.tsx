import type { ComponentChildren } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import { t } from '../settings.ts'
import { notice } from './notice.tsx'

interface DialogProps {
  title: string
  /** Words on the button that does it; without it the dialog only informs. */
  confirm?: string
  /** Closes the dialog when it answers true. */
  onConfirm?: (form: FormData) => Promise<boolean>
  onClose: () => void
  children: ComponentChildren
}

export function Dialog({ title, confirm, onConfirm, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  const before = useRef(notice.peek())
  const opener = useRef<Element | null>(null)
  // In the commit: what is typed next is meant for the dialog.
  useLayoutEffect(() => {
    opener.current = document.activeElement
    dialog.current?.showModal()
  }, [])
  // Only once the dialog is gone can anything outside of it have the focus.
  useEffect(() => () => void (opener.current instanceof HTMLElement && opener.current.focus()), [])
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!onConfirm || (await onConfirm(new FormData(event.currentTarget as HTMLFormElement)))) onClose()
  }
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={heading} onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id={heading}>{title}</h2>
        {children}
        {notice.value?.bad && notice.value !== before.current && (
          <p class="problem" role="alert">
            {notice.value.text}
          </p>
        )}
        <div class="buttons">
          {confirm && (
            <button type="submit" class="button primary">
              {confirm}
            </button>
          )}
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            {confirm ? t().cancel : t().close}
          </button>
        </div>
      </form>
    </dialog>
  )
}

export function ReasonField({ label, name = 'reason' }: { label: string; name?: string }) {
  return (
    <label class="field">
      {label}
      <textarea name={name} required maxLength={2000} rows={3} />
    </label>
  )
}
