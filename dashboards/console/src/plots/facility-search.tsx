import { useEffect, useId, useState } from 'preact/hooks'
import { getFacilities } from '../facility/facility-api.ts'
import { formatNumber } from '../format.ts'
import { kinds } from '../live/live.ts'
import { say } from '../settings.ts'
import { explain } from '../shell/notice.tsx'
import { plotTexts } from '../texts/plots.ts'

const PAUSE = 150
const MOST = 20

interface Found {
  id: string
  name: string
  kind: string
  district: string
  road: string
}

/** Facilities that match what was typed, as the server finds them; the newest question counts. */
function useFound(words: string) {
  const [found, setFound] = useState<readonly Found[] | null>(null)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    setProblem('')
    if (words.trim() === '') return setFound(null)
    let wanted = true
    const timer = setTimeout(() => {
      getFacilities({ q: words.trim(), limit: MOST }).then(
        ({ items }) => wanted && setFound(items),
        (failure) => wanted && setProblem(explain(failure)),
      )
    }, PAUSE)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [words])
  return { found, problem }
}

interface FacilitySearchProps {
  choose: (facility: string, kind: string) => void
  off: boolean
  /** What it is looked for; to add it where absent. */
  label?: string
}

/** Finds a facility while one types; arrows and Enter choose. */
export function FacilitySearch({ choose, off, label = plotTexts().search }: FacilitySearchProps) {
  const [words, setWords] = useState('')
  const [active, activate] = useState(0)
  const { found, problem } = useFound(words)
  const list = useId()
  const isOpen = words.trim() !== '' && found !== null
  const take = (one: Found | undefined) => {
    if (!one) return
    choose(one.id, one.kind)
    setWords('')
    activate(0)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }
    const step = steps[event.key]
    if (step !== undefined) activate((active + step + found.length) % Math.max(1, found.length))
    else if (event.key === 'Enter') take(found[active])
    else if (event.key === 'Escape') setWords('')
    else return
    event.preventDefault()
  }
  const texts = plotTexts()
  return (
    <span class="combo">
      <label class="together">
        {label}
        <input
          type="text"
          // biome-ignore lint/a11y/noRedundantRoles: without a list of the browser's own it is a field for text
          role="combobox"
          list={undefined}
          autocomplete="off"
          placeholder={texts.searchHint}
          aria-expanded={isOpen}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={isOpen && found[active] ? `${list}-${active}` : undefined}
          disabled={off}
          value={words}
          onInput={(event) => {
            setWords(event.currentTarget.value)
            activate(0)
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      <span class="unseen" role="status">
        {isOpen && (found.length === 0 ? texts.noneFound : texts.found(formatNumber(found.length)))}
      </span>
      {problem && <span class="problem">{problem}</span>}
      {isOpen && found.length === 0 && <span class="muted"> {texts.noneFound}</span>}
      <div role="listbox" id={list} aria-label={label} hidden={!isOpen || found.length === 0}>
        {isOpen &&
          found.map((one, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and takes the keys
            // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant of the field points here
            <div key={one.id} id={`${list}-${i}`} role="option" aria-selected={i === active} onClick={() => take(one)}>
              <b>{one.id}</b> {[one.name !== one.id && one.name, kindTitle(one.kind), one.district, one.road].filter(Boolean).join(' · ')}
            </div>
          ))}
      </div>
    </span>
  )
}

function kindTitle(key: string): string {
  const kind = kinds.value.get(key)
  return kind ? say(kind.title) : key
}
