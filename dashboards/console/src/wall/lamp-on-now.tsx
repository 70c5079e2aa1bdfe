import './lamp-on-now.css'
import type { LampOnPageView } from '../../../../src/edges/http/lamp-on-schemas.ts'
import { get } from '../live/api.ts'
import { Verdict } from '../map/select/rate.tsx'
import { percent } from '../map/select/rate-words.ts'
import { RATE_PAUSE } from '../map/select/select-api.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { l } from '../texts/lamps.ts'

const getTotal = () => get<LampOnPageView>('/api/lamp-on-rate', { by: 'class', limit: 1 })

/** How many of the lamps that should be lit are, against their target; nothing by day, when none should be. */
export function LampOnNow() {
  const { answer } = useAnswer(getTotal, '', () => RATE_PAUSE)
  if (!answer || answer.total.due === 0) return null
  const { rate, target, verdict } = answer.total
  return (
    <a class="lamp-on-now" href="/operations">
      {l().title} <b>{percent(rate)}</b> <span class="muted">{l().against(percent(target))}</span> <Verdict verdict={verdict} />
    </a>
  )
}
