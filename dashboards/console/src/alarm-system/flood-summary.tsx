import type { FloodNow } from '../../../../src/edges/alarm-system.ts'
import { formatClock, formatNumber } from '../format.ts'
import { t } from '../settings.ts'
import { StateSymbol } from '../symbols.tsx'
import { s } from '../texts/alarm-system.ts'
import { alarmPath } from '../wall/selection.ts'
import { causeOf } from './names.ts'
import { worstOf } from './worst.ts'

const MOST_SHOWN = 3

/** Since when it floods and what is behind it, in one line. */
export function FloodSummary({ flood }: { flood: FloodNow }) {
  return (
    <span class="flood-summary">
      <span class="muted">{s().floodSince(formatClock(flood.started), formatNumber(flood.alarms))}</span>
      {flood.incidents.slice(0, MOST_SHOWN).map((incident) => (
        <a key={incident.key} class="with-symbol" href={alarmPath(incident.firstOut.id)}>
          <StateSymbol state={worstOf(incident.byPriority)} size={16} />
          <span class="cause">{causeOf(incident)}</span>
          <b>{formatNumber(incident.alarms)}</b>
          <span class="unseen">{t().priorities[worstOf(incident.byPriority)]}</span>
        </a>
      ))}
      <a class="button" href={`/floods/${flood.id}`}>
        {s().floodPage}
      </a>
    </span>
  )
}
