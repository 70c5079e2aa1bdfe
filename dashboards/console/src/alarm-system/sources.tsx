import { formatNumber } from '../format.ts'
import { t } from '../settings.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { s } from '../texts/alarm-system.ts'
import { faultOf } from './names.ts'
import { percent } from './targets.tsx'

interface SourcesProps {
  title: string
  sources: readonly { facility: string; rule: string; alarms: number }[]
  /** All alarms of the same time. */
  total: number
}

/** Where most alarms come from, the worst first; leads to the rules of the facility. */
export function Sources({ title, sources, total }: SourcesProps) {
  return (
    <section class="panel">
      <h2>{title}</h2>
      {sources.length === 0 && <p class="muted">{t().noAlarmsHere}</p>}
      {sources.length > 0 && (
        <ScrollTable label={title} titles={s().sourceColumns}>
          {sources.slice(0, 10).map(({ facility, rule, alarms }) => (
            <tr key={`${facility}/${rule}`}>
              <th scope="row" class="nowrap">
                <a href={`/facilities/${encodeURIComponent(facility)}/rules`}>{facility}</a>
              </th>
              <td>{faultOf(facility, rule)}</td>
              <td>{formatNumber(alarms)}</td>
              <td class="muted">{total > 0 && percent(alarms / total)}</td>
            </tr>
          ))}
        </ScrollTable>
      )}
    </section>
  )
}
