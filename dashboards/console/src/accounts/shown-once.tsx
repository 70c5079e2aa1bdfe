import type { ComponentChildren } from 'preact'
import { Dialog } from '../shell/dialog.tsx'
import { tell } from '../shell/notice.tsx'
import { q } from '../texts/people.ts'

interface ShownOnceProps {
  title: string
  /** What to do with it. */
  about: string
  label: string
  text: string
  onClose: () => void
  children?: ComponentChildren
}

/** Something the server shows only now, to be copied. */
export function ShownOnce({ title, about, label, text, onClose, children }: ShownOnceProps) {
  const copy = () => void navigator.clipboard?.writeText(text).then(() => tell(q().copied))
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{about}</p>
      {children}
      <label class="field">
        {label}
        <textarea class="code" readOnly rows={text.split('\n').length + 1} value={text} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <button type="button" class="button primary" onClick={copy}>
        {q().copy}
      </button>
    </Dialog>
  )
}
