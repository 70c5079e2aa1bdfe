import { useEffect, useState } from 'preact/hooks'
import { approvalReasons } from '../../../../src/control/approval.ts'
import { newId } from '../../../shared/new-id.ts'
import '../commands/commands.css'
import { CountField, isCount } from '../commands/count-field.tsx'
import { whyNotLive } from '../commands/refused.ts'
import { formatDuration, formatHour } from '../format.ts'
import { ApiProblem } from '../live/api.ts'
import { link, serverNow } from '../live/live.ts'
import { say } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act, tell } from '../shell/notice.tsx'
import { c } from '../texts/commands.ts'
import { li } from '../texts/light-changes.ts'
import { executeLight } from './light-api.ts'
import { closeLight, type LightWanted } from './light-open.ts'
import { ChangeFacts, Differences } from './light-parts.tsx'

/** What a change of light would do, the typed count, and the yes to it. */
export function LightDialog({ wanted }: { wanted: LightWanted }) {
  const { change, arming } = wanted
  const [id] = useState(newId)
  const [isWrong, wrong] = useState(false)
  const { expires, ready, typesCount, secondPerson, counts, differences } = arming
  const isExpired = serverNow.value >= expires
  useEffect(() => {
    if (!isExpired) return
    tell(li().armedTooLong, true)
    closeLight(null)
  }, [isExpired])
  const put = async (form: FormData) => {
    const refused = whyNotLive(link.peek())
    if (refused) tell(refused, true)
    wrong(!isCount(form, ready))
    if (refused || !isCount(form, ready)) return false
    let isLost = false
    const done = await act(async () => {
      try {
        const given = await executeLight(id, arming.token, typesCount ? ready : undefined)
        tell(given.state === 'waiting' ? li().asked(formatHour(given.approval?.expires ?? 0)) : li().done)
        closeLight(given)
      } catch (problem) {
        isLost = problem instanceof ApiProblem && problem.code === 'unreachable'
        throw isLost ? c().answerLost : problem
      }
    })
    // A token is good once: what was refused must be looked at anew. Pressed again without an answer it is the same change.
    if (!done && !isLost) closeLight(null)
    return false
  }
  return (
    <Dialog
      title={li().title}
      confirm={secondPerson.length > 0 ? c().askSecond : li().confirm}
      onConfirm={put}
      onClose={() => closeLight(null)}
    >
      <dl class="facts">
        <ChangeFacts change={change} counts={counts} />
      </dl>
      <Differences differences={differences} />
      {secondPerson.length > 0 && (
        <p class="request">
          {li().needsSecond} {secondPerson.map((reason) => say(approvalReasons[reason])).join(' · ')}
        </p>
      )}
      {typesCount && <CountField ready={ready} isWrong={isWrong} />}
      <p class="muted" role="timer">
        {c().goodFor(formatDuration(Math.max(0, expires - serverNow.value)))}
      </p>
    </Dialog>
  )
}
