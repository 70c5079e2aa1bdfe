import { useState } from 'preact/hooks'
import { priorities } from '../../../../src/detection/rule.ts'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { getAlarmPolicy } from '../alarm/alarm-api.ts'
import { shelveMinutes } from '../alarm/alarm-dialogs.tsx'
import { formatMinutes, formatNumber } from '../format.ts'
import { link, alarms as liveAlarms } from '../live/live.ts'
import { t } from '../settings.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { tell } from '../shell/notice.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { a } from '../texts/alarm.ts'
import { al } from '../texts/alarms.ts'
import { alarmTitle } from '../wall/alarm-row.tsx'
import { actOnMany, newActionKey, type Outcome, takeOutOfService } from './bulk-api.ts'

export type BulkAsking = 'shelve' | 'comment' | 'out-of-service'

const USUAL = 60
const MOST_NAMED = 100

interface BulkDialogProps {
  what: BulkAsking
  /** As they were when somebody chose to act: what they became since is refused and said. */
  alarms: readonly AlarmView[]
  onDone: (outcome: Outcome) => void
  onClose: () => void
}

/** Asks for the reason of what is done with several alarms. */
export function BulkDialog({ what, alarms, onDone, onClose }: BulkDialogProps) {
  const [key] = useState(newActionKey)
  const facilities = [...new Set(alarms.map(({ facility }) => facility))]
  const count = formatNumber(what === 'out-of-service' ? facilities.length : alarms.length)
  const send = async (action: () => Promise<Outcome>): Promise<boolean> => {
    if (link.peek() === 'disconnected') {
      tell(t().refusedDisconnected, true)
      return false
    }
    onDone(await action())
    return true
  }
  if (what === 'comment')
    return (
      <Dialog
        title={al().commentTitle(count)}
        confirm={t().save}
        onConfirm={(form) => send(() => actOnMany(alarms, { type: 'comment', text: String(form.get('text')) }, key))}
        onClose={onClose}
      >
        <ReasonField label={a().text} name="text" />
      </Dialog>
    )
  if (what === 'shelve')
    return (
      <Dialog
        title={al().shelveTitle(count)}
        confirm={t().shelve}
        onConfirm={(form) =>
          send(() => actOnMany(alarms, { type: 'shelve', minutes: Number(form.get('minutes')), reason: String(form.get('reason')) }, key))
        }
        onClose={onClose}
      >
        <Length alarms={alarms} />
        <ReasonField label={t().reason} />
      </Dialog>
    )
  return (
    <Dialog
      title={al().outTitle(count)}
      confirm={t().takeOutOfService}
      onConfirm={(form) => send(() => takeOutOfService(facilities, String(form.get('reason'))))}
      onClose={onClose}
    >
      <p>{t().outOfServiceMeans}</p>
      <p class="muted facilities-named">{facilities.slice(0, MOST_NAMED).join(', ')}</p>
      <ReasonField label={t().reason} />
    </Dialog>
  )
}

/** For how long: up to what the policy gives the priority with most; of the others it is refused, and said beforehand. */
function Length({ alarms }: { alarms: readonly AlarmView[] }) {
  const { answer: policy, problem } = useAnswer(getAlarmPolicy, '')
  const never = alarms.filter(({ shelvable }) => !shelvable).length
  if (!policy) return <p class="muted">{problem || t().loading}</p>
  const present = priorities.filter((one) => alarms.some(({ priority, shelvable }) => shelvable && priority === one))
  const longest = Math.max(...present.map((one) => policy.longestShelving[one]), 0)
  const shortest = Math.min(...present.map((one) => policy.longestShelving[one]), longest)
  const lengths = [...new Set([...shelveMinutes.filter((minutes) => minutes < longest), longest])]
  return (
    <>
      {longest > 0 && (
        <label class="field">
          {a().shelveFor}
          <select name="minutes">
            {lengths.map((minutes) => (
              <option key={minutes} value={minutes} selected={minutes === Math.min(USUAL, shortest)}>
                {formatMinutes(minutes)}
              </option>
            ))}
          </select>
        </label>
      )}
      <p class="muted">{present.map((one) => al().longest(t().priorities[one], formatMinutes(policy.longestShelving[one]))).join(' ')}</p>
      {never > 0 && <p class="problem">{al().never(formatNumber(never))}</p>}
    </>
  )
}

/** Which ones it was not done with, and why. */
export function Refusals({ outcome: { done, refused }, onClose }: { outcome: Outcome; onClose: () => void }) {
  return (
    <Dialog title={al().partly(formatNumber(done), formatNumber(refused.length))} onClose={onClose}>
      <p>{al().partlyMeans}</p>
      <ul class="log refusals">
        {refused.slice(0, MOST_NAMED).map(({ id, detail }) => (
          <li key={id}>
            <b>{nameOf(id)}</b> {detail}
          </li>
        ))}
      </ul>
      {refused.length > MOST_NAMED && <p class="muted">{al().more(formatNumber(refused.length - MOST_NAMED))}</p>}
    </Dialog>
  )
}

function nameOf(id: number | string): string {
  const alarm = typeof id === 'number' ? liveAlarms.peek().get(id) : undefined
  return alarm ? `${alarm.facility} · ${alarmTitle(alarm)}` : `${id}`
}
