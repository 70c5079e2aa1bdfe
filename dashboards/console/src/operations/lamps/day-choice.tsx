import type { ComponentChildren } from 'preact'
import { tell } from '../../shell/notice.tsx'
import { setQueries } from '../../shell/router.ts'
import { lh } from '../../texts/lamp-history.ts'
import { type Dates, type DayRange, datesOf, dayRanges } from './days-range.ts'

interface DayChoiceProps {
  dates: Dates | null
  today: string
  /** Buttons at the end of the bar. */
  children: ComponentChildren
}

/** Which days are shown: up to today, or from one to another. */
export function DayChoice({ dates, today, children }: DayChoiceProps) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const given = { from: String(form.get('from')), to: String(form.get('to')) }
    if (datesOf(new URLSearchParams(given), today)) setQueries({ range: null, ...given }, false)
    else tell(lh().wrongDates, true)
  }
  return (
    <div class="list-bar no-print">
      <fieldset class="together plain" aria-label={lh().range}>
        {(Object.keys(dayRanges) as DayRange[]).map((name) => (
          <button
            key={name}
            type="button"
            class="button"
            aria-pressed={dates?.range === name}
            onClick={() => setQueries({ range: name, from: null, to: null }, false)}
          >
            {lh().ranges[name]}
          </button>
        ))}
      </fieldset>
      <form class="together lamp-days" onSubmit={submit} key={`${dates?.from} ${dates?.to}`}>
        <label>
          {lh().from} <input type="date" name="from" required defaultValue={dates?.from} />
        </label>
        <label>
          {lh().to} <input type="date" name="to" required defaultValue={dates?.to} />
        </label>
        <button type="submit" class="button">
          {lh().show}
        </button>
      </form>
      <span class="grow" />
      {children}
    </div>
  )
}
