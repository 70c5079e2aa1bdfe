import { useId, useMemo, useState } from 'preact/hooks'
import { QueryHelp } from '../../facility/query-help.tsx'
import { facilities, kinds } from '../../live/live.ts'
import { c } from '../../texts/select.ts'
import { type Choice, type How, MOST_NAMED } from './choice.ts'
import { choose, feeders, problem } from './select-state.ts'

const ways = ['road', 'district', 'feeder', 'query', 'ids'] as const
type Way = (typeof ways)[number]

/** Names to choose from. */
function namesFor(way: Way): string[] {
  if (way === 'feeder') return facilities.value.flatMap(({ id }) => (feeders.value.has(id) ? [id] : []))
  if (way === 'query' || way === 'ids') return []
  return [...new Set(facilities.value.map((facility) => facility[way]))].filter(Boolean).sort((a, b) => a.localeCompare(b))
}

function choiceFrom(way: Way, text: string, circuit: string): Choice | null {
  const given = text.trim()
  if (given === '') return null
  if (way === 'feeder') return { by: 'feeder', id: given, circuit: circuit === '' ? null : Number(circuit) }
  if (way === 'ids') {
    const ids = given.split(/[\s,;]+/).filter(Boolean)
    return { by: 'ids', ids: ids.slice(0, MOST_NAMED) }
  }
  return { by: way, text: given }
}

/** Chooses without a pointer: by road, district, cabinet and circuit, query or number. */
export function ChooseForm({ isOpen }: { isOpen: boolean }) {
  const [way, setWay] = useState<Way>('road')
  const [text, setText] = useState('')
  const [circuit, setCircuit] = useState('')
  const list = useId()
  const names = useMemo(() => namesFor(way), [way, facilities.value])
  const circuits =
    way === 'feeder' ? (kinds.value.get(facilities.value.find(({ id }) => id === text.trim())?.kind ?? '')?.circuits ?? 0) : 0
  const run = (how: How) => {
    const wanted = choiceFrom(way, text, circuit)
    problem.value = ''
    if (wanted) void choose(wanted, how)
  }
  return (
    <details class="more" open={isOpen}>
      <summary>{c().choose}</summary>
      {isOpen && <p class="muted">{c().hint}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          run('replace')
        }}
      >
        <div class="choose-fields">
          <select
            aria-label={c().choose}
            value={way}
            onChange={(event) => {
              setWay(event.currentTarget.value as Way)
              setText('')
              setCircuit('')
            }}
          >
            {ways.map((name) => (
              <option key={name} value={name}>
                {c().by[name]}
              </option>
            ))}
          </select>
          <input
            aria-label={c().by[way]}
            value={text}
            maxLength={2000}
            autocomplete="off"
            spellcheck={false}
            list={names.length > 0 ? list : undefined}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <datalist id={list}>
            {names.slice(0, 2000).map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          {circuits > 0 && (
            <select aria-label={c().circuitOf} value={circuit} onChange={(event) => setCircuit(event.currentTarget.value)}>
              <option value="">{c().allCircuits}</option>
              {Array.from({ length: circuits }, (_, i) => (
                <option key={String(i + 1)} value={i + 1}>
                  {c().circuit(String(i + 1))}
                </option>
              ))}
            </select>
          )}
        </div>
        <div class="buttons">
          <button type="submit" class="button primary">
            {c().hows.replace}
          </button>
          <button type="button" class="button" onClick={() => run('add')}>
            {c().hows.add}
          </button>
          <button type="button" class="button" onClick={() => run('remove')}>
            {c().hows.remove}
          </button>
        </div>
      </form>
      {way === 'query' && <QueryHelp onChoose={setText} />}
    </details>
  )
}
