import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { c } from '../texts.ts'

/** A sheet over the page, at its lower end where the thumb is. */
export function Panel({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="sheet" aria-label={title} onClose={onClose}>
      <div class="card-line">
        <h2 class="grow">{title}</h2>
        <button type="button" class="icon" aria-label={c().close} onClick={onClose}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M5 5 19 19M19 5 5 19" />
          </svg>
        </button>
      </div>
      {children}
    </dialog>
  )
}
