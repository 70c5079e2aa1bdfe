import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Permission } from '../../../../src/access/permissions.ts'
import { type Approval, approvalReasons } from '../../../../src/control/approval.ts'
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
import { whyNotLive } from './refused.ts'

/** What a second person has to say to a command, or said. */
export function ApprovalPart({ command, onDecided }: { command: CommandView; onDecided: () => void }) {
  const { approval, id, account, elsewhere } = command
  if (!approval) return null
  return (
    <Decision
      asked={{ approval, account, waits: isWaiting(command, serverNow.value), isElsewhere: elsewhere > 0, needs: 'command.send' }}
      nobody={c().nobodyDecided(formatHour(approval.expires))}
      approve={() => approveCommand(id)}
      decline={(reason) => declineCommand(id, reason)}
      onDecided={onDecided}
    >
      <p>{c().approveMeans(command.by, commandWords(command), formatNumber(command.total))}</p>
      <p>
        {c().ends}: {approval.lasts === null ? c().endsNever : c().endsAfter(formatMinutes(approval.lasts / 60_000))}
      </p>
      {command.reason && (
        <p>
          {c().reason}: {command.reason}
        </p>
      )}
    </Decision>
  )
}

interface DecisionProps {
  asked: { approval: Approval; account: string; waits: boolean; isElsewhere: boolean; needs: Permission }
  /** That nobody decided in time. */
  nobody: string
  approve: () => Promise<unknown>
  decline: (reason: string) => Promise<unknown>
  onDecided: () => void
  /** What a yes means. */
  children: ComponentChildren
}

/** Why a second person is needed, and what they say or said. */
export function Decision({ asked, nobody, approve, decline, onDecided, children }: DecisionProps) {
  const [asks, ask] = useState<'approve' | 'decline' | null>(null)
  const { approval, waits, isElsewhere, needs } = asked
  const isOwn = !maySecond(asked, session.value?.name ?? '')
  const open = (what: 'approve' | 'decline') => {
    const refused = whyNotLive(link.peek())
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
        {waits ? c().waitsFor(formatDuration(Math.max(0, approval.expires - serverNow.value))) : decisionWords(approval, nobody)}
      </p>
      {waits && may(needs) && isOwn && <p class="muted">{isElsewhere ? c().notAllInScope : c().notYourself}</p>}
      {waits && may(needs) && !isOwn && (
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
        <Dialog title={c().approve} confirm={c().approve} onConfirm={() => done(approve)} onClose={() => ask(null)}>
          {children}
        </Dialog>
      )}
      {asks === 'decline' && (
        <Dialog
          title={c().decline}
          confirm={c().decline}
          onConfirm={(form) => done(() => decline(String(form.get('reason') ?? '')))}
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

function decisionWords({ decision }: Approval, nobody: string): string {
  if (!decision) return nobody
  const { approved, by, at, reason } = decision
  return [approved ? c().approvedBy(by, formatClock(at)) : c().declinedBy(by, formatClock(at)), reason].filter(Boolean).join(' · ')
}
