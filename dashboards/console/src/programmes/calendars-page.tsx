import { addDays } from '../../../../src/control/calendar-day.ts'
import type { ProgrammeCalendar } from '../../../../src/control/programme-calendar.ts'
import { programmeOn } from '../../../../src/control/programme-calendar.ts'
import { cityDate } from '../city-time.ts'
import { serverNow } from '../live/live.ts'
import { mayWhole } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { query, setQueries } from '../shell/router.ts'
import { pr } from '../texts/programmes.ts'
import { CalendarForm } from './calendar-form.tsx'
import { lineWords, nameIn, nameOf } from './programme-words.ts'
import { getCalendars, getProgrammes } from './programmes-api.ts'
import { useProgrammeAnswer } from './use-programmes.ts'

/** Nights that are told one by one. */
const COMING = 14

/** The calendars: which control programme is for which night. */
export function CalendarsPage() {
  const { answer, problem, again } = useProgrammeAnswer(getCalendars, 'calendars')
  const { answer: programmes } = useProgrammeAnswer(getProgrammes, 'programmes')
  const edited = query.value.get('edit')
  const mayEdit = mayWhole('programme.edit')
  if (answer && programmes && edited !== null && mayEdit) {
    const found = answer.items.find(({ id }) => id === edited) ?? null
    const taken = answer.items.map(({ id }) => id)
    return (
      <CalendarForm key={edited} calendar={found} taken={taken} programmes={programmes.items} holidays={answer.holidays} onDone={again} />
    )
  }
  return (
    <section class="panel">
      <header class="list-bar">
        <h1>{pr().tabs.calendars}</h1>
        <span class="muted">{pr().calendarsAbout}</span>
        <span class="grow" />
        {mayEdit && programmes && programmes.items.length > 0 && (
          <button type="button" class="button" onClick={() => setQueries({ edit: 'new' }, false)}>
            {pr().newCalendar}…
          </button>
        )}
      </header>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer?.items.length === 0 && <p class="muted">{programmes?.items.length === 0 ? pr().nightsFirst : pr().noCalendars}</p>}
      {answer?.items.map((calendar) => (
        <section key={calendar.id} class="calendar" data-calendar={calendar.id}>
          <header class="list-bar">
            <h2>
              {nameOf(calendar)} <span class="muted">{calendar.id}</span>
            </h2>
            <span class="grow" />
            {mayEdit && (
              <button type="button" class="button" onClick={() => setQueries({ edit: calendar.id }, false)}>
                {pr().change}…<span class="unseen"> {nameOf(calendar)}</span>
              </button>
            )}
          </header>
          <dl class="facts">
            {calendar.lines.map((line, i) => (
              <>
                <dt key={i}>{lineWords(line)}</dt>
                <dd>{nameIn(programmes?.items, line.programme)}</dd>
              </>
            ))}
            <dt>{calendar.lines.length > 0 ? pr().otherNights : pr().everyNight}</dt>
            <dd>{nameIn(programmes?.items, calendar.usual)}</dd>
          </dl>
          <ComingNights calendar={calendar} holidays={answer.holidays} programmes={programmes?.items} />
        </section>
      ))}
    </section>
  )
}

interface ComingNightsProps {
  calendar: ProgrammeCalendar
  holidays: readonly string[]
  programmes: Parameters<typeof nameIn>[0]
  isOpen?: boolean
}

/** Which control programme each of the coming nights has by a calendar. */
export function ComingNights({ calendar, holidays, programmes, isOpen = false }: ComingNightsProps) {
  const today = cityDate(serverNow.value)
  const free = new Set(holidays)
  const weekday = (date: string) => pr().weekdays[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7]
  return (
    <details class="coming" open={isOpen}>
      <summary>{pr().coming}</summary>
      <ol class="coming-nights">
        {Array.from({ length: COMING }, (_, i) => addDays(today, i)).map((date) => (
          <li key={date}>
            <b>
              {date} {weekday(date)}
              {free.has(date) && ` · ${pr().holiday}`}
            </b>
            {nameIn(programmes, programmeOn(calendar, date, free))}
          </li>
        ))}
      </ol>
    </details>
  )
}
