import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatDateTime, formatDuration, formatNumber } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { Pager, usePages } from '../shell/pages.tsx'
import { TableHead } from '../shell/table-head.tsx'
import { a } from '../texts/alarm.ts'
import './alarm.css'

/** Who acknowledged it, how often it came, and what people wrote about it. */
export function History({ alarm }: { alarm: AlarmView }) {
  const { acknowledged } = alarm
  return (
    <>
      {acknowledged && (
        <p>
          {t().acknowledgedBy(acknowledged.by, formatDateTime(acknowledged.at))} {acknowledged.comment}
        </p>
      )}
      <Occurrences alarm={alarm} />
      {alarm.comments.length > 0 && (
        <>
          <h3>{a().comments}</h3>
          <ul class="log">
            {alarm.comments.map(({ at, by, text }) => (
              <li key={`${at}${text}`}>
                <span class="muted">
                  {formatDateTime(at)} {by}
                </span>{' '}
                {text}
              </li>
            ))}
          </ul>
          {alarm.commentCount > alarm.comments.length && (
            <p class="muted">{a().earlierComments(formatNumber(alarm.commentCount - alarm.comments.length))}</p>
          )}
        </>
      )}
    </>
  )
}

const PAGE = 10

/** Each stay of the fault with its length, newest first. */
function Occurrences({ alarm }: { alarm: AlarmView }) {
  const kept = alarm.occurrences.toReversed()
  const load = async (from: string | number = 0) => {
    const start = Number(from)
    const isLast = start + PAGE >= kept.length
    return { items: kept.slice(start, start + PAGE), next: isLast ? null : start + PAGE, total: kept.length }
  }
  const pages = usePages(load, `${alarm.id} ${alarm.version}`)
  const older = alarm.occurrenceCount - kept.length
  const now = serverNow.value
  return (
    <details>
      <summary>{a().occurrences(formatNumber(alarm.occurrenceCount))}</summary>
      <table class="occurrences">
        <TableHead titles={a().occurrenceColumns} />
        <tbody>
          {pages.page?.items.map(({ started, ended }) => (
            <tr key={started}>
              <td>{formatDateTime(started)}</td>
              <td>{ended === null ? a().lasting : formatDateTime(ended)}</td>
              <td class="number">{formatDuration((ended ?? now) - started)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Pager pages={pages} size={PAGE} />
      {older > 0 && <p class="muted">{a().earlierOccurrences(formatNumber(older))}</p>}
    </details>
  )
}
