import { say } from '../../settings.ts'
import { ScrollTable } from '../../shell/scroll-table.tsx'
import { f } from '../../texts/companies.ts'
import { cellText, verdictSigns } from './cells.ts'
import type { CompanyTableAnswer } from './companies-api.ts'

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
                <span aria-hidden="true">{verdictSigns[verdict]}</span> {f().verdicts[verdict]}
              </td>
            )}
          </tr>
        ))}
      </ScrollTable>
      <p class="small muted">{say(note)}</p>
    </section>
  )
}
