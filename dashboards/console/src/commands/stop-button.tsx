import { useState } from 'preact/hooks'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import { formatNumber } from '../format.ts'
import { link, serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act, tell } from '../shell/notice.tsx'
import { c } from '../texts/commands.ts'
import { isWaiting } from './approval-state.ts'
import { cancelCommand } from './commands-api.ts'

/** Facilities that were not told yet. */
export const notTold = ({ counts }: CommandView): number => (counts.requested ?? 0) + (counts.accepted ?? 0)

/** Facilities are kept from their programme by it. */
export const isHeld = ({ until, ended }: CommandView): boolean => until !== null && !ended && until > serverNow.value

/** Stops what of a command can still be stopped: what was not sent, and what is to be given back later. */
export function StopButton({ command, onStopped }: { command: CommandView; onStopped: () => void }) {
  const [asks, ask] = useState(false)
  const waiting = notTold(command)
  if ((waiting === 0 && !isHeld(command)) || command.elsewhere > 0) return null
  const isOff = link.value === 'disconnected'
  const stop = async (form: FormData) => {
    const done = await act(() => cancelCommand(command.id, String(form.get('reason') ?? '')))
    if (done) onStopped()
    return done
  }
  const words = waiting > 0 ? c().stop : c().cancel
  return (
    <>
      <button
        type="button"
        class={isWaiting(command, serverNow.value) ? 'button' : 'button primary'}
        aria-disabled={isOff}
        onClick={() => (isOff ? tell(t().refusedDisconnected, true) : ask(true))}
      >
        {words}
      </button>
      {asks && (
        <Dialog title={words} confirm={words} onConfirm={stop} onClose={() => ask(false)}>
          {waiting > 0 && <p>{c().stopMeans(formatNumber(waiting))}</p>}
          {isHeld(command) && <p>{c().giveBackMeans}</p>}
          <label class="field">
            {c().reason}
            <textarea name="reason" maxLength={2000} rows={2} />
          </label>
        </Dialog>
      )}
    </>
  )
}
