import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatDateTime, formatDuration, formatNumber } from '../format.ts'
import { t } from '../settings.ts'
import { a } from '../texts/alarm.ts'

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
      <details>
        <summary>{a().occurrences(formatNumber(alarm.occurrenceCount))}</summary>
        <ol reversed class="log">
          {alarm.occurrences.toReversed().map(({ started, ended }) => (
            <li key={started}>
              {formatDateTime(started)} – {ended === null ? a().lasting : `${formatDateTime(ended)} (${formatDuration(ended - started)})`}
            </li>
          ))}
        </ol>
      </details>
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
