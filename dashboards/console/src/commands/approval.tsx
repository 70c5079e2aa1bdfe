import { useState } from 'preact/hooks'
import { approvalReasons } from '../../../../src/control/approval.ts'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import { formatClock, formatDuration, formatHour, formatMinutes, formatNumber } from '../format.ts'
import { session } from '../live/api.ts'
import { link, serverNow } from '../live/live.ts'
import { say } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act, tell } from '../shell/notice.tsx'
import { c } from '../texts/commands.ts'
import { isWaiting, maySecond } from './approval-state.ts'
import { commandWords } from './command-words.ts'
import { approveCommand, declineCommand } from './commands-api.ts'
import { refusedWords } from './refused.ts'

/** What a second person has to say to a command, or said. */
export function ApprovalPart({ command, onDecided }: { command: CommandView; onDecided: () => void }) {
  const [asks, ask] = useState<'approve' | 'decline' | null>(null)
  const { approval, id } = command
  if (!approval) return null
  const waits = isWaiting(command, serverNow.value)
  const isOwn = !maySecond(command, session.value?.name ?? '')
  const open = (what: 'approve' | 'decline') => {
    const refused = refusedWords(link.peek())
    if (refused) tell(refused, true)
    else ask(what)
  }
  const done = async (work: () => Promise<unknown>) => {
    const isDone = await act(work)
    onDecided()
    return isDone
  }
  return (
    <section class="approval" aria-label={c().secondPerson}>
      <p class={waits ? 'request' : ''}>
        {approval.reasons.map((reason) => say(approvalReasons[reason])).join(' · ')}
        {' · '}
        {waits ? c().waitsFor(formatDuration(Math.max(0, approval.expires - serverNow.value))) : decisionWords(command)}
      </p>
      {waits && may('command.send') && isOwn && <p class="muted">{command.elsewhere > 0 ? c().notAllInScope : c().notYourself}</p>}
      {waits && may('command.send') && !isOwn && (
        <div class="buttons">
          <button type="button" class="button primary" onClick={() => open('approve')}>
            {c().approve}…
          </button>
          <button type="button" class="button" onClick={() => open('decline')}>
            {c().decline}…
          </button>
        </div>
      )}
      {asks === 'approve' && (
        <Dialog title={c().approve} confirm={c().approve} onConfirm={() => done(() => approveCommand(id))} onClose={() => ask(null)}>
          <p>{c().approveMeans(command.by, commandWords(command), formatNumber(command.total))}</p>
          <p>
            {c().ends}: {approval.lasts === null ? c().endsNever : c().endsAfter(formatMinutes(approval.lasts / 60_000))}
          </p>
          {command.reason && (
            <p>
              {c().reason}: {command.reason}
            </p>
          )}
        </Dialog>
      )}
      {asks === 'decline' && (
        <Dialog
          title={c().decline}
          confirm={c().decline}
          onConfirm={(form) => done(() => declineCommand(id, String(form.get('reason') ?? '')))}
          onClose={() => ask(null)}
        >
          <label class="field">
            {c().reason}
            <textarea name="reason" maxLength={2000} rows={2} />
          </label>
        </Dialog>
      )}
    </section>
  )
}

function decisionWords({ approval }: CommandView): string {
  if (!approval?.decision) return c().nobodyDecided(formatHour(approval?.expires ?? 0))
  const { approved, by, at, reason } = approval.decision
  return [approved ? c().approvedBy(by, formatClock(at)) : c().declinedBy(by, formatClock(at)), reason].filter(Boolean).join(' · ')
}
