import { priorities } from '../../../../src/detection/rule.ts'
import type { AlarmKpiView } from '../../../../src/edges/http/flood-schemas.ts'
import { formatDuration, formatNumber } from '../format.ts'
import { t } from '../settings.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
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
      <ScrollTable label={s().times} titles={s().timeColumns}>
        {priorities.map((priority) => row(t().priorities[priority], acknowledge[priority], normal[priority]))}
        {row(s().all, acknowledge.all, normal.all)}
      </ScrollTable>
      {people.length > 0 && (
        <details>
          <summary>{s().people(formatNumber(people.length))}</summary>
          <ScrollTable label={s().people(formatNumber(people.length))} titles={s().peopleColumns}>
            {people.map(({ name, count, median, p90 }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{formatNumber(count)}</td>
                <td>{length(median)}</td>
                <td>{length(p90)}</td>
              </tr>
            ))}
          </ScrollTable>
        </details>
      )}
    </section>
  )
}
