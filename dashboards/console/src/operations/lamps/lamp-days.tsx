import type { ComponentChildren } from 'preact'
import { addDays } from '../../../../../src/control/calendar-day.ts'
import { cityDate, cityOffset } from '../../city-time.ts'
import { csvText } from '../../csv-text.ts'
import { serverNow } from '../../live/live.ts'
import { Awaited } from '../../shell/awaited.tsx'
import { csvBlob, download } from '../../shell/download.ts'
import { query } from '../../shell/router.ts'
import { useAnswer } from '../../shell/use-answer.ts'
import { lh } from '../../texts/lamp-history.ts'
import { wallTime } from '../../time/wall-time.ts'
import { DayChoice } from './day-choice.tsx'
import { type Dates, datesOf } from './days-range.ts'

const REFRESH = 5 * 60_000
/** Rows that a page shows; the file has all of them. */
export const MOST_SHOWN = 200

export const midnightOf = (date: string): number => wallTime(`${date}T00:00`, cityOffset()) ?? 0
/** Begin and end, ms. */
export const spanOf = ({ from, to }: Dates) => ({ from: midnightOf(from), to: midnightOf(addDays(to, 1)) })

interface LampDaysProps<T> {
  /** Names what is asked for besides the days. */
  asked: string
  load: (dates: Dates) => Promise<T>
  /** The file of what is shown. */
  file: (answer: T) => { name: string; rows: Parameters<typeof csvText>[0] }
  children: (answer: T, dates: Dates) => ComponentChildren
}

/** What is told of some days, which the address says, and may be saved as a file. */
export function LampDays<T>({ asked, load, file, children }: LampDaysProps<T>) {
  const today = cityDate(serverNow.value)
  const dates = datesOf(query.value, today)
  const { answer, problem } = useAnswer(
    async () => dates && (await load(dates)),
    [asked, dates?.from, dates?.to].join('\n'),
    () => REFRESH,
  )
  const save = (shown: T) => {
    const { name, rows } = file(shown)
    download(name, csvBlob(csvText(rows)))
  }
  return (
    <>
      <DayChoice dates={dates} today={today}>
        {answer && (
          <button type="button" class="button" onClick={() => save(answer)}>
            {lh().csv}
          </button>
        )}
      </DayChoice>
      {dates ? (
        <Awaited isThere={answer !== null} problem={problem} />
      ) : (
        <p class="problem" role="alert">
          {lh().wrongDates}
        </p>
      )}
      {answer && dates && children(answer, dates)}
    </>
  )
}
