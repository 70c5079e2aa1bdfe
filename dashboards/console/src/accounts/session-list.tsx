import { formatFull } from '../format.ts'
import { t } from '../settings.ts'
import { act } from '../shell/notice.tsx'
import { q } from '../texts/people.ts'
import { endSession, endSessions, type SessionListView } from './people-api.ts'

interface SessionListProps {
  /** Null for one's own. */
  of: string | null
  sessions: SessionListView
  onChange: () => void
}

export function SessionList({ of, sessions, onChange }: SessionListProps) {
  const run = async (work: () => Promise<unknown>) => {
    if (await act(work, t().done)) onChange()
  }
  const others = sessions.filter(({ current }) => !current)
  return (
    <section class="panel" aria-labelledby="sessions-title">
      <div class="list-bar">
        <h2 id="sessions-title">{q().sessions}</h2>
        <span class="grow" />
        {others.length > 0 && (
          <button type="button" class="button" onClick={() => void run(() => endSessions(of))}>
            {of === null ? q().endOthers : q().endAll}
          </button>
        )}
      </div>
      {sessions.length === 0 && <p class="muted">{q().noSessions}</p>}
      <ul class="alarm-lines">
        {sessions.map(({ key, lastSeen, address, userAgent, current }) => (
          <li key={key}>
            <b>{address}</b>
            {current && <span class="tag">{q().current}</span>}
            <span>{q().lastSeen(formatFull(lastSeen))}</span>
            <span class="muted small breakable">{userAgent}</span>
            <span class="grow" />
            {!current && (
              <button
                type="button"
                class="button"
                aria-label={`${q().end}: ${address}, ${q().lastSeen(formatFull(lastSeen))}`}
                onClick={() => void run(() => endSession(of, key))}
              >
                {q().end}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
