import type { ComponentChildren } from 'preact'
import type { RuleTexts } from '../../../../src/detection/rule.ts'
import { formatMinutes } from '../format.ts'
import { say, t } from '../settings.ts'

type Told = Pick<RuleTexts, 'timeToAct' | 'response' | 'cause' | 'consequence'>

/** What a fault means and what to do about it, as operators are told; the children stand beside the time to act. */
export function RuleGuidance({ texts, children }: { texts: Told; children?: ComponentChildren }) {
  return (
    <dl class="facts">
      <dt>{t().timeToAct}</dt>
      <dd>
        <b>{formatMinutes(texts.timeToAct)}</b> {children}
      </dd>
      <dt>{t().response}</dt>
      <dd>
        <ol>
          {texts.response.map((step) => (
            <li key={step.en}>{say(step)}</li>
          ))}
        </ol>
      </dd>
      <dt>{t().cause}</dt>
      <dd>{say(texts.cause)}</dd>
      <dt>{t().consequence}</dt>
      <dd>{say(texts.consequence)}</dd>
    </dl>
  )
}
