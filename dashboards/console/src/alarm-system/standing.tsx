import type { AlarmKpiView } from '../../../../src/edges/http/flood-schemas.ts'
import { formatNumber } from '../format.ts'
import { StateSymbol } from '../symbols.tsx'
import { s } from '../texts/alarm-system.ts'
import { Age } from '../wall/alarm-row.tsx'
import { alarmPath } from '../wall/selection.ts'
import { faultOf } from './names.ts'

const MOST_SHOWN = 10

/** What stands now, by age, and what has stood for more than a day. */
export function Standing({ kpi: { standing } }: { kpi: AlarmKpiView }) {
  const { unacknowledged, chattering, suppressed, shelved, outOfService, byAge, stale, staleCount } = standing
  const counts = { standing: standing.standing, unacknowledged, chattering, suppressed, shelved, outOfService }
  return (
    <section class="panel">
      <h2>{s().standing}</h2>
      <dl class="line">
        {Object.entries(counts).map(([name, count]) => (
          <>
            <dt key={name}>{s().standingNames[name as keyof typeof counts]}</dt>
            <dd>{formatNumber(count)}</dd>
          </>
        ))}
      </dl>
      <p class="muted">
        {s().byAge} {byAge.map((count, i) => `${s().ages[i] ?? ''}: ${formatNumber(count)}`).join(' · ')}
      </p>
      {staleCount > 0 && (
        <>
          <h3>{s().stale(formatNumber(staleCount))}</h3>
          <ul class="alarm-lines">
            {stale.slice(0, MOST_SHOWN).map(({ id, facility, rule, priority, activated }) => (
              <li key={id}>
                <StateSymbol state={priority} look="acknowledged" size={16} />
                <a href={alarmPath(id)}>
                  {facility} · {faultOf(facility, rule)}
                </a>
                <span class="muted">
                  <Age since={activated} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
