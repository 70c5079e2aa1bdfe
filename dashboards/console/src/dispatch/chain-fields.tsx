import type { ChainStep } from '../../../../src/dispatch/route.ts'
import type { RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { dp } from '../texts/dispatch.ts'
import { FieldProblems, type Problems } from './field-problems.tsx'
import { moved } from './moved.ts'

const MINUTE = 60_000
const MOST_MINUTES = 366 * 24 * 60
const FIRST: ChainStep = { to: { type: 'crews' }, within: 10 * MINUTE }

interface ChainFieldsProps {
  chain: readonly ChainStep[]
  crews: RosterView['crews']
  problems: Problems
  change: (chain: readonly ChainStep[]) => void
}

/** Who is asked, one after another, and how long each may take to answer. */
export function ChainFields({ chain, crews, problems, change }: ChainFieldsProps) {
  const put = (place: number, step: ChainStep) => change(chain.map((one, i) => (i === place ? step : one)))
  return (
    <fieldset class="wide">
      <legend>{dp().chain}</legend>
      <p class="muted small">{dp().chainAbout}</p>
      <ol class="chain">
        {chain.map((step, i) => (
          <li key={i}>
            <span>{i + 1}.</span>
            <select
              aria-label={`${dp().step(i + 1)}: ${dp().who}`}
              value={step.to.type === 'crew' ? `crew ${step.to.id}` : step.to.type}
              onChange={(event) => put(i, { ...step, to: readWho(event.currentTarget.value) })}
            >
              <option value="crews">{dp().crewsOnDuty}</option>
              <option value="dispatcher">{dp().desk}</option>
              {crewOptions(step, crews).map(({ id, name }) => (
                <option key={id} value={`crew ${id}`}>
                  {dp().oneCrew(name)}
                </option>
              ))}
            </select>
            <label class="together">
              <input
                type="number"
                required
                min={1}
                max={MOST_MINUTES}
                aria-label={`${dp().step(i + 1)}: ${dp().minutes}`}
                value={step.within / MINUTE}
                onInput={({ currentTarget: field }) => field.checkValidity() && put(i, { ...step, within: Number(field.value) * MINUTE })}
              />{' '}
              {dp().minutes}
            </label>
            <button
              type="button"
              class="button"
              aria-label={dp().stepUp(i + 1)}
              aria-disabled={i === 0}
              onClick={() => change(moved(chain, i, i - 1))}
            >
              ↑
            </button>
            <button
              type="button"
              class="button"
              aria-label={dp().stepDown(i + 1)}
              aria-disabled={i === chain.length - 1}
              onClick={() => change(moved(chain, i, i + 1))}
            >
              ↓
            </button>
            <button
              type="button"
              class="button"
              aria-label={dp().removeStep(i + 1)}
              onClick={() => change(chain.filter((_, place) => place !== i))}
            >
              ✕
            </button>
            <FieldProblems problems={problems} at={`chain.${i}`} />
          </li>
        ))}
      </ol>
      <FieldProblems problems={problems} at="chain" />
      <button type="button" class="button" onClick={() => change([...chain, chain.at(-1) ?? FIRST])}>
        {dp().addStep}
      </button>
    </fieldset>
  )
}

const readWho = (value: string): ChainStep['to'] =>
  value === 'crews' || value === 'dispatcher' ? { type: value } : { type: 'crew', id: value.slice('crew '.length) }

/** One that is named but is no more stays, so that it is seen what is wrong. */
function crewOptions({ to }: ChainStep, crews: RosterView['crews']): readonly { id: string; name: string }[] {
  return to.type !== 'crew' || crews.some(({ id }) => id === to.id) ? crews : [...crews, { id: to.id, name: to.id }]
}
