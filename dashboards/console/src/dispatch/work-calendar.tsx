import { useRef, useState } from 'preact/hooks'
import { addDays } from '../../../../src/control/calendar-day.ts'
import { isWorkingDay, type WorkCalendar, withDates } from '../../../../src/dispatch/order-clock.ts'
import { readDates } from '../../../../src/dispatch/roster-problems.ts'
import { cityDate } from '../city-time.ts'
import { formatNumber } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { query, setQuery } from '../shell/router.ts'
import { dp } from '../texts/dispatch.ts'
import { FieldProblems, type Problems } from './field-problems.tsx'

interface CalendarProps {
  calendar: WorkCalendar
  problems: Problems
  /** Null for those who may only look. */
  change: ((calendar: WorkCalendar) => void) | null
}

type DayKind = 'work' | 'free' | 'holiday' | 'worked'

const two = (n: number) => String(n).padStart(2, '0')
/** 0 Monday to 6 Sunday. */
const weekdayOf = (date: string) => (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7
const isWeekend = (date: string) => weekdayOf(date) >= 5

function daysOf(year: number): string[] {
  const days: string[] = []
  for (let date = `${year}-01-01`; date.startsWith(`${year}-`); date = addDays(date, 1)) days.push(date)
  return days
}

/** What a day is: a holiday on a weekend changes nothing, nor a worked weekday. */
function kindOf(date: string, calendar: WorkCalendar): DayKind {
  if (isWeekend(date)) return calendar.workdays.includes(date) ? 'worked' : 'free'
  return isWorkingDay(date, calendar) ? 'work' : 'holiday'
}

const without = (list: readonly string[], date: string) => list.filter((one) => one !== date)

function toggled(date: string, calendar: WorkCalendar): WorkCalendar {
  const { holidays, workdays } = calendar
  const kind = kindOf(date, calendar)
  if (kind === 'holiday') return { ...calendar, holidays: without(holidays, date) }
  if (kind === 'worked') return { ...calendar, workdays: without(workdays, date) }
  return withDates(calendar, [date], kind === 'work' ? 'holidays' : 'workdays')
}

const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }

/** A year of working days and those that are none, and a list to paste. */
export function WorkCalendarView({ calendar, problems, change }: CalendarProps) {
  const today = cityDate(serverNow.value)
  const asked = Number(query.value.get('year'))
  const year = asked >= 1970 && asked <= 9998 ? asked : Number(today.slice(0, 4))
  const [active, activate] = useState(`${year}-01-01`)
  const grid = useRef<HTMLDivElement>(null)
  const days = daysOf(year)
  const focusable = days.includes(active) ? active : (days[0] as string)
  const go = (to: number) => setQuery('year', String(to), false)
  const count = (kind: DayKind) => formatNumber(days.filter((date) => kindOf(date, calendar) === kind).length)
  const working = formatNumber(days.filter((date) => isWorkingDay(date, calendar)).length)
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key]
    const date = (event.target as HTMLElement).dataset.date
    if (step === undefined || !date) return
    event.preventDefault()
    const next = addDays(date, step)
    activate(next)
    grid.current?.querySelector<HTMLElement>(`[data-date="${next}"]`)?.focus()
  }
  return (
    <>
      <div class="list-bar">
        <button type="button" class="button" onClick={() => go(year - 1)}>
          <span class="unseen">{dp().yearBefore} </span>← {year - 1}
        </button>
        <h2>{dp().year(year)}</h2>
        <button type="button" class="button" onClick={() => go(year + 1)}>
          <span class="unseen">{dp().yearAfter} </span>
          {year + 1} →
        </button>
        <span role="status">{dp().yearCount(count('holiday'), count('worked'), working)}</span>
      </div>
      <p class="muted">{dp().calendarAbout}</p>
      <FieldProblems problems={problems} at="calendar.holidays" />
      <FieldProblems problems={problems} at="calendar.workdays" />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons in it have the focus */}
      <div class="year" ref={grid} onKeyDown={onKeyDown}>
        {dp().months.map((name, month) => (
          <Month
            key={name}
            name={name}
            days={days.filter((date) => date.slice(5, 7) === two(month + 1))}
            calendar={calendar}
            focusable={focusable}
            toggle={change && ((date) => change(toggled(date, calendar)))}
          />
        ))}
      </div>
      {change && <PastedDates calendar={calendar} change={change} />}
    </>
  )
}

interface MonthProps {
  name: string
  days: readonly string[]
  calendar: WorkCalendar
  /** The day that is reached by Tab. */
  focusable: string
  toggle: ((date: string) => void) | null
}

function Month({ name, days, calendar, focusable, toggle }: MonthProps) {
  const before = weekdayOf(days[0] as string)
  const weeks = Array.from({ length: Math.ceil((before + days.length) / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, weekday) => days[week * 7 + weekday - before] ?? null),
  )
  return (
    <table>
      <caption>{name}</caption>
      <thead>
        <tr>
          {dp().weekdays.map((weekday, i) => (
            <th key={i} scope="col">
              {weekday}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week, i) => (
          <tr key={i}>
            {week.map((date, weekday) => (
              <td key={weekday}>
                {date && <Day date={date} kind={kindOf(date, calendar)} isFocusable={date === focusable} toggle={toggle} />}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Day({ date, kind, isFocusable, toggle }: { date: string; kind: DayKind; isFocusable: boolean; toggle: MonthProps['toggle'] }) {
  const content = (
    <>
      {Number(date.slice(8))}
      {(kind === 'holiday' || kind === 'worked') && <sup aria-hidden="true">{dp().marks[kind]}</sup>}
      <span class="unseen">
        {' '}
        {date}, {dp().dayKinds[kind]}
      </span>
    </>
  )
  if (!toggle) return <span class={`day ${kind}`}>{content}</span>
  return (
    <button
      type="button"
      class={`day ${kind}`}
      data-date={date}
      tabIndex={isFocusable ? 0 : -1}
      aria-pressed={kind === 'holiday' || kind === 'worked'}
      onClick={() => toggle(date)}
    >
      {content}
    </button>
  )
}

/** Dates out of a list that somebody has from elsewhere. */
function PastedDates({ calendar, change }: { calendar: WorkCalendar; change: (calendar: WorkCalendar) => void }) {
  const [told, tell] = useState<{ count: number; refused: readonly string[] } | null>(null)
  const take = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const data = new FormData(form)
    const { dates, refused } = readDates(String(data.get('dates')))
    tell({ count: dates.length, refused })
    if (dates.length === 0) return
    change(withDates(calendar, dates, data.get('as') === 'workdays' ? 'workdays' : 'holidays'))
    form.reset()
  }
  return (
    <form onSubmit={take}>
      <label class="field">
        {dp().paste}
        <textarea name="dates" rows={4} required maxLength={50_000} placeholder={dp().pasteHint} />
      </label>
      <div class="buttons">
        <label class="together">
          {dp().pasteAs}{' '}
          <select name="as">
            <option value="holidays">{dp().asHolidays}</option>
            <option value="workdays">{dp().asWorkdays}</option>
          </select>
        </label>
        <button type="submit" class="button">
          {dp().take}
        </button>
      </div>
      <div role="status">
        {told && told.count > 0 && <p>{dp().taken(formatNumber(told.count))}</p>}
        {told && told.refused.length > 0 && <p class="problem">{dp().refused(told.refused.join(', '))}</p>}
        {told && told.count + told.refused.length === 0 && <p class="problem">{dp().noDates}</p>}
      </div>
    </form>
  )
}
