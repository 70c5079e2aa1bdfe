import { priorities } from '../../../../src/detection/rule.ts'
import type { AlarmKpiView } from '../../../../src/edges/http/flood-schemas.ts'
import { formatDuration, formatNumber } from '../format.ts'
import { t } from '../settings.ts'
import { TableHead } from '../shell/table-head.tsx'
import { s } from '../texts/alarm-system.ts'

type Spread = AlarmKpiView['acknowledge']['all']
const length = (ms: number | null) => (ms === null ? '–' : formatDuration(ms))

/** How long people took to acknowledge, and how long faults lasted. */
export function Times({ kpi: { acknowledge, normal, people } }: { kpi: AlarmKpiView }) {
  const row = (name: string, taken: Spread, lasted: Spread) => (
    <tr key={name}>
      <th scope="row" class="nowrap">
        {name}
      </th>
      <td>{length(taken.median)}</td>
      <td>{length(taken.p90)}</td>
      <td>{length(lasted.median)}</td>
      <td>{length(lasted.p90)}</td>
    </tr>
  )
  return (
    <section class="panel">
      <h2>{s().times}</h2>
      <table class="grid-table">
        <TableHead titles={s().timeColumns} />
        <tbody>
          {priorities.map((priority) => row(t().priorities[priority], acknowledge[priority], normal[priority]))}
          {row(s().all, acknowledge.all, normal.all)}
        </tbody>
      </table>
      {people.length > 0 && (
        <details>
          <summary>{s().people(formatNumber(people.length))}</summary>
          <table class="grid-table">
            <TableHead titles={s().peopleColumns} />
            <tbody>
              {people.map(({ name, count, median, p90 }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{formatNumber(count)}</td>
                  <td>{length(median)}</td>
                  <td>{length(p90)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </section>
  )
}
