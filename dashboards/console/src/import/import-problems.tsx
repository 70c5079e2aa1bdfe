import { useState } from 'preact/hooks'
import { formatNumber } from '../format.ts'
import { say } from '../settings.ts'
import { Pager, usePages } from '../shell/pages.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { p } from '../texts/plant.ts'
import { getProblems, type ImportView, type Severity } from './import-api.ts'

const PAGE = 50

/** What is wrong with the rows of a file: row, column, value, reason. */
export function ImportProblems({ job, report }: { job: ImportView; report: NonNullable<ImportView['report']> }) {
  const [severity, setSeverity] = useState<Severity | ''>('')
  const total = report.errors + report.warnings
  const [leftOut, setLeftOut] = useState(0)
  const pages = usePages(
    total > 0
      ? async (after) => {
          const page = await getProblems(job.id, severity, '', PAGE, after)
          setLeftOut(page.leftOut)
          return page
        }
      : null,
    `${job.id} ${job.state} ${severity}`,
  )
  if (total === 0) return <p class="muted">{p().noProblems}</p>
  const choices = [
    ['', p().allProblems, total],
    ['error', p().severities.error, report.errors],
    ['warning', p().severities.warning, report.warnings],
  ] as const
  return (
    <>
      <h3>{p().problems}</h3>
      <div class="buttons">
        {choices.map(([key, title, count]) => (
          <button key={key} type="button" class="button" aria-pressed={severity === key} onClick={() => setSeverity(key)}>
            {title} <b>{formatNumber(count)}</b>
          </button>
        ))}
        {leftOut > 0 && <span class="muted">{p().leftOut(formatNumber(leftOut))}</span>}
      </div>
      {pages.problem && <p class="problem">{pages.problem}</p>}
      {pages.page && (
        <ScrollTable label={p().problems} titles={p().problemColumns}>
          {pages.page.items.map((problem) => (
            <tr key={`${problem.row} ${problem.column} ${problem.reason} ${problem.value}`}>
              <th scope="row">{formatNumber(problem.row)}</th>
              <td>
                {/* No symbol of an alarm: 1 to 4 are priorities. */}
                {problem.severity === 'error' ? <b>{p().severities.error}</b> : p().severities.warning}
              </td>
              <td>{problem.column || p().nothing}</td>
              <td class="breakable">{problem.value}</td>
              <td>{say(problem.text)}</td>
            </tr>
          ))}
        </ScrollTable>
      )}
      <Pager pages={pages} size={PAGE} />
    </>
  )
}
