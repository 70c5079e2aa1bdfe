import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { t } from '../settings.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { em } from '../texts/emergency.ts'
import { getAlarmRaise } from './emergency-api.ts'
import { planName } from './plan-words.ts'

/** That an emergency plan makes an alarm more urgent, or did when it came. */
export function AlarmRaise({ alarm }: { alarm: AlarmView }) {
  const { answer } = useAnswer(() => getAlarmRaise(alarm.id), `${alarm.id} ${alarm.version}`)
  if (!answer?.raise) return null
  const { activation, from, to } = answer.raise
  const words = alarm.ended === null ? em().alarmRaised : em().alarmWasRaised
  return (
    <p class="request">
      ↑ <a href={`/emergency-plans/activations/${activation.id}`}>{words(planName(activation))}</a>{' '}
      {from && to && em().alarmRaisedFrom(t().priorities[from], t().priorities[to])}
    </p>
  )
}
