import { useState } from 'preact/hooks'
import { priorities } from '../../../../src/detection/rule.ts'
import type { IncidentView } from '../../../../src/edges/http/flood-schemas.ts'
import { formatClock, formatNumber } from '../format.ts'
import { t } from '../settings.ts'
import { StateSymbol } from '../symbols.tsx'
import { s } from '../texts/alarm-system.ts'
import { alarmPath } from '../wall/selection.ts'
import { causeOf, faultOf } from './names.ts'

/** Fit on one sheet of A4 beside the rest of a review. */
const ON_A_SHEET = 18

/** What was behind the alarms, the most urgent first, each cause with those below it. */
export function IncidentTree({ incidents, count }: { incidents: readonly IncidentView[]; count: number }) {
  const depths = new Map<string, number>()
  for (const { key, parent } of incidents) depths.set(key, parent === null ? 0 : (depths.get(parent) ?? 0) + 1)
  const [all, showAll] = useState(false)
  const shown = all ? incidents : incidents.slice(0, ON_A_SHEET)
  return (
    <section class="panel incidents">
      <h2>{s().incidents(formatNumber(count))}</h2>
      <ul>
        {shown.map((incident) => (
          <li key={incident.key} style={{ marginInlineStart: `${1.4 * (depths.get(incident.key) ?? 0)}rem` }}>
            <Incident incident={incident} />
          </li>
        ))}
      </ul>
      {count > shown.length && (
        <p class="muted">
          {t().andMore(formatNumber(count - shown.length))}{' '}
          {!all && (
            <button type="button" class="button" onClick={() => showAll(true)}>
              {t().more}
            </button>
          )}
        </p>
      )}
    </section>
  )
}

function Incident({ incident }: { incident: IncidentView }) {
  const { firstOut, alarms, byPriority, facilities } = incident
  return (
    <>
      <b>{causeOf(incident)}</b> <span class="muted">{s().size(formatNumber(alarms), formatNumber(facilities))}</span>{' '}
      {priorities.map(
        (priority) =>
          byPriority[priority] > 0 && (
            <span key={priority} class="with-symbol">
              <StateSymbol state={priority} size={14} />
              {formatNumber(byPriority[priority])}
              <span class="unseen">{t().priorities[priority]}</span>
            </span>
          ),
      )}
      <div class="muted">
        {s().firstOut} {formatClock(firstOut.at)}{' '}
        <a href={alarmPath(firstOut.id)}>
          {firstOut.facility} · {faultOf(firstOut.facility, firstOut.rule)}
        </a>
      </div>
    </>
  )
}
