import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { say } from '../settings.ts'
import { Dialog } from './dialog.tsx'
import { tell } from './notice.tsx'

const texts = {
  copy: { en: 'Copy', zh: '复制' },
  copied: { en: 'Copied.', zh: '已复制。' },
  notCopied: { en: 'The browser does not let it be copied; mark it and copy it by hand.', zh: '浏览器不允许复制，请手工选中复制。' },
}

interface ShownOnceProps {
  title: string
  /** What to do with it. */
  about: string
  label: string
  text: string
  onClose: () => void
  children?: ComponentChildren
}

/** Something the server shows only now, to be copied: a secret, a link, codes. */
export function ShownOnce({ title, about, label, text, onClose, children }: ShownOnceProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  // Without a secure connection a browser offers no clipboard at all.
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      tell(say(texts.copied))
    } catch {
      field.current?.select()
      tell(say(texts.notCopied), true)
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{about}</p>
      {children}
      <label class="field">
        {label}
        <textarea
          ref={field}
          class="code"
          readOnly
          rows={text.split('\n').length + 1}
          value={text}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <button type="button" class="button primary" onClick={() => void copy()}>
        {say(texts.copy)}
      </button>
    </Dialog>
  )
}
