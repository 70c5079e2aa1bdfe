import type { Condition, HealthMeasure, HealthPart } from '../../../../src/edges/health.ts'
import { say } from '../settings.ts'
import { h } from '../texts/health.ts'
import { limitText, nameOf, quantity, ruleOf, valueText } from './measure-text.ts'
import { Sparkline } from './sparkline.tsx'

/** Beside the word, so that neither colour nor language is needed. */
const marks: Record<Condition, string> = { ok: '✓', look: '!', bad: '✕', unknown: '?', unused: '–' }

export function ConditionTag({ condition }: { condition: Condition }) {
  return (
    <span class={`tag condition ${condition}`}>
      <span aria-hidden="true">{marks[condition]}</span> {h().conditions[condition]}
    </span>
  )
}

interface PartPanelProps {
  part: HealthPart
  /** Of the last hour, by point. */
  trends: ReadonlyMap<string, readonly number[]> | null
  now: number
}

/** One part of the service: its figures, and what to do about those that are not as they should be. */
export function PartPanel({ part: { key, condition, measures, notes }, trends, now }: PartPanelProps) {
  const wrong = measures.filter((measure) => isWrong(measure.condition))
  return (
    <section class={`panel part ${condition}`} id={`part-${key}`} aria-labelledby={`title-${key}`}>
      <div class="part-head">
        <h2 id={`title-${key}`}>{h().parts[key]}</h2>
        <ConditionTag condition={condition} />
      </div>
      {condition === 'unused' && <p class="muted">{h().unused[key]}</p>}
      {measures.length > 0 && (
        <table class="figures">
          <tbody>
            {measures.map((measure) => (
              <Figure
                key={measure.key}
                measure={measure}
                trend={measure.unit === 'point' ? trends?.get(measure.key) : undefined}
                now={now}
              />
            ))}
          </tbody>
        </table>
      )}
      {notes.map((note) => (
        <p key={note} class="problem breakable">
          {note}
        </p>
      ))}
      {wrong.map((measure) => (
        <Advice key={measure.key} measure={measure} />
      ))}
    </section>
  )
}

const isWrong = (condition: Condition) => condition === 'look' || condition === 'bad'

function Figure({ measure, trend, now }: { measure: HealthMeasure; trend: readonly number[] | undefined; now: number }) {
  const { condition } = measure
  const limit = limitText(measure)
  return (
    <tr class={condition}>
      <th scope="row">{nameOf(measure)}</th>
      <td>
        <b>{valueText(measure, now)}</b> {isWrong(condition) && <ConditionTag condition={condition} />}
        {limit && <span class="muted small nowrap"> {limit}</span>}
      </td>
      <td class="trend">{trend && trend.length > 1 && <Sparkline values={trend} words={words(measure, trend)} />}</td>
    </tr>
  )
}

const words = (measure: HealthMeasure, trend: readonly number[]) =>
  `${nameOf(measure)}, ${h().ranged(quantity(measure, Math.min(...trend)), quantity(measure, Math.max(...trend)))}`

/** The rule of the service about itself says it where there is one. */
function Advice({ measure: { key, rule } }: { measure: HealthMeasure }) {
  const known = rule === null ? undefined : ruleOf(rule)
  if (!known) return h().advice[key] ? <p class="advice">{h().advice[key]}</p> : null
  return (
    <div class="advice">
      <b>{say(known.title)}</b>
      <ol aria-label={h().toDo}>
        {known.response.map((step) => (
          <li key={step.en}>{say(step)}</li>
        ))}
      </ol>
    </div>
  )
}
