import './lamp-on-now.css'
import type { LampOnPageView } from '../../../../src/edges/http/lamp-on-schemas.ts'
import { get } from '../live/api.ts'
import { percent, RATE_PAUSE, signs } from '../map/select/rate-signs.ts'
import { language } from '../settings.ts'
import { useAnswer } from '../shell/use-answer.ts'

// Not those of the page of lamps, which are many.
const texts = {
  en: { title: 'Lamp-on rate', target: 'target' },
  zh: { title: '亮灯率', target: '目标' },
}

const getTotal = () => get<LampOnPageView>('/api/lamp-on-rate', { by: 'class', limit: 1 })

/** How many of the lamps that should be lit are, against their target; nothing by day, when none should be. */
export function LampOnNow() {
  const { answer } = useAnswer(getTotal, '', () => RATE_PAUSE)
  if (!answer || answer.total.due === 0) return null
  const { rate, least, target, verdict } = answer.total
  // Of the few that were heard first at dusk all are lit: what is sure already rises to its target.
  const told = verdict === 'open' ? `≥ ${percent(least)}` : percent(rate)
  const words = texts[language.value]
  return (
    <a class="lamp-on-now" href="/operations">
      {words.title} <b>{told}</b>{' '}
      <span class="muted">
        {words.target} {percent(target)}
      </span>{' '}
      <span aria-hidden="true">{signs[verdict]}</span>
    </a>
  )
}
