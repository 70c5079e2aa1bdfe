import { origins } from '../../../../../src/operations/company-view.ts'
import { formatWhen } from '../../format.ts'
import { serverNow } from '../../live/live.ts'
import { say } from '../../settings.ts'
import { f } from '../../texts/companies.ts'
import { isMissed, valueText } from './cells.ts'
import type { CompanyViewAnswer } from './companies-api.ts'

type Figure = CompanyViewAnswer['figures'][number]

/** The numbers that matter, each with its age and what it was made from. */
export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl class="measures">
      {figures.map((figure) => (
        <FigureEntry key={figure.key} figure={figure} />
      ))}
    </dl>
  )
}

function FigureEntry({ figure }: { figure: Figure }) {
  const { title, value, word, target, at, origin, basis, covers } = figure
  const aim =
    target && ('atLeast' in target ? f().atLeast(valueText(target.atLeast, figure)) : f().atMost(valueText(target.atMost, figure)))
  const missed = isMissed(value, target)
  return (
    <div class={missed ? 'measure missed' : 'measure'}>
      <dt>{say(title)}</dt>
      <dd>
        <b>{value === null && word ? say(word) : valueText(value, figure)}</b>
        {aim && <span class={missed ? 'tag' : 'muted'}>{missed ? `▲ ${aim}` : aim}</span>}
        <span class="muted small">
          {say(origins[origin])} · {at === null ? f().neverRead : f().asOf(formatWhen(at, serverNow.peek()))}
        </span>
        <span class={covers.known < covers.of ? 'tag' : 'muted small'}>
          {covers.known < covers.of && '◔ '}
          {f().covers(covers.known, covers.of)}
        </span>
        <span class="muted small">{say(basis)}</span>
      </dd>
    </div>
  )
}
