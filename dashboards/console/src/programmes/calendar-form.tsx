import { useState } from 'preact/hooks'
import type { CalendarLine, NightChoice, ProgrammeCalendar } from '../../../../src/control/programme-calendar.ts'
import type { ControlProgrammeView } from '../../../../src/edges/http/programme-schemas.ts'
import { cityDate } from '../city-time.ts'
import { moved } from '../dispatch/moved.ts'
import { giveLight } from '../light-changes/light-open.ts'
import { serverNow } from '../live/live.ts'
import { weekdays } from '../rules/time-of-day.ts'
import { useKeys } from '../shell/keys.ts'
import { pr } from '../texts/programmes.ts'
import { ComingNights } from './calendars-page.tsx'
import { closeForm, FormEnd } from './form-end.tsx'
import { NamedFields } from './named-fields.tsx'
import { nameOf } from './programme-words.ts'
import { removeCalendar } from './programmes-api.ts'

const choices = ['dates', 'yearly', 'weekdays', 'holidays'] as const

interface CalendarFormProps {
  /** Null for a new one. */
  calendar: ProgrammeCalendar | null
  taken: readonly string[]
  programmes: readonly ControlProgrammeView[]
  holidays: readonly string[]
  onDone: () => void
}

/** Which control programme is for which night, line by line: the first that fits counts. */
export function CalendarForm({ calendar, taken, programmes, holidays, onDone }: CalendarFormProps) {
  useKeys({ Escape: closeForm })
  const usual = programmes[0]?.id ?? ''
  const [draft, change] = useState<ProgrammeCalendar>(calendar ?? { id: '', name: '', nameEn: '', lines: [], usual })
  const put = (place: number, line: CalendarLine) => change({ ...draft, lines: draft.lines.map((one, i) => (i === place ? line : one)) })
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!(await giveLight({ type: 'calendar', calendar: draft }))) return
    onDone()
    closeForm()
  }
  return (
    <form class="panel programme-form" onSubmit={(event) => void save(event)}>
      <h1>{calendar ? nameOf(calendar) : pr().newCalendar}</h1>
      <NamedFields draft={draft} change={change} {...(!calendar && { taken })} />
      <h2>{pr().linesOf}</h2>
      <p class="muted">{pr().linesAbout}</p>
      <ol class="programme-steps">
        {draft.lines.map((line, i) => {
          const named = (what: string) => `${pr().line(i + 1)}: ${what}`
          return (
            <li key={i}>
              <span>{i + 1}.</span>
              <select
                aria-label={named(pr().nights)}
                value={line.on}
                onChange={({ currentTarget }) =>
                  put(i, { ...newChoice(currentTarget.value as NightChoice['on']), programme: line.programme })
                }
              >
                {choices.map((one) => (
                  <option key={one} value={one} selected={one === line.on}>
                    {pr().choices[one]}
                  </option>
                ))}
              </select>
              <ChoiceFields line={line} named={named} put={(next) => put(i, next)} />
              <span aria-hidden="true">→</span>
              <ProgrammeSelect
                label={named(pr().nightProgramme)}
                value={line.programme}
                programmes={programmes}
                put={(programme) => put(i, { ...line, programme })}
              />
              <button
                type="button"
                class="button"
                aria-label={named(pr().up)}
                aria-disabled={i === 0}
                onClick={() => change({ ...draft, lines: [...moved(draft.lines, i, i - 1)] })}
              >
                ↑
              </button>
              <button
                type="button"
                class="button"
                aria-label={named(pr().down)}
                aria-disabled={i === draft.lines.length - 1}
                onClick={() => change({ ...draft, lines: [...moved(draft.lines, i, i + 1)] })}
              >
                ↓
              </button>
              <button
                type="button"
                class="button"
                aria-label={named(pr().remove)}
                onClick={() => change({ ...draft, lines: draft.lines.toSpliced(i, 1) })}
              >
                ✕
              </button>
            </li>
          )
        })}
      </ol>
      <div class="buttons">
        <button
          type="button"
          class="button"
          onClick={() => change({ ...draft, lines: [...draft.lines, { ...newChoice('holidays'), programme: usual }] })}
        >
          {pr().addLine}
        </button>
      </div>
      <div class="field">
        <span>{draft.lines.length > 0 ? pr().otherNights : pr().everyNight}</span>
        <ProgrammeSelect
          label={pr().otherNights}
          value={draft.usual}
          programmes={programmes}
          put={(id) => change({ ...draft, usual: id })}
        />
      </div>
      <ComingNights calendar={draft} holidays={holidays} programmes={programmes} isOpen />
      <FormEnd name={calendar && nameOf(calendar)} remove={() => removeCalendar(draft.id)} onDone={onDone} />
    </form>
  )
}

function newChoice(on: NightChoice['on']): NightChoice {
  const today = cityDate(serverNow.peek())
  if (on === 'dates') return { on, from: today, to: today }
  if (on === 'yearly') return { on, from: today.slice(5), to: today.slice(5) }
  return on === 'weekdays' ? { on, weekdays: [6, 7] } : { on }
}

interface ChoiceFieldsProps {
  line: CalendarLine
  named: (what: string) => string
  put: (line: CalendarLine) => void
}

function ChoiceFields({ line, named, put }: ChoiceFieldsProps) {
  if (line.on === 'holidays') return <span class="muted">{pr().holidaysAbout}</span>
  if (line.on === 'weekdays') {
    return (
      <span class="together">
        {weekdays.map((day) => (
          <label key={day} class="together">
            <input
              type="checkbox"
              checked={line.weekdays.includes(day)}
              onChange={({ currentTarget: box }) => {
                const others = line.weekdays.filter((one) => one !== day)
                // A line for no night says nothing.
                if (!box.checked && others.length === 0) box.checked = true
                else put({ ...line, weekdays: box.checked ? [...others, day].toSorted() : others })
              }}
            />
            {pr().weekdays[day - 1]}
          </label>
        ))}
      </span>
    )
  }
  const field = (end: 'from' | 'to') => {
    const common = {
      ...{ required: true, 'aria-label': named(pr()[end]), value: line[end] },
      onChange: ({ currentTarget: input }: { currentTarget: HTMLInputElement }) =>
        input.checkValidity() && put({ ...line, [end]: input.value }),
    }
    if (line.on === 'dates') return <input type="date" {...common} />
    return <input class="time" pattern="\d{2}-\d{2}" maxLength={5} placeholder="10-01" {...common} />
  }
  return (
    <span class="together">
      {field('from')} – {field('to')}
    </span>
  )
}

interface ProgrammeSelectProps {
  label: string
  value: string
  programmes: readonly ControlProgrammeView[]
  put: (id: string) => void
}

export function ProgrammeSelect({ label, value, programmes, put }: ProgrammeSelectProps) {
  return (
    <select aria-label={label} value={value} onChange={({ currentTarget }) => put(currentTarget.value)}>
      {programmes.map((one) => (
        <option key={one.id} value={one.id} selected={one.id === value}>
          {nameOf(one)}
        </option>
      ))}
    </select>
  )
}
