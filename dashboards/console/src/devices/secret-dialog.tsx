import { useRef } from 'preact/hooks'
import { Dialog } from '../shell/dialog.tsx'
import { tell } from '../shell/notice.tsx'
import { dv } from '../texts/devices.ts'

export interface Secret {
  title: string
  /** Of the device; absent of a claim code. */
  username?: string
  text: string
}

/** A secret, which the server tells this once. */
export function SecretDialog({ secret: { title, username, text }, onClose }: { secret: Secret; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      tell(dv().copied)
    } catch {
      field.current?.select()
      tell(dv().notCopied, true)
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      {username !== undefined && (
        <p>
          {dv().username}: <code>{username}</code>
        </p>
      )}
      <label class="field">
        {username === undefined ? dv().code : dv().secret}
        <input ref={field} class="secret" readOnly value={text} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <button type="button" class="button primary" onClick={() => void copy()}>
        {dv().copy}
      </button>
      <p class="muted">{dv().secretMeans}</p>
    </Dialog>
  )
}
