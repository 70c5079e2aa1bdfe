import { useState } from 'preact/hooks'
import { addDays } from '../../../../../src/control/calendar-day.ts'
import type { Duty } from '../../../../../src/edges/company-figures.ts'
import { cityDate } from '../../city-time.ts'
import { csvText } from '../../csv-text.ts'
import { serverNow } from '../../live/live.ts'
import { say } from '../../settings.ts'
import { Awaited } from '../../shell/awaited.tsx'
import { csvBlob, download } from '../../shell/download.ts'
import { query, setQueries } from '../../shell/router.ts'
import { useAnswer } from '../../shell/use-answer.ts'
import { f } from '../../texts/companies.ts'
import { type CompanyTableAnswer, getDays, type Options } from './companies-api.ts'
import { CompanyTable } from './company-table.tsx'

const USUAL_DAYS = 14

/** The figures of past days, asked for when somebody wants to see them. */
export function History({ duty, options }: { duty: Duty; options: Options }) {
  const [today] = useState(() => cityDate(serverNow.peek()))
  const [from, to] = [query.value.get('from'), query.value.get('to')]
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    setQueries({ from: String(form.get('from')), to: String(form.get('to')) }, false)
  }
  return (
    <section class="stack" aria-label={f().history}>
      <form class="list-bar panel no-print" onSubmit={submit}>
        <h2>{f().history}</h2>
        <label>
          {f().from} <input type="date" name="from" required defaultValue={from ?? addDays(today, 1 - USUAL_DAYS)} />
        </label>
        <label>
          {f().to} <input type="date" name="to" required defaultValue={to ?? today} />
        </label>
        <button type="submit" class="button">
          {f().show}
        </button>
      </form>
      {from && to && <Days duty={duty} range={{ from, to }} options={options} />}
    </section>
  )
}

function Days({ duty, range, options }: { duty: Duty; range: { from: string; to: string }; options: Options }) {
  const { answer, problem } = useAnswer(() => getDays(duty, range, options), JSON.stringify([duty, range, options]))
  return (
    <>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer && (
        <>
          <CompanyTable table={answer} />
          <p class="no-print">
            <button type="button" class="button" onClick={() => save(`${duty}-${range.from}-${range.to}.csv`, answer)}>
              {f().csv}
            </button>
          </p>
        </>
      )}
    </>
  )
}

/** Numbers in full, as the server gave them. */
function save(name: string, { columns, rows }: CompanyTableAnswer): void {
  const head = columns.map(({ title, unit }) => (unit ? `${say(title)} (${unit})` : say(title)))
  const cells = rows.map((row) => row.cells.map((cell) => (cell !== null && typeof cell === 'object' ? say(cell) : cell)))
  download(name, csvBlob(csvText([head, ...cells])))
}
