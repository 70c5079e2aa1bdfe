import { useState } from 'preact/hooks'
import { link } from '../live/live.ts'
import { t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act, tell } from '../shell/notice.tsx'
import { setQueries } from '../shell/router.ts'
import { pr } from '../texts/programmes.ts'

export const closeForm = () => setQueries({ edit: null }, false)

interface FormEndProps {
  /** What is removed, by its name; null for something new. */
  name: string | null
  remove: () => Promise<unknown>
  onDone: () => void
}

/** Save, leave, and remove. */
export function FormEnd({ name, remove, onDone }: FormEndProps) {
  const [asks, ask] = useState(false)
  const isOff = link.value === 'disconnected'
  const removeIt = async () => {
    const done = await act(remove, t().done)
    if (done) {
      onDone()
      closeForm()
    }
    return done
  }
  return (
    <div class="buttons">
      <button type="submit" class="button primary" aria-disabled={isOff}>
        {t().save}
      </button>
      <button type="button" class="button" onClick={closeForm}>
        {t().cancel}
      </button>
      <span class="muted">{pr().countsAtOnce}</span>
      <span class="grow" />
      {name !== null && (
        <button
          type="button"
          class="button"
          aria-disabled={isOff}
          onClick={() => (isOff ? tell(t().refusedDisconnected, true) : ask(true))}
        >
          {pr().remove}…
        </button>
      )}
      {asks && (
        <Dialog title={pr().removeTitle(name ?? '')} confirm={pr().remove} onConfirm={removeIt} onClose={() => ask(false)}>
          <p>{pr().removeMeans}</p>
        </Dialog>
      )}
    </div>
  )
}
