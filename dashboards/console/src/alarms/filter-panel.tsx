import { alarmStates } from '../../../../src/alarms/alarm.ts'
import { cityOffset } from '../city-time.ts'
import { facilities, kinds } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { useTyped } from '../shell/use-typed.ts'
import { al } from '../texts/alarms.ts'
import { wallText, wallTime } from '../time/wall-time.ts'
import { changeFilter, changeList, list } from './page-state.ts'

const asideStates = ['shelved', 'suppressed-by-design', 'out-of-service'] as const
const standingStates = alarmStates.filter((state) => state !== 'normal' && !(asideStates as readonly string[]).includes(state))
const marks = ['unacknowledged', 'escalated', 'chattering', 'historical'] as const

const toggled = <T,>(set: readonly T[], one: T): T[] => (set.includes(one) ? set.filter((other) => other !== one) : [...set, one])
const sortedTexts = (texts: Iterable<string>) => [...new Set(texts)].filter(Boolean).sort((a, b) => a.localeCompare(b, 'zh-CN'))

/** Everything the list can be limited by. */
export function FilterPanel() {
  const { filter, isPast, from, to } = list.value
  const { fields } = al()
  const road = useTyped(filter.road, (text) => changeFilter({ road: text.trim() }))
  const facility = useTyped(filter.facility, (text) => changeFilter({ facility: text.trim() }))
  const query = useTyped(filter.query, (text) => changeFilter({ query: text.trim() }))
  const older = useTyped(String(filter.olderThan || ''), (text) => changeFilter({ olderThan: Math.max(0, Number(text) || 0) }))
  const places = facilities.value
  const domains = [...new Set([...kinds.value.values()].map(({ domain }) => domain))]
  const ofDomain = [...kinds.value.values()].filter(({ domain }) => filter.domains.length === 0 || filter.domains.includes(domain))
  const ofKind = ofDomain.filter(({ key }) => filter.kinds.length === 0 || filter.kinds.includes(key))
  const rules = new Map(ofKind.flatMap(({ rules }) => rules.map((rule) => [rule.key, say(rule.title)] as const)))
  const choose = (name: 'domains' | 'kinds' | 'districts') => (event: { currentTarget: HTMLSelectElement }) =>
    changeFilter({ [name]: event.currentTarget.value ? [event.currentTarget.value] : [] })
  const offset = cityOffset()
  return (
    <search class="filter-panel">
      <datalist id="roads">
        {sortedTexts(places.map(({ road }) => road))
          .slice(0, 500)
          .map((road) => (
            <option key={road} value={road} />
          ))}
      </datalist>
      <fieldset>
        <legend>{fields.state}</legend>
        {(isPast ? [] : [...standingStates, ...asideStates]).map((state) => (
          <label key={state} class="check">
            <input
              type="checkbox"
              checked={filter.states.includes(state)}
              onChange={() => changeFilter({ states: toggled(filter.states, state) })}
            />
            {t().alarmTags[state]}
          </label>
        ))}
        {marks
          .filter((mark) => !isPast || mark !== 'unacknowledged')
          .map((mark) => (
            <label key={mark} class="check">
              <input type="checkbox" checked={filter[mark]} onChange={() => changeFilter({ [mark]: !filter[mark] })} />
              {fields[mark]}
            </label>
          ))}
      </fieldset>
      <div class="pairs">
        <Options
          label={fields.domain}
          value={filter.domains}
          onChange={choose('domains')}
          of={domains.map((key) => [key, (t().domains as Readonly<Record<string, string>>)[key] ?? key])}
        />
        <Options
          label={fields.kind}
          value={filter.kinds}
          onChange={choose('kinds')}
          of={ofDomain.map(({ key, title }) => [key, say(title)])}
        />
        <Options
          label={fields.rule}
          value={filter.rule ? [filter.rule] : []}
          onChange={(event) => changeFilter({ rule: event.currentTarget.value })}
          of={[...rules].sort(([, a], [, b]) => a.localeCompare(b, 'zh-CN'))}
        />
        <Options
          label={fields.district}
          value={filter.districts}
          onChange={choose('districts')}
          of={sortedTexts(places.map(({ district }) => district)).map((name) => [name, name])}
        />
        <label class="field">
          {fields.road}
          <input list="roads" maxLength={100} {...road} />
        </label>
        <label class="field">
          {fields.facility}
          <input maxLength={64} {...facility} />
        </label>
        <label class="field">
          {fields.query}
          <input maxLength={2000} placeholder="roadClass=main keyArea=yes" {...query} />
        </label>
        <label class="field">
          {fields.older}
          <input type="number" min={0} max={527_040} {...older} />
        </label>
        {isPast && (
          <>
            <label class="field">
              {al().from}
              <input
                type="datetime-local"
                value={from === null ? '' : wallText(from, offset)}
                onChange={(event) => changeList({ from: wallTime(event.currentTarget.value, offset) })}
              />
            </label>
            <label class="field">
              {al().to}
              <input
                type="datetime-local"
                value={to === null ? '' : wallText(to, offset)}
                onChange={(event) => changeList({ to: wallTime(event.currentTarget.value, offset) })}
              />
            </label>
          </>
        )}
      </div>
    </search>
  )
}

interface OptionsProps {
  label: string
  value: readonly string[]
  onChange: (event: { currentTarget: HTMLSelectElement }) => void
  of: readonly (readonly [key: string, title: string])[]
}

/** One of them or any; several, as an address may say, stay as they are until another choice. */
function Options({ label, value, onChange, of }: OptionsProps) {
  const [only] = value
  return (
    <label class="field">
      {label}
      <select onChange={onChange}>
        <option value="" selected={value.length === 0}>
          {al().any}
        </option>
        {value.length > 1 && (
          <option value={only} selected>
            {value.join(', ')}
          </option>
        )}
        {value.length === 1 && !of.some(([key]) => key === only) && (
          <option value={only} selected>
            {only}
          </option>
        )}
        {of.map(([key, title]) => (
          <option key={key} value={key} selected={value.length === 1 && key === only}>
            {title}
          </option>
        ))}
      </select>
    </label>
  )
}
