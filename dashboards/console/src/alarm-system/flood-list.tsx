import { formatDateTime, formatDuration, formatNumber } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { Pager, usePages } from '../shell/pages.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { s } from '../texts/alarm-system.ts'
import { getFloods } from './alarm-system-api.ts'

const PAGE = 20

/** Floods, newest first, each with its review. */
export function FloodList() {
  const pages = usePages((before) => getFloods(PAGE, before), '')
  return (
    <section class="panel">
      <h2>{s().floods}</h2>
      {pages.problem && <p class="problem">{pages.problem}</p>}
      {pages.page?.items.length === 0 && <p class="muted">{t().noAlarmsHere}</p>}
      {pages.page && pages.page.items.length > 0 && (
        <ScrollTable label={s().floods} titles={s().floodColumns}>
          {pages.page.items.map(({ id, started, ended, alarms, peak, peakAt }) => (
            <tr key={id}>
              <th scope="row">
                <a href={`/floods/${id}`}>{formatDateTime(started)}</a>
              </th>
              <td>{ended === null ? s().goesOn(formatDuration(serverNow.value - started)) : formatDuration(ended - started)}</td>
              <td>{formatNumber(alarms)}</td>
              <td>
                {formatNumber(peak)} <span class="muted">{formatDateTime(peakAt)}</span>
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
      <Pager pages={pages} size={PAGE} />
    </section>
  )
}
