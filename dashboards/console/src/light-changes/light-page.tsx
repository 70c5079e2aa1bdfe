import { useState } from 'preact/hooks'
import { lightChangeStates } from '../../../../src/control/light-change.ts'
import type { LightChangeView } from '../../../../src/edges/http/light-change-schemas.ts'
import { Decision } from '../commands/approval.tsx'
import { isLightWaiting } from '../commands/approval-state.ts'
import { formatFull, formatHour } from '../format.ts'
import { link, serverNow, toldLightChanges } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { act, tell } from '../shell/notice.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { useTold } from '../shell/use-told.ts'
import { li } from '../texts/light-changes.ts'
import { approveLight, declineLight, getLightChange, withdrawLight } from './light-api.ts'
import { ChangeFacts, Differences } from './light-parts.tsx'
import { changeWords, whomWords } from './light-words.ts'

/** One change of light: who wanted what for whom, what it does, and what a second person says to it. */
export function LightPage({ id }: { id: string }) {
  const { answer, problem, again } = useAnswer(() => getLightChange(id), `${id} ${link.value === 'disconnected'}`)
  useTold(toldLightChanges, (told) => told.id === id, again, id)
  if (!answer) {
    return (
      <section class="panel">
        <h1>{li().title}</h1>
        <Awaited isThere={false} problem={problem} />
      </section>
    )
  }
  const { change, by, at, counts, differences, approval, account, isElsewhere, needs } = answer
  const waits = isLightWaiting(answer, serverNow.value)
  const reason = change.type === 'override' ? change.override.reason : change.type === 'end-override' ? change.reason : ''
  const plan = change.type === 'override' ? change.override.plan : null
  return (
    <section class="panel" data-light-change={id} data-state={answer.state}>
      <header class="command-head">
        <h1>{changeWords(change)}</h1>
        <b role="status">{say(lightChangeStates[waits || answer.state !== 'waiting' ? answer.state : 'expired'])}</b>
        <span class="grow" />
        {waits && may(needs) && <WithdrawButton change={answer} onDone={again} />}
      </header>
      {problem && <p class="problem">{problem}</p>}
      {approval && (
        <Decision
          asked={{ approval, account, waits, isElsewhere, needs }}
          nobody={li().nobodyDecided(formatHour(approval.expires))}
          approve={() => approveLight(id)}
          decline={(why) => declineLight(id, why)}
          onDecided={again}
        >
          <p>{li().approveMeans(by, changeWords(change), whomWords(counts))}</p>
          <Differences differences={differences} />
        </Decision>
      )}
      <dl class="facts">
        <dt>{li().askedBy}</dt>
        <dd>
          {by}, {formatFull(at)}
        </dd>
        {plan != null && (
          <>
            <dt>{li().byPlan}</dt>
            <dd>
              <a href={`/emergency-plans/activations/${plan}`}>{reason}</a>
            </dd>
          </>
        )}
        {plan == null && reason && (
          <>
            <dt>{li().reason}</dt>
            <dd class="command-reason">{reason}</dd>
          </>
        )}
        <ChangeFacts change={change} counts={counts} />
      </dl>
      <Differences differences={differences} />
    </section>
  )
}

function WithdrawButton({ change, onDone }: { change: LightChangeView; onDone: () => void }) {
  const [asks, ask] = useState(false)
  const isOff = link.value === 'disconnected'
  const withdraw = async (form: FormData) => {
    const done = await act(() => withdrawLight(change.id, String(form.get('reason') ?? '')), t().done)
    if (done) onDone()
    return done
  }
  return (
    <>
      <button type="button" class="button" aria-disabled={isOff} onClick={() => (isOff ? tell(t().refusedDisconnected, true) : ask(true))}>
        {li().withdraw}…
      </button>
      {asks && (
        <Dialog title={li().withdraw} confirm={li().withdraw} onConfirm={withdraw} onClose={() => ask(false)}>
          <p>{li().withdrawMeans}</p>
          <label class="field">
            {li().reason}
            <textarea name="reason" maxLength={2000} rows={2} />
          </label>
        </Dialog>
      )}
    </>
  )
}
