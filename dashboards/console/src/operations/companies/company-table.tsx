import { formatNumber } from '../../format.ts'
import { alarms } from '../../live/live.ts'
import { say } from '../../settings.ts'
import { ScrollTable } from '../../shell/scroll-table.tsx'
import { f } from '../../texts/companies.ts'
import { cellText, verdictSigns } from './cells.ts'
import type { CompanyTableAnswer } from './companies-api.ts'

/** Alarms that stand at a facility and that nothing hides. */
function standingAt(facility: string): number {
  let count = 0
  for (const one of alarms.value.values())
    if (one.facility === facility && (one.state === 'unacknowledged' || one.state === 'acknowledged')) count++
  return count
}

/** What the numbers say is good is not all that is known of a station: its alarms beside it, once for each. */
function Standing({ facility }: { facility: string }) {
  const count = standingAt(facility)
  if (count === 0) return null
  return (
    <a class="tag no-print" href={`/alarms?facility=${encodeURIComponent(facility)}`}>
      {f().standing(count, formatNumber(count))}
    </a>
  )
}

/** A table as the server describes it; what stands against it is said in a word beside a sign. */
export function CompanyTable({ table: { title, columns, rows, note } }: { table: CompanyTableAnswer }) {
  const hasVerdicts = rows.some(({ verdict }) => verdict !== 'none')
  const titles = [
    ...columns.map(({ title: name, unit }) => (unit ? `${say(name)}, ${unit}` : say(name))),
    ...(hasVerdicts ? [f().verdict] : []),
  ]
  return (
    <section class="panel">
      <h2>{say(title)}</h2>
      <ScrollTable label={say(title)} titles={titles} class="company-table">
        {rows.map(({ facility, verdict, cells }, i) => (
          <tr key={`${facility}-${i}`} class={`is-${verdict}`}>
            {cells.map((cell, k) => {
              const column = columns[k] as (typeof columns)[number]
              const text = cellText(cell, column)
              if (k === 0) {
                return (
                  <th key={column.key} scope="row">
                    {facility ? <a href={`/facilities/${encodeURIComponent(facility)}`}>{text}</a> : text}
                  </th>
                )
              }
              return (
                <td key={column.key} class={typeof cell === 'number' ? 'number' : undefined}>
                  {text}
                </td>
              )
            })}
            {hasVerdicts && (
              <td class="company-verdict">
                <span aria-hidden="true">{verdictSigns[verdict]}</span> {f().verdicts[verdict]}{' '}
                {facility && facility !== rows[i - 1]?.facility && <Standing facility={facility} />}
              </td>
            )}
          </tr>
        ))}
      </ScrollTable>
      <p class="small muted">{say(note)}</p>
    </section>
  )
}
