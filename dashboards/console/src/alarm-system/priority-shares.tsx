import { priorities } from '../../../../src/detection/rule.ts'
import type { AlarmKpiView } from '../../../../src/edges/http/flood-schemas.ts'
import { formatNumber } from '../format.ts'
import { t } from '../settings.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { StateSymbol } from '../symbols.tsx'
import { s } from '../texts/alarm-system.ts'
import { percent } from './targets.tsx'

/** How the alarms spread over the priorities, each bar with a mark where it should end. */
export function PriorityShares({ kpi: { byPriority, alarms, targets } }: { kpi: AlarmKpiView }) {
  return (
    <section class="panel">
      <h2>{s().byPriority}</h2>
      <ScrollTable label={s().byPriority} titles={s().shareColumns} class="shares">
        {priorities.map((priority) => {
          const share = alarms === 0 ? 0 : byPriority[priority] / alarms
          const target = targets.priorities[priority]
          return (
            <tr key={priority}>
              <th scope="row">
                <span class="with-symbol">
                  <StateSymbol state={priority} size={16} /> {t().priorities[priority]}
                </span>
              </th>
              <td class="wide-cell">
                <svg class="share-bar" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
                  <rect width="100" height="14" class="ground-bar" />
                  <rect width={100 * share} height="14" class="value-part" />
                  <path d={`M${100 * target} 0V14`} class="target-mark" />
                </svg>
              </td>
              <td class="nowrap">
                <b>{percent(share)}</b> <span class="muted">({formatNumber(byPriority[priority])})</span>
              </td>
              <td class="muted nowrap">{percent(target)}</td>
            </tr>
          )
        })}
      </ScrollTable>
    </section>
  )
}
